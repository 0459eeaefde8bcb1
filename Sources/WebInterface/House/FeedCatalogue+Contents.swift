internal import ArticleStore
internal import Configuration
internal import FeedModel
internal import Ingestion
private import Text
internal import newswire

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
