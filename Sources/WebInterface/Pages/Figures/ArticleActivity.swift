package import ArticleStore
package import FeedModel
internal import Locking

/// `ArticleActivity` counts what was stored of late: articles by hour and feed, and bytes by day.
///
/// It reads the ends of lines alone, each once: what is new with each question, and what is older bit by bit, until a week is
/// counted. A store of which a week is very large is therefore counted over several questions, and says from when on it is.
/// Any thread may ask; one reads at a time.
package final class ArticleActivity: Sendable {
    /// Records that are read backwards at a time.
    private static let stride: UInt64 = 20_000
    private static let hoursOfADay: Int64 = 24
    private static let days: Int64 = 7

    private let counted = Locked(Counted())

    package init() {}

    /// Brings the figures up to the store, and gives them.
    ///
    /// - Parameter patience: how long older records are read, beyond what is new.
    /// - Throws: what reading the store throws.
    package func figures(
        in reader: StoreReader, now: Timestamp, patience: Duration = .milliseconds(250)
    ) throws -> ActivityFigures {
        try counted.withLock { counted in
            try counted.follow(reader, now: now, until: ContinuousClock.now + patience)
            return ActivityFigures(counted, now: now)
        }
    }

    /// What was counted. Hours are since 1970.
    fileprivate struct Counted: Sendable {
        /// All records from here to `last` were counted; nil before the first question.
        var first: UInt64?
        var last: UInt64 = 0
        /// Whether a week was counted, or all that there is.
        var isWhole = false
        /// When the record `first` was stored.
        var since: Timestamp?
        private var numbers: [FeedIdentifier: Int] = [:]
        /// Articles by the hour and the number of their feed: of the last day by the hour, of the others by the first hour of
        /// the day.
        private(set) var articles: [Int64: [Int: UInt32]] = [:]
        private(set) var bytes: [Int64: UInt64] = [:]

        mutating func follow(
            _ reader: StoreReader, now: Timestamp, until deadline: ContinuousClock.Instant
        ) throws {
            let end = try reader.lastSeq()
            // An older copy was put in the place of the store.
            if end < last { self = Counted() }
            let hour = now.seconds / 3600
            if first == nil { (first, last) = (end + 1, end) }
            if end > last {
                try read(reader, after: last, through: end)
                last = end
            }
            while !isWhole, let lowest = first {
                let start = lowest > ArticleActivity.stride ? lowest - ArticleActivity.stride : 1
                since = nil
                if lowest > 1 { try read(reader, after: start - 1, through: lowest - 1) }
                first = start
                isWhole = start == 1 || since.map { $0.seconds / 3600 < hour - ArticleActivity.days * 24 } ?? true
                if ContinuousClock.now >= deadline { break }
            }
            fold(now: hour)
        }

        private mutating func read(_ reader: StoreReader, after seq: UInt64, through end: UInt64) throws {
            try reader.read(after: seq, damage: { _ in }) { slice in
                let envelope = slice.envelope
                if envelope.seq > end { return false }
                guard let time = envelope.storedAt else { return true }
                if since == nil { since = time }
                let hour = time.seconds / 3600
                bytes[hour, default: 0] += UInt64(slice.bytes.count)
                let standing = envelope.standing
                if envelope.kind == .new && !standing.isBlocked || standing == .released {
                    articles[hour, default: [:]][number(of: envelope.feed), default: 0] += 1
                }
                return true
            }
        }

        private mutating func number(of feed: FeedIdentifier) -> Int {
            if let number = numbers[feed] { return number }
            numbers[feed] = numbers.count
            return numbers.count - 1
        }

        /// Forgets what is older than a week, and puts the hours of other days than the last together.
        private mutating func fold(now hour: Int64) {
            let (oldest, recent) = (hour - ArticleActivity.days * 24, hour - ArticleActivity.hoursOfADay)
            for (key, counts) in articles where key <= oldest || key < recent && key % 24 != 0 {
                articles[key] = nil
                let day = key - key % 24
                if day > oldest { articles[day, default: [:]].merge(counts) { $0 + $1 } }
            }
            for (key, count) in bytes where key <= oldest || key < recent && key % 24 != 0 {
                bytes[key] = nil
                let day = key - key % 24
                if day > oldest { bytes[day, default: 0] += count }
            }
        }

        func number(known feed: FeedIdentifier) -> Int? { numbers[feed] }
    }
}

/// `ActivityFigures` is what `ArticleActivity` had counted at one moment.
package struct ActivityFigures: Sendable {
    private let counted: ArticleActivity.Counted
    private let hour: Int64

    fileprivate init(_ counted: ArticleActivity.Counted, now: Timestamp) {
        self.counted = counted
        hour = now.seconds / 3600
    }

    /// Since when articles were counted, where that is less than a week; nil where a week was counted, or all there is.
    package var countedSince: Timestamp? { counted.isWhole ? nil : counted.since }

    /// The articles of all feeds in this hour and the 23 before it, the oldest first.
    package var hours: [(start: Timestamp, count: Int)] {
        (hour - 23...hour).map { hour in
            let count = counted.articles[hour]?.values.reduce(0) { $0 + Int($1) } ?? 0
            return (Timestamp(seconds: hour * 3600), count)
        }
    }

    /// The articles of a feed in this hour and the 23 before it.
    package func lastDay(_ feed: FeedIdentifier) -> Int { count(feed) { $0 > hour - 24 } }

    /// The articles of a feed in this hour and the week before it, to the day.
    package func lastWeek(_ feed: FeedIdentifier) -> Int { count(feed) { _ in true } }

    /// The bytes that were stored in a week; nil where less was counted.
    package var bytesOfWeek: UInt64? { counted.isWhole ? counted.bytes.values.reduce(0, +) : nil }

    private func count(_ feed: FeedIdentifier, _ isMeant: (Int64) -> Bool) -> Int {
        guard let number = counted.number(known: feed) else { return 0 }
        return counted.articles.reduce(0) { $0 + (isMeant($1.key) ? Int($1.value[number] ?? 0) : 0) }
    }
}
