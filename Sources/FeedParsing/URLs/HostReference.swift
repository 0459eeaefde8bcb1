private import Text

/// A link without scheme that begins with a host, as people write one: `www.example.org/more`.
///
/// By RFC 3986 §4.2 it is a relative path, and leads to `example.org/www.example.org/more`, where nobody has anything.
enum HostReference {
    /// The URL that is meant: https, or http where the document has that; nil for any other reference.
    ///
    /// - Parameter places: where the document, or the page that it belongs to, is. Another host than theirs counts only
    ///   where it begins with `www.`.
    static func url(_ reference: String, beside places: [String?]) -> String? {
        let host = reference.utf8.prefix { byte in
            byte != UInt8(ascii: "/") && byte != UInt8(ascii: "?") && byte != UInt8(ascii: "#")
        }
        guard host.count >= 3, host.count <= 260, isHost(host) else { return nil }
        let name = String(Substring(host)).lowercased()
        let places = places.compactMap { $0 }
        guard isWorldWideWeb(name) || places.contains(where: { isHost(name, of: $0) }) else { return nil }
        let isPlain = places.first.map { URLResolution.scheme(of: $0) == "http" } ?? false
        return (isPlain ? "http://" : "https://") + reference
    }

    /// Whether there may be a host, with a port or without, and more than one plain word.
    private static func isHost(_ bytes: Substring.UTF8View) -> Bool {
        var previous = UInt8(ascii: ".")
        var isPort = false
        var hasMark = false
        for byte in bytes {
            switch byte {
            case UInt8(ascii: "."), UInt8(ascii: ":"):
                if isPort || previous == UInt8(ascii: ".") { return false }
                isPort = byte == UInt8(ascii: ":")
                hasMark = true
            case _ where isPort:
                if !byte.isASCIIDigit { return false }
            case UInt8(ascii: "-"):
                if previous == UInt8(ascii: ".") { return false }
            default:
                if !byte.isASCIIAlphanumeric, byte < 0x80 { return false }
            }
            previous = byte
        }
        return hasMark && previous != UInt8(ascii: ".") && previous != UInt8(ascii: ":")
    }

    /// Whether it is `www.` with a domain behind it, which is two words at least.
    private static func isWorldWideWeb(_ name: String) -> Bool {
        name.hasPrefix("www.") && name.utf8.count { $0 == UInt8(ascii: ".") } >= 2
    }

    /// Whether it is the host of that URL, with its port or without, with `www.` or without.
    private static func isHost(_ name: String, of url: String) -> Bool {
        var url = url
        var own = url.withUTF8 { bytes in
            let parts = URLParts(bytes)
            guard URLScheme(of: bytes) == .web, let authority = parts.authority else { return "" }
            let start = bytes[authority].lastIndex(of: UInt8(ascii: "@")).map { $0 + 1 } ?? authority.lowerBound
            return String(decoding: bytes[start..<authority.upperBound], as: UTF8.self).lowercased()
        }
        if own == name { return !own.isEmpty }
        if let colon = own.lastIndex(of: ":") { own = String(own[..<colon]) }
        return !own.isEmpty && (own == name || own == "www." + name || "www." + own == name)
    }
}
