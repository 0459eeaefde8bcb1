internal import FeedModel
internal import newswire

/// `Need` is one thing that needs a person: what, since when, why, what to do, and where more is said (web.md §4.1).
struct Need: Sendable {
    /// `Rank` says what comes first: the smaller, the worse.
    enum Rank: Int, Comparable, Sendable {
        /// Nothing is stored, or soon will not be.
        case everything
        /// Articles are lost, or will be.
        case loss
        /// Articles do not come, or do not arrive.
        case delay
        /// Somebody has to write a line.
        case upkeep

        static func < (left: Rank, right: Rank) -> Bool { left.rawValue < right.rawValue }
    }

    var rank: Rank
    var what: HTML
    var since: Timestamp?
    var why: HTML?
    var toDo: HTML
    /// Where more is said of it; nil where nothing more is known.
    var link: String?
}

/// `Situation` is what the rules of `NeedsSomebody` look at: values, however they were found out.
struct Situation: Sendable {
    /// A feed and since when something is so with it.
    struct OfFeed: Sendable {
        var id: FeedIdentifier
        var title: String?
        var since: Timestamp?
        /// What is to be said of it alone: the line to change, the rule that blocks.
        var detail = ""

        var name: String { title ?? id.text }
    }

    /// Feeds that fail in one way.
    struct Failing: Sendable {
        var kind: FailureKind
        var count: Int
        var since: Timestamp?
    }

    /// A consumer that has not taken what waits for it.
    struct Consumer: Sendable {
        var name: String
        var movedAt: Timestamp?
        /// When the oldest record that it has not had was stored.
        var oldestWaiting: Timestamp?
        var waiting: UInt64
        /// Why its deliveries fail.
        var failure: String?
    }

    var now: Timestamp
    /// Whether the service answers.
    var isRunning = false
    /// Why it does not, where one seems to run all the same.
    var serviceTrouble: String?
    /// When any feed was last polled.
    var lastPoll: Timestamp?
    /// Why the service cannot store articles.
    var storeFailure: String?
    var freeBytes: UInt64?
    /// What was stored in a week.
    var bytesOfWeek: UInt64?
    /// Feeds that have failed for a day or five polls, by how they fail.
    var failing: [Failing] = []
    var gone: [OfFeed] = []
    /// Feeds that have failed ever since they were polled first, for a day at least.
    var neverAnswered: [OfFeed] = []
    var moved: [OfFeed] = []
    var silent: [OfFeed] = []
    var gaps: [OfFeed] = []
    var blockedWhole: [OfFeed] = []
    var consumers: [Consumer] = []
    /// When what is said of feeds is otherwise though nothing of them has changed, because a pause ends or a day is over; nil for
    /// never.
    var changesAt: Timestamp?

    init(now: Timestamp) { self.now = now }
}

/// `NeedsSomebody` is the one list of what needs a person. Nothing else is a reason to call for one.
enum NeedsSomebody {
    /// Seconds without a sign of the service after which it is silent.
    static let silence: Int64 = 120
    private static let day: Int64 = 86_400
    /// So many feeds are named one by one; behind them a link leads to all.
    static let named = 5

    /// The needs, the worst first, and of the same rank in the order of the rules.
    static func needs(_ situation: Situation, _ links: PageLinks) -> [Need] {
        let rules: [(Situation, PageLinks) -> [Need]] = [
            service, store, room, consumers, gaps, blocked, neverAnswered, gone, failing, silent, moved,
        ]
        let all = rules.flatMap { $0(situation, links) }
        return all.enumerated().sorted { ($0.element.rank, $0.offset) < ($1.element.rank, $1.offset) }.map(\.element)
    }

    private static func service(_ situation: Situation, _ links: PageLinks) -> [Need] {
        if situation.isRunning { return [] }
        let silentFor = situation.lastPoll.map { situation.now.seconds - $0.seconds } ?? .max
        // Two minutes are enough for a restart.
        guard silentFor >= silence || situation.serviceTrouble != nil else { return [] }
        if let trouble = situation.serviceTrouble {
            return [
                Need(
                    rank: .everything, what: "The service does not answer", since: situation.lastPoll,
                    why: "\(trouble)",
                    toDo: "<code>systemctl status newswire</code> says how it is.")
            ]
        }
        return [
            Need(
                rank: .everything, what: "The service is not running", since: situation.lastPoll,
                why: "Nothing is polled: no service runs on this store.",
                toDo: """
                    <code>systemctl start newswire</code> starts it, <code>journalctl -u newswire</code> says why it ended.
                    """)
        ]
    }

    private static func store(_ situation: Situation, _ links: PageLinks) -> [Need] {
        guard let failure = situation.storeFailure else { return [] }
        return [
            Need(
                rank: .everything, what: "Articles cannot be stored", why: "\(failure)",
                toDo: "Make the disk writable again; the service tries by itself, and polls nothing anew meanwhile.")
        ]
    }

    private static func room(_ situation: Situation, _ links: PageLinks) -> [Need] {
        guard let free = situation.freeBytes, let week = situation.bytesOfWeek, week > 0, free < week / 7 else {
            return []
        }
        return [
            Need(
                rank: .everything, what: "The disk is full in less than a day",
                why:
                    "\(ByteCount.text(free)) are left, and \(ByteCount.text(week / 7)) a day were stored in the last week.",
                toDo: "Make room, or keep less with <code>[store] keep</code>.")
        ]
    }

    private static func failing(_ situation: Situation, _ links: PageLinks) -> [Need] {
        situation.failing.sorted { ($1.count, $0.kind.rawValue) < ($0.count, $1.kind.rawValue) }.map { failing in
            let feeds: HTML = failing.count == 1 ? "1 feed fails" : "\(HTML.grouped(failing.count)) feeds fail"
            return Need(
                rank: .delay, what: "\(feeds): \(FailureWords.short(failing.kind))", since: failing.since,
                why: "\(FailureWords.why(failing.kind))", toDo: "\(FailureWords.toDo(failing.kind))",
                link: links.to(["feeds"], [("state", "failing"), ("class", failing.kind.rawValue)]))
        }
    }

    private static func gone(_ situation: Situation, _ links: PageLinks) -> [Need] {
        ofFeeds(
            situation.gone, links.to(["feeds"], [("state", "gone")]), rank: .delay, one: "is gone",
            many: "feeds are gone",
            why: { _ in "Its server says that there will be nothing here again (410)." },
            toDo: "Find out where it is now, or take it out of the configuration.", links)
    }

    private static func neverAnswered(_ situation: Situation, _ links: PageLinks) -> [Need] {
        ofFeeds(
            situation.neverAnswered, links.to(["feeds"], [("mark", "unanswered")]), rank: .delay,
            one: "has never answered", many: "feeds have never answered",
            why: { feed in feed.detail.isEmpty ? nil : "\(feed.detail)" },
            toDo: "Is the URL right? <code>newswire discover</code> finds the feeds of a page.", links)
    }

    private static func moved(_ situation: Situation, _ links: PageLinks) -> [Need] {
        ofFeeds(
            situation.moved, links.to(["feeds"], [("mark", "moved")]), rank: .upkeep, one: "has moved",
            many: "feeds have moved", why: { feed in "\(feed.detail)" },
            toDo: "Change the line: until then the old address is followed each time.", links)
    }

    private static func silent(_ situation: Situation, _ links: PageLinks) -> [Need] {
        ofFeeds(
            situation.silent, links.to(["feeds"], [("mark", "silent"), ("sort", "silence")]), rank: .upkeep,
            one: "is silent", many: "feeds are silent",
            why: { _ in "It answers, but nothing new has come for far longer than ever before." },
            toDo: "Look at its site: it may publish elsewhere by now.", links)
    }

    private static func gaps(_ situation: Situation, _ links: PageLinks) -> [Need] {
        ofFeeds(
            situation.gaps, links.to(["feeds"], [("sort", "need")]), rank: .loss, one: "may have lost articles",
            many: "feeds may have lost articles",
            why: { _ in "Nothing in its document was known from the one before: some may have come and gone in between."
            },
            toDo: "Poll it more often, with a shorter <code>interval</code> or <code>max_age_cap</code>.", links)
    }

    private static func blocked(_ situation: Situation, _ links: PageLinks) -> [Need] {
        ofFeeds(
            situation.blockedWhole, links.to(["feeds"], [("mark", "blocked")]), rank: .loss,
            one: "is blocked whole by rules", many: "feeds are blocked whole by rules",
            why: { feed in feed.detail.isEmpty ? nil : "\(feed.detail)" },
            toDo: "Is that meant? The rule can be narrowed, or the feed taken out.", links)
    }

    private static func consumers(_ situation: Situation, _ links: PageLinks) -> [Need] {
        situation.consumers.compactMap { consumer in
            guard let oldest = consumer.oldestWaiting, situation.now.seconds - oldest.seconds >= day,
                consumer.movedAt.map({ situation.now.seconds - $0.seconds >= day }) ?? true
            else { return nil }
            let failure: HTML? = consumer.failure.map { " Its deliveries fail: \($0)." }
            return Need(
                rank: .delay, what: "Consumer \(consumer.name) takes nothing", since: consumer.movedAt,
                why: "\(HTML.counted(consumer.waiting, "record")) wait for it.\(failure)",
                toDo: """
                    Start what reads for it, or forget it with <code>newswire consumers --remove \(consumer.name)</code>: \
                    retention waits for it.
                    """, link: links.to(["consumers"]))
        }
    }

    /// Feeds one by one where they are few, else as one line that leads to all.
    private static func ofFeeds(
        _ feeds: [Situation.OfFeed], _ list: String, rank: Need.Rank, one: HTML, many: HTML,
        why: (Situation.OfFeed) -> HTML?, toDo: HTML, _ links: PageLinks
    ) -> [Need] {
        guard feeds.count > named else {
            return feeds.map { feed in
                Need(
                    rank: rank, what: "\(HTML.foreign(feed.name.cut(100))) \(one)", since: feed.since, why: why(feed),
                    toDo: toDo, link: links.feed(feed.id.text))
            }
        }
        let names = feeds.prefix(named).map { HTML.foreign($0.name.cut(60)) }.joined(", ")
        return [
            Need(
                rank: rank, what: "\(HTML.grouped(feeds.count)) \(many)", since: feeds.compactMap(\.since).min(),
                why: "\(names) and others.", toDo: toDo, link: list)
        ]
    }
}
