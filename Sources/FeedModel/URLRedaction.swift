/// A URL as it may be shown and stored: without what lets others in (security.md §12).
package enum URLRedaction {
    /// Replaces userinfo and the values of parameters that hold secrets with `***`; all else stays as it is.
    ///
    /// It works on bytes: to `Character`, an equals sign with an accent behind it is another character.
    package static func redacted(_ url: String) -> String {
        var url = url
        // Nearly all URLs hold nothing that could be a secret.
        guard url.utf8.contains(where: { $0 == question || $0 == hash || $0 == UInt8(ascii: "@") }) else { return url }
        return url.withUTF8 { bytes in
            var result: [UInt8] = []
            result.reserveCapacity(bytes.count + 8)
            let start = appendAuthority(of: bytes, to: &result)
            guard let parameters = bytes[start...].firstIndex(where: { $0 == question || $0 == hash }) else {
                result.append(contentsOf: bytes[start...])
                return String(decoding: result, as: UTF8.self)
            }
            result.append(contentsOf: bytes[start..<parameters])
            appendParameters(bytes[parameters...], to: &result)
            return String(decoding: result, as: UTF8.self)
        }
    }

    private typealias Bytes = Slice<UnsafeBufferPointer<UInt8>>

    private static let question = UInt8(ascii: "?")
    private static let hash = UInt8(ascii: "#")
    private static let mask: StaticString = "***"

    /// Appends the URL up to its host and returns where the host begins.
    private static func appendAuthority(of bytes: UnsafeBufferPointer<UInt8>, to result: inout [UInt8]) -> Int {
        let slash = UInt8(ascii: "/")
        guard let first = bytes.indices.dropLast().first(where: { bytes[$0] == slash && bytes[$0 + 1] == slash }) else {
            return 0
        }
        let start = first + 2
        let end = bytes[start...].firstIndex { $0 == slash || $0 == question || $0 == hash } ?? bytes.count
        result.append(contentsOf: bytes[..<start])
        guard let at = bytes[start..<end].lastIndex(of: UInt8(ascii: "@")) else { return start }
        append(mask, to: &result)
        return at
    }

    /// Query and fragment: `name=value`, separated by any of `?`, `#`, `&` and `;`.
    private static func appendParameters(_ text: Bytes, to result: inout [UInt8]) {
        var index = text.startIndex
        while index < text.endIndex {
            result.append(text[index])
            let start = index + 1
            index = text[start...].firstIndex(where: isSeparator) ?? text.endIndex
            let pair = text[start..<index]
            guard let equals = pair.firstIndex(of: UInt8(ascii: "=")), isSecret(pair[..<equals]) else {
                result.append(contentsOf: pair)
                continue
            }
            result.append(contentsOf: pair[...equals])
            append(mask, to: &result)
        }
    }

    private static func isSeparator(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "&") || byte == UInt8(ascii: ";") || byte == hash || byte == question
    }

    private static func append(_ text: StaticString, to result: inout [UInt8]) {
        result.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }
}

extension URLRedaction {
    private static let secretNames: Set<String> = [
        "key", "token", "auth", "authorization", "sig", "signature", "password", "passwd", "pass", "pwd", "secret",
        "apikey", "authtoken", "accesskey", "accesstoken", "session", "sessionid", "jwt", "credential", "credentials",
    ]

    /// Whether a parameter of that name holds a secret: `token`, `API_KEY`, `X-Amz-Signature`, `%74oken`.
    private static func isSecret(_ name: Bytes) -> Bool {
        // No name of a secret is that long, and nothing longer has to be decoded.
        guard name.count <= 200 else { return false }
        let name = String(decoding: percentDecoded(name), as: UTF8.self).lowercased()
        let lastWord = name.split { $0 == "_" || $0 == "-" || $0 == "." || $0 == "[" || $0 == "]" }.last ?? ""
        return secretNames.contains(name) || secretNames.contains(String(lastWord))
    }

    private static func percentDecoded(_ text: Bytes) -> [UInt8] {
        var result: [UInt8] = []
        var index = text.startIndex
        while index < text.endIndex {
            if text[index] == UInt8(ascii: "%"), index + 2 < text.endIndex, let high = hexadecimal(text[index + 1]),
                let low = hexadecimal(text[index + 2])
            {
                result.append(high << 4 | low)
                index += 3
            } else {
                result.append(text[index])
                index += 1
            }
        }
        return result
    }

    private static func hexadecimal(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
