package import Configuration
package import FeedModel
internal import Scheduling

/// What of a feed's state is worth an event (contract.md §7). Pure: the same states give the same events.
struct FeedEvents {
    /// Fewer failures in a row are none, however long they last: a feed that is asked once a day.
    static let leastFailures = 3
    private static let day: Int64 = 86_400

    let feed: FeedConfiguration
    let settings: EventSettings

    /// Returns what a poll that failed gives.
    ///
    /// - Parameter state: as the poll leaves it.
    func failed(_ state: FeedState) -> [NewsEvent] {
        guard let failure = state.failure else { return [] }
        if state.schedule.isGoneForGood, let since = state.schedule.goneSince {
            var event = NewsEvent(
                .gone, of: feed, state, since: since,
                title: "gone for good, as its server has said since \(Self.shown(since))", mark: Self.mark(since))
            event.add(failure, state)
            return [event]
        }
        guard lasts(state), let since = state.schedule.failingSince else { return [] }
        var event = NewsEvent(
            .failing, of: feed, state, since: since, title: "fails since \(Self.shown(since))", mark: Self.mark(since))
        event.add(failure, state)
        return [event]
    }

    private func lasts(_ state: FeedState) -> Bool {
        guard state.failures >= Self.leastFailures, let since = state.schedule.failingSince, let last = state.lastPoll
        else { return false }
        return last.milliseconds - since.milliseconds >= settings.failingAfter.milliseconds
    }

    /// Returns what a good poll gives.
    ///
    /// - Parameters:
    ///   - state: as the poll leaves it.
    ///   - items: of the document.
    func succeeded(_ state: FeedState, after previous: FeedState, hasGap: Bool, items: Int) -> [NewsEvent] {
        var events: [NewsEvent] = []
        if let since = previous.schedule.failingSince, previous.failure != nil {
            var event = NewsEvent(
                .recovered, of: feed, state, since: since,
                title: "well again; it had failed since \(Self.shown(since))", mark: Self.mark(since))
            event.failures = previous.failures
            event.follows = [NewsEvent.uid(.failing, event.firstID, Self.mark(since))]
            if let gone = previous.schedule.goneSince {
                event.follows.append(NewsEvent.uid(.gone, event.firstID, Self.mark(gone)))
            }
            events.append(event)
        }
        if let adopted = state.move.adopted, adopted != previous.move.adopted {
            let since = state.move.adoptedSince ?? state.lastPoll ?? Timestamp(seconds: 0)
            var event = NewsEvent(
                .moved, of: feed, state, since: since, title: "moved to \(adopted)",
                mark: "\(Self.mark(since)) \(adopted)")
            event.text = feed.moveNotice(state) ?? ""
            event.movedTo = adopted
            events.append(event)
        }
        if hasGap, let last = state.lastPoll {
            var event = NewsEvent(
                .gap, of: feed, state, since: previous.lastSuccess ?? last,
                title: "articles may have come and gone between two polls", mark: "\(last.seconds / Self.day)")
            event.text =
                "None of the \(items) items of the document was known. Where that happens again, a shorter interval or "
                + "max_age_cap helps."
            events.append(event)
        }
        if let blocks = state.recentBlocks, blocks.blockedAll, let since = blocks.runSince {
            var event = NewsEvent(
                .blocksAll, of: feed, state, since: since,
                title: "rules block all that it brings, since \(Self.shown(since))", mark: Self.mark(since))
            event.text = blocks.sentence ?? ""
            events.append(event)
        }
        if let since = state.silentSince(feed) {
            events.append(
                NewsEvent(
                    .silent, of: feed, state, since: since, title: "nothing new since \(Self.shown(since))",
                    mark: Self.mark(since)))
        }
        return events
    }

    /// Tells whether a failure is to be said by `poll --quiet`: what is a person's own to mend when it begins, other
    /// failures once they last, and each of them once a day from then on.
    func isWorthAWord(_ state: FeedState, after previous: FeedState) -> Bool {
        guard let failure = state.failure, let since = state.schedule.failingSince, let now = state.lastPoll else {
            return false
        }
        let isOwn: Bool
        switch failure.kind {
        case .configuration, .localFile, .invalidRequest, .refusedAddress, .gone: isOwn = true
        default: isOwn = false
        }
        if !isOwn, !lasts(state) { return false }
        if isOwn ? previous.failure?.kind != failure.kind : !lasts(previous) { return true }
        // The day since the failure began; another one than at the poll before.
        func day(_ time: Timestamp) -> Int64 { (time.seconds - since.seconds) / Self.day }
        return previous.lastPoll.map { day($0) != day(now) } ?? true
    }

    private static func mark(_ time: Timestamp) -> String { "\(time.seconds)" }

    private static func shown(_ time: Timestamp) -> String { "\(Timestamp(seconds: time.seconds))" }
}

extension NewsEvent {
    fileprivate mutating func add(_ failure: FeedState.Failure, _ state: FeedState) {
        self.failure = failure
        failures = state.failures
        status = state.status
        text = failure.message
    }
}

extension FeedState {
    /// Tells since when the feed is silent, as far as its last good poll can tell; nil where it is not, where that is not
    /// known, and where it fails or is not polled.
    package func silentSince(_ feed: FeedConfiguration) -> Timestamp? {
        guard feed.enabled, failure == nil, !schedule.isExpired, let lastSuccess else { return nil }
        return FeedSilence.since(
            schedule.rhythm, after: feed.silentAfter.map { Int($0.components.seconds) }, at: lastSuccess)
    }
}
