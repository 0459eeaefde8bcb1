/// `TextBlock` keeps very many short texts one behind the other. By itself each would take some fifty bytes more than it has.
/// What was added once stays.
package struct TextBlock: Sendable {
    /// `Place` is where a text is. It belongs to the block that has given it.
    package struct Place: Sendable, Equatable {
        fileprivate let start: UInt32
    }

    private var bytes: [UInt8] = []

    package init() {}

    /// Adds a text. Returns nil where there is no room: a block has 4 GiB at most.
    package mutating func add(_ text: String) -> Place? {
        guard let start = UInt32(exactly: bytes.count) else { return nil }
        // Seven bits of the length in each byte, the lower ones first; all but the last have the eighth set.
        var length = text.utf8.count
        while length > 0x7f {
            bytes.append(UInt8(truncatingIfNeeded: length) | 0x80)
            length >>= 7
        }
        bytes.append(UInt8(length))
        bytes += text.utf8
        return Place(start: start)
    }

    /// Returns the text that was added there.
    package subscript(place: Place) -> String {
        bytes.withUnsafeBufferPointer { bytes in
            var index = Int(place.start)
            var (length, shift) = (0, 0)
            while bytes[index] > 0x7f {
                length |= Int(bytes[index] & 0x7f) << shift
                shift += 7
                index += 1
            }
            length |= Int(bytes[index]) << shift
            return String(
                decoding: UnsafeBufferPointer(rebasing: bytes[(index + 1)..<(index + 1 + length)]), as: UTF8.self)
        }
    }
}
