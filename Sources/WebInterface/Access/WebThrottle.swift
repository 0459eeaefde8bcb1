internal import FeedModel
internal import Web

/// `WebThrottle` holds off whoever guesses: after five wrong answers within a minute for a name or from an address, one
/// answer is looked at each ten seconds (web.md §3.3).
struct WebThrottle: Sendable {
    enum Key: Hashable, Sendable {
        /// Of an account that there is; another cannot be guessed.
        case name(String)
        case address(IPAddress)

        /// An address as one that a person may have many of: of IPv6 that is the upper half.
        static func network(_ address: IPAddress) -> Key {
            switch address {
            case .v4: .address(address)
            case .v6(let high, _): .address(.v6(high: high, low: 0))
            }
        }
    }

    private struct Entry {
        /// When the last wrong answers came, in milliseconds, the oldest first.
        var wrong: [Int64] = []
        /// From when on the next answer is looked at while there are too many.
        var next: Int64 = 0
    }

    static let most = 5
    static let window: Int64 = 60_000
    static let pause: Int64 = 10_000
    /// So many are remembered; where there are more, the oldest are forgotten.
    private static let capacity = 4096

    private var entries: [Key: Entry] = [:]
    /// So many are remembered at present.
    var count: Int { entries.count }

    /// Tells how many seconds are to pass before an answer is looked at; nil where it may be at once, which is then used
    /// up.
    mutating func delay(for keys: [Key], at time: Timestamp) -> Int? {
        let now = time.milliseconds
        var longest: Int64 = 0
        for key in keys {
            guard let entry = entries[key], Self.isHeld(entry, now) else { continue }
            longest = max(longest, entry.next - now)
        }
        if longest > 0 { return Int((longest + 999) / 1000) }
        for key in keys where entries[key].map({ Self.isHeld($0, now) }) == true {
            entries[key]?.next = now + Self.pause
        }
        return nil
    }

    /// Counts a wrong answer.
    mutating func wasWrong(_ keys: [Key], at time: Timestamp) {
        let now = time.milliseconds
        for key in keys {
            if entries[key] == nil, entries.count >= Self.capacity { makeRoom(now) }
            var entry = entries[key] ?? Entry()
            entry.wrong.append(now)
            if entry.wrong.count > Self.most { entry.wrong.removeFirst() }
            if entry.wrong.count == Self.most { entry.next = now + Self.pause }
            entries[key] = entry
        }
    }

    /// Forgets the wrong answers for a name, once there was a right one.
    mutating func wasRight(_ name: String) { entries[.name(name)] = nil }

    private static func isHeld(_ entry: Entry, _ now: Int64) -> Bool {
        guard entry.wrong.count >= most, let first = entry.wrong.first, let last = entry.wrong.last else {
            return false
        }
        // A clock that was put back holds nobody off for longer than the rule does.
        return now - first < window && now >= last
    }

    private mutating func makeRoom(_ now: Int64) {
        entries = entries.filter { entry in
            guard let last = entry.value.wrong.last else { return false }
            return now - last < Self.window && now >= last
        }
        guard entries.count >= Self.capacity else { return }
        let oldest = entries.sorted { ($0.value.wrong.last ?? 0) < ($1.value.wrong.last ?? 0) }.prefix(
            Self.capacity / 4)
        for (key, _) in oldest { entries[key] = nil }
    }
}
