/// The distinct values of `class` and `id` on a page, each once, so that a rule looks at a value once and not at each of the
/// thousand elements that have it.
///
/// Number 0 is the empty value.
struct NameTable {
    private var ranges: [Range<Int>] = [0..<0]
    private var slots: [Int32]
    private let bytes: [UInt8]

    /// - Parameter bytes: of the page; all ranges are of them.
    init(bytes: [UInt8]) {
        self.bytes = bytes
        slots = [Int32](repeating: 0, count: 1024)
    }

    var count: Int { ranges.count }

    /// The number of the value; 0 where it is empty, or there are too many.
    mutating func number(of value: Range<Int>) -> Int32 {
        let value = value.prefix(PageLimits.nameBytes)
        if value.isEmpty { return 0 }
        var slot = hash(value) & (slots.count - 1)
        while slots[slot] != 0 {
            let known = ranges[Int(slots[slot])]
            if known.count == value.count, bytes[known].elementsEqual(bytes[value]) { return slots[slot] }
            slot = (slot + 1) & (slots.count - 1)
        }
        guard ranges.count < PageLimits.names else { return 0 }
        let number = Int32(ranges.count)
        ranges.append(value)
        slots[slot] = number
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
        slots = [Int32](repeating: 0, count: 2 * slots.count)
        for number in 1..<ranges.count {
            var slot = hash(ranges[number]) & (slots.count - 1)
            while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
            slots[slot] = Int32(number)
        }
    }

    /// FNV-1a.
    private func hash(_ value: Range<Int>) -> Int {
        var hash: UInt32 = 0x811c_9dc5
        for byte in bytes[value] { hash = (hash ^ UInt32(byte)) &* 0x0100_0193 }
        return Int(hash ^ hash >> 15)
    }
}
