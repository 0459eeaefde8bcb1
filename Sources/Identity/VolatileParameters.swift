internal import Digest
internal import FeedModel

/// `VolatileParameters` are those of a feed's URLs that are others in each document though the pages are the same:
/// sessions, tokens, where a reader came from (identity.md §5.2).
struct VolatileParameters {
    private let names: [[UInt8]]

    init(_ names: [String]) {
        self.names = names.map { Array("\($0)=".utf8) }
    }

    /// An article as it is compared: without them in its id, where that is a URL, its links, its files and its texts.
    func removed(from article: Article) -> Article {
        var article = article
        article.id = article.id.map { URLVariant.form($0) == nil ? $0 : removed(from: $0) }
        article.url = article.url.map { removed(from: $0) }
        article.contentHTML = article.contentHTML.map { removed(from: $0) }
        article.summary = article.summary.map { removed(from: $0) }
        for index in article.attachments.indices {
            article.attachments[index].url = removed(from: article.attachments[index].url)
        }
        return article
    }

    /// A URL, or markup with URLs in it, without the parameters.
    func removed(from text: String) -> String {
        guard text.utf8.contains(where: Self.beginsParameter) else { return text }
        var text = text
        return text.withUTF8 { bytes in
            var result: [UInt8] = []
            result.reserveCapacity(bytes.count)
            var index = 0
            while index < bytes.count {
                let mark = bytes[index]
                guard Self.beginsParameter(mark), let rest = rest(behind: index, in: bytes) else {
                    result.append(mark)
                    index += 1
                    continue
                }
                index = rest.index
                // The next parameter takes the place.
                if rest.isParameter { result.append(mark) }
            }
            return String(decoding: result, as: UTF8.self)
        }
    }

    private static func beginsParameter(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "?") || byte == UInt8(ascii: "&") || byte == UInt8(ascii: ";")
    }

    /// Where the text goes on behind the parameters that begin at a `?`, `&`, `&amp;` or `;`, and whether with another
    /// parameter; nil where the first one there is none of them.
    private func rest(
        behind mark: Int, in bytes: UnsafeBufferPointer<UInt8>
    ) -> (index: Int, isParameter: Bool)? {
        var name = Self.nameStart(at: mark, in: bytes)
        var isFound = false
        while let value = valueStart(at: name, in: bytes) {
            isFound = true
            var end = value
            while end < bytes.count, !Self.endsValue(bytes[end], inPath: bytes[mark] == UInt8(ascii: ";")) { end += 1 }
            guard end < bytes.count, bytes[end] == UInt8(ascii: "&") || bytes[end] == UInt8(ascii: ";"),
                bytes[mark] != UInt8(ascii: ";")
            else { return (end, false) }
            name = Self.nameStart(at: end, in: bytes)
        }
        return isFound ? (name, true) : nil
    }

    private static func nameStart(at mark: Int, in bytes: UnsafeBufferPointer<UInt8>) -> Int {
        bytes[mark] == UInt8(ascii: "&") && bytes[(mark + 1)...].starts(with: "amp;".utf8) ? mark + 5 : mark + 1
    }

    private func valueStart(at name: Int, in bytes: UnsafeBufferPointer<UInt8>) -> Int? {
        for known in names where bytes[name...].starts(with: known) { return name + known.count }
        return nil
    }

    private static func endsValue(_ byte: UInt8, inPath: Bool) -> Bool {
        switch byte {
        case 0...0x20, UInt8(ascii: "&"), UInt8(ascii: ";"), UInt8(ascii: "#"), UInt8(ascii: "\""), UInt8(ascii: "'"),
            UInt8(ascii: "<"), UInt8(ascii: ">"):
            true
        case UInt8(ascii: "/"), UInt8(ascii: "?"): inPath
        default: false
        }
    }

    // MARK: - Finding them

    /// `Difference` is in which parameters two URLs differ that are the same otherwise.
    struct Difference: Equatable {
        var names: Set<String> = []
        /// The values of these are short numbers or dates, which may count articles.
        var counts: Set<String> = []
    }

    /// The names of the parameters that several links of a document have, and all with one value.
    static func common(in articles: [Article]) -> Set<String> {
        var values: [Substring: Substring] = [:]
        var uses: [Substring: Int] = [:]
        var others = Set<Substring>()
        for article in articles {
            for part in article.url.map(parts) ?? [] {
                guard let name = part.name else { continue }
                uses[name, default: 0] += 1
                if values.updateValue(part.text, forKey: name) ?? part.text != part.text { others.insert(name) }
            }
        }
        return Set(uses.filter { $0.value >= 2 && !others.contains($0.key) }.keys.map(String.init))
    }

    /// In which parameters two URLs differ; nil where they differ otherwise, or not at all.
    static func difference(_ left: String, _ right: String) -> Difference? {
        let (left, right) = (parts(left), parts(right))
        guard left.count == right.count else { return nil }
        var result = Difference()
        for (left, right) in zip(left, right) where left != right {
            guard let name = left.name, name == right.name,
                (1...FeedState.Churn.longestParameter).contains(name.utf8.count)
            else { return nil }
            result.names.insert(String(name))
            if isCount(left.text), isCount(right.text) { result.counts.insert(String(name)) }
        }
        return result.names.isEmpty || result.names.count > FeedState.Churn.mostParameters ? nil : result
    }

    /// Whether a value may count articles: a short number, or a date, of which the daily issues of a page have others.
    private static func isCount(_ value: Substring) -> Bool {
        var digits = 0
        var marks = 0
        for byte in value.utf8 {
            switch byte {
            case 0x30...0x39: digits += 1
            case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: ":"), UInt8(ascii: "+"),
                UInt8(ascii: "T"),
                UInt8(ascii: "Z"):
                marks += 1
            default: return false
            }
        }
        return marks == 0 ? digits <= 9 : digits > 0 && digits <= 20
    }

    private struct Part: Equatable {
        /// The name of a parameter; nil for what is none.
        var name: Substring?
        /// Its value, or what else stands there.
        var text: Substring
    }

    /// A URL in its parts: of the path each segment and each parameter behind it, then the parameters of the query, then the
    /// fragment.
    private static func parts(_ url: String) -> [Part] {
        let end = url.firstIndex(of: "#") ?? url.endIndex
        let query = url[..<end].firstIndex(of: "?") ?? end
        var result: [Part] = []
        for segment in url[..<query].split(separator: "/", omittingEmptySubsequences: false) {
            let pieces = segment.split(separator: ";", omittingEmptySubsequences: false)
            result.append(Part(text: pieces[0]))
            result += pieces.dropFirst().map(parameter)
        }
        result.append(Part(text: url[end...]))
        if query < end {
            let parameters = url[url.index(after: query)..<end]
            result += parameters.split(omittingEmptySubsequences: false) { $0 == "&" || $0 == ";" }.map(parameter)
        }
        return result
    }

    private static func parameter(_ text: Substring) -> Part {
        guard let equals = text.firstIndex(of: "=") else { return Part(text: text) }
        return Part(name: text[..<equals], text: text[text.index(after: equals)...])
    }

    /// Whether none of them tells two items of a document apart, so that they may be left out.
    func areIdle(in articles: [Article]) -> Bool {
        for field in [\Article.url, \Article.id] {
            var pages: [String: String] = [:]
            for article in articles {
                guard let url = article[keyPath: field], field == \.url || URLVariant.form(url) != nil else { continue }
                let page = removed(from: url)
                if let other = pages.updateValue(url, forKey: page), other != url { return false }
            }
        }
        return true
    }
}

/// `ComparedKnowledge` is what is known, with stored articles as they are compared where some parameters do not count.
struct ComparedKnowledge<Base: ArticleKnowledge>: ArticleKnowledge {
    let base: Base
    let parameters: VolatileParameters

    func known(_ key: Hash128) throws(Base.Failure) -> KnownArticle? { try base.known(key) }

    var readsAhead: Bool { base.readsAhead }

    func prepare(_ keys: [Hash128]) { base.prepare(keys) }

    func stored(_ seq: UInt64) throws(Base.Failure) -> StoredArticle? {
        guard var stored = try base.stored(seq) else { return nil }
        stored.article = parameters.removed(from: stored.article)
        return stored
    }
}
