private import Glibc

/// The header lines of one response, in the order in which they came, as raw bytes.
///
/// Text comes out as ISO-8859-1, one character a byte, so that what a server sent can be sent back to it unchanged
/// (polling.md §2.1).
package struct HeaderFields: Sendable, Equatable {
    /// `name:value` lines, each ended by a line feed, without white space around the value.
    private var bytes: [UInt8] = []

    package init() {}

    package init(_ fields: [(name: String, value: String)]) {
        for field in fields { append(line: Array("\(field.name): \(field.value)".utf8)) }
    }

    mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }

    package mutating func append(line: [UInt8]) {
        line.withUnsafeBufferPointer { append(line: $0) }
    }

    /// Takes a line as it came, with or without its end. A line that starts with white space continues the one before
    /// it (RFC 9112 §5.2); one without a colon is dropped.
    mutating func append(line: UnsafeBufferPointer<UInt8>) {
        let line = Self.trimmed(UnsafeRawBufferPointer(line)[...], leading: false)
        guard let first = line.first else { return }
        if Self.isSpace(first) {
            guard bytes.last == UInt8(ascii: "\n") else { return }
            bytes[bytes.count - 1] = UInt8(ascii: " ")
            bytes.append(contentsOf: Self.trimmed(line))
        } else {
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { return }
            bytes.append(contentsOf: Self.trimmed(line[..<colon], leading: false))
            bytes.append(UInt8(ascii: ":"))
            bytes.append(contentsOf: Self.trimmed(line[(colon + 1)...]))
        }
        bytes.append(UInt8(ascii: "\n"))
    }

    /// The value of the first field of that name, in any case; nil where there is none or it is empty.
    package func first(_ name: StaticString) -> String? {
        var result: String?
        forEach(name) { value in
            result = value.isEmpty ? nil : Self.text(value)
            return false
        }
        return result
    }

    /// The values of all fields of that name, in order, empty ones left out.
    package func all(_ name: StaticString) -> [String] {
        var result: [String] = []
        forEach(name) { value in
            if !value.isEmpty { result.append(Self.text(value)) }
            return true
        }
        return result
    }

    /// The raw bytes of the first field of that name.
    func firstBytes(_ name: StaticString) -> [UInt8]? {
        var result: [UInt8]?
        forEach(name) { value in
            result = Array(value)
            return false
        }
        return result
    }

    /// Calls `body` with each value until it returns false.
    private func forEach(_ name: StaticString, _ body: (Slice<UnsafeRawBufferPointer>) -> Bool) {
        let length = name.utf8CodeUnitCount
        bytes.withUnsafeBytes { bytes in
            var start = 0
            while start < bytes.count {
                let rest = bytes.count - start
                // Every line is ended.
                let end = memchr(bytes.baseAddress! + start, 10, rest).map { bytes.baseAddress!.distance(to: $0) }
                let stop = end ?? bytes.count
                if stop - start > length, bytes[start + length] == UInt8(ascii: ":"),
                    strncasecmp(
                        (bytes.baseAddress! + start).assumingMemoryBound(to: CChar.self),
                        UnsafeRawPointer(name.utf8Start).assumingMemoryBound(to: CChar.self), length) == 0
                {
                    if !body(bytes[(start + length + 1)..<stop]) { return }
                }
                start = stop + 1
            }
        }
    }

    private static func text(_ bytes: Slice<UnsafeRawBufferPointer>) -> String {
        if bytes.allSatisfy({ $0 < 0x80 }) { return String(decoding: bytes, as: UTF8.self) }
        var text = String.UnicodeScalarView()
        for byte in bytes { text.append(Unicode.Scalar(byte)) }
        return String(text)
    }

    /// The bytes of text that came from a header: one for each character, or UTF-8 where a person wrote other ones.
    static func bytes(_ text: String) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars {
            guard let byte = UInt8(exactly: scalar.value) else { return Array(text.utf8) }
            bytes.append(byte)
        }
        return bytes
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\r")
            || byte == UInt8(ascii: "\n")
    }

    private static func trimmed(
        _ bytes: Slice<UnsafeRawBufferPointer>, leading: Bool = true
    ) -> Slice<UnsafeRawBufferPointer> {
        var bytes = bytes
        while let last = bytes.last, isSpace(last) { bytes.removeLast() }
        guard leading else { return bytes }
        while let first = bytes.first, isSpace(first) { bytes.removeFirst() }
        return bytes
    }
}
