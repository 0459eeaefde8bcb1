/// Ids that are URLs and name the same thing (identity.md §3.2).
enum URLVariant {
    /// What is left of an http or https URL without its scheme, a leading `www.`, the default port and a slash at the
    /// end; nil for any other id. Everything else counts as it stands.
    static func form(_ id: String) -> String? {
        let bytes = Array(id.utf8)
        guard let start = authorityStart(bytes) else { return nil }
        let end = bytes[start...].firstIndex { $0 == slash || $0 == question || $0 == hash } ?? bytes.count
        var host = bytes[start..<end].map { $0 >= UInt8(ascii: "A") && $0 <= UInt8(ascii: "Z") ? $0 | 0x20 : $0 }
        for port in [":80", ":443"]
        where host.count > port.utf8.count && host.suffix(port.utf8.count) == Array(port.utf8)[...] {
            host.removeLast(port.utf8.count)
            break
        }
        if host.starts(with: "www.".utf8), host.count > 4 { host.removeFirst(4) }
        guard !host.isEmpty else { return nil }
        var rest = bytes[end...]
        if rest.last == slash { rest.removeLast() }
        return String(decoding: host + rest, as: UTF8.self)
    }

    private static let slash = UInt8(ascii: "/")
    private static let question = UInt8(ascii: "?")
    private static let hash = UInt8(ascii: "#")

    private static func authorityStart(_ bytes: [UInt8]) -> Int? {
        for scheme in ["http://", "https://"] {
            let length = scheme.utf8.count
            guard bytes.count > length, zip(bytes, scheme.utf8).allSatisfy({ $0 | 0x20 == $1 | 0x20 }) else { continue }
            return length
        }
        return nil
    }
}
