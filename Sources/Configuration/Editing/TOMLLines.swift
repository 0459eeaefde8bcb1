private import Text

/// The lines of a file of TOML, with its comments: what an edit has to leave as it is.
struct TOMLLines {
    let bytes: [UInt8]
    /// Where each line begins.
    private let starts: [Int]
    /// From the number sign to the end of the line.
    let comments: [Range<Int>]

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        var starts = [0]
        for (index, byte) in bytes.enumerated() where byte == UInt8(ascii: "\n") { starts.append(index + 1) }
        self.starts = starts
        comments = Self.comments(in: bytes)
    }

    /// The last line is empty where the file ends with a line break.
    var count: Int { starts.count }

    /// The bytes of lines that are counted from 1, with the last one's line break.
    func range(_ lines: ClosedRange<Int>) -> Range<Int> {
        starts[lines.lowerBound - 1]..<(lines.upperBound < count ? starts[lines.upperBound] : bytes.count)
    }

    /// The place of a character that is counted from 1, as toml++ counts them.
    func offset(_ line: Int, column: Int) -> Int {
        var offset = starts[line - 1]
        for _ in 1..<max(column, 1) where offset < bytes.count {
            offset += 1
            while offset < bytes.count, bytes[offset] & 0xc0 == 0x80 { offset += 1 }
        }
        return offset
    }

    func hasComment(in range: Range<Int>) -> Bool {
        comments.contains { $0.overlaps(range) }
    }

    func isBlank(_ line: Int) -> Bool {
        bytes[range(line...line)].allSatisfy { $0 <= 0x20 }
    }

    /// The text of a line that holds a comment and nothing else; nil for any other.
    func comment(_ line: Int) -> String? {
        let range = range(line...line)
        guard let comment = comments.first(where: { $0.overlaps(range) }),
            bytes[range.lowerBound..<comment.lowerBound].allSatisfy({ $0 <= 0x20 })
        else { return nil }
        return String(decoding: bytes[comment], as: UTF8.self)
    }

    /// The white space at the beginning of a line.
    func indentation(_ line: Int) -> ArraySlice<UInt8> {
        bytes[range(line...line)].prefix { $0 == 0x20 || $0 == 0x09 }
    }

    func begins(_ line: Int, with text: String) -> Bool {
        let range = range(line...line)
        return bytes[range].dropFirst(indentation(line).count).starts(with: text.utf8)
    }

    /// The line break at the end of a line, where it has one.
    func lineBreak(_ line: Int) -> [UInt8] {
        Array(bytes[range(line...line)].suffix(2)).filter { $0 == UInt8(ascii: "\r") || $0 == UInt8(ascii: "\n") }
    }

    private static func comments(in bytes: [UInt8]) -> [Range<Int>] {
        var comments: [Range<Int>] = []
        var index = 0
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "#"):
                let end = bytes[index...].firstIndex { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }
                comments.append(index..<(end ?? bytes.count))
                index = end ?? bytes.count
            case UInt8(ascii: "\""), UInt8(ascii: "'"): index = end(ofString: index, in: bytes)
            default: index += 1
            }
        }
        return comments
    }

    /// The place behind a string of one line or of several.
    private static func end(ofString start: Int, in bytes: [UInt8]) -> Int {
        let quote = bytes[start]
        let isLong = bytes[start...].starts(with: [quote, quote, quote])
        var index = start + (isLong ? 3 : 1)
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "\\"), quote == UInt8(ascii: "\"") {
                index += 2
            } else if bytes[index] == quote, !isLong {
                return index + 1
            } else if bytes[index...].starts(with: [quote, quote, quote]) {
                index += 3
                // One or two more belong to the text.
                while index < bytes.count, bytes[index] == quote { index += 1 }
                return index
            } else {
                index += 1
            }
        }
        return bytes.count
    }
}
