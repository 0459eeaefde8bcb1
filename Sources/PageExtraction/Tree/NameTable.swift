private import Glibc

/// The distinct values of `class` and `id` on a page, each once, so that a rule looks at a value once and not at each of the
/// thousand elements that have it.
///
/// Number 0 is the empty value.
struct NameTable {
    private var ranges: [Range<Int>] = [0..<0]
    private var slots: [Int32]
    private let bytes: [UInt8]
    /// Nobody who writes a page knows it, so that nobody can write names that all fall into one place.
    private let seed: UInt64

    /// - Parameter bytes: of the page; all ranges are of them.
    init(bytes: [UInt8]) {
        self.bytes = bytes
        seed = UInt64(truncatingIfNeeded: Hasher().finalize()) | 1
        slots = [Int32](repeating: 0, count: 1024)
    }

    var count: Int { ranges.count }

    /// The number of the value; 0 where it is empty, or there are too many.
    mutating func number(of value: Range<Int>) -> Int32 {
        let value = value.prefix(PageLimits.nameBytes)
        if value.isEmpty { return 0 }
        let found = bytes.withUnsafeBytes { bytes in
            var slot = hash(bytes, value) & (slots.count - 1)
            while slots[slot] != 0 {
                let known = ranges[Int(slots[slot])]
                if known.count == value.count, Self.areEqual(bytes, known.lowerBound, value) { break }
                slot = (slot + 1) & (slots.count - 1)
            }
            return slot
        }
        if slots[found] != 0 { return slots[found] }
        guard ranges.count < PageLimits.names else { return 0 }
        let number = Int32(ranges.count)
        ranges.append(value)
        slots[found] = number
        if 2 * ranges.count > slots.count { grow() }
        return number
    }

    /// The value as the page writes it.
    func value(_ number: Int) -> ArraySlice<UInt8> { bytes[ranges[number]] }

    /// The words of the value, in lower case: cut at what is no letter or digit and before capitals that follow small
    /// letters.
    func words(_ number: Int) -> [String] {
        var words: [String] = []
        forEachWord(number) { words.append($0) }
        return words
    }

    /// The tokens of the value, as the white space cuts it, in lower case.
    func tokens(_ number: Int) -> [String] {
        value(number).split(whereSeparator: { $0 <= 0x20 }).map { String(decoding: $0, as: UTF8.self).lowercased() }
    }

    private func forEachWord(_ number: Int, _ body: (String) -> Void) {
        var word: [UInt8] = []
        func flush() {
            if !word.isEmpty { body(String(decoding: word, as: UTF8.self)) }
            word.removeAll(keepingCapacity: true)
        }
        var previous: UInt8 = 0
        for byte in value(number) {
            switch byte {
            case 0x41...0x5a:
                if previous >= 0x61, previous <= 0x7a { flush() }
                word.append(byte | 0x20)
            case 0x61...0x7a, 0x30...0x39, 0x80...: word.append(byte)
            default: flush()
            }
            previous = byte
        }
        flush()
    }

    private mutating func grow() {
        let count = 2 * slots.count
        slots = bytes.withUnsafeBytes { bytes in
            var slots = [Int32](repeating: 0, count: count)
            for number in 1..<ranges.count {
                var slot = hash(bytes, ranges[number]) & (count - 1)
                while slots[slot] != 0 { slot = (slot + 1) & (count - 1) }
                slots[slot] = Int32(number)
            }
            return slots
        }
    }

    private static func areEqual(_ bytes: UnsafeRawBufferPointer, _ start: Int, _ value: Range<Int>) -> Bool {
        guard let base = bytes.baseAddress else { return true }
        return memcmp(base + start, base + value.lowerBound, value.count) == 0
    }

    /// Eight bytes at a time, each mixed into what came before by a multiplication of 128 bits.
    private func hash(_ bytes: UnsafeRawBufferPointer, _ value: Range<Int>) -> Int {
        var hash = mix(UInt64(value.count) ^ seed >> 7)
        var index = value.lowerBound
        while index + 8 <= value.upperBound {
            hash = mix(hash ^ bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self))
            index += 8
        }
        var rest: UInt64 = 0
        while index < value.upperBound {
            rest = rest << 8 | UInt64(bytes[index])
            index += 1
        }
        return Int(truncatingIfNeeded: mix(hash ^ rest) >> 1)
    }

    private func mix(_ value: UInt64) -> UInt64 {
        let (high, low) = (value ^ 0x9e37_79b9_7f4a_7c15).multipliedFullWidth(by: seed)
        return high ^ low
    }
}
