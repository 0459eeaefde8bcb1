import Glibc

/// Reads a file line by line in large blocks, without copying the lines. The first blocks are small: hundreds of answers want one
/// line each.
struct LineScanner: ~Copyable {
    struct Line {
        /// With its line feed; cut off at the longest length of a line. Valid until the next line is asked for.
        let bytes: UnsafeRawBufferPointer
        /// Where the line begins in the file.
        let offset: UInt64
        /// How many bytes it takes there.
        let length: UInt64
        /// False for what stands at the end of the file without a line feed.
        let isEnded: Bool
    }

    private let file: OpenFile
    /// No byte at or behind this is read.
    private let limit: UInt64
    private var buffer: UnsafeMutableRawBufferPointer
    /// The file's offset of the buffer's first byte.
    private var base: UInt64
    private var next = 0
    private var filled = 0
    private let blockSize: Int

    static let blockSize = 256 << 10
    private static let firstBlock = 16 << 10

    /// - Parameter blockSize: how much is read at a time once several blocks were; more where a line is longer.
    init(_ file: OpenFile, from offset: UInt64, limit: UInt64 = .max, blockSize: Int = blockSize) {
        self.file = file
        self.limit = limit
        base = offset
        self.blockSize = blockSize
        buffer = .allocate(byteCount: min(blockSize, Self.firstBlock), alignment: 64)
    }

    deinit {
        buffer.deallocate()
    }

    /// How much may be read at a time by now.
    var bufferedBytes: Int { buffer.count }

    /// The next line; nil at the end.
    mutating func nextLine() throws(StoreError) -> Line? {
        var searched = next
        while true {
            if searched < filled,
                // Not nil: the buffer is never empty.
                let found = memchr(buffer.baseAddress! + searched, 0x0a, filled - searched)
            {
                return take(upTo: UnsafeRawPointer(found) - UnsafeRawPointer(buffer.baseAddress!) + 1, isEnded: true)
            }
            searched = filled
            if filled - next >= RecordLine.maximumLength { return try overlongLine() }
            if next > 0 {
                let kept = UnsafeRawBufferPointer(rebasing: buffer[next..<filled])
                if buffer.count < blockSize {
                    replaceBuffer(keeping: kept, count: min(4 * buffer.count, blockSize))
                } else {
                    buffer.copyMemory(from: kept)
                }
                base += UInt64(next)
                searched -= next
                filled -= next
                next = 0
            } else if filled == buffer.count {
                replaceBuffer(keeping: UnsafeRawBufferPointer(buffer), count: 2 * buffer.count)
            }
            guard try fill() else {
                return filled > next ? take(upTo: filled, isEnded: false) : nil
            }
        }
    }

    private mutating func take(upTo end: Int, isEnded: Bool) -> Line {
        defer { next = end }
        return Line(
            bytes: UnsafeRawBufferPointer(rebasing: buffer[next..<end]), offset: base + UInt64(next),
            length: UInt64(end - next), isEnded: isEnded)
    }

    private mutating func replaceBuffer(keeping kept: UnsafeRawBufferPointer, count: Int) {
        let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 64)
        larger.copyMemory(from: kept)
        buffer.deallocate()
        buffer = larger
    }

    /// False at the end of the file or the limit.
    private mutating func fill() throws(StoreError) -> Bool {
        let offset = base + UInt64(filled)
        guard offset < limit else { return false }
        let room = Int(min(UInt64(buffer.count - filled), limit - offset))
        let count = try file.read(
            into: UnsafeMutableRawBufferPointer(rebasing: buffer[filled..<filled + room]), at: offset)
        filled += count
        return count > 0
    }

    /// Passes over a line that no record can be, without keeping more of it than a record's length.
    private mutating func overlongLine() throws(StoreError) -> Line? {
        let offset = base + UInt64(next)
        var length = UInt64(filled - next)
        base += UInt64(filled)
        next = 0
        filled = 0
        while try fill() {
            // Not nil: the buffer is never empty.
            if let found = memchr(buffer.baseAddress!, 0x0a, filled) {
                next = UnsafeRawPointer(found) - UnsafeRawPointer(buffer.baseAddress!) + 1
                length += UInt64(next)
                return Line(
                    bytes: UnsafeRawBufferPointer(start: nil, count: 0), offset: offset, length: length, isEnded: true)
            }
            length += UInt64(filled)
            base += UInt64(filled)
            filled = 0
        }
        return Line(bytes: UnsafeRawBufferPointer(start: nil, count: 0), offset: offset, length: length, isEnded: false)
    }
}

/// Reads a line from its end, where the members that the store itself wrote stand in a fixed order.
struct BackwardScan {
    private let bytes: UnsafeRawBufferPointer
    /// What is left: the bytes before this.
    private(set) var end: Int

    init(_ bytes: UnsafeRawBufferPointer, end: Int? = nil) {
        self.bytes = bytes
        self.end = end ?? bytes.count
    }

    /// Passes over the text if it stands at the end.
    mutating func take(_ text: StaticString) -> Bool {
        let count = text.utf8CodeUnitCount
        guard end >= count else { return false }
        for index in 0..<count where bytes[end - count + index] != text.utf8Start[index] { return false }
        end -= count
        return true
    }

    /// Passes over so many bytes, whatever they are.
    mutating func take(count: Int) -> Range<Int>? {
        guard end >= count else { return nil }
        end -= count
        return end..<(end + count)
    }

    /// Passes over what stands behind the nearest such byte; false where there is none within so many.
    mutating func skip(to byte: UInt8, within most: Int) -> Bool {
        var place = end
        let first = max(0, end - most)
        while place > first {
            if bytes[place - 1] == byte {
                end = place
                return true
            }
            place -= 1
        }
        return false
    }

    /// The text of as many bytes of a kind as there are; nil where there are more than that.
    mutating func take(while isPart: (UInt8) -> Bool, atMost most: Int) -> String? {
        var start = end
        while start > 0, isPart(bytes[start - 1]) {
            guard end - start < most else { return nil }
            start -= 1
        }
        defer { end = start }
        return String(decoding: bytes[start..<end], as: UTF8.self)
    }

    /// A number without leading zeros.
    mutating func takeNumber() -> UInt64? {
        var start = end
        while start > 0, bytes[start - 1] >= UInt8(ascii: "0"), bytes[start - 1] <= UInt8(ascii: "9") {
            guard end - start < 20 else { return nil }
            start -= 1
        }
        guard start < end, bytes[start] != UInt8(ascii: "0") || end - start == 1 else { return nil }
        var value: UInt64 = 0
        for index in start..<end {
            let (product, high) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) = product.addingReportingOverflow(UInt64(bytes[index] - UInt8(ascii: "0")))
            if high || carry { return nil }
            value = sum
        }
        end = start
        return value
    }

    /// 16 lower-case hexadecimal digits.
    mutating func takeHex64() -> UInt64? {
        guard let range = take(count: 16), let high = hex32(range.lowerBound), let low = hex32(range.lowerBound + 8)
        else { return nil }
        return high << 32 | low
    }

    /// The value of 8 such digits, all at once: each line has 176 of them.
    private func hex32(_ place: Int) -> UInt64? {
        let digits = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self))
        let ones: UInt64 = 0x0101_0101_0101_0101
        // A letter has bit 6, and its low bits count from 1.
        let values = digits & (ones * 0x0f) + 9 * (digits >> 6 & ones)
        // What is no digit has a greater value, or is not what its value is written as.
        guard values & (ones * 0xf0) == 0, values + ones * 0x30 + 0x27 * ((values + ones * 6) >> 4 & ones) == digits
        else { return nil }
        let pairs = (values | values >> 4) & 0x00ff_00ff_00ff_00ff
        let fours = (pairs | pairs >> 8) & 0x0000_ffff_0000_ffff
        return (fours | fours >> 16) & 0xffff_ffff
    }

    /// The content of a JSON string whose closing quote was taken, and its opening quote.
    mutating func takeStringContent(limit: Int) -> Range<Int>? {
        let close = end
        var index = end
        while index > 0, close - index <= limit {
            index -= 1
            // Inside a string every quote has a backslash before it.
            if bytes[index] == UInt8(ascii: "\""), index == 0 || bytes[index - 1] != UInt8(ascii: "\\") {
                end = index
                return (index + 1)..<close
            }
        }
        return nil
    }
}
