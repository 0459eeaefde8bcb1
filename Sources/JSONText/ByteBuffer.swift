/// `ByteBuffer` puts bytes together piece by piece, in memory of its own: an array asks at each byte whether it is shared
/// and has room.
package struct ByteBuffer: ~Copyable {
    private var memory: UnsafeMutablePointer<UInt8>
    /// So many bytes fit before the memory has to grow.
    package private(set) var capacity: Int
    /// So many bytes have been put in.
    package private(set) var count = 0

    package init(capacity: Int = 0) {
        self.capacity = max(capacity, 64)
        memory = .allocate(capacity: self.capacity)
    }

    deinit {
        memory.deallocate()
    }

    /// Copies the bytes.
    package var bytes: [UInt8] { Array(UnsafeBufferPointer(start: memory, count: count)) }

    /// Lends the bytes to `body`, without a copy.
    ///
    /// - Parameter body: gets what begins at `start`, valid while it runs.
    package func withBytes<Result, Failure: Error>(
        from start: Int = 0, _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(UnsafeRawBufferPointer(start: memory + start, count: count - start))
    }

    /// Starts anew, keeping the memory.
    package mutating func removeAll() { count = 0 }

    /// Appends bytes.
    package mutating func append(_ bytes: [UInt8]) {
        bytes.withUnsafeBufferPointer { append($0) }
    }

    /// Appends bytes, which may not be the buffer's own.
    package mutating func append(_ bytes: UnsafeBufferPointer<UInt8>) {
        reserve(bytes.count)
        put(bytes)
    }

    /// Appends a text of the program as UTF-8.
    package mutating func append(_ text: StaticString) {
        append(UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    /// Appends a text as UTF-8.
    package mutating func append(_ text: String) {
        var text = text
        text.withUTF8 { append($0) }
    }

    /// Appends a number in decimal digits.
    package mutating func append(decimal number: UInt64) {
        reserve(20)
        put(decimal: number)
    }

    /// Appends a number as 16 hexadecimal digits in lower case.
    package mutating func append(hex number: UInt64) {
        reserve(16)
        put(hex: UInt32(number >> 32))
        put(hex: UInt32(truncatingIfNeeded: number))
    }

    /// Appends two hexadecimal digits in lower case for each byte.
    package mutating func append(hex bytes: [UInt8]) {
        reserve(2 * bytes.count)
        var rest = bytes[...]
        while rest.count >= 4 {
            put(hex: rest.prefix(4).reduce(0) { $0 << 8 | UInt32($1) })
            rest = rest.dropFirst(4)
        }
        for byte in rest {
            put(Self.digit(byte >> 4))
            put(Self.digit(byte & 15))
        }
    }

    /// Appends as many bytes as `body` fills in.
    ///
    /// - Parameter body: initializes all of the bytes.
    package mutating func append(count more: Int, _ body: (UnsafeMutableBufferPointer<UInt8>) -> Void) {
        reserve(more)
        body(UnsafeMutableBufferPointer(start: memory + count, count: more))
        count += more
    }

    /// Makes room for so many bytes more.
    @inline(__always)
    mutating func reserve(_ more: Int) {
        if capacity - count < more { grow(more) }
    }

    private mutating func grow(_ more: Int) {
        capacity = max(2 * capacity, count + more)
        let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
        larger.update(from: memory, count: count)
        memory.deallocate()
        memory = larger
    }

    // What follows writes into room that `reserve` has made.

    /// Where the next byte goes, for who says with `advance` how many it has put there.
    @inline(__always)
    var end: UnsafeMutablePointer<UInt8> { memory + count }

    @inline(__always)
    mutating func advance(_ more: Int) { count += more }

    @inline(__always)
    mutating func put(_ byte: UInt8) {
        memory[count] = byte
        count += 1
    }

    @inline(__always)
    mutating func put(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard let base = bytes.baseAddress else { return }
        (memory + count).update(from: base, count: bytes.count)
        count += bytes.count
    }

    @inline(__always)
    mutating func put(decimal number: UInt64) {
        var rest = number
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { digits in
            var start = digits.count
            repeat {
                start -= 1
                digits[start] = UInt8(ascii: "0") + UInt8(rest % 10)
                rest /= 10
            } while rest > 0
            put(UnsafeBufferPointer(rebasing: digits[start...]))
        }
    }

    /// Eight digits, all at once: each line of the store has 176 of them.
    @inline(__always)
    private mutating func put(hex number: UInt32) {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let fours = (UInt64(number) | UInt64(number) << 16) & 0x0000_ffff_0000_ffff
        let pairs = (fours | fours << 8) & 0x00ff_00ff_00ff_00ff
        let values = (pairs | pairs << 4) & (ones * 0x0f)
        // 1 for each digit that is a letter.
        let letters = (values + ones * 6) >> 4 & ones
        let digits = values + ones * 0x30 + letters * 0x27
        UnsafeMutableRawPointer(end).storeBytes(of: digits.bigEndian, as: UInt64.self)
        count += 8
    }

    private static func digit(_ value: UInt8) -> UInt8 {
        value + (value < 10 ? UInt8(ascii: "0") : UInt8(ascii: "a") - 10)
    }
}
