internal import Text

/// `WARCFields` are lines of names and values, in their order: the header of a record of WARC, or a block of the type
/// `application/warc-fields` (WARC/1.1, section 5).
package struct WARCFields: Sendable, Equatable {
    package private(set) var lines: [(name: String, value: String)] = []

    /// Begins without a line.
    package init() {}

    /// Adds a line. What would end it, or steer a terminal, is a space in it.
    package mutating func add(_ name: String, _ value: String) {
        lines.append((name, Self.line(value)))
    }

    /// Adds a line where there is a value.
    package mutating func add(_ name: String, ifThere value: String?) {
        if let value { add(name, value) }
    }

    /// Returns the first value of that name, in any case; nil where there is none.
    package subscript(_ name: String) -> String? { values(name).first }

    /// Returns all values of that name, in any case.
    package func values(_ name: String) -> [String] {
        lines.lazy.filter { Self.isSame($0.name, name) }.map(\.value)
    }

    package static func == (left: Self, right: Self) -> Bool {
        left.lines.elementsEqual(right.lines) { $0 == $1 }
    }

    static func isSame(_ left: String, _ right: String) -> Bool {
        left.utf8.lazy.map(\.asciiLowercased).elementsEqual(right.utf8.lazy.map(\.asciiLowercased))
    }

    private static func line(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7f }) else { return text }
        return String(
            String.UnicodeScalarView(text.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7f ? " " : $0 }))
    }

    /// The lines, each with its end, and without the empty one behind a header: a block of the type `WARCRecord.fieldsType`.
    package var bytes: [UInt8] {
        var bytes: [UInt8] = []
        for line in lines { bytes += Array("\(line.name): \(line.value)\r\n".utf8) }
        return bytes
    }

    /// Reads lines that end with a line feed, with or without a carriage return before it. One that begins with white space
    /// continues the one before; one without a colon is passed over.
    package init(_ bytes: ArraySlice<UInt8>) {
        for line in bytes.split(separator: UInt8(ascii: "\n")) {
            let text = line.trimming { $0.isASCIISpaceOrControl }
            guard let first = line.first, !text.isEmpty else { continue }
            if first == UInt8(ascii: " ") || first == UInt8(ascii: "\t"), !lines.isEmpty {
                lines[lines.count - 1].value += " " + String(decoding: text, as: UTF8.self)
            } else if let colon = text.firstIndex(of: UInt8(ascii: ":")) {
                let value = text[text.index(after: colon)...].trimming { $0.isASCIISpaceOrControl }
                lines.append((String(decoding: text[..<colon], as: UTF8.self), String(decoding: value, as: UTF8.self)))
            }
        }
    }
}
