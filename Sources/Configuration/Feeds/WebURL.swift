private import FeedModel

/// The form of http, https and proxy URLs; nothing is changed in them, for they are sent as they were written.
enum WebURL {
    /// The host and port of a URL, and what stands before them.
    struct Authority {
        var userinfo: Substring?
        /// As written; an IPv6 address without its brackets.
        var host: Substring
        var port: Substring?
    }

    static func hasScheme(_ text: String, _ scheme: StaticString) -> Bool {
        let bytes = text.utf8
        guard bytes.count >= scheme.utf8CodeUnitCount else { return false }
        let name = UnsafeBufferPointer(start: scheme.utf8Start, count: scheme.utf8CodeUnitCount)
        return zip(bytes, name).allSatisfy { $0 | 0x20 == $1 | 0x20 }
    }

    /// Why the text cannot be an http or https URL with a host, or nil where it can.
    static func refusal(_ text: String) -> String? {
        if let refusal = character(refusedIn: text) { return refusal }
        guard let authority = authority(of: text) else { return "is not complete; write https://HOST/PATH" }
        guard authority.userinfo == nil else {
            return "holds a user name or password; use basic_auth = { user = \"…\", password = { file = \"…\" } }"
        }
        return refusal(authority)
    }

    static func refusal(_ authority: Authority) -> String? {
        guard !authority.host.isEmpty else { return "has no host" }
        if let port = authority.port, !port.isEmpty {
            guard let number = Digits.value(of: port.utf8, limit: 65_535), number > 0 else {
                return "has a port that is none; 1 to 65535"
            }
        }
        return nil
    }

    /// nil where nothing follows `scheme://`, or brackets do not match.
    static func authority(of text: String) -> Authority? {
        guard let colon = text.utf8.firstIndex(of: UInt8(ascii: ":")) else { return nil }
        var rest = text[text.utf8.index(after: colon)...]
        guard rest.utf8.starts(with: "//".utf8) else { return nil }
        rest = rest[rest.utf8.index(rest.startIndex, offsetBy: 2)...]
        let end =
            rest.utf8.firstIndex { byte in
                byte == UInt8(ascii: "/") || byte == UInt8(ascii: "?") || byte == UInt8(ascii: "#")
            } ?? rest.endIndex
        rest = rest[..<end]
        var userinfo: Substring?
        if let at = rest.utf8.lastIndex(of: UInt8(ascii: "@")) {
            userinfo = rest[..<at]
            rest = rest[rest.utf8.index(after: at)...]
        }
        if rest.utf8.first == UInt8(ascii: "[") {
            guard let close = rest.utf8.firstIndex(of: UInt8(ascii: "]")) else { return nil }
            let host = rest[..<close].dropFirst()
            let port = rest[close...].dropFirst()
            guard port.isEmpty || port.utf8.first == UInt8(ascii: ":") else { return nil }
            return Authority(userinfo: userinfo, host: host, port: port.isEmpty ? nil : port.dropFirst())
        }
        guard let separator = rest.utf8.firstIndex(of: UInt8(ascii: ":")) else {
            return Authority(userinfo: userinfo, host: rest, port: nil)
        }
        return Authority(
            userinfo: userinfo, host: rest[..<separator], port: rest[rest.utf8.index(after: separator)...])
    }

    /// Why a character in the text cannot stand in a URL or path, or nil where all can.
    static func character(refusedIn text: String, allowingSpace: Bool = false) -> String? {
        if text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) { return nil }
        for byte in text.utf8 {
            if byte < 0x20 || byte == 0x7f { return "holds a control character" }
            if byte == 0x20, !allowingSpace { return "holds a space; write %20" }
        }
        for scalar in text.unicodeScalars where TextRules.isInvisible(scalar) {
            return "holds an invisible character"
        }
        return nil
    }
}

/// What may stand in text that people will be shown.
enum TextRules {
    /// Control characters and those that turn the direction of text.
    static func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        // Marks that only say in which direction text goes on are part of titles in Arabic and Hebrew.
        case "\u{200e}", "\u{200f}", "\u{61c}": false
        case "\u{feff}": true
        default: SafeText.isUnsafe(scalar)
        }
    }

    /// Why a text cannot stand before people, or nil where it can: it has at most `limit` bytes, and nothing invisible.
    static func refusal(label text: String, limit: Int) -> String? {
        if text.utf8.count > limit { return "is longer than \(limit) bytes" }
        return text.unicodeScalars.contains(where: isInvisible) ? "holds a control character" : nil
    }
}
