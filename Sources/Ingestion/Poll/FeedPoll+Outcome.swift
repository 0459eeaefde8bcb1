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
        // One that failed otherwise has not failed to connect before.
        let isRepeated = previous.failure?.kind.isOfConnecting ?? false
        return HostReach(
            host: host, isReached: !isUnreached, isPublic: isPublicAddress,
            failingSince: isRepeated ? previous.schedule.failingSince : nil)
    }

    /// Decides when the feed is asked again, and why.
    func decision(_ host: HostVerdict, at moment: PollClock.Moment) -> PollDecision {
        let policy = PollPolicy(PollSettings(feed, rules.schedule), feed: FeedHash.of(feed.id))
        switch result {
        case .success(let success):
            return policy.decide(previous.schedule, after: event(success, at: moment), host: host)
        case .failure(let failure):
            let gravity = failure.gravity(
                status: report.status, failingSince: previous.schedule.failingSince, failures: previous.failures,
                hasRead: items > 0, at: moment.now)
            return policy.decide(previous.schedule, after: event(.failure(gravity), at: moment), host: host)
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
        event.retryAfter = head?.retryAfterSeconds ?? secondsOff.map { min($0, PaceRules.longest) }
        event.freshness = head?.freshness.map {
            PollEvent.Freshness(lifetime: $0.lifetimeSeconds, age: $0.ageSeconds)
        }
        return event
    }

    /// For how many seconds the server has nothing left after a good answer, as it says; nil where it does not.
    var secondsOff: Int? {
        guard let head, head.status < 300 || head.status == 304 else { return nil }
        return head.rateLimit?.exhaustedSeconds
    }

    /// What the refusal that came says of a limit.
    var refusal: HostAnswer.Refusal {
        let seconds = head?.retryAfterSeconds
        return .init(
            retryAfter: seconds, quota: head?.rateLimit?.quotaSeconds, isMeasured: seconds != nil && head?.status != 503
        )
    }

    /// What is said of the host whose allowance the feed shares; nil where it is said of the feed alone.
    func hostAnswer(_ word: HostAnswer.Word) -> HostAnswer? {
        guard let host else { return nil }
        let (key, allowance) = rules.allowances.allowance(forHost: host)
        guard speaksForHost(host, key) else { return nil }
        var answer = HostAnswer(
            host: key, feed: FeedHash.of(feed.id), startedAt: startedAt, word: word, delay: allowance.delay,
            feeds: 1)
        if case .served(nil) = word { return answer }
        answer.feeds = rules.allowances.feeds(of: key)
        let wasRefused = previous.failure.map {
            PollFailure.isBusy($0.kind, status: previous.status)
        }
        if wasRefused ?? false { answer.refusedBefore = previous.lastPoll }
        return answer
    }

    /// Whether the answer says something of the host that is asked first.
    ///
    /// Behind an address that is not public several publishers may be (polling.md §8). What another host said, after a
    /// redirect, is for the feed alone.
    ///
    /// - Parameter key: of the host's allowance.
    private func speaksForHost(_ host: String, _ key: String) -> Bool {
        if let head, !head.redirects.isEmpty {
            let answered = FeedConfiguration.host(of: head.effectiveURL) ?? host
            guard rules.allowances.allowance(forHost: answered).key == key else { return false }
        }
        switch rules.allowances.pauseScope(forHost: host) {
        case .host: return true
        case .feed: return false
        case nil: return isPublicAddress ?? true
        }
    }
}
