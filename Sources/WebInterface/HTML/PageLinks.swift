/// `PageLinks` makes every link into the site, below the path at which a reverse proxy has it (`[web] base_path`).
package struct PageLinks: Sendable {
    /// Begins and ends with a slash.
    private let base: String

    /// - Parameter basePath: as the configuration has it; slashes around it do not matter.
    package init(basePath: String = "/") {
        let parts = basePath.split(separator: "/")
        base = parts.isEmpty ? "/" : "/\(parts.joined(separator: "/"))/"
    }

    /// A link to a path of the site with a query.
    ///
    /// - Parameters:
    ///   - parts: of the path, each of which is encoded; none for the first page.
    ///   - query: what has no value is left out.
    package func to(_ parts: [String] = [], _ query: [(name: String, value: String?)] = []) -> String {
        let path = base + parts.map { Self.encoded($0, isPath: true) }.joined(separator: "/")
        let pairs = query.compactMap { pair in
            pair.value.map { "\(Self.encoded(pair.name))=\(Self.encoded($0))" }
        }
        return pairs.isEmpty ? path : "\(path)?\(pairs.joined(separator: "&"))"
    }

    package func feed(_ id: String) -> String { to(["feeds", id]) }

    package func article(_ seq: UInt64) -> String { to(["articles", "\(seq)"]) }

    /// Percent-encodes all but what RFC 3986 calls unreserved; in a path also not what may stand there.
    static func encoded(_ text: String, isPath: Bool = false) -> String {
        // Browsers take these parts for steps up and none, encoded or not.
        if isPath, text == "." || text == ".." { return text.map { _ in "%2E" }.joined() }
        let digits = Array("0123456789ABCDEF".utf8)
        var result: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                result.append(byte)
            case UInt8(ascii: ":"), UInt8(ascii: "@"), UInt8(ascii: "!"), UInt8(ascii: ","):
                if isPath { result.append(byte) } else { fallthrough }
            default: result += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}

extension HTML {
    /// A link that leads out of the site, to what a feed has named; text where that is no address of the web.
    ///
    /// - Parameter isPublisher: it is what the key `v` opens.
    static func outward(_ url: String, _ words: HTML, isPublisher: Bool = false) -> HTML {
        let start = url.prefix(8).lowercased()
        guard start.hasPrefix("https://") || start.hasPrefix("http://") else { return "\(words)" }
        let mark: HTML = isPublisher ? " data-out" : ""
        return "<a href=\"\(url)\" rel=\"noopener noreferrer nofollow ugc\"\(mark)>\(words)</a>"
    }

    /// Text that came from a feed: its direction is its own, and so is its language, where that is known.
    static func foreign(_ text: String, language: String? = nil) -> HTML {
        "<span dir=\"auto\"\(languageMark(language))>\(text)</span>"
    }

    /// The attribute that says the language, where that can be one.
    static func languageMark(_ language: String?) -> HTML {
        guard let language, !language.isEmpty, language.utf8.count <= 35,
            language.utf8.allSatisfy({ $0 == UInt8(ascii: "-") || Self.isASCIIAlphanumeric($0) })
        else { return "" }
        return " lang=\"\(language)\""
    }

    private static func isASCIIAlphanumeric(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }
}

extension String {
    /// No more than so many characters, with a sign where there were more.
    func cut(_ limit: Int) -> String {
        guard let end = index(startIndex, offsetBy: limit, limitedBy: endIndex), end < endIndex else { return self }
        return self[..<end] + "…"
    }
}
