package import FeedModel

/// `TrustedTime` tells whether the wall clock counts for what lasts: removing articles, and what is stored of a time
/// (contract.md §6).
///
/// It is a value that is told what is known and when it is: it reads no clock. All comparisons are of offsets, the wall
/// clock less the steady one, so what a server has said stays right however the wall clock is set meanwhile. Witnesses
/// are the store, as it was found at the start, and each host that was asked, by the `Date` of its last answer. One of
/// them alone decides nothing against the others; where they are divided, what was found right before counts on.
package struct TrustedTime: Sendable {
    /// A right clock and a witness may differ by this many milliseconds.
    package static let tolerance: Int64 = 86_400_000
    /// The clock must have gone on steadily for this many milliseconds to count where no witness can tell.
    package static let steadyNeeded: Int64 = 86_400_000
    /// A host's word is forgotten after this many milliseconds.
    private static let memory: Int64 = 2 * 86_400_000
    /// The words of this many hosts are remembered, the latest ones.
    private static let hosts = 64
    /// As soon as this many hosts prove who they are, the others do not count.
    private static let enoughSecure = 3

    /// `Doubt` is why the clock does not count.
    package enum Doubt: Sendable, Equatable {
        /// It is before the program was made.
        case beforeRelease(Timestamp)
        /// So many hosts of those asked say another time, and this is what the last of them said.
        case servers(against: Int, of: Int, saying: Timestamp)
        /// It is far from when the store was last written; nil where that is not known.
        case store(Timestamp?)
        /// It was set, by so many milliseconds.
        case moved(milliseconds: Int64)
    }

    private struct Word: Sendable {
        var host: UInt64
        var offset: Int64
        var at: SteadyTime
        var isSecure: Bool
    }

    /// The words of the hosts in the order in which they were heard, one of a host.
    private var words: [Word] = []
    private var released: Timestamp?
    /// The offsets of the times that the store was found with.
    private var stored: [Int64] = []
    private var lastStored: Timestamp?
    /// There was nothing in the store that could tell.
    private var isNewStore = true
    /// The offset that the clock has, and since when it has it.
    private var course: (offset: Int64, since: SteadyTime)?
    /// The offset that was last found right.
    private var settled: Int64?

    package init() {}

    /// Takes in when the program was made, at the latest a moment ago. A clock that is before that does not count.
    package mutating func adopt(release time: Timestamp) { released = time }

    /// Takes in when the store was last written by a clock that counted, as it was found when it was opened.
    ///
    /// - Parameters:
    ///   - times: of its newest record that says nothing else, and of its last opening; none where neither is known.
    ///   - isEmpty: there never was a record.
    package mutating func hear(stored times: [Timestamp], isEmpty: Bool, steady: SteadyTime) {
        isNewStore = isEmpty && times.isEmpty
        stored = times.map { Self.difference($0, steady) }
        lastStored = times.max()
    }

    /// Takes in what a `Date` header and its `Age` say of the time.
    ///
    /// - Parameters:
    ///   - host: a hash of the host in the feed's configured URL: where redirects lead is not the user's choice.
    ///   - isSecure: the answer came by https.
    package mutating func hear(date: Timestamp, host: UInt64, isSecure: Bool, steady: SteadyTime) {
        let word = Word(
            host: host, offset: Self.difference(date, steady), at: steady, isSecure: isSecure)
        words.removeAll { $0.host == host }
        if words.count == Self.hosts { words.removeFirst() }
        words.append(word)
    }

    /// Tells why the clock does not count; nil where it does.
    ///
    /// It is to be asked with every use of the clock, because it also learns from the course that the clock takes.
    package mutating func doubt(now: Timestamp, steady: SteadyTime) -> Doubt? {
        let offset = Self.difference(now, steady)
        if !(course.map { Self.isNear($0.offset, offset) } ?? false) {
            course = (offset, steady)
        }
        if let released, now.milliseconds < released.milliseconds - Self.tolerance { return .beforeRelease(released) }
        let heard = self.heard(at: steady)
        let against = heard.filter { !Self.isNear($0.offset, offset) }
        let isStoreFor = stored.contains { Self.isNear($0, offset) }
        // A store that is merely old says little; one that a server confirms says as much as the server.
        let isStoreAgainst =
            !isStoreFor && stored.contains { time in against.contains { Self.isNear($0.offset, time) } }
        let supporters = heard.count - against.count + (isStoreFor ? 1 : 0)
        let opponents = against.count + (isStoreAgainst ? 1 : 0)
        if supporters > opponents { return settle(offset) }
        if opponents > supporters, opponents >= 2, let last = against.last {
            settled = nil
            return .servers(
                against: against.count, of: heard.count,
                saying: Self.wall(steady, offset: last.offset))
        }
        if let settled, Self.isNear(settled, offset) { return nil }
        // Nothing says otherwise, and nothing is found right by that.
        if isNewStore, opponents == 0, settled == nil { return nil }
        if let course, steady.milliseconds(since: course.since) >= Self.steadyNeeded { return settle(offset) }
        if let settled { return .moved(milliseconds: offset.subtractingOrClamping(settled)) }
        if let word = against.last {
            return .servers(
                against: against.count, of: heard.count, saying: Self.wall(steady, offset: word.offset))
        }
        return .store(lastStored)
    }

    /// A witness, or a day of going on steadily, has confirmed the clock: that is worth remembering.
    package var isConfirmed: Bool { settled != nil }

    private mutating func settle(_ offset: Int64) -> Doubt? {
        settled = offset
        return nil
    }

    /// The hosts that count.
    private func heard(at steady: SteadyTime) -> [Word] {
        let recent = words.filter { steady.milliseconds(since: $0.at) <= Self.memory }
        let secure = recent.filter(\.isSecure)
        return secure.count >= Self.enoughSecure ? secure : recent
    }

    private static func difference(_ time: Timestamp, _ steady: SteadyTime) -> Int64 {
        time.milliseconds.subtractingOrClamping(steady.milliseconds)
    }

    private static func wall(_ steady: SteadyTime, offset: Int64) -> Timestamp {
        Timestamp(milliseconds: steady.milliseconds).adding(milliseconds: offset)
    }

    private static func isNear(_ left: Int64, _ right: Int64) -> Bool {
        (-tolerance...tolerance).contains(left.subtractingOrClamping(right))
    }
}

extension TrustedTime.Doubt: CustomStringConvertible {
    /// The doubt as the rest of a sentence that begins with "the clock is in doubt: ".
    package var description: String {
        func shown(_ time: Timestamp) -> String { "\(Timestamp(seconds: time.seconds))" }
        return switch self {
        case .beforeRelease(let time): "it is before this newswire was made (\(shown(time)))"
        case .servers(let against, let count, let time):
            "\(against) of \(count) hosts asked say another time, the last of them \(shown(time))"
        case .store(let time?): "the store was last written at \(shown(time)), and no server has confirmed it yet"
        case .store(nil): "nothing in the store says when it was written, and no server has confirmed it yet"
        case .moved(let milliseconds):
            "it was set \(milliseconds < 0 ? "back" : "ahead") by \(abs(max(milliseconds, -.max)) / 3_600_000) h,"
                + " and no server has confirmed it yet"
        }
    }
}

/// `SteadyTime` is an instant on the clock that only goes on, also while the machine sleeps.
///
/// How long something has lasted, and when something is to begin, is told by it. What is kept, shown or compared with
/// what servers say is a `Timestamp`, whose clock somebody may set.
package struct SteadyTime: Hashable, Sendable, Comparable {
    /// Milliseconds since some beginning, the same for one run of the machine.
    package let milliseconds: Int64

    package init(milliseconds: Int64) {
        self.milliseconds = milliseconds
    }

    package static func < (left: SteadyTime, right: SteadyTime) -> Bool { left.milliseconds < right.milliseconds }

    /// Returns a later or an earlier instant; the last or first one there is where that is beyond it.
    package func adding(milliseconds: Int64) -> SteadyTime {
        SteadyTime(milliseconds: self.milliseconds.addingOrClamping(milliseconds))
    }

    /// Returns the milliseconds that have passed since another instant, as many as can be counted.
    package func milliseconds(since other: SteadyTime) -> Int64 {
        milliseconds.subtractingOrClamping(other.milliseconds)
    }
}

extension Int64 {
    /// Returns the difference, or the largest or smallest number there is where that is beyond it.
    fileprivate func subtractingOrClamping(_ other: Int64) -> Int64 {
        let (difference, overflows) = subtractingReportingOverflow(other)
        return overflows ? (self < 0 ? .min : .max) : difference
    }
}
