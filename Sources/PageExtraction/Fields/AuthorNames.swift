import FeedParsing
private import Text

/// `AuthorNames` makes names of what pages write about their authors: `By Jane Doe and John Roe, Staff Writers`,
/// `Von Max Muster/dpa`, `jane@example.org (Jane Doe)`.
struct AuthorNames {
    /// What the site is called, in any form: not an author where a person is.
    private let siteNames: Set<String>
    private(set) var persons: [String] = []
    /// Names of organisations, which count where there are no persons.
    private var organizations: [String] = []
    private var seen: Set<String> = []

    static let maximumNames = 50
    /// A line that is longer tells more than names.
    private static let longestText = 500

    /// - Parameter siteNames: as `SiteNames.forms` has them.
    init(siteNames: Set<String>) {
        self.siteNames = siteNames
    }

    /// The names of persons, else the first one of an organisation, in the order in which they came, each once.
    var names: [String] { persons.isEmpty ? Array(organizations.prefix(1)) : persons }

    /// Takes the names out of a text.
    ///
    /// - Parameters:
    ///   - isOrganization: the page says that it is no person.
    ///   - isVisible: it stands somewhere on the page, where it may be something else: only what is written as names are
    ///     counts.
    mutating func add(_ text: String, isOrganization: Bool = false, isVisible: Bool = false) {
        guard text.utf8.count <= Self.longestText else { return }
        for part in AuthorLine.parts(of: text) where persons.count + organizations.count < Self.maximumNames {
            guard let words = AuthorLine.name(in: part).map(withoutAffiliation).map(Self.once), !words.isEmpty,
                !isVisible || Self.isWrittenAsName(words)
            else { continue }
            let name = words.joined(separator: " ")
            let key = ComparedWords.squeezed(name)
            guard !key.isEmpty, !AuthorWords.nobody.contains(key), seen.insert(key).inserted else { continue }
            if isOrganization || isOfSite(words, key) || Self.isOrganization(words, key) {
                organizations.append(name)
            } else {
                persons.append(name)
            }
        }
    }

    /// `John Roe The Associated Press` is John Roe: whom he writes for is no part of his name.
    private func withoutAffiliation(_ words: [String]) -> [String] {
        for length in 2..<max(2, words.count) {
            let rest = words[length...].flatMap { ComparedWords.words($0) }.joined()
            if siteNames.contains(rest) || AuthorWords.agencies.contains(rest) { return Array(words[..<length]) }
        }
        return words
    }

    /// Whether it is the site's name, or that of a part of it.
    private func isOfSite(_ words: [String], _ key: String) -> Bool {
        let first = ComparedWords.squeezed(words[0])
        return siteNames.contains(key) || words.count <= 3 && first.utf8.count >= 3 && siteNames.contains(first)
    }

    /// A name that two elements say is there twice.
    private static func once(_ words: [String]) -> [String] {
        let half = words.count / 2
        return half > 0 && words.count == 2 * half && words[..<half] == words[half...] ? Array(words[..<half]) : words
    }

    private static func isOrganization(_ words: [String], _ key: String) -> Bool {
        AuthorWords.agencies.contains(key) || words.count == 1 && words[0].dropLast().contains(".")
            || words.contains { word in
                let word = ComparedWords.squeezed(word)
                return AuthorWords.organizationWords.contains(word) || AuthorWords.jobs.contains(word)
            }
    }

    /// Whether each word begins with a capital, in a script that has them, or is one of those that stand in names.
    private static func isWrittenAsName(_ words: [String]) -> Bool {
        words.count <= 5 && words[0].first?.isLowercase == false
            && words.allSatisfy {
                $0.first?.isLowercase == false || AuthorWords.particles.contains($0.lowercased()) || $0.contains("'")
            }
    }
}

/// `AuthorLine` cuts a line that tells authors into names.
enum AuthorLine {
    private static let longestName = 80
    private static let mostWordsOfName = 6

    /// Cuts a line at everything that stands between names.
    static func parts(of text: String) -> [[Substring]] {
        // Addresses have marks in them that would cut them to pieces.
        let words = text.split(whereSeparator: \.isWhitespace).filter { !$0.contains("@") && !isAddress($0) }
        let line = withoutDate(words).map { $0 == "-" ? "|" : $0 }.joined(separator: " ")
        guard let segment = segment(of: line) else { return [] }
        var parts: [[Substring]] = []
        for piece in segment.split(whereSeparator: { ",;/&+、，・".contains($0) }) { parts += cutAtJoins(piece) }
        parts = joinedSuffixes(parts)
        // Behind a whole name, or that of a site, a single word is a place, an agency or a degree.
        if let first = parts.first, first.count >= 2 || first[0].dropLast().contains(".") {
            parts =
                [first]
                + parts.dropFirst().filter {
                    $0.count >= 2 || AuthorWords.agencies.contains(ComparedWords.squeezed($0[0]))
                }
        }
        return parts
    }

    /// What stands in brackets is left out where there is anything else. Behind an upright line, a bullet or a dash comes
    /// another thing than a name: the post, the paper, the date.
    private static func segment(of line: String) -> Substring? {
        // Most lines have neither.
        if !line.utf8.contains(where: { $0 >= 0x80 || "()[]<>|~".utf8.contains($0) }) {
            return line.contains(where: \.isLetter) ? line[...] : nil
        }
        var outside = ""
        var depth = 0
        for character in line {
            if "([<".contains(character) { depth += 1 }
            if depth == 0 {
                outside.append(character)
            } else if depth == 1, ")]>".contains(character) {
                outside.append(" ")
            }
            if ")]>".contains(character) { depth = max(0, depth - 1) }
        }
        let text = outside.contains(where: \.isLetter) ? outside : line.filter { !"()[]<>".contains($0) }
        let segments = text.split { "|•·—–…●~".contains($0) }.filter { $0.contains(where: \.isLetter) }
        return segments.first { withoutLead($0.split(separator: " ")).count >= 2 } ?? segments.first
    }

    /// Cuts at `and` and its like. Those that are parts of names as well count where whole names stand on both sides.
    private static func cutAtJoins(_ text: Substring) -> [[Substring]] {
        let words = text.split(separator: " ")
        var parts: [[Substring]] = [[]]
        for (place, word) in words.enumerated() {
            let lower = word.lowercased()
            let isAlways = lower == "and" || lower == "und"
            let isBetween = parts[parts.count - 1].count >= 2 && words.count - place - 1 >= 2
            if AuthorWords.joins.contains(lower), isAlways || isBetween {
                parts.append([])
            } else {
                parts[parts.count - 1].append(word)
            }
        }
        return parts.filter { !$0.isEmpty }
    }

    /// `Sammy Davis, Jr.` is one name.
    private static func joinedSuffixes(_ parts: [[Substring]]) -> [[Substring]] {
        var result: [[Substring]] = []
        for part in parts {
            if part.count == 1, AuthorWords.suffixes.contains(ComparedWords.squeezed(part[0])),
                let last = result.popLast()
            {
                result.append(last + part)
            } else {
                result.append(part)
            }
        }
        return result
    }

    // MARK: - One name

    /// The words of the name in a part of a line; nil where there is none.
    static func name(in part: [Substring]) -> [String]? {
        if let first = part.first, AuthorWords.others.contains(ComparedWords.squeezed(first)), part.count > 1 {
            return nil
        }
        var words = withoutLead(part)
        // A post behind the name, or before it: the rest of the line tells it.
        if let post = words.firstIndex(where: { AuthorWords.jobs.contains(ComparedWords.squeezed($0)) }) {
            guard post >= 2 || words.count <= 4 else { return nil }
            if post >= 2 { words.removeSubrange(post...) }
        }
        while let last = words.last, AuthorWords.degrees.contains(ComparedWords.squeezed(last)) {
            words.removeLast()
        }
        let name = words.joined(separator: " ").trimmingMarks
        guard name.contains(where: \.isLetter), name.utf8.count <= longestName, words.count <= mostWordsOfName,
            !AuthorWords.leads.contains(ComparedWords.words(name))
        else { return nil }
        return name.split(separator: " ").map(String.init)
    }

    private static func withoutLead(_ words: [Substring]) -> [Substring] {
        var words = words
        while words.count > 1 {
            let length = (1...min(4, words.count - 1)).last { count in
                AuthorWords.leads.contains(words.prefix(count).flatMap { ComparedWords.words(String($0)) })
            }
            // Whatever comes before "by", and before a colon, leads to the name.
            let colon = words.prefix(3).lastIndex { $0.hasSuffix(":") || $0.hasSuffix("：") }
            let by = words.prefix(5).lastIndex { $0.lowercased() == "by" || $0.lowercased() == "by:" }
            let cut = max(length ?? 0, (colon ?? -1) + 1, (by ?? -1) + 1)
            guard cut > 0, cut < words.count else { break }
            words.removeFirst(cut)
        }
        // Two elements without a space between them: ByJane Doe.
        if let first = words.first, first.hasPrefix("By"), first.dropFirst(2).first?.isUppercase == true {
            words[0] = first.dropFirst(2)
        }
        return words
    }

    /// Cuts at the first number, and takes off what leads to it: `on Friday, May 3`. Where the names come behind the date
    /// with a word that leads to them, the date goes.
    private static func withoutDate(_ words: [Substring]) -> [Substring] {
        var words = words[...]
        guard let date = words.firstIndex(where: isNumber) else { return Array(words) }
        if let lead = words.lastIndex(where: { AuthorWords.openings.contains($0.lowercased()) }), lead > date {
            words = words[(lead + 1)...]
        }
        words = words.prefix { !isNumber($0) }
        while let last = words.last, AuthorWords.dateWords.contains(ComparedWords.squeezed(last)) || isMonth(last) {
            words.removeLast()
        }
        return Array(words)
    }

    /// `20`, `9:30`, `20th`, and not `3i`.
    private static func isNumber(_ word: Substring) -> Bool {
        let digits = word.count(where: \.isNumber)
        return digits > 0 && (!word.contains(where: \.isLetter) || word.first?.isNumber == true && digits > 1)
    }

    private static func isMonth(_ word: Substring) -> Bool {
        (3...40).contains(word.utf8.count) && FeedDate.parse("1 \(word) 2000") != nil
    }

    private static func isAddress(_ text: Substring) -> Bool {
        let lower = text.lowercased()
        return lower.contains("://") || lower.hasPrefix("www.") || lower.hasPrefix("//") || lower.hasPrefix("http")
    }
}

extension String {
    /// Without marks around it; a stop behind an initial or `Jr` stays.
    fileprivate var trimmingMarks: String {
        var text = trimming { $0.isWhitespace || ",;:-–—/|*\"“”„«»'’‘_~#!?=>©".contains($0) }
        if text.hasPrefix(".") { text = text.dropFirst() }
        if text.hasSuffix("."), let word = text.split(separator: " ").last, word.count > 3 { text = text.dropLast() }
        return String(text)
    }
}
