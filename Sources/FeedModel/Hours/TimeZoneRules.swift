/// `TimeZoneRules` says how far the clocks of a time zone are ahead of UTC at any time, as the system's file of the zone
/// has it (RFC 9636).
package struct TimeZoneRules: Sendable, Hashable {
    /// Seconds since 1970 at which the clocks are put, in order.
    private var transitions: [Int64] = []
    /// Seconds that the clocks are ahead from each of them on.
    private var offsets: [Int32] = []
    /// Seconds that they are ahead before the first.
    private var first: Int32 = 0
    /// What holds after the last.
    private var rest: YearlyClockChange?

    /// The rules of UTC.
    package static let utc = TimeZoneRules()

    private init() {}

    /// Makes the rules of a time zone file; nil where it is none, or an old one that ends in 2037.
    package init?(_ bytes: [UInt8]) {
        guard let old = Block(bytes, at: 0, timeSize: 4), old.version >= UInt8(ascii: "2"),
            let block = Block(bytes, at: old.end, timeSize: 8)
        else { return nil }
        let types = (0..<block.typeCount).map { Int32(truncatingIfNeeded: block.number(block.types + $0 * 6, 4)) }
        for index in 0..<block.timeCount {
            let type = Int(bytes[block.indices + index])
            guard types.indices.contains(type) else { return nil }
            transitions.append(block.number(block.times + index * 8, 8))
            offsets.append(types[type])
        }
        guard zip(transitions, transitions.dropFirst()).allSatisfy({ $0 < $1 }) else { return nil }
        first = types[0]
        let footer = bytes[block.end...]
        guard footer.first == UInt8(ascii: "\n"), let end = footer.dropFirst().firstIndex(of: UInt8(ascii: "\n")) else {
            return nil
        }
        let text = footer.dropFirst()[..<end]
        if !text.isEmpty {
            guard let rest = YearlyClockChange(text) else { return nil }
            self.rest = rest
        }
    }

    /// Returns the seconds that the zone's clocks are ahead of UTC.
    package func offset(at time: Timestamp) -> Int {
        let seconds = time.seconds
        guard let last = transitions.last else { return rest?.offset(at: seconds) ?? Int(first) }
        if seconds >= last { return rest?.offset(at: seconds) ?? Int(offsets[offsets.count - 1]) }
        // The first that is later.
        var (low, high) = (0, transitions.count)
        while low < high {
            let middle = (low + high) / 2
            if transitions[middle] <= seconds { low = middle + 1 } else { high = middle }
        }
        return Int(low == 0 ? first : offsets[low - 1])
    }

    /// One of the two blocks of a file: where its parts begin.
    private struct Block {
        let bytes: [UInt8]
        let version: UInt8
        let timeCount: Int
        let typeCount: Int
        let times: Int
        let indices: Int
        let types: Int
        let end: Int

        init?(_ bytes: [UInt8], at start: Int, timeSize: Int) {
            guard bytes.count - start >= 44, Array(bytes[start..<start + 4]) == Array("TZif".utf8) else { return nil }
            self.bytes = bytes
            version = bytes[start + 4]
            let counts = (0..<6).map { index in
                bytes[start + 20 + index * 4..<start + 24 + index * 4].reduce(0) { $0 << 8 | Int($1) }
            }
            guard counts.allSatisfy({ $0 <= bytes.count }), (1...256).contains(counts[4]) else { return nil }
            timeCount = counts[3]
            typeCount = counts[4]
            times = start + 44
            indices = times + timeCount * timeSize
            types = indices + timeCount
            end = types + typeCount * 6 + counts[5] + counts[2] * (timeSize + 4) + counts[1] + counts[0]
            guard end <= bytes.count else { return nil }
        }

        /// A signed number, its highest byte first.
        func number(_ place: Int, _ size: Int) -> Int64 {
            let value = bytes[place..<place + size].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            return size == 8 ? Int64(bitPattern: value) : Int64(Int32(truncatingIfNeeded: value))
        }
    }
}
