private import Digest
private import FeedModel

/// The id of a feed that nobody named: made from its URL alone, so that it is the same in every run.
package enum FeedNaming {
    /// Longest name, in bytes, before a suffix.
    private static let limit = 80
    private static let endings: Set<String> = [
        "xml", "rss", "rss2", "atom", "rdf", "json", "php", "asp", "aspx", "html", "htm", "cgi", "jsp",
    ]

    /// `https://www.example.org/news/feed.xml?cat=5` becomes `example.org-news-feed-cat-5`: letters and digits in
    /// lower case, `.`, `_` and `-`. Nothing of userinfo or of secrets in the query is in it. Of a local file only
    /// its name counts. Two URLs may have one name; `suffix` then tells them apart.
    package static func name(for url: String) -> String {
        let url = URLRedaction.redacted(url)
        var words = WordCollector()
        if url.hasPrefix("file://") {
            let path = PercentEncoding.decode(url.dropFirst("file://".count).utf8) ?? Array(url.utf8)
            let file = path[(path.lastIndex(of: UInt8(ascii: "/")).map { $0 + 1 } ?? 0)...]
            words.append(withoutEnding(String(decoding: file, as: UTF8.self)))
        } else {
            append(web: url, to: &words)
        }
        let name = words.name
        guard name.utf8.count > limit else { return name.isEmpty ? "feed" : name }
        var cut = name.prefix(limit)
        while cut.utf8.count > limit { cut.removeLast() }
        return "\(cut)-\(suffix(for: url))"
    }

    /// Six letters and digits by which URLs of one name differ.
    ///
    /// - Parameter isExact: also of secrets in the URL, for URLs that differ in nothing else.
    package static func suffix(for url: String, isExact: Bool = false) -> String {
        var digest = MessageDigest(.sha256)
        digest.update(isExact ? url : URLRedaction.redacted(url))
        return String(Base32.string(digest.finish().prefix(4)).prefix(6))
    }

    private static func append(web url: String, to words: inout WordCollector) {
        guard let authority = WebURL.authority(of: url) else { return words.append(url) }
        let host = authority.host.lowercased()
        words.append(host.hasPrefix("www.") && host.utf8.count > 4 ? String(host.dropFirst(4)) : host)
        if let port = authority.port, port != "80", port != "443" { words.append(String(port)) }
        var rest = url[authority.host.endIndex...]
        guard let start = rest.utf8.firstIndex(where: { "/?#".utf8.contains($0) }) else { return }
        rest = rest[start...]
        rest = rest[..<(rest.utf8.firstIndex(of: UInt8(ascii: "#")) ?? rest.endIndex)]
        let question = rest.utf8.firstIndex(of: UInt8(ascii: "?")) ?? rest.endIndex
        let parts = rest[..<question].split(separator: "/")
        for (index, part) in parts.enumerated() {
            let text = PercentEncoding.decode(part.utf8).map { String(decoding: $0, as: UTF8.self) } ?? String(part)
            words.append(index == parts.count - 1 ? withoutEnding(text) : text)
        }
        for pair in rest[question...].dropFirst().split(separator: "&") where !pair.hasSuffix("***") {
            words.append(PercentEncoding.decode(pair.utf8).map { String(decoding: $0, as: UTF8.self) } ?? String(pair))
        }
    }

    private static func withoutEnding(_ file: String) -> String {
        guard let dot = file.utf8.lastIndex(of: UInt8(ascii: ".")), dot != file.startIndex,
            endings.contains(file[file.utf8.index(after: dot)...].lowercased())
        else { return file }
        return String(file[..<dot])
    }

    /// Words joined by single hyphens, everything that may not stand in an id having become one.
    private struct WordCollector {
        private var text = ""
        private var needsHyphen = false

        mutating func append(_ word: String) {
            needsHyphen = true
            guard !word.utf8.allSatisfy({ $0 == UInt8(ascii: ".") }) else { return }
            for scalar in word.lowercased().unicodeScalars {
                guard FeedName.isWordCharacter(scalar) || scalar == "." || scalar == "_" else {
                    needsHyphen = true
                    continue
                }
                if needsHyphen {
                    if !text.isEmpty { text += "-" }
                    needsHyphen = false
                }
                text.unicodeScalars.append(scalar)
            }
        }

        var name: String {
            var result = text[...]
            while let last = result.utf8.last, last == UInt8(ascii: ".") || last == UInt8(ascii: "-") {
                result.removeLast()
            }
            while let first = result.utf8.first, first == UInt8(ascii: ".") || first == UInt8(ascii: "-") {
                result.removeFirst()
            }
            return String(result)
        }
    }
}

/// What may be a feed's id when a person gives it.
package enum FeedName {
    /// 1 to 128 bytes: letters and digits of any script, and `. _ - @ + ~ :`; no hyphen at the start, where it
    /// would be an option on the command line. Returns why the text is no id, or nil where it is one.
    package static func refusal(_ text: String) -> String? {
        guard !text.isEmpty else { return "is empty" }
        guard text.utf8.count <= 128 else { return "is longer than 128 bytes" }
        guard text.utf8.first != UInt8(ascii: "-") else { return "begins with a hyphen, as options do" }
        let isName = text.unicodeScalars.allSatisfy { scalar in
            isWordCharacter(scalar) || "._-@+~:".unicodeScalars.contains(scalar)
        }
        return isName ? nil : "may hold letters, digits and . _ - @ + ~ : only"
    }

    static func isWordCharacter(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.isASCII {
            return scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
        }
        return scalar.properties.isAlphabetic || scalar.properties.numericType == .decimal
    }
}
