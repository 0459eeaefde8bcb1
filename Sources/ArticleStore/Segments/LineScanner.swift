import Glibc

/// Reads a file line by line in large blocks, without copying the lines.
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

    static let blockSize = 256 << 10

    init(_ file: OpenFile, from offset: UInt64, limit: UInt64 = .max) {
        self.file = file
        self.limit = limit
        base = offset
        buffer = .allocate(byteCount: Self.blockSize, alignment: 64)
    }

    deinit {
        buffer.deallocate()
    }

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
                buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: buffer[next..<filled]))
                base += UInt64(next)
                searched -= next
                filled -= next
                next = 0
            } else if filled == buffer.count {
                grow()
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

    private mutating func grow() {
        let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: buffer.count * 2, alignment: 64)
        larger.copyMemory(from: UnsafeRawBufferPointer(buffer))
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
