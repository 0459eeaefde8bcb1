internal import Configuration
internal import FeedModel

/// `FailureLog` decides which failures of feeds are worth a line.
///
/// The first failure at a site is said at once, and one of another kind; what else fails there in the same way waits an
/// hour and is said in one line, with its number: where 300 feeds of a platform fail together, one reason stands behind it.
/// What goes on is said once a day. A site that fails again within a day is said only where that lasts an hour, else once
/// a day how often it was.
struct FailureLog: Sendable {
    /// Milliseconds between two lines about what goes on.
    private static let day: Int64 = 24 * 3600 * 1000
    /// Milliseconds for which more failures of the same kind are waited for.
    private static let gathering: Int64 = 3600 * 1000

    /// `News` is one failure of one feed, as a line shows it.
    struct News: Equatable {
        var feed: FeedIdentifier
        /// Feeds of one site are told together where they fail in the same way.
        var site: String
        var failure: FeedState.Failure
        var url: String
        var status: Int?
    }

    enum Line: Equatable {
        case begins(News)
        /// So many polls have failed the same way since it began.
        case goesOn(News, failures: Int, since: Timestamp)
        /// The feed had failed so often in the same way.
        case wellAgain(FeedIdentifier, failures: Int, since: Timestamp)
        /// So many feeds of the site fail, of which one is named.
        case many(News, count: Int, since: Timestamp, isNew: Bool)
        /// So many feeds of the site are well again, of which `feed` was the last; `left` fail still.
        case manyWellAgain(site: String, feed: FeedIdentifier, count: Int, left: Int)
        /// What failed was well again within the hour, so many times.
        case nowAndThen(News, times: Int, since: Timestamp)
    }

    private struct Key: Hashable {
        var site: String
        var kind: FailureKind
    }

    private struct Failing {
        var key: Key
        /// As it was when it began.
        var news: News
        var failures: Int
        var since: Timestamp
        var toldAt: Timestamp
        /// Which of those it was that have begun to fail in its group.
        var number: Int
    }

    /// What fails at one site in one way.
    private struct Group {
        /// One of the feeds that fail; where none does, the one that did last.
        var example: News
        var since: Timestamp
        /// How many feeds fail at present, and how many did at once since there were none.
        var count = 0
        var peak = 0
        /// Feeds are numbered as they begin to fail; those up to `told` have been told of.
        var numbers = 0
        var told = 0
        var waiting = 0
        var waitingSince: Timestamp
        var toldAt: Timestamp
        /// Feeds that are well again and have not been told of.
        var recovered = 0
        var lastRecovered: FeedIdentifier
        var recoveredSince: Timestamp
        /// Failures that were over before they were told of.
        var passed = 0
        var passedSince: Timestamp
        var endedAt: Timestamp?

        init(_ news: News, at now: Timestamp) {
            example = news
            lastRecovered = news.feed
            (since, waitingSince, toldAt, recoveredSince, passedSince) = (now, now, now, now, now)
        }
    }

    private var failing: [FeedIdentifier: Failing] = [:]
    private var groups: [Key: Group] = [:]
    private var lastLook: Timestamp?
    /// Milliseconds between two looks at all groups.
    private static let look: Int64 = 60_000

    /// - Returns: nil where nothing is to be said now.
    mutating func failed(_ news: News, at now: Timestamp) -> Line? {
        let key = Key(site: news.site, kind: news.failure.kind)
        guard var known = failing[news.feed], known.key == key else {
            leave(news.feed)
            return join(news, key, at: now) ? .begins(news) : nil
        }
        known.failures += 1
        defer { failing[news.feed] = known }
        guard let group = groups[key], group.peak == 1, known.number <= group.told,
            Self.isDue(Self.day, known.toldAt, now)
        else { return nil }
        known.toldAt = now
        groups[key]?.toldAt = now
        return .goesOn(news, failures: known.failures, since: known.since)
    }

    /// - Returns: whether it is to be said at once.
    private mutating func join(_ news: News, _ key: Key, at now: Timestamp) -> Bool {
        let isNew = groups[key] == nil
        var group = groups[key] ?? Group(news, at: now)
        if group.count == 0 {
            group.example = news
            (group.since, group.peak, group.endedAt) = (now, 0, nil)
        }
        group.count += 1
        group.peak = max(group.peak, group.count)
        group.numbers += 1
        if isNew {
            group.told = group.numbers
        } else {
            if group.waiting == 0 { group.waitingSince = now }
            group.waiting += 1
        }
        failing[news.feed] = Failing(
            key: key, news: news, failures: 1, since: now, toldAt: now, number: group.numbers)
        groups[key] = group
        return isNew
    }

    /// The feed does not fail in that way any more: it is well, or fails otherwise.
    @discardableResult
    private mutating func leave(_ feed: FeedIdentifier) -> (known: Failing, group: Group)? {
        guard let known = failing.removeValue(forKey: feed), var group = groups[known.key] else { return nil }
        let before = group
        group.count -= 1
        if known.number > group.told { group.waiting = max(0, group.waiting - 1) }
        if group.example.feed == feed, let other = failing.values.first(where: { $0.key == known.key }) {
            group.example = other.news
        }
        groups[known.key] = group
        return (known, before)
    }

    /// - Returns: nil where nothing is to be said now.
    mutating func succeeded(_ feed: FeedIdentifier, at now: Timestamp) -> Line? {
        guard let (known, before) = leave(feed), var group = groups[known.key] else { return nil }
        defer { groups[known.key] = group }
        if group.count == 0 { group.endedAt = now }
        if known.number > before.told {
            if group.passed == 0 { group.passedSince = known.since }
            group.passed += 1
            return nil
        }
        if group.peak == 1 { return .wellAgain(feed, failures: known.failures, since: known.since) }
        if group.recovered == 0 { group.recoveredSince = now }
        group.recovered += 1
        group.lastRecovered = feed
        guard group.count == 0 else { return nil }
        return Self.tellRecovered(&group)
    }

    private static func tellRecovered(_ group: inout Group) -> Line {
        defer { group.recovered = 0 }
        return .manyWellAgain(
            site: group.example.site, feed: group.lastRecovered, count: group.recovered, left: group.count)
    }

    /// What has waited long enough, and forgets what is over.
    mutating func due(at now: Timestamp) -> [Line] {
        if let lastLook, !Self.isDue(Self.look, lastLook, now) { return [] }
        lastLook = now
        var lines: [Line] = []
        for (key, known) in groups {
            var group = known
            let lasts = group.waiting > 0 && Self.isDue(Self.gathering, group.waitingSince, now)
            let goesOn = group.peak > 1 && group.count > 0 && Self.isDue(Self.day, group.toldAt, now)
            if lasts || goesOn {
                lines.append(
                    lasts && group.count == 1
                        ? .begins(group.example)
                        : .many(group.example, count: group.count, since: group.since, isNew: lasts))
                (group.told, group.waiting, group.toldAt) = (group.numbers, 0, now)
            }
            if group.recovered > 0, Self.isDue(Self.gathering, group.recoveredSince, now) {
                lines.append(Self.tellRecovered(&group))
            }
            if group.passed > 0, Self.isDue(Self.day, group.passedSince, now) {
                lines.append(.nowAndThen(group.example, times: group.passed, since: group.passedSince))
                group.passed = 0
            }
            let isOver = group.count == 0 && group.passed == 0 && group.recovered == 0
            groups[key] = isOver && group.endedAt.map { Self.isDue(Self.day, $0, now) } ?? true ? nil : group
        }
        return lines
    }

    /// Forgets the feeds that are not asked for any more.
    mutating func keep(where isKept: (FeedIdentifier) -> Bool) {
        for feed in failing.keys where !isKept(feed) {
            if let (known, _) = leave(feed), groups[known.key]?.count == 0 { groups[known.key] = nil }
        }
    }

    /// A clock that was put back starts anew.
    private static func isDue(_ span: Int64, _ since: Timestamp, _ now: Timestamp) -> Bool {
        let passed = now.milliseconds - since.milliseconds
        return passed >= span || passed < 0
    }
}

/// `FailureSite` is what feeds have in common that may fail for one reason.
enum FailureSite {
    static let local = "this machine"

    /// The domain that somebody has registered, as far as that can be told without a list: the last two names of the host,
    /// or three where the second says what kind of domain it is (`co.uk`).
    static func of(url: String) -> String {
        guard let host = FeedConfiguration.host(of: url) else { return local }
        let names = host.split(separator: ".")
        guard names.count > 2, let last = names.last, last.contains(where: \.isLetter), !host.contains(":") else {
            return host
        }
        let isKind = last.utf8.count == 2 && names[names.count - 2].utf8.count <= 3
        return names.suffix(isKind ? 3 : 2).joined(separator: ".")
    }
}

/// `RemarkLog` decides how often the same is said about the same: once a day, with how often it was.
struct RemarkLog<Subject: Hashable & Sendable>: Sendable {
    private static var repeatAfter: Int64 { 24 * 3600 * 1000 }

    private struct Remark {
        var hash: Int
        var toldAt: Timestamp
        var times = 0
    }

    private var remarks: [Subject: Remark] = [:]

    /// - Returns: how often it was the case since it was last said, this time included; nil where it is not to be said.
    mutating func tell(_ subject: Subject, _ text: String, at now: Timestamp) -> Int? {
        let hash = text.hashValue
        guard var known = remarks[subject], known.hash == hash else {
            remarks[subject] = Remark(hash: hash, toldAt: now)
            return 1
        }
        known.times += 1
        defer { remarks[subject] = known }
        let passed = now.milliseconds - known.toldAt.milliseconds
        // A clock that was put back starts the day anew.
        guard passed >= Self.repeatAfter || passed < 0 else { return nil }
        let times = known.times
        (known.toldAt, known.times) = (now, 0)
        return times
    }

    /// Forgets what is spoken of no more.
    mutating func keep(where isKept: (Subject) -> Bool) { remarks = remarks.filter { isKept($0.key) } }
}
