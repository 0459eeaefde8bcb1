private import Digest
package import FeedModel
private import Text

/// `FeedNaming` makes the id of a feed that nobody named from its URL alone, so that it is the same in every run.
package enum FeedNaming {
    /// Longest name, in bytes, before a suffix.
    private static let limit = 80

    /// Returns a readable name: of `https://www.example.org/news/feed.xml?cat=5` it is `example.org-news-feed-cat-5`.
    ///
    /// It has letters and digits in lower case, `.`, `_` and `-`, and nothing of userinfo or of secrets in the query.
    /// Of a local file only its name counts. Two URLs may have one name; `suffix` then tells them apart.
    ///
    /// - Parameter secrets: `.first` for the name that an earlier newswire gave.
    package static func name(for url: String, _ secrets: URLRedaction.Names = .all) -> String {
        var shown = URLRedaction.redacted(url, secrets)
        let name = shown.withUTF8 { URLSlug.words(of: $0) }
        // What is taken for a secret by the end of its name may as well be all that tells two feeds apart, such as
        // `code=`: the name then tells them apart whichever of them is met first.
        let isGuess = secrets == .all && shown != url && shown != URLRedaction.redacted(url, .first)
        guard name.utf8.count > limit || isGuess else { return name.isEmpty ? "feed" : name }
        var cut = name.prefix(limit)
        while cut.utf8.count > limit { cut.removeLast() }
        let suffix = suffix(of: isGuess ? url : shown)
        return cut.isEmpty ? "feed-\(suffix)" : "\(cut)-\(suffix)"
    }

    /// Returns six letters and digits by which URLs of one name differ.
    ///
    /// - Parameter isExact: whether secrets in the URL count, too, as for URLs that differ in nothing else.
    package static func suffix(
        for url: String, isExact: Bool = false, _ secrets: URLRedaction.Names = .all
    ) -> String {
        suffix(of: isExact ? url : URLRedaction.redacted(url, secrets))
    }

    private static func suffix(of text: String) -> String {
        var digest = MessageDigest(.sha256)
        digest.update(text)
        return String(Base32.string(Array(digest.finish().prefix(4))).prefix(6))
    }
}

/// `FeedName` judges the ids that people give feeds.
package enum FeedName {
    /// Returns why a text is no id, or nil where it is one.
    ///
    /// An id has 1 to 128 bytes: letters and digits of any script, and `. _ - @ + ~ :`, but no hyphen at the start,
    /// where it would be an option on the command line.
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
        if scalar.isASCII { return UInt8(truncatingIfNeeded: scalar.value).isASCIIAlphanumeric }
        return scalar.properties.isAlphabetic || scalar.properties.numericType == .decimal
    }
}

/// Makes an id of the words of a URL, in lower case and with single hyphens between them. Whatever may not stand in an
/// id separates words.
struct URLSlug {
    private static let endings: [StaticString] = [
        "xml", "rss", "rss2", "atom", "rdf", "json", "php", "asp", "aspx", "html", "htm", "cgi", "jsp",
    ]

    private var bytes: [UInt8] = []
    private var needsHyphen = false

    /// The words of a redacted URL: host without `www.`, a port of its own, path and query, without the ending of the
    /// file. Of a local file only its name.
    static func words(of url: UnsafeBufferPointer<UInt8>) -> String {
        var words = URLSlug()
        words.bytes.reserveCapacity(url.count)
        let isFile = url.starts(with: "file://".utf8)
        guard let start = firstSlashes(in: url) else {
            words.append(part: url[...])
            return words.name
        }
        var rest = url[start...]
        rest = rest[..<(rest.firstIndex(of: UInt8(ascii: "#")) ?? rest.endIndex)]
        if isFile {
            let slash = rest.lastIndex(of: UInt8(ascii: "/"))
            words.append(part: withoutEnding(rest[(slash.map { $0 + 1 } ?? rest.startIndex)...]))
            return words.name
        }
        let hostEnd = rest.firstIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") } ?? rest.endIndex
        words.append(authority: rest[..<hostEnd])
        let question = rest[hostEnd...].firstIndex(of: UInt8(ascii: "?")) ?? rest.endIndex
        words.append(path: rest[hostEnd..<question])
        for pair in rest[question...].dropFirst().split(separator: UInt8(ascii: "&"))
        where !pair.suffix(3).elementsEqual("***".utf8) {
            words.append(part: pair)
        }
        return words.name
    }

    private typealias Part = Slice<UnsafeBufferPointer<UInt8>>

    /// The index at which the host begins.
    private static func firstSlashes(in url: UnsafeBufferPointer<UInt8>) -> Int? {
        guard let colon = url.firstIndex(of: UInt8(ascii: ":")), url[(colon + 1)...].starts(with: "//".utf8) else {
            return nil
        }
        return colon + 3
    }

    private mutating func append(authority: Part) {
        var host = authority
        if let at = host.lastIndex(of: UInt8(ascii: "@")) { host = host[(at + 1)...] }
        var port: Part?
        if let colon = host.lastIndex(of: UInt8(ascii: ":")), !host[colon...].contains(UInt8(ascii: "]")) {
            port = host[(colon + 1)...]
            host = host[..<colon]
        }
        if host.count > 4, host.prefix(4).elementsEqual("www.".utf8, by: { $0 | 0x20 == $1 | 0x20 }) {
            host = host.dropFirst(4)
        }
        append(host)
        if let port, !port.elementsEqual("80".utf8), !port.elementsEqual("443".utf8) { append(port) }
    }

    private mutating func append(path: Part) {
        var rest = path
        while !rest.isEmpty {
            let end = rest.firstIndex(of: UInt8(ascii: "/")) ?? rest.endIndex
            let isLast = rest[end...].allSatisfy { $0 == UInt8(ascii: "/") }
            let part = rest[..<end]
            append(part: isLast ? Self.withoutEnding(part) : part)
            rest = rest[end...].dropFirst()
        }
    }

    private static func withoutEnding(_ file: Part) -> Part {
        guard let dot = file.lastIndex(of: UInt8(ascii: ".")), dot != file.startIndex else { return file }
        let ending = file[(dot + 1)...]
        let isEnding = endings.contains { name in
            ending.count == name.utf8CodeUnitCount
                && zip(ending, UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
                    .allSatisfy { $0 | 0x20 == $1 }
        }
        return isEnding ? file[..<dot] : file
    }

    /// A part that may be percent-encoded.
    private mutating func append(part: Part) {
        guard part.contains(UInt8(ascii: "%")), let decoded = PercentEncoding.decoded(part) else { return append(part) }
        append(decoded)
    }

    private mutating func append(_ word: some Collection<UInt8>) {
        needsHyphen = true
        guard !word.allSatisfy({ $0 == UInt8(ascii: ".") }) else { return }
        guard word.allSatisfy({ $0 < 0x80 }) else { return append(scalarsOf: String(decoding: word, as: UTF8.self)) }
        for byte in word {
            let isUpper = byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z")
            append(Unicode.Scalar(isUpper ? byte | 0x20 : byte))
        }
    }

    private mutating func append(scalarsOf word: String) {
        for scalar in word.lowercased().unicodeScalars { append(scalar) }
    }

    private mutating func append(_ scalar: Unicode.Scalar) {
        guard FeedName.isWordCharacter(scalar) || scalar == "." || scalar == "_" else {
            needsHyphen = true
            return
        }
        if needsHyphen, !bytes.isEmpty { bytes.append(UInt8(ascii: "-")) }
        needsHyphen = false
        if scalar.isASCII {
            bytes.append(UInt8(truncatingIfNeeded: scalar.value))
        } else {
            bytes += UTF8.encode(scalar).map(Array.init) ?? []
        }
    }

    /// The id so far, without dots and hyphens at its ends.
    private var name: String {
        let isEdge: (UInt8) -> Bool = { $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-") }
        guard let first = bytes.firstIndex(where: { !isEdge($0) }), let last = bytes.lastIndex(where: { !isEdge($0) })
        else { return "" }
        return String(decoding: bytes[first...last], as: UTF8.self)
    }
}
