package import ArticleStore
package import Configuration
internal import Digest
package import FeedModel
internal import Fetching
internal import Identity
internal import Scheduling

/// What a poll makes of a feed's state. Pure: the caller stores it, and only after the articles (polling.md §2.6).
extension FeedState {
    /// Takes in a poll whose document came whole and was read as a feed, or that brought nothing new. Its articles are
    /// stored with this state.
    mutating func succeed(at time: Timestamp, status: Int?, decision: PollDecision) {
        lastPoll = time
        lastSuccess = time
        self.status = status
        failures = 0
        failure = nil
        adopt(decision)
    }

    /// Takes in a poll that failed. Validators stay as they are (polling.md §2.5).
    mutating func fail(at time: Timestamp, status: Int?, failure: Failure, decision: PollDecision) {
        lastPoll = time
        self.status = status
        failures += 1
        self.failure = failure
        adopt(decision)
    }

    private mutating func adopt(_ decision: PollDecision) {
        schedule = decision.schedule
        nextPoll = decision.next
        intervalSeconds = decision.terms.interval
        notBefore = decision.notBefore
    }

    /// Forgets where the old URL led and how its server fared, which says nothing of the one that is configured
    /// instead.
    mutating func forgetServer() {
        move = Move()
        http2FailedAt = nil
        failures = 0
        failure = nil
        nextPoll = nil
        notBefore = nil
        schedule.failureQuarters = 0
        schedule.refusals = 0
        schedule.failingSince = nil
        schedule.goneSince = nil
        schedule.isGoneForGood = false
        schedule.pause = nil
        schedule.hostPace = nil
    }

    /// Whether the feed's server has asked to be left alone, so that only `--force` polls it.
    func isHeldBack(at now: Timestamp) -> Bool {
        notBefore.map { $0 > now } ?? false
    }

    /// Whether the document is to be read even where it is the same as before, because not all of it was taken then
    /// (polling.md §2.13).
    func isToBeReadAgain(at now: Timestamp) -> Bool {
        longDocument?.isToBeReadAgain ?? false || volatility?.isOver(at: now) ?? false
    }

    /// Tells whether a person has paused the feed.
    package func isHeld(at now: Timestamp) -> Bool {
        schedule.heldUntil.map { $0 > now } ?? false
    }
}

extension FeedState.CutOff {
    /// So many documents in a row end at one place before they are taken to end there always.
    private static let patience = 3

    /// Takes in that a document has ended inside an article.
    ///
    /// - Parameter previous: where the document before it ended, if it did not come whole.
    init(_ article: Article, after previous: FeedState.CutOff?) {
        var content = ContentHash()
        let place = Array("\(article.id ?? "")\0\(content.hash(of: article))".utf8).withUnsafeBytes { XXH3.hash128($0) }
        let before = previous.map { $0.place == place ? $0.count : 0 } ?? 0
        self.init(place: place, count: min(before + 1, Self.patience))
    }

    /// Whether no more of the article is expected to come.
    var isSettled: Bool { count >= Self.patience }
}

/// What a feed's state says about where and how it is asked (polling.md §2.9, §9).
extension FeedState {
    /// Failures in a row after which a feed that moved is asked at its configured URL again.
    private static let failuresUntilReturn = 3

    /// Takes in where a poll whose body was read as a feed was led to.
    ///
    /// - Returns: whether another URL is asked from here on.
    mutating func followRedirects(_ hops: [Redirect], configured: String, at now: Timestamp) -> Bool {
        var adoption = RedirectAdoption(candidate: move.candidate, count: move.polls, since: move.since)
        // The state is no place for secrets, nor for what could not be asked: such a redirect is followed anew each time.
        let last = RedirectAdoption.lastHop(of: hops)
        let mayKeep = last.map { Move.mayKeep($0.to) && FetchRequest.canAsk($0.to) } ?? false
        let target = adoption.afterGoodPoll(hops: mayKeep ? hops : [], at: now)
        move.candidate = adoption.candidate
        move.polls = adoption.count
        move.since = adoption.since
        guard let target else { return false }
        let since = move.since
        move = Move()
        // A feed that has come back is asked where the configuration says.
        if target != configured {
            move.adopted = target
            move.adoptedSince = since
            move.isAmongPrivate = last?.isAmongPrivate ?? false
        }
        return true
    }

    /// Takes in a failed poll of a feed that has moved: it is asked at its configured URL again after some failures in
    /// a row, and at once where the adopted URL cannot or may not be asked.
    mutating func reconsiderMove(after kind: FailureKind) {
        guard move.adopted != nil else { return }
        if failures >= Self.failuresUntilReturn || kind == .invalidRequest || kind == .refusedAddress { move = Move() }
    }

    var tagTrap: ETagTrap {
        get { ETagTrap(repeats: tagRepeats.count, since: tagRepeats.since) }
        set {
            tagRepeats.count = newValue.repeats
            tagRepeats.since = newValue.since
        }
    }
}

extension FeedConfiguration {
    /// Returns the URL that is asked: the configured one, unless the feed has moved.
    package func requestURL(_ state: FeedState?) -> String {
        requestURL(adopting: state?.move.adopted)
    }

    /// - Parameter adopted: where the feed has moved to.
    func requestURL(adopting adopted: String?) -> String { isLocalFile ? url : adopted ?? url }

    /// Returns the host of the URL that is asked (polling.md §7); nil for a local file.
    ///
    /// - Parameter adopted: where the feed has moved to.
    func requestHost(adopting adopted: String?) -> String? {
        guard let adopted, !isLocalFile else { return host }
        return FeedConfiguration.host(of: adopted)
    }

    /// Returns what a person is told of a feed that its server has moved for good; nil where it has not.
    package func moveNotice(_ state: FeedState?) -> String? {
        state?.move.adopted.map { moveNotice(to: $0, since: state?.move.adoptedSince) }
    }

    /// Returns the same of a feed that has moved to a URL.
    package func moveNotice(to adopted: String, since: Timestamp?) -> String {
        let since = since.map { " since \(Timestamp(seconds: $0.seconds))" } ?? ""
        return "the configuration says \(URLRedaction.redacted(url)), the server says \(adopted) permanently\(since); "
            + "write url = \"\(adopted)\" at \(source)"
    }
}

/// What is remembered of a feed where the clock was wrong when it was noted (contract.md §6). The service, one round of
/// `poll`, `feeds`, `status` and `explain` all go by this.
extension FeedState {
    /// No feed was polled before newswire was written.
    private static let beginning = Timestamp(year: 2026, month: 1, day: 1)

    /// Returns the state as it can be: what has happened has not happened in the future, and what is to come is as far
    /// from now as it was from then, but never further than it can be.
    package func believed(
        at now: Timestamp, of feed: FeedConfiguration, _ settings: ScheduleSettings
    ) -> FeedState {
        let soon = now.adding(milliseconds: PauseRules.clockTolerance)
        func happened(_ time: Timestamp?) -> Timestamp? { time.map { $0 > soon ? now : $0 } }
        func began(_ time: Timestamp?) -> Timestamp? { time.map { $0 > soon || $0 < Self.beginning ? now : $0 } }
        var state = self
        let due = DueTimes(now: now, maxInterval: settings.maxInterval.milliseconds)
        let outlook = FeedOutlook(self, at: url)
        state.nextPoll = nextPoll.map { due.believable($0, DueTimes.Feed(number: 0, feed, outlook, settings)) }
        state.notBefore = notBefore.map { believed(notBefore: $0, at: now, soon, settings) }
        state.lastPoll = happened(lastPoll)
        state.lastSuccess = happened(lastSuccess)
        state.tagRepeats.since = happened(tagRepeats.since)
        state.http2FailedAt = happened(http2FailedAt)
        state.move.since = happened(move.since)
        state.move.adoptedSince = happened(move.adoptedSince)
        state.schedule.failingSince = began(schedule.failingSince)
        state.schedule.goneSince = began(schedule.goneSince)
        state.schedule.pause = schedule.pause.map { PauseRules.believable($0, at: now) }
        state.schedule.hostPace = schedule.hostPace.map {
            FeedState.HostPace(seconds: $0.seconds, since: min($0.since, now))
        }
        if let latest = schedule.rhythm.latest, latest > soon {
            state.schedule.rhythm = Rhythm(latest: now, gaps: schedule.rhythm.gaps)
        }
        return state
    }

    /// Returns the state as people are shown it: as `believed`, but with the times of the last polls as they were
    /// noted, so that nobody is told of a poll that was not.
    package func shown(at now: Timestamp, of feed: FeedConfiguration, _ settings: ScheduleSettings) -> FeedState {
        var state = believed(at: now, of: feed, settings)
        state.lastPoll = lastPoll
        state.lastSuccess = lastSuccess
        return state
    }

    private func believed(
        notBefore: Timestamp, at now: Timestamp, _ soon: Timestamp, _ settings: ScheduleSettings
    ) -> Timestamp {
        let longest = max(PauseRules.maxRetryAfter, Int(settings.maxAgeCap.components.seconds))
        guard let last = lastPoll, last > soon else { return min(notBefore, now.adding(seconds: longest)) }
        let wait = min(max(notBefore.seconds - last.seconds, 0), Int64(longest))
        return now.adding(seconds: Int(wait))
    }
}

extension FeedOutlook {
    /// Whether the feed was last polled, or its server last asked to be left alone, in what is the future now.
    func isFromFuture(at now: Timestamp) -> Bool {
        let soon = now.adding(milliseconds: PauseRules.clockTolerance)
        return lastPoll.map { $0 > soon } ?? false || schedule.pause.map { $0.since > soon } ?? false
    }
}

extension ArticleStore {
    /// Puts right what is remembered of the configured feeds from a clock that was ahead. Does nothing while the clock is
    /// in doubt: then the other one may have been right.
    package func setRight(_ configuration: Configuration, by clock: PollClock) {
        guard let now = clock.trusted else { return }
        for feed in configuration.feeds {
            let outlook = outlook(of: feed.id, at: feed.url)
            if let right = rightState(of: feed, outlook, configuration.schedule, at: now) { _ = stage(right) }
        }
        writeStates()
    }

    /// Returns the state of a feed as it can be, where a clock that was ahead has left another one; nil where it has not.
    func rightState(
        of feed: FeedConfiguration, _ outlook: FeedOutlook?, _ settings: ScheduleSettings, at now: Timestamp
    ) -> FeedState? {
        guard outlook?.isFromFuture(at: now) ?? false else { return nil }
        return state(of: feed.id)?.believed(at: now, of: feed, settings)
    }
}
