internal import Archiving
internal import ArticleStore
package import Configuration
package import FeedModel
package import Ingestion
package import Scheduling
package import newswire

/// `FeedSnapshot` is all feeds as they are at one moment. Places are those of `configuration.feeds`.
package struct FeedSnapshot: Sendable {
    let contents: FeedCatalogue.Contents
    /// Pauses and silences are judged by that time.
    package let now: Timestamp

    init(_ contents: FeedCatalogue.Contents, at now: Timestamp) {
        self.contents = contents
        self.now = now
    }

    private var hosts: HostHealth { contents.hosts }
    private var allowances: HostAllowances { contents.allowances }

    /// The configuration, whose feeds have the ids by which the store knows them.
    package var configuration: Configuration { contents.configuration }

    /// Returns the place of a feed by its whole id, or by one that it had before; nil where there is none.
    package func place(of id: FeedIdentifier) -> Int? {
        contents.place(of: id) ?? contents.successors[id].flatMap { contents.place(of: $0) }
    }

    /// Another number says that feeds may have other ids, tags or rules than before.
    package var generation: Int { contents.generation }

    /// Returns the ids under which the store may have articles of a feed: that which was asked for, and those that the feed has
    /// now and had before. Nil where neither the configuration nor the store knows such a feed.
    package func ids(of id: FeedIdentifier) -> [FeedIdentifier]? {
        guard contents.isKnown(id) else { return nil }
        let current = names.current(id)
        let others = contents.successors.lazy.filter { $0.value == current }.map(\.key)
        return [id] + Set(others + [current]).subtracting([id]).sorted()
    }

    /// The ids and tags that feeds have now, by any that they had.
    package var names: FeedNames {
        let contents = contents
        return FeedNames(
            current: { id in contents.place(of: id) == nil ? contents.successors[id] ?? id : id },
            tags: { id in
                contents.place(of: id).map { Set(contents.configuration.feeds[$0].tags.map { TagKey($0) }) }
            })
    }

    package func feed(_ place: Int) -> FeedConfiguration { configuration.feeds[place] }

    /// Its own title, or what its document says; nil where neither is known.
    package func title(_ place: Int) -> String? { feed(place).title ?? contents.documentTitle(place) }

    /// Reads what is remembered of a feed, as people are shown it; nil where it was never polled.
    package func state(_ place: Int) throws(WebFailure) -> FeedState? {
        do throws(StoreError) {
            return try contents.state(place)?.shown(at: now, of: feed(place), configuration.schedule)
        } catch {
            throw WebFailure(503, "reading what is known of \(feed(place).id): \(error)")
        }
    }

    /// What `newswire feeds` says of a feed.
    package func health(_ place: Int) throws(WebFailure) -> FeedHealth {
        let feed = feed(place)
        let state = try state(place)
        let (host, allowance) = allowances.allowance(for: feed, state: state)
        var health = FeedHealth(feed, state, hostPause: hosts.pause(of: host, at: now)?.until, now: now)
        health.sameAs = shared(place)
        let pages = contents.pages
        health.pages = (pages?.waiting(feed.id) ?? 0, pages?.pausedUntil(feed.id))
        health.hostPace = HostPaceText(host, hosts.paced(allowance, of: host, at: now), allowances)
        return health
    }

    /// The other feeds whose servers say that they are to be found at the same URL (polling.md §9).
    private func shared(_ place: Int) -> [FeedIdentifier] {
        if contents.targets.isEmpty { return [] }
        let group = contents.findings.twins { groupsAtOneURL() }[place] ?? []
        return group.filter { $0 != place }.map { configuration.feeds[$0].id }
    }

    private func groupsAtOneURL() -> [Int: [Int]] {
        let feeds = configuration.feeds
        let wanted = Set(contents.targets.values.lazy.map(\.url))
        var groups: [String: [Int]] = [:]
        for place in feeds.indices where contents.entries[place].isEnabled {
            let url = contents.targets[place]?.url ?? feeds[place].url
            if wanted.contains(url) { groups[url, default: []].append(place) }
        }
        var found: [Int: [Int]] = [:]
        for group in groups.values where group.count > 1 {
            // Feeds that were configured with one URL twice are meant so.
            guard group.contains(where: { feeds[$0].url != feeds[group[0]].url }) else { continue }
            for place in group { found[place] = group }
        }
        return found
    }

    /// The key of a feed's host, its allowance at the pace that refusals have shown, and until when the host wants to be left
    /// alone; nil where it does not.
    package func host(
        of feed: FeedConfiguration, _ state: FeedState?
    ) -> (key: String, allowance: HostAllowance, pausedUntil: Timestamp?, pace: HostPaceText?) {
        let (key, allowance) = allowances.allowance(for: feed, state: state)
        let pace = HostPaceText(key, hosts.paced(allowance, of: key, at: now), allowances)
        return (key, allowance, hosts.pausedUntil(key, at: now), pace)
    }

    /// What is known where no service runs.
    package func figures() throws(WebFailure) -> StatusFigures {
        let store = configuration.store.directory
        var figures = StatusFigures.onDisk(store: store)
        figures.archive = ArchiveFigures.onDisk(at: configuration.archive.folder(store: store))
        try figures.fill(configuration, hosts: hosts, at: now) { place, _ throws(WebFailure) in try state(place) }
        return figures
    }

    /// How a feed is, in one word.
    fileprivate func condition(_ place: Int, _ paused: PausedHosts) -> FeedCondition {
        // No copy of a feed or an entry: this is asked of all of them.
        if !contents.entries[place].isEnabled || contents.entries[place].heldUntil.map({ $0 > now }) ?? false {
            return .paused
        }
        switch contents.entries[place].failureKind {
        case .gone?: return .gone
        case _?: return .failing
        case nil: break
        }
        if paused.mayHave(contents.entries[place].hostMark) {
            let adopted = contents.targets[place]?.adopted
            let host = allowances.allowance(for: feed(place), adoptedURL: adopted).key
            if paused.hosts.contains(host) { return .paused }
        }
        return contents.entries[place].lastPoll == nil ? .never : .ok
    }
}

/// The hosts that want to be left alone, of very many feeds' hosts.
private struct PausedHosts {
    let hosts: Set<String>
    /// When the first of them may be asked again.
    let until: Timestamp?
    /// The bits of the marks of these hosts, and by chance of others.
    private var bits = [UInt64](repeating: 0, count: 1024)

    init(_ health: HostHealth, at now: Timestamp) {
        let pauses = health.activePauses(at: now)
        hosts = Set(pauses.map(\.host))
        until = pauses.map(\.until).min()
        for host in hosts {
            let mark = FeedCatalogue.Entry.mark(ofHost: host)
            bits[Int(mark & 1023)] |= 1 << UInt64(mark >> 10 & 63)
        }
    }

    func mayHave(_ mark: UInt32) -> Bool { bits[Int(mark & 1023)] & 1 << UInt64(mark >> 10 & 63) != 0 }
}

/// `FeedQuery` says which feeds are wanted, and in which order.
package struct FeedQuery: Sendable, Equatable {
    package enum Order: String, Sendable, CaseIterable {
        /// Those that need somebody first.
        case need
        case nextPoll = "next"
        case articles, silence, title
        /// As the configuration has them.
        case configuration
    }

    /// Of no conditions, any.
    package var conditions: Set<FeedCondition> = []
    /// Feeds that have one of them; of no tags, any.
    package var tags: [String] = []
    /// What the id, the title or the URL holds, in any case; all where it is empty.
    package var text = ""
    package var order = Order.need

    package init() {}
}

/// `FeedListing` is what was found.
package struct FeedListing: Sendable {
    /// The places of feeds, in the order that was wanted. In very many feeds each takes four bytes.
    package var places: [Int32] = []
    /// How many feeds with these tags and that text are in which condition, whichever was wanted.
    package var counts: [FeedCondition: Int] = [:]
    /// When it is another though nothing of feeds has changed, because a pause ends; nil for never.
    var changesAt: Timestamp?
}

extension FeedSnapshot {
    /// Finds feeds. Costs a look at each, unless the same was asked before and nothing has changed since.
    package func list(_ query: FeedQuery) -> FeedListing {
        contents.findings.listing(query, at: now) { find(query) }
    }

    private func find(_ query: FeedQuery) -> FeedListing {
        let tags = Set(query.tags.map { TagKey($0) })
        let text = query.text.lowercased()
        let paused = PausedHosts(hosts, at: now)
        var listing = FeedListing()
        listing.changesAt = paused.until
        var keys: [UInt64] = []
        for place in configuration.feeds.indices {
            guard tags.isEmpty || configuration.feeds[place].tags.contains(where: { tags.contains(TagKey($0)) }) else {
                continue
            }
            guard text.isEmpty || matches(text, place) else { continue }
            if let until = contents.entries[place].heldUntil, until > now {
                listing.changesAt = min(listing.changesAt ?? until, until)
            }
            let condition = condition(place, paused)
            listing.counts[condition, default: 0] += 1
            guard query.conditions.isEmpty || query.conditions.contains(condition) else { continue }
            keys.append(key(place, condition, query.order) << 24 | UInt64(place))
        }
        if query.order != .configuration { keys.sort() }
        listing.places = keys.map { Int32(truncatingIfNeeded: $0 & 0xff_ffff) }
        if query.order == .title { sortByTitle(&listing.places) }
        return listing
    }

    private func matches(_ text: String, _ place: Int) -> Bool {
        let feed = feed(place)
        return feed.id.text.lowercased().contains(text) || title(place)?.lowercased().contains(text) ?? false
            || URLRedaction.redacted(feed.url).lowercased().contains(text)
    }

    /// What feeds are sorted by, in 40 bits: one number with their place behind it, because there may be very many. Feeds that are
    /// alike stay in the order of the configuration, which has no more than 2²⁴.
    private func key(_ place: Int, _ condition: FeedCondition, _ order: FeedQuery.Order) -> UInt64 {
        func seconds(_ time: Timestamp?) -> UInt64 { time.map { UInt64(UInt32(clamping: $0.seconds)) } ?? 1 << 32 }
        func ranked(_ rank: UInt64, _ time: Timestamp?) -> UInt64 { rank << 33 | seconds(time) }
        switch order {
        case .configuration, .title: return 0
        case .need:
            switch condition {
            case .gone: return ranked(0, contents.entries[place].failingSince)
            case .failing: return ranked(1, contents.entries[place].failingSince)
            case .never: return ranked(2, nil)
            case .ok where contents.entries[place].silentSince != nil:
                return ranked(3, contents.entries[place].silentSince)
            case .ok: return ranked(4, contents.entries[place].nextPoll)
            case .paused: return ranked(5, contents.entries[place].heldUntil)
            }
        case .nextPoll: return seconds(contents.entries[place].nextPoll)
        case .articles: return UInt64(UInt32.max - contents.entries[place].articles)
        case .silence: return seconds(contents.entries[place].silentSince)
        }
    }

    private func sortByTitle(_ places: inout [Int32]) {
        places = places.map { place in ((title(Int(place)) ?? feed(Int(place)).id.text).lowercased(), place) }
            .sorted { $0 < $1 }.map(\.1)
    }
}
