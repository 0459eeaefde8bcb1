internal import ArticleStore
internal import Configuration
internal import FeedModel
internal import Ingestion
internal import Text
internal import newswire

extension FeedCatalogue {
    /// What feeds are sorted and chosen by. Of very many feeds that counts: the small ones stand where there is room beside others.
    struct Entry: Sendable {
        var place: FeedStateFollower.Place?
        /// Whether it is to be found at another URL, or rules have blocked all of it of late.
        var isRemarkable = false
        /// As the configuration has it.
        var isEnabled = true
        /// Whether a poll has ever gone well.
        var hasAnswered = false
        /// Feeds of one host, which is asked for them, have the same; others hardly ever.
        var hostMark: UInt32
        /// Of the feed's document, where the configuration has none.
        var title: TextBlock.Place?
        var failureKind: FailureKind?
        /// How many polls have failed one after another, as far as that is counted here.
        var failures: UInt8 = 0
        @CompactTime var nextPoll: Timestamp?
        @CompactTime var lastPoll: Timestamp?
        @CompactTime var silentSince: Timestamp?
        @CompactTime var failingSince: Timestamp?
        @CompactTime var heldUntil: Timestamp?
        var articles: UInt32 = 0

        /// Whether there may be something to say of it to a person.
        var isNoted: Bool { failureKind != nil || silentSince != nil || isRemarkable }

        init(of feed: FeedConfiguration, _ allowances: HostAllowances) {
            hostMark = Self.mark(ofHost: allowances.allowance(for: feed, adoptedURL: nil).key)
            isEnabled = feed.enabled
        }

        /// - Parameter title: of the feed's document, where the configuration has none.
        init(
            _ state: FeedState, of feed: FeedConfiguration, at place: FeedStateFollower.Place?,
            title: TextBlock.Place?, _ allowances: HostAllowances
        ) {
            self.place = place
            hostMark = Self.mark(ofHost: allowances.allowance(for: feed, state: state).key)
            self.title = title
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
        private(set) var entries: [Entry]
        /// Those that entries name, and of some feeds what they were called before: whoever writes the states begins a new file
        /// now and then, with which all of this begins anew.
        private var titles = TextBlock()
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
            let ids = feeds.map(\.id)
            byID = feeds.indices.map { Int32($0) }.sorted { ids[Int($0)] < ids[Int($1)] }
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
            setEntry(number, state, of: feed, at: place)
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
                setEntry(number, state, of: feed, at: entries[number].place)
            }
        }

        private mutating func setEntry(
            _ number: Int, _ state: FeedState, of feed: FeedConfiguration, at place: FeedStateFollower.Place?
        ) {
            var title: TextBlock.Place?
            if feed.title == nil, let text = state.title {
                title = entries[number].title
                if title.map({ titles[$0] != text }) ?? true { title = titles.add(text) }
            }
            entries[number] = Entry(state, of: feed, at: place, title: title, allowances)
        }

        /// What the feed's document says it is called, where the configuration does not; nil where neither is known.
        func documentTitle(_ number: Int) -> String? { entries[number].title.map { titles[$0] } }

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
