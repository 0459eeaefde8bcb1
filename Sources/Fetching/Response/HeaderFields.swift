private import Glibc
private import Text

/// `HeaderFields` holds the header lines of one response, in the order in which they came, as raw bytes.
///
/// Text comes out as ISO-8859-1, one character a byte, so that what a server sent can be sent back to it unchanged
/// (polling.md §2.1).
package struct HeaderFields: Sendable, Equatable {
    /// `name:value` lines, each ended by a line feed, without white space around the value.
    private var bytes: [UInt8] = []

    /// Begins without a line.
    package init() {}

    /// Makes header lines of names and values that have no line ends.
    package init(_ fields: [(name: String, value: String)]) {
        for field in fields { append(line: Array("\(field.name): \(field.value)".utf8)) }
    }

    mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }

    /// Takes a line as it came, as the other `append` does.
    package mutating func append(line: [UInt8]) {
        line.withUnsafeBufferPointer { append(line: $0) }
    }

    /// Takes a line as it came, with or without its end. A line that starts with white space continues the one before
    /// it (RFC 9112 §5.2); one without a colon is dropped.
    mutating func append(line: UnsafeBufferPointer<UInt8>) {
        let text = line.trimming(where: Self.isSpace)
        guard let first = line.first, !text.isEmpty else { return }
        if Self.isSpace(first) {
            guard bytes.last == UInt8(ascii: "\n") else { return }
            bytes[bytes.count - 1] = UInt8(ascii: " ")
            bytes.append(contentsOf: text)
        } else {
            guard let colon = text.firstIndex(of: UInt8(ascii: ":")) else { return }
            bytes.append(contentsOf: text[..<colon].trimming(where: Self.isSpace))
            bytes.append(UInt8(ascii: ":"))
            bytes.append(contentsOf: text[(colon + 1)...].trimming(where: Self.isSpace))
        }
        bytes.append(UInt8(ascii: "\n"))
    }

    /// Returns the value of the first field of that name, in any case; nil where there is none or it is empty.
    package func first(_ name: StaticString) -> String? {
        var result: String?
        forEach(name) { value in
            result = value.isEmpty ? nil : Self.text(value)
            return false
        }
        return result
    }

    /// Returns the values of all fields of that name, in order, empty ones left out.
    package func all(_ name: StaticString) -> [String] {
        var result: [String] = []
        forEach(name) { value in
            if !value.isEmpty { result.append(Self.text(value)) }
            return true
        }
        return result
    }

    /// The fields in their order, each with its name as it was written. A value may be empty.
    package var pairs: [(name: String, value: String)] {
        var pairs: [(name: String, value: String)] = []
        forEachLine { line in
            if let colon = line.firstIndex(of: UInt8(ascii: ":")) {
                pairs.append((Self.text(line[..<colon]), Self.text(line[(colon + 1)...])))
            }
            return true
        }
        return pairs
    }

    /// Tells whether the name of any field begins like this, in any case.
    package func hasName(beginningWith prefix: StaticString) -> Bool {
        let length = prefix.utf8CodeUnitCount
        var isFound = false
        forEachLine { line in
            if line.count > length,
                strncasecmp(
                    line.baseAddress!.assumingMemoryBound(to: CChar.self),
                    UnsafeRawPointer(prefix.utf8Start).assumingMemoryBound(to: CChar.self), length) == 0
            {
                isFound = true
            }
            return !isFound
        }
        return isFound
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
        forEachLine { line in
            guard line.count > length, line[length] == UInt8(ascii: ":"),
                strncasecmp(
                    line.baseAddress!.assumingMemoryBound(to: CChar.self),
                    UnsafeRawPointer(name.utf8Start).assumingMemoryBound(to: CChar.self), length) == 0
            else { return true }
            return body(line[(length + 1)...])
        }
    }

    /// Calls `body` with each line, without its end, until it returns false. A line is not empty.
    private func forEachLine(_ body: (UnsafeRawBufferPointer) -> Bool) {
        bytes.withUnsafeBytes { bytes in
            var start = 0
            while start < bytes.count {
                let rest = bytes.count - start
                // Every line is ended.
                let end = memchr(bytes.baseAddress! + start, 10, rest).map { bytes.baseAddress!.distance(to: $0) }
                let stop = end ?? bytes.count
                if !body(UnsafeRawBufferPointer(rebasing: bytes[start..<stop])) { return }
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
}
