internal import FeedModel

/// Which failures of feeds are worth a line: the first, one of another kind, and of those that go on the same way one a
/// day, with their count.
struct FailureLog: Sendable {
    /// Milliseconds between two lines about the same thing.
    private static let repeatAfter: Int64 = 24 * 3600 * 1000

    enum Line: Equatable {
        case begins
        /// So many polls have failed the same way since it began.
        case goesOn(failures: Int, since: Timestamp)
    }

    private struct Failing {
        var kind: FailureKind
        var failures: Int
        var since: Timestamp
        var toldAt: Timestamp
    }

    private struct Note {
        var hash: Int
        var toldAt: Timestamp
    }

    private var failing: [FeedIdentifier: Failing] = [:]
    private var notes: [FeedIdentifier: Note] = [:]

    /// How many feeds fail.
    var count: Int { failing.count }

    /// - Returns: nil where nothing is to be said.
    mutating func failed(_ feed: FeedIdentifier, kind: FailureKind, at now: Timestamp) -> Line? {
        guard var known = failing[feed], known.kind == kind else {
            failing[feed] = Failing(kind: kind, failures: 1, since: now, toldAt: now)
            return .begins
        }
        known.failures += 1
        defer { failing[feed] = known }
        guard Self.isDue(known.toldAt, now) else { return nil }
        known.toldAt = now
        return .goesOn(failures: known.failures, since: known.since)
    }

    /// - Returns: how often the feed had failed the same way before, and since when; nil where it had not.
    mutating func succeeded(_ feed: FeedIdentifier) -> (failures: Int, since: Timestamp)? {
        failing.removeValue(forKey: feed).map { ($0.failures, $0.since) }
    }

    /// Whether a remark about a feed is worth a line: the same one is once a day.
    mutating func isNews(_ feed: FeedIdentifier, _ text: String, at now: Timestamp) -> Bool {
        // Counts in it may differ from poll to poll and mean the same.
        let hash = text.filter { !$0.isNumber }.hashValue
        if let known = notes[feed], known.hash == hash, !Self.isDue(known.toldAt, now) { return false }
        notes[feed] = Note(hash: hash, toldAt: now)
        return true
    }

    /// Forgets the feeds that are not asked for any more.
    mutating func keep(where isKept: (FeedIdentifier) -> Bool) {
        failing = failing.filter { isKept($0.key) }
        notes = notes.filter { isKept($0.key) }
    }

    /// A clock that was put back starts the day anew.
    private static func isDue(_ toldAt: Timestamp, _ now: Timestamp) -> Bool {
        let passed = now.milliseconds - toldAt.milliseconds
        return passed >= repeatAfter || passed < 0
    }
}
