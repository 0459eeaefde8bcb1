import FeedModel
private import Text

/// Persons: Atom's with elements inside, RSS's on one line.
extension FeedReader {
    mutating func startPerson(_ element: Element, _ attributes: XMLAttributes) {
        person = PersonDraft(element: element)
        enter(.person)
        // CDF: <AUTHOR VALUE="…"/>.
        if let value = attributes("value") {
            person.author = PersonText.author(value) ?? Author()
            person.isStructured = true
        }
        capture.begin(element, depth: depth, limit: limits.fieldBytes)
    }

    mutating func startInPerson(_ element: Element, _ attributes: XMLAttributes) {
        switch element {
        case .name, .email, .uri, .url:
            person.isStructured = true
            capture.begin(element, depth: depth, limit: limits.fieldBytes)
        default: skip()
        }
    }

    mutating func finishPersonField(_ element: Element) {
        guard let text = capturedText else { return }
        switch element {
        case .name: person.author.name = cut(TextValue(text: text, kind: .unknown).plain, people)
        case .email:
            let address = text.lowercased().hasPrefix("mailto:") ? String(text.dropFirst(7)) : text
            person.author.email = cut(address.whitespaceCollapsed, people)
        case .uri, .url:
            person.author.url = url(text)
        default:
            if !person.isStructured, let author = author(text) { person.author = author }
        }
    }

    /// What the JSON calls those that the open person is one of.
    private var people: String { mutating get { person.element == .contributor ? "contributors" : "authors" } }

    /// A person on one line, which may be HTML.
    private mutating func author(_ text: String) -> Author? {
        var author = PersonText.author(TextValue(text: text, kind: .unknown).plain)
        if let name = author?.name { author?.name = cut(name, people) }
        if let email = author?.email { author?.email = cut(email, people) }
        return author
    }

    /// The person's end tag has come.
    mutating func finishPerson() {
        let author = person.author
        guard author.name != nil || author.email != nil || author.url != nil else { return }
        let limit = limits.listEntries
        let isKept =
            switch (outerScope, person.element) {
            case (.item, .contributor): item.contributors.add(author, limit: limit)
            case (.item, .secondaryAuthor): item.secondaryAuthors.add(author, limit: limit)
            case (.item, _): item.authors.add(author, limit: limit)
            case (.feed, .contributor): feed.contributors.add(author, limit: limit)
            case (.feed, .owner): feed.owners.add(author, limit: limit)
            case (.feed, .secondaryAuthor): feed.secondaryAuthors.add(author, limit: limit)
            case (.feed, _): feed.authors.add(author, limit: limit)
            default: true
            }
        if !isKept { noteCut(people) }
    }
}

extension [Author] {
    /// Appends a person who is not yet there; what one entry lacks, another may have.
    ///
    /// - Returns: false where there is no room for another one.
    mutating func add(_ author: Author, limit: Int) -> Bool {
        for index in indices {
            let known = self[index]
            let sameName = known.name != nil && known.name == author.name
            let sameEmail = known.email != nil && known.email == author.email
            guard sameName || sameEmail else { continue }
            guard known.name == nil || author.name == nil || sameName else { continue }
            guard known.email == nil || author.email == nil || sameEmail else { continue }
            self[index].name = known.name ?? author.name
            self[index].email = known.email ?? author.email
            self[index].url = known.url ?? author.url
            return true
        }
        guard count < limit else { return false }
        append(author)
        return true
    }
}

/// A person written on one line: `ann@example.org (Ann Author)`, `Ann Author <ann@example.org>`, a name, an address.
enum PersonText {
    /// Nil where nothing is left of it.
    static func author(_ text: String) -> Author? {
        let text = text.whitespaceCollapsed
        guard !text.isEmpty else { return nil }
        guard text.utf8.contains(UInt8(ascii: "@")), let address = address(in: text) else {
            let name = stripped(text)
            return name.isEmpty ? nil : Author(name: name)
        }
        var before = String(text[..<address.lowerBound])
        if before.lowercased().hasSuffix("mailto:") { before.removeLast(7) }
        let name = stripped(before + " " + text[address.upperBound...])
        return Author(name: name.isEmpty ? nil : name, email: String(text[address]))
    }

    /// Where something like an address is: `local@host.domain`, of the characters that addresses have.
    private static func address(in text: String) -> Range<String.Index>? {
        let bytes = text.utf8
        var from = bytes.startIndex
        while let at = bytes[from...].firstIndex(of: UInt8(ascii: "@")) {
            var start = at
            while start > bytes.startIndex, isLocal(bytes[bytes.index(before: start)]) {
                start = bytes.index(before: start)
            }
            var end = bytes.index(after: at)
            while end < bytes.endIndex, isHost(bytes[end]) { end = bytes.index(after: end) }
            // A full stop behind it ends the sentence.
            while end > at, bytes[bytes.index(before: end)] == UInt8(ascii: ".") { end = bytes.index(before: end) }
            if start < at, bytes[at..<end].count > 1 { return start..<end }
            from = bytes.index(after: at)
        }
        return nil
    }

    private static func isLocal(_ byte: UInt8) -> Bool {
        byte.isASCIIAlphanumeric || ".!#$%&'*+-/=?^_`{|}~".utf8.contains(byte)
    }

    private static func isHost(_ byte: UInt8) -> Bool {
        byte.isASCIIAlphanumeric || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-") || byte >= 0x80
    }

    /// Without the brackets and quotes that set a name apart from an address, and those that are empty without it.
    private static func stripped(_ text: String) -> String {
        guard text.utf8.contains(where: isMark) else { return text.whitespaceCollapsed }
        var bytes = Array(text.utf8)
        var index = 0
        while index < bytes.count {
            let close = bytes[index] == UInt8(ascii: "(") ? UInt8(ascii: ")") : UInt8(ascii: ">")
            if bytes[index] == UInt8(ascii: "(") || bytes[index] == UInt8(ascii: "<") {
                var end = index + 1
                while end < bytes.count, bytes[end] <= 0x20 { end += 1 }
                if end < bytes.count, bytes[end] == close {
                    for empty in index...end { bytes[empty] = 0x20 }
                    index = end
                }
            }
            index += 1
        }
        var range = 0..<bytes.count
        while let first = range.first, let last = range.last {
            let (opening, closing) = (bytes[first], bytes[last])
            if closing <= 0x20 || closing == UInt8(ascii: ",") || closing == UInt8(ascii: "<") {
                range.removeLast()
            } else if opening <= 0x20 || opening == UInt8(ascii: ",") || opening == UInt8(ascii: ">") {
                range.removeFirst()
            } else if range.count > 1, isPair(opening, closing) {
                range = first + 1..<last
            } else {
                break
            }
        }
        return String(decoding: bytes[range], as: UTF8.self).whitespaceCollapsed
    }

    private static func isMark(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "\""),
            UInt8(ascii: ","):
            true
        default: false
        }
    }

    private static func isPair(_ opening: UInt8, _ closing: UInt8) -> Bool {
        opening == UInt8(ascii: "(") && closing == UInt8(ascii: ")")
            || opening == UInt8(ascii: "<") && closing == UInt8(ascii: ">")
            || opening == UInt8(ascii: "\"") && closing == UInt8(ascii: "\"")
    }
}
