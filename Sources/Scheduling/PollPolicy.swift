package import FeedModel

/// `PollDecision` says when a feed is polled again, and why.
package struct PollDecision: Sendable, Equatable {
    /// This is to be remembered of the feed.
    package var schedule: FeedState.Schedule
    /// The feed is polled next at this time; nil: not by itself.
    package var next: Timestamp?
    /// The server wants to be left alone until then, whatever the interval says.
    package var notBefore: Timestamp?
    /// These are the reasons, for whoever asks later.
    package var terms: PollTerms
}

/// `PollPolicy` leads from what is remembered of a feed and what happened at a poll to the next one (polling.md §3–§8).
///
/// It is a function of its arguments: it knows no clock and throws no dice.
package struct PollPolicy: Sendable {
    static let day = 86_400
    /// A feed may ask in its hints for an interval of this many seconds.
    private static let hintBounds = 300...day
    /// WordPress says this of every feed, and means it of none.
    private static let boilerplatePeriod = 3600
    /// A feed that cannot be asked conditionally costs its server the whole document each time, so it is asked no more
    /// often.
    private static let withoutValidators = 3600
    private static let expiredInterval = 30 * day
    private static let firstRefusal = 4 * 3600
    /// Failing feeds are put off by a day at most for this many seconds, by a week later on.
    private static let failingWeek = 7 * day
    private static let goneConfirmation = day
    /// A document that ended early, or was too long for one poll, is looked at again after this many seconds.
    private static let cutShortRetry = 600
    /// This many new items show that a feed does publish in times which its hints exclude.
    private static let itemsAgainstSkipping = 2

    /// A person has set this for the feed.
    package var settings: PollSettings
    /// A hash of the feed's id.
    package var feed: UInt64

    package init(_ settings: PollSettings, feed: UInt64) {
        self.settings = settings
        self.feed = feed
    }

    /// Decides when the feed is polled next.
    ///
    /// - Parameters:
    ///   - schedule: what was remembered of the feed before the poll.
    ///   - host: what the answer comes to for the feed's host.
    package func decide(
        _ schedule: FeedState.Schedule, after event: PollEvent, host: HostVerdict = HostVerdict()
    ) -> PollDecision {
        var decision = PollDecision(schedule: schedule, next: nil, notBefore: nil, terms: PollTerms())
        decision.schedule.polls = schedule.polls == .max ? 1 : schedule.polls + 1
        let adaptive = learn(from: event, &decision)
        BelievedWishes.learn(
            &decision.schedule, from: event, isGap: decision.terms.notes.contains(.possibleGap),
            reason: schedule.reason, window: adaptive.window)
        setInterval(event, adaptive, &decision)
        var plan = Plan(wait: decision.terms.interval, reason: decision.terms.reason)
        applyMore(event, &plan)
        applyFailure(event, host, &decision, &plan)
        keepHost(host, &decision)
        applyWishes(event, &decision, &plan)
        if decision.schedule.isGoneForGood {
            decision.terms.reason = .goneForGood
        } else {
            decision.next = place(event, plan, &decision)
        }
        if isRepeatedByHand(event, after: schedule) { keepPlan(event, &decision) }
        decision.schedule.reason = decision.terms.reason
        return decision
    }

    /// Whether a person has looked once more at a feed that was failing already: that puts its own polls no further off.
    private func isRepeatedByHand(_ event: PollEvent, after schedule: FeedState.Schedule) -> Bool {
        guard event.isByHand, case .failure = event.result else { return false }
        return schedule.failingSince != nil
    }

    /// The next poll comes when it would have come, unless the server has asked for more.
    private func keepPlan(_ event: PollEvent, _ decision: inout PollDecision) {
        guard let next = decision.next, let due = event.due, due > event.endedAt, due < next else { return }
        decision.next = max(due, min(decision.notBefore ?? due, next))
    }

    /// `Plan` is the seconds to wait from the end of the poll, and what asks for them.
    private struct Plan {
        var wait: Int
        var reason: PollTerms.Reason

        mutating func raise(to seconds: Int, _ reason: PollTerms.Reason) {
            if seconds > wait { (wait, self.reason) = (seconds, reason) }
        }
    }

    // MARK: - What the feed is like

    private func learn(from event: PollEvent, _ decision: inout PollDecision) -> AdaptiveInterval {
        let isJudged = AdaptiveInterval.isJudged(event)
        var document: PollEvent.Document?
        switch event.result {
        case .failure: return adaptive(decision.schedule, at: event.endedAt)
        case .unchanged: break
        case .document(let read):
            document = read
            note(read, event, &decision)
        }
        if decision.schedule.rhythm.latest == nil {
            // The feed's silence is counted from its first poll on.
            decision.schedule.rhythm.note(event.endedAt, merging: 1)
        }
        let interval = adaptive(decision.schedule, at: event.endedAt)
        let previous = Int(decision.schedule.adaptive)
        var next = previous
        if document?.isFirst ?? false || previous <= 0 {
            next = interval.first
        } else if decision.terms.notes.contains(.possibleGap) {
            next = interval.capped(previous / 2)
        } else if isJudged {
            decision.terms.notes.insert(.judged)
            next = interval.next(after: previous, document: document)
        } else {
            next = interval.capped(previous)
        }
        decision.schedule.adaptive = Int32(clamping: next)
        return interval
    }

    private func adaptive(_ schedule: FeedState.Schedule, at now: Timestamp) -> AdaptiveInterval {
        AdaptiveInterval(settings: settings, rhythm: schedule.rhythm, items: Int(schedule.items), now: now)
    }

    private func note(_ document: PollEvent.Document, _ event: PollEvent, _ decision: inout PollDecision) {
        let before = Int(decision.schedule.items)
        decision.schedule.items = UInt16(clamping: document.items)
        decision.schedule.isExpired = document.isExpired
        guard document.newItems > 0 else { return }
        if !document.isFirst {
            if AdaptiveInterval.isMostlyNew(document) { decision.terms.notes.insert(.littleOverlap) }
            let isGap = document.newItems >= document.items && document.items >= 5 && before >= 5
            if isGap { decision.terms.notes.insert(.possibleGap) }
            let skipped = SkippedTimes(event.hints)
            if !skipped.isEmpty, skipped.contains(event.startedAt) {
                let count = Int(decision.schedule.itemsInSkippedTime) + document.newItems
                decision.schedule.itemsInSkippedTime = UInt8(clamping: count)
            }
        }
        noteDates(document, event, &decision.schedule.rhythm)
    }

    /// Learns publishing dates where they can be right, else the time at which the items were first seen.
    private func noteDates(_ document: PollEvent.Document, _ event: PollEvent, _ rhythm: inout Rhythm) {
        let merging = AdaptiveInterval.merging(settings)
        let latest = rhythm.latest
        var dates = document.dates.filter { date in
            date <= event.endedAt && date.seconds > 0 && latest.map { date > $0 } ?? true
        }
        dates.sort()
        // A feed may date all its items anew each time: only as many dates as new items came are believed.
        let believed = dates.suffix(document.newItems)
        if document.isFirst, let first = believed.first, let last = believed.last, first == last,
            document.newItems > 1
        {
            // All of one date: the document's, not the items'.
            return
        }
        for date in believed { rhythm.note(date, merging: merging) }
        if believed.isEmpty, !document.isFirst { rhythm.note(event.endedAt, merging: merging) }
    }

    // MARK: - The interval

    private func setInterval(_ event: PollEvent, _ adaptive: AdaptiveInterval, _ decision: inout PollDecision) {
        let learned = Int(decision.schedule.adaptive)
        decision.terms.gap = adaptive.gap ?? 0
        decision.terms.adaptive = learned
        if let fixed = settings.interval {
            decision.terms.interval = adaptive.bounded(fixed)
            decision.terms.reason =
                fixed < settings.minInterval ? .minimum : fixed > settings.maxInterval ? .maximum : .fixed
            return
        }
        var plan = Plan(
            wait: learned > 0 ? learned : adaptive.bounded(settings.initialInterval),
            reason: learned > 0 && decision.terms.gap > 0 ? .adaptive : .initial)
        let wishes = BelievedWishes(decision.schedule)
        for (seconds, reason) in hints(event.hints) {
            guard let believed = note(wishes.believed(seconds), of: seconds, &decision) else { continue }
            decision.terms.hint = max(decision.terms.hint, Self.bounded(seconds))
            plan.raise(to: Self.bounded(believed), reason)
        }
        if !event.hasValidators, !settings.isLocal { plan.raise(to: Self.withoutValidators, .noValidators) }
        if plan.wait > settings.maxInterval { plan = Plan(wait: settings.maxInterval, reason: .maximum) }
        plan.raise(to: settings.minInterval, .minimum)
        if decision.schedule.isExpired { plan.raise(to: Self.expiredInterval, .expired) }
        decision.terms.interval = plan.wait
        decision.terms.reason = plan.reason
    }

    private func hints(_ hints: PollingHints) -> [(Int, PollTerms.Reason)] {
        var result: [(Int, PollTerms.Reason)] = []
        if let ttl = hints.ttlSeconds, ttl > 0 { result.append((ttl, .ttl)) }
        if let period = hints.updatePeriodSeconds, period > 0, period != Self.boilerplatePeriod {
            result.append((period, .updatePeriod))
        }
        return result
    }

    /// Takes in how much of a wish counts.
    private func note(_ believed: Int?, of asked: Int, _ decision: inout PollDecision) -> Int? {
        if believed == nil { decision.terms.notes.insert(.wishMistaken) }
        if let believed, believed < asked { decision.terms.notes.insert(.wishLimited) }
        return believed
    }

    private static func bounded(_ hint: Int) -> Int {
        min(max(hint, hintBounds.lowerBound), hintBounds.upperBound)
    }

    /// What a document has beyond the room of one poll comes soon.
    private func applyMore(_ event: PollEvent, _ plan: inout Plan) {
        guard case .document(let document) = event.result, document.hasMore else { return }
        let soon = max(Self.cutShortRetry, settings.minInterval)
        if soon < plan.wait { plan = Plan(wait: soon, reason: .moreItems) }
    }

    // MARK: - What puts a poll off

    private func applyFailure(
        _ event: PollEvent, _ host: HostVerdict, _ decision: inout PollDecision, _ plan: inout Plan
    ) {
        guard case .failure(let failure) = event.result else {
            forgive(event, &decision)
            return
        }
        let now = event.endedAt
        let since = decision.schedule.failingSince ?? now
        let isRepeated = isRepeatedByHand(event, after: decision.schedule)
        decision.schedule.failingSince = since
        let quarters = decision.schedule.failureQuarters.addingReportingOverflow(isRepeated ? 0 : failure.weight)
        decision.schedule.failureQuarters = quarters.overflow ? .max : quarters.partialValue
        decision.terms.failureQuarters = Int(decision.schedule.failureQuarters)
        let isLong = now.seconds - since.seconds >= Int64(Self.failingWeek)
        let cap = isLong ? Self.failingWeek : Self.day
        let doublings = min(decision.terms.failureQuarters / 4, 16)
        let backoff = min(decision.terms.interval << doublings, cap)
        if backoff > decision.terms.interval { decision.terms.backoff = backoff }
        plan.raise(to: backoff, .backoff)

        switch failure {
        case .hard, .soft, .temporary, .cutShortAgain: decision.schedule.refusals = 0
        case .cutShort:
            decision.schedule.refusals = 0
            let soon = max(Self.cutShortRetry, settings.minInterval)
            if soon < plan.wait { plan = Plan(wait: soon, reason: .cutShort) }
        case .busy:
            decision.schedule.refusals = 0
            let pause =
                host.pause
                ?? PauseRules.pause(
                    after: decision.schedule.pause, retryAfter: event.retryAfter, coversHost: false,
                    spread: Jitter.fraction(feed: feed, time: now), at: now)
            decision.schedule.pause = pause
            decision.terms.pause = seconds(from: now, to: pause.until)
            decision.notBefore = pause.until
            plan.raise(to: decision.terms.pause, .pause)
        case .refused:
            let counted = max(1, Int(decision.schedule.refusals) + (isRepeated ? 0 : 1))
            let doublings = min(counted - 1, 16)
            decision.schedule.refusals = UInt8(clamping: counted)
            let refusal = min(Self.firstRefusal << doublings, cap)
            decision.terms.backoff = max(decision.terms.backoff, refusal)
            plan.raise(to: refusal, .refused)
        case .credentials:
            decision.schedule.refusals = 0
            plan = Plan(wait: max(Self.day, decision.terms.interval), reason: .credentials)
            decision.terms.backoff = Self.day
        case .gone:
            decision.schedule.refusals = 0
            // A clock in doubt cannot tell whether a day has passed since the first 410.
            let first = event.isClockDoubtful ? now : decision.schedule.goneSince ?? now
            decision.schedule.goneSince = first
            let confirmation = first.adding(seconds: Self.goneConfirmation)
            if !event.isClockDoubtful { decision.schedule.isGoneForGood = now >= confirmation }
            plan = Plan(wait: max(1, seconds(from: now, to: confirmation)), reason: .gone)
        }
    }

    /// Keeps with the feed what its answer has come to for the host.
    private func keepHost(_ host: HostVerdict, _ decision: inout PollDecision) {
        if let pace = host.pace { decision.schedule.hostPace = pace }
        guard let pause = host.pause else { return }
        decision.schedule.pause = pause
        decision.terms.pause = seconds(from: pause.since, to: pause.until)
        decision.terms.notes.insert(.hostPause)
    }

    /// One success resets all but a pause that is in force, and the host's pace, which is forgotten by and by.
    private func forgive(_ event: PollEvent, _ decision: inout PollDecision) {
        decision.schedule.failureQuarters = 0
        decision.schedule.refusals = 0
        decision.schedule.failingSince = nil
        decision.schedule.goneSince = nil
        decision.schedule.isGoneForGood = false
        if let pause = decision.schedule.pause, pause.until <= event.endedAt { decision.schedule.pause = nil }
        if let pace = decision.schedule.hostPace, PaceRules.milliseconds(pace, at: event.endedAt) == 0 {
            decision.schedule.hostPace = nil
        }
    }

    private func applyWishes(_ event: PollEvent, _ decision: inout PollDecision, _ plan: inout Plan) {
        if let freshness = event.freshness {
            decision.terms.lifetime = max(0, freshness.lifetime)
            decision.terms.age = max(0, freshness.age)
            let remaining = max(0, decision.terms.lifetime - decision.terms.age)
            let wishes = BelievedWishes(decision.schedule)
            if wishes.believed(decision.terms.lifetime, longest: settings.maxAgeCap) == nil {
                decision.terms.notes.insert(.wishMistaken)
            } else {
                if remaining > settings.maxAgeCap { decision.terms.notes.insert(.overCap) }
                let capped = min(remaining, settings.maxAgeCap)
                let believed = wishes.believed(capped, longest: settings.maxAgeCap)
                decision.terms.freshFor = note(believed, of: capped, &decision) ?? 0
            }
            plan.raise(to: decision.terms.freshFor, .freshness)
        }
        if let retryAfter = event.retryAfter, retryAfter > 0 {
            decision.terms.retryAfter = min(retryAfter, PauseRules.maxRetryAfter)
            // Where Retry-After is as long as the pause, it is the reason that is told.
            if decision.terms.retryAfter >= plan.wait { plan.reason = .retryAfter }
            plan.raise(to: decision.terms.retryAfter, .retryAfter)
        }
        let floor = max(decision.terms.freshFor, decision.terms.retryAfter)
        guard floor > 0 else { return }
        let until = event.endedAt.adding(seconds: floor)
        decision.notBefore = max(decision.notBefore ?? until, until)
    }

    private func place(_ event: PollEvent, _ plan: Plan, _ decision: inout PollDecision) -> Timestamp {
        let due = placeOutsideSkips(event, plan, &decision)
        guard let hours = settings.hours, !hours.contains(due) else { return due }
        decision.terms.reason = .hours
        let placed = hours.next(from: due, feed: feed, interval: decision.terms.interval)
        decision.terms.skipped += seconds(from: due, to: placed)
        return placed
    }

    private func placeOutsideSkips(_ event: PollEvent, _ plan: Plan, _ decision: inout PollDecision) -> Timestamp {
        decision.terms.reason = plan.reason
        var due = event.endedAt.adding(seconds: max(1, plan.wait))
        let jitter = Jitter.milliseconds(feed: feed, due: due, interval: min(plan.wait, decision.terms.interval))
        decision.terms.jitter = Int(jitter)
        due = due.adding(milliseconds: jitter)
        let skipped = SkippedTimes(event.hints)
        if skipped.isEmpty { return due }
        if skipped.excludesAll || decision.schedule.itemsInSkippedTime >= Self.itemsAgainstSkipping {
            decision.terms.notes.insert(.skipIgnored)
            return due
        }
        let allowed = skipped.firstAllowed(from: due)
        guard allowed > due else { return due }
        decision.terms.reason = .skipHours
        // Not all at the full hour.
        let spread = Jitter.milliseconds(feed: feed, due: allowed, interval: max(decision.terms.interval, 600))
        var placed = allowed.adding(milliseconds: spread)
        if let limit = BelievedWishes(decision.schedule).limit {
            let latest = max(due, event.endedAt.adding(seconds: limit))
            if placed > latest {
                placed = latest
                decision.terms.notes.insert(.wishLimited)
            }
            guard placed > due else {
                decision.terms.reason = plan.reason
                return due
            }
        }
        decision.terms.skipped = seconds(from: due, to: placed)
        return placed
    }

    /// Rounds up; never below 0.
    private func seconds(from start: Timestamp, to end: Timestamp) -> Int {
        let (milliseconds, overflows) = end.milliseconds.subtractingReportingOverflow(start.milliseconds)
        return overflows ? 0 : Int(max(0, (milliseconds + 999) / 1000))
    }
}
