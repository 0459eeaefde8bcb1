internal import Configuration
internal import Digest
internal import FeedModel
internal import FeedParsing
internal import Fetching
internal import Scheduling

extension PollRecord {
    /// The record of a poll that is over, as it is kept.
    init(_ poll: FeedPoll) {
        let outcome: Outcome =
            switch poll.report.outcome {
            case .new: .new
            case .unchanged: .unchanged
            case .notModified: .notModified
            case .failed, .skipped: .failed
            case .gone: .gone
            }
        self.init(
            startedAt: poll.startedAt, feed: UInt32(truncatingIfNeeded: FeedHash.of(poll.feed.id)), outcome: outcome)
        status = poll.report.status ?? 0
        next = poll.state.nextPoll
        items = poll.items
        newItems = poll.report.newArticles
        bytes = Int(poll.report.bytes)
        kept = Self.hash(poll.state.validators)
        terms = poll.terms
        if case .byHand(let isForced) = poll.mode { terms.notes.formUnion(isForced ? [.byHand, .forced] : .byHand) }
        if kept != 0 { terms.notes.insert(.hasValidators) }
        if poll.previous.isToBeReadAgain(at: startedAt) { terms.notes.insert(.readAgain) }
        if poll.head?.wasConditional ?? false {
            terms.notes.insert(.conditional)
            sent = Self.hash(poll.previous.validators)
        }
    }

    /// 0 for none.
    private static func hash(_ validators: FeedState.Validators?) -> UInt32 {
        guard let validators else { return 0 }
        let hash = FeedHash.of("\(validators.etag ?? "")\n\(validators.lastModified ?? "")")
        return max(1, UInt32(truncatingIfNeeded: hash))
    }
}

extension Feed {
    /// By what it is told whether another program makes the feed, or it comes from elsewhere (identity.md §5).
    func sourceMark(effectiveURL: String?) -> Hash128 {
        let text = "\(generator ?? "")\0\(effectiveURL ?? "")"
        return Array(text.utf8).withUnsafeBytes { XXH3.hash128($0) }
    }
}

extension FetchFailure {
    /// Cannot happen: a transfer without a response says why.
    static let noResponse = FetchFailure(
        .protocolError, "the transfer ended without an answer", advice: "report this as a bug in newswire")
}

/// What a poll tells the schedule, and asks of it.
extension FeedPoll {
    /// What the schedule wants to know of a document.
    func reading(of parsed: Feed) -> PollEvent.Document {
        var document = PollEvent.Document(
            items: items, newItems: report.newArticles + report.duplicateArticles)
        document.isFirst = previous.lastSuccess == nil
        document.isExpired = parsed.expired
        document.hasMore = state.longDocument?.isToBeReadAgain ?? false
        if document.newItems > 0 { document.dates = parsed.articleDates }
        return document
    }

    /// What the poll came to, as its report says it.
    var outcome: PollReport.Outcome {
        switch result {
        case .failure(let failure): failure.isGone ? .gone : .failed
        case .success where head?.status == 304: .notModified
        case .success: report.storedArticles > 0 ? .new : .unchanged
        }
    }

    /// Whether the failure shows that the host is there or that it is not; nil where it shows neither.
    func reach(_ failure: PollFailure) -> HostReach? {
        let isUnreached = failure.isUnreached(requests: requests)
        guard let host, isUnreached || requests > 0 else { return nil }
        return HostReach(
            host: host, isReached: !isUnreached, isNews: previous.failure?.kind != failure.kind)
    }

    /// Decides when the feed is asked again, and why.
    ///
    /// - Parameter lastPause: of `hostToPause`.
    func decision(lastPause: FeedState.Pause?, at moment: PollClock.Moment) -> PollDecision {
        let policy = PollPolicy(PollSettings(feed, rules.schedule), feed: FeedHash.of(feed.id))
        switch result {
        case .success(let success):
            return policy.decide(previous.schedule, after: event(success, at: moment))
        case .failure(let failure):
            let gravity = failure.gravity(
                status: report.status, failingSince: previous.schedule.failingSince, failures: previous.failures,
                hasRead: items > 0, at: moment.now)
            let event = event(.failure(gravity), at: moment)
            guard gravity == .busy else { return policy.decide(previous.schedule, after: event) }
            let coversHost = hostToPause != nil
            return policy.decide(
                previous.schedule, after: event, pause: coversHost ? lastPause : previous.schedule.pause,
                pausesHost: coversHost)
        }
    }

    private func event(_ result: PollEvent.Result, at moment: PollClock.Moment) -> PollEvent {
        var event = PollEvent(startedAt: startedAt, endedAt: moment.now, result: result)
        event.isClockDoubtful = moment.isDoubtful
        if case .byHand = mode { event.isByHand = true }
        event.due = previous.nextPoll
        event.interval = previous.intervalSeconds
        event.lastRead = previous.lastSuccess
        event.hints = state.hints
        event.hasValidators = state.validators != nil
        event.retryAfter = head?.retryAfterSeconds
        event.freshness = head?.freshness.map {
            PollEvent.Freshness(lifetime: $0.lifetimeSeconds, age: $0.ageSeconds)
        }
        return event
    }

    /// The key of the host that a 429 or 503 pauses; nil where it is the feed alone.
    ///
    /// Behind an address that is not public several publishers may be (polling.md §8). What another host said, after a
    /// redirect, is for the feed alone.
    var keyOfPausedHost: String? {
        guard let host else { return nil }
        let key = rules.allowances.allowance(forHost: host).key
        let answered = head.flatMap { FeedConfiguration.host(of: $0.effectiveURL) } ?? host
        guard rules.allowances.allowance(forHost: answered).key == key else { return nil }
        switch rules.allowances.pauseScope(forHost: host) {
        case .host: return key
        case .feed: return nil
        case nil: return isPublicAddress ?? true ? key : nil
        }
    }
}
