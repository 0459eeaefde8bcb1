internal import ArticleStore
internal import CShims
package import Configuration
package import FeedModel
package import Ingestion
internal import Locking
internal import Querying
package import Scheduling
package import SearchIndex
private import Text
package import newswire

/// `FeedCatalogue` is what is known of each feed at present, taken from the configuration and the store's states.
///
/// The states stay in their file, and only what feeds are sorted and chosen by is in memory: some fifty bytes a feed and
/// the title of one that is not titled in the configuration.
package final class FeedCatalogue: Sendable {
    /// What is read is not read again for as long as that.
    package static let freshness = Duration.seconds(2)
    /// While somebody reads, others are answered by what is no older than that.
    private static let patience = Duration.seconds(30)

    private struct Shown {
        var contents: Contents?
        var readAt: SteadyTime?
        var isReading = false
    }

    /// What is read by one thread at a time.
    private struct Reading {
        var configuration: Configuration
        /// Whether the configuration is another than that by which `contents` were read.
        var isChanged = true
        var follower: FeedStateFollower
        var contents: Contents?
        var generation = 0
        /// As they were when they were read last.
        var successors: [FeedIdentifier: FeedIdentifier] = [:]
    }

    private let reading: Locked<Reading>
    private let shown = Locked(Shown())
    private let index: ArticleSearch?
    private let steady: @Sendable () -> SteadyTime

    /// What takes long to find out, and is the same for a while.
    private struct Slow {
        var figures: (StatusFigures, madeAt: SteadyTime)?
        var activity: (RuleActivity, generation: Int, madeAt: SteadyTime)?
    }

    private let slow = Locked(Slow())
    /// What takes long to find out is not asked again for as long as that.
    private static let slowFreshness: Int64 = 30_000
    /// So long records are read to see what rules match.
    private static let activityPatience = Duration.seconds(2)

    /// Reads nothing before somebody asks.
    ///
    /// - Parameter index: told which feeds have other ids than in older records, before anybody gets feeds that have them.
    package init(
        _ configuration: Configuration, index: ArticleSearch? = nil,
        steady: @escaping @Sendable () -> SteadyTime = SystemClock.steady
    ) {
        self.index = index
        self.steady = steady
        reading = Locked(
            Reading(
                configuration: configuration, follower: FeedStateFollower(store: configuration.store.directory)))
    }

    /// Takes a configuration that was read anew; the next who asks gets its feeds.
    package func adopt(_ configuration: Configuration) {
        reading.withLock { reading in
            if configuration.store.directory != reading.configuration.store.directory {
                reading.follower = FeedStateFollower(store: configuration.store.directory)
            }
            reading.configuration = configuration
            reading.isChanged = true
            reading.contents = nil
        }
        // Nobody is shown it any more, and the memory is wanted for what is read in its place.
        shown.withLock { shown in
            shown.contents = nil
            shown.readAt = nil
        }
    }

    /// Gives all feeds as they were 2 s ago at most; where much has to be read for that, and somebody is reading it, as they
    /// were before.
    ///
    /// - Parameter now: pauses and silences are judged by that time.
    package func snapshot(at now: Timestamp) throws(WebFailure) -> FeedSnapshot {
        let moment = steady()
        let (ready, mustRead) = shown.withLock { shown -> (Contents?, Bool) in
            guard let contents = shown.contents, let readAt = shown.readAt else { return (nil, true) }
            let age = Duration.milliseconds(moment.milliseconds - readAt.milliseconds)
            if age < Self.freshness || shown.isReading && age < Self.patience { return (contents, false) }
            shown.isReading = true
            return (nil, true)
        }
        if let ready, !mustRead { return FeedSnapshot(ready, at: now) }
        defer { shown.withLock { $0.isReading = false } }
        do throws(StoreError) {
            var contents = try reading.withLock { reading throws(StoreError) in
                var contents = try Self.read(&reading)
                guard contents.successors != reading.successors else { return contents }
                index?.adopt(successors: contents.successors)
                reading.successors = contents.successors
                // What was counted by the ids from before is counted anew.
                contents.generation = reading.generation
                reading.generation += 1
                reading.contents = contents
                return contents
            }
            contents.pages = PageText(contents.configuration, now: now)
            contents.learnHosts(at: now)
            shown.withLock { [contents] shown in
                shown.contents = contents
                shown.readAt = moment
            }
            return FeedSnapshot(contents, at: now)
        } catch {
            throw WebFailure(503, "reading what is known of feeds: \(error)", hint: "`newswire check` says who may.")
        }
    }

    /// Gives what is known where no service runs: as it was half a minute ago at most, because every state is read for it.
    package func figures(at now: Timestamp) throws(WebFailure) -> StatusFigures {
        let moment = steady()
        if let (figures, madeAt) = slow.withLock({ $0.figures }), isFresh(madeAt, at: moment) { return figures }
        let figures = try snapshot(at: now).figures()
        slow.withLock { $0.figures = (figures, moment) }
        return figures
    }

    /// Counts what rules match, as `newswire filters` does, as far as there is time: as it was half a minute ago at most.
    package func activity(
        of feeds: FeedSnapshot, _ house: WebHouse, at now: Timestamp
    ) throws -> RuleActivity {
        let moment = steady()
        if let (activity, generation, madeAt) = slow.withLock({ $0.activity }), generation == feeds.generation,
            isFresh(madeAt, at: moment)
        {
            return activity
        }
        var activity = RuleActivity(RecordRuling(feeds.configuration.filters, feeds.names), now: now)
        let deadline = ContinuousClock.now + Self.activityPatience
        if !feeds.configuration.filters.isEmpty {
            try activity.count(in: house.reader()) { ContinuousClock.now >= deadline }
        }
        let counted = activity
        slow.withLock { $0.activity = (counted, feeds.generation, moment) }
        return activity
    }

    private func isFresh(_ madeAt: SteadyTime, at moment: SteadyTime) -> Bool {
        moment.milliseconds - madeAt.milliseconds < Self.slowFreshness
    }

    private static func read(_ reading: inout Reading) throws(StoreError) -> Contents {
        if reading.isChanged || reading.contents == nil {
            // The ids of feeds depend on all that is known: it is read from its beginning.
            reading.follower = FeedStateFollower(store: reading.configuration.store.directory)
            reading.contents = nil
        }
        var contents = reading.contents
        var found: [(state: FeedState, place: FeedStateFollower.Place)] = []
        var beginsAnew = contents == nil
        // A file of very many states is gone through twice, so that they need not be in memory together.
        try reading.follower.follow(
            begin: { beginsAnew = true },
            take: { state, place in if !beginsAnew { found.append((state, place)) } })
        if beginsAnew {
            var known: [FeedIDResolver.Known] = []
            var follower = FeedStateFollower(store: reading.configuration.store.directory)
            try follower.follow(begin: {}, take: { state, _ in known += [state].knownFeeds })
            var anew = Contents(reading.configuration.recognising(known))
            follower = FeedStateFollower(store: reading.configuration.store.directory)
            try follower.follow(begin: {}, take: { anew.take($0, at: $1) })
            anew.file = follower.file
            try anew.settleFormers()
            anew.generation = reading.generation
            reading.generation += 1
            reading.follower = follower
            contents = anew
            // What was read of very many feeds on the way is not kept.
            newswire_give_memory_back()
        } else {
            for (state, place) in found { contents?.take(state, at: place) }
            if !found.isEmpty { contents?.forgetFindings() }
            contents?.file = reading.follower.file
        }
        let read = contents ?? Contents(reading.configuration)
        reading.contents = read
        // Recognised once more its feeds get the same ids, and are not twice in memory.
        reading.configuration = read.configuration
        reading.isChanged = false
        return read
    }
}

extension FeedCatalogue {
    /// What feeds are sorted and chosen by.
    struct Entry: Sendable {
        var place: FeedStateFollower.Place?
        /// Feeds of one host, which is asked for them, have the same; others hardly ever.
        var hostMark: UInt32
        /// Of the feed's document, where the configuration has none.
        var title: String?
        @CompactTime var nextPoll: Timestamp?
        @CompactTime var lastPoll: Timestamp?
        @CompactTime var silentSince: Timestamp?
        @CompactTime var failingSince: Timestamp?
        @CompactTime var heldUntil: Timestamp?
        var articles: UInt32 = 0
        /// Whether it is to be found at another URL, or rules have blocked all of it of late.
        var isRemarkable = false
        var failureKind: FailureKind?
        /// How many polls have failed one after another, as far as that is counted here.
        var failures: UInt8 = 0
        /// As the configuration has it.
        var isEnabled = true
        /// Whether a poll has ever gone well.
        var hasAnswered = false

        /// Whether there may be something to say of it to a person.
        var isNoted: Bool { failureKind != nil || silentSince != nil || isRemarkable }

        init(of feed: FeedConfiguration, _ allowances: HostAllowances) {
            hostMark = Self.mark(ofHost: allowances.allowance(for: feed, adoptedURL: nil).key)
            isEnabled = feed.enabled
        }

        init(
            _ state: FeedState, of feed: FeedConfiguration, at place: FeedStateFollower.Place?,
            _ allowances: HostAllowances
        ) {
            self.place = place
            hostMark = Self.mark(ofHost: allowances.allowance(for: feed, state: state).key)
            title = feed.title == nil ? state.title : nil
            nextPoll = feed.enabled ? state.nextPoll : nil
            lastPoll = state.lastPoll
            silentSince = state.silentSince(feed)
            failingSince = state.failure == nil ? nil : state.schedule.failingSince ?? state.lastPoll
            heldUntil = state.schedule.heldUntil
            articles = UInt32(clamping: state.articles)
            isRemarkable = state.move.target != nil || state.recentBlocks?.blockedAll ?? false
            failureKind = state.failure?.kind
            failures = UInt8(clamping: state.failures)
            hasAnswered = state.lastSuccess != nil
            isEnabled = feed.enabled
        }

        /// - Parameter key: of the host's allowance.
        static func mark(ofHost key: String) -> UInt32 { UInt32(truncatingIfNeeded: FeedHash.of(key)) }
    }

    /// Where a feed has moved to.
    struct Target: Sendable {
        var url: String
        /// The URL that is asked instead, once being led there has lasted.
        var adopted: String?
        var adoptedSince: Timestamp?
    }

    /// All that is known of feeds.
    struct Contents: Sendable {
        /// Its feeds have the ids by which the store knows them.
        let configuration: Configuration
        var entries: [Entry]
        var file: FeedStateFollower.File?
        /// How it is with the pages of their articles.
        var pages: PageText?
        /// What feeds say of their hosts, by the feeds' places: of hardly any is it more than nothing.
        private(set) var ofHosts: [Int: (schedule: FeedState.Schedule, adoptedURL: String?)] = [:]
        /// What is known of hosts at the moment when all of this was read.
        private(set) var hosts: HostHealth
        let allowances: HostAllowances
        /// Where feeds have moved to, by their places.
        private(set) var targets: [Int: Target] = [:]
        /// What rules block, of feeds of which they have blocked all of late, by the feeds' places.
        private(set) var blocks: [Int: FeedState.RecentBlocks] = [:]
        /// What a look at all of it has found; another where it has changed.
        private(set) var findings = FeedFindings()
        /// Another for each time that feeds may have got other ids.
        var generation = 0
        /// The ids that feeds have now, by those that they had before.
        private(set) var successors: [FeedIdentifier: FeedIdentifier] = [:]
        private let configured: Set<FeedIdentifier>
        /// What is known under ids that no feed has any more.
        private var formers: [FeedIdentifier: FeedStateFollower.Place] = [:]
        /// The places of feeds in the order of their ids.
        private let byID: [Int32]

        init(_ configuration: Configuration) {
            self.configuration = configuration
            let allowances = HostAllowances(configuration)
            self.allowances = allowances
            hosts = HostHealth(at: Timestamp(seconds: 0))
            entries = configuration.feeds.map { Entry(of: $0, allowances) }
            let feeds = configuration.feeds
            // Of two feeds that say they had an id, the first in the configuration.
            for feed in feeds.reversed() {
                for old in feed.formerly { successors[old] = feed.id }
            }
            configured = Set(successors.keys)
            byID = feeds.indices.map { Int32($0) }.sorted { feeds[Int($0)].id < feeds[Int($1)].id }
        }

        /// Returns where the configuration has the feed of an id.
        func place(of id: FeedIdentifier) -> Int? {
            let feeds = configuration.feeds
            let behind = byID.partitionPoint { feeds[Int($0)].id < id }
            guard behind < byID.count, feeds[Int(byID[behind])].id == id else { return nil }
            return Int(byID[behind])
        }

        /// Tells whether anything is known of a feed with that id, or whether it is configured.
        func isKnown(_ id: FeedIdentifier) -> Bool {
            place(of: id) != nil || formers[id] != nil || successors[id] != nil
        }

        /// To be called once states were taken.
        mutating func forgetFindings() { findings = FeedFindings() }

        mutating func take(_ state: FeedState, at place: FeedStateFollower.Place) {
            // What the configuration says of former ids counts first.
            for old in state.formerly where !configured.contains(FeedIdentifier(old)) {
                successors[FeedIdentifier(old)] = state.feed
            }
            guard let number = self.place(of: state.feed) else {
                formers[state.feed] = place
                return
            }
            let feed = configuration.feeds[number]
            entries[number] = Entry(state, of: feed, at: place, allowances)
            ofHosts[number] =
                state.schedule.pause != nil || state.schedule.hostPace != nil
                ? (state.schedule, state.move.adopted) : nil
            let target = feed.enabled ? state.move.target : nil
            targets[number] = target.map {
                Target(url: $0, adopted: state.move.adopted, adoptedSince: state.move.adoptedSince)
            }
            blocks[number] = state.recentBlocks.flatMap { $0.blockedAll ? $0 : nil }
        }

        /// To be called once states were taken: what feeds say of their hosts counts from then on.
        mutating func learnHosts(at now: Timestamp) {
            hosts = HostHealth(
                remembered: ofHosts.map { place, known in
                    let feed = configuration.feeds[place]
                    return (known.schedule, allowances.allowance(for: feed, adoptedURL: known.adoptedURL).key)
                }, at: now)
        }

        /// Feeds that had another id before are chosen by what is known under that.
        mutating func settleFormers() throws(StoreError) {
            for (number, feed) in configuration.feeds.enumerated() where !feed.formerly.isEmpty {
                guard let state = try state(number) else { continue }
                entries[number] = Entry(state, of: feed, at: entries[number].place, allowances)
            }
        }

        /// Reads what is remembered of a feed; nil where nothing is.
        func state(_ number: Int) throws(StoreError) -> FeedState? {
            let own = try read(entries[number].place)
            let feed = configuration.feeds[number]
            guard !feed.formerly.isEmpty else { return own }
            // A feed that had another id before goes on with what is known under that.
            var known: [FeedIdentifier: FeedState] = [:]
            if let own { known[feed.id] = own }
            for former in feed.formerly {
                let place = self.place(of: former).map { entries[$0].place } ?? formers[former]
                known[former] = try read(place)
            }
            return feed.takingOver { known[$0] } ?? own
        }

        private func read(_ place: FeedStateFollower.Place?) throws(StoreError) -> FeedState? {
            guard let place, let file else { return nil }
            return try file.state(at: place)
        }
    }
}
