/// Ids that are URLs and name the same thing (identity.md §3.2).
enum URLVariant {
    /// What is left of an http or https URL without its scheme, a leading `www.`, the default port and a slash at the
    /// end; nil for any other id. Everything else counts as it stands.
    static func form(_ id: String) -> String? {
        var id = id
        return id.withUTF8 { bytes in
            guard let start = authorityStart(bytes) else { return nil }
            var rest = start
            while rest < bytes.count, !endsAuthority(bytes[rest]) { rest += 1 }
            var host = start..<rest
            for port in [":80", ":443"] as [StaticString] where host.count > port.utf8CodeUnitCount {
                let colon = host.upperBound - port.utf8CodeUnitCount
                guard matches(bytes, at: colon, port) else { continue }
                host = start..<colon
                break
            }
            if host.count > 4, matches(bytes, at: start, "www.") { host = (start + 4)..<host.upperBound }
            guard !host.isEmpty else { return nil }
            let end = rest < bytes.count && bytes[bytes.count - 1] == slash ? bytes.count - 1 : bytes.count
            return String(unsafeUninitializedCapacity: host.count + end - rest) { form in
                for (place, index) in host.enumerated() { form[place] = lower(bytes[index]) }
                for index in rest..<end { form[host.count + index - rest] = bytes[index] }
                return host.count + end - rest
            }
        }
    }

    private static let slash = UInt8(ascii: "/")

    private static func endsAuthority(_ byte: UInt8) -> Bool {
        byte == slash || byte == UInt8(ascii: "?") || byte == UInt8(ascii: "#")
    }

    private static func authorityStart(_ bytes: UnsafeBufferPointer<UInt8>) -> Int? {
        for scheme in ["http://", "https://"] {
            let length = scheme.utf8.count
            guard bytes.count > length, zip(bytes, scheme.utf8).allSatisfy({ $0 | 0x20 == $1 | 0x20 }) else { continue }
            return length
        }
        return nil
    }

    private static func lower(_ byte: UInt8) -> UInt8 {
        byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") ? byte | 0x20 : byte
    }

    /// Whether a text in lower case stands there, letters compared without regard to case.
    private static func matches(_ bytes: UnsafeBufferPointer<UInt8>, at start: Int, _ text: StaticString) -> Bool {
        guard bytes.count - start >= text.utf8CodeUnitCount else { return false }
        for index in 0..<text.utf8CodeUnitCount where lower(bytes[start + index]) != text.utf8Start[index] {
            return false
        }
        return true
    }
}
