package import ArticleStore
internal import CShims
package import Configuration
package import FeedModel
package import Ingestion
internal import Locking
internal import Querying
package import Scheduling
package import SearchIndex
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

    /// The URLs by which the ids of configured feeds are recognised, without what else is remembered of feeds: of very many, that
    /// would be in memory together.
    ///
    /// - Parameter store: the store's folder, which need not be there yet.
    package static func knownFeeds(ofStore store: String) throws(StoreError) -> [FeedIDResolver.Known] {
        var known: [FeedIdentifier: [FeedIDResolver.Known]] = [:]
        var follower = FeedStateFollower(store: store)
        try follower.follow(begin: {}, take: { state, _ in known[state.feed] = [state].knownFeeds })
        // A feed's own URL goes before another's redirect to it.
        let own = known.values.compactMap(\.first).sorted { $0.id < $1.id }
        return own + own.flatMap { known[$0.id]?.dropFirst() ?? [] }
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
            var anew = Contents(
                reading.configuration.recognising(try knownFeeds(ofStore: reading.configuration.store.directory)))
            var follower = FeedStateFollower(store: reading.configuration.store.directory)
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
