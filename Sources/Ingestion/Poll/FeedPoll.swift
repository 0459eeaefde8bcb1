internal import ArticleStore
internal import Configuration
internal import Digest
internal import FeedModel
internal import FeedParsing
internal import Fetching
internal import Identity
internal import Scheduling

/// `FeedPoll` is what one poll of one feed decides, from the request to what is stored and when the feed is asked again.
///
/// It is a value that is told what happens and says what to do next; it knows no server, no file and no clock.
/// `FeedPoller` carries out what it says. A poll goes through these events, from top to bottom, as does this file:
///
///     requestBuilt      the request was made of the configuration and the state
///     requestBegins     the host's delay is over; not told for a local file
///     headCame          there is an answer; not told where there is none
///     answerEnded       nothing is new, or the transfer failed             → conclude
///     documentEnded     the body was read; known bytes                     → conclude
///                       other bytes                                        → judge
///     judged            the store has said which articles are new          → conclude
///     concluded         the schedule has the next poll                     → store or end
///     stored            articles and state are kept                        → end
///
/// `failed` may come in the place of any of them up to `judged`, and `notStored` in the place of `stored`. So may
/// `overtaken` in a fleet, and the document is judged again: from `judged` on all comes once more.
struct FeedPoll {
    /// `Action` is what is to be done next, and with that the event that is to follow.
    enum Action {
        /// Find out which articles of a document the store does not have, and say `judged`, or `failed`.
        case judge(Feed, DocumentFacts)
        /// Tell `HostHealth` whether the host was reached and what it has answered, and say `concluded`.
        case conclude(HostReach?, HostAnswer?)
        /// Store records with the feed's state (`stateToStore`), and say `stored` or `notStored`.
        case store([PendingRecord])
        /// The poll is over: keep what is left of it.
        case end(Trace?)
    }

    /// `Trace` is what is kept of a poll beside articles and state.
    struct Trace {
        /// What `explain` and `report` show of the poll.
        let record: PollRecord
        /// Which articles a whole document has; nil where nothing has changed in that, or it is not known.
        let seen: [ArticleIdentifier]?
    }

    /// `Rules` are the same for all feeds of a configuration.
    struct Rules: Sendable {
        let schedule: ScheduleSettings
        let allowances: HostAllowances
        var events = EventSettings()
    }

    /// `Body` is what came as a document, also where it is no whole one.
    private struct Body {
        let parsed: Feed
        let hash: Hash128
        /// Changes where another program makes the feed, or it comes from another place (identity.md §5).
        let source: Hash128
        let brokenOff: FetchFailure?

        var isWhole: Bool { brokenOff == nil && !parsed.isTruncated }
    }

    let feed: FeedConfiguration
    let mode: PollMode
    let rules: Rules
    /// The host that is asked first; nil for a local file.
    let host: String?
    /// The feed's state as it was before the poll.
    let previous: FeedState
    /// The feed's state as the poll leaves it.
    private(set) var state: FeedState
    private(set) var report: PollReport
    /// When the request was sent.
    private(set) var startedAt: Timestamp
    private var startedSteady: SteadyTime
    private(set) var head: ResponseHead?
    private(set) var isPublicAddress: Bool?
    private(set) var terms = PollTerms()
    /// Articles of the document that can be told apart.
    private(set) var items = 0
    /// How many requests were sent.
    private(set) var requests = 0
    /// HTTP/2 has failed at the feed's host.
    private var avoidsHTTP2 = false
    /// The document, from its end until it is known which of its articles are new.
    private var body: Body?
    /// What the poll tells the schedule.
    private(set) var result = Result<PollEvent.Result, PollFailure>.success(.unchanged)
    /// What people are to be told of, once the poll counts.
    private(set) var events: [NewsEvent] = []
    private var records: [PendingRecord] = []
    private var seen: [ArticleIdentifier]?
    /// Whether another machine may store meanwhile what changes the judgement.
    private let isShared: Bool
    private var trial = Trial.none
    /// How often the document was judged again.
    private var retrials = 0
    /// The place that the feed was given for its polls, so that it is given no other where the document is judged again.
    private var historyBlock: UInt32?
    /// What the host's answer came to; it is told once, however often the document is judged.
    private var conclusion: (network: NetworkState?, verdict: HostVerdict)?

    /// What is to be judged again, and the poll as it was before it was judged.
    private indirect enum Trial {
        case none
        case judging(Feed, DocumentFacts, FeedPoll)
    }

    /// As often is a document judged again at most. Whoever still comes too late then asks the server again at another time.
    static let mostRetrials = 5

    /// - Parameters:
    ///   - remembered: what the store knows of the feed.
    ///   - isShared: whether other machines store articles as well.
    init(
        _ feed: FeedConfiguration, remembered: FeedState?, rules: Rules, mode: PollMode = .onSchedule,
        isShared: Bool = false, at moment: PollClock.Moment
    ) {
        var state = remembered ?? FeedState(feed: feed.id, configured: feed.url)
        if !state.isOf(feed.url) { state.forgetServer() }
        state.take(url: feed.url)
        // Nothing is put right by a clock in doubt: the one that was ahead may have been right.
        if !moment.isDoubtful { state = state.believed(at: moment.now, of: feed, rules.schedule) }
        self.feed = feed
        self.mode = mode
        self.rules = rules
        self.isShared = isShared
        host = feed.requestHost(adopting: state.move.adopted)
        previous = state
        self.state = state
        startedAt = moment.now
        startedSteady = moment.steady
        report = PollReport(feed: feed.id, url: state.url, outcome: .failed)
    }

    // MARK: The request

    /// Takes in the request that was made of the configuration and the state.
    ///
    /// - Returns: the request as it is to be sent.
    mutating func requestBuilt(_ request: FetchRequest, at now: Timestamp) -> FetchRequest {
        var request = request
        if let since = state.http2FailedAt {
            if FetchRequest.avoidsHTTP2(since: since, at: now) {
                request.http2 = false
            } else {
                state.http2FailedAt = nil
            }
        }
        request.validatorMode = ValidatorRules.mode(state.tagTrap.mode(at: now), afterStatus: state.status)
        if state.isToBeReadAgain(at: now) { request.validatorMode = .none }
        if mode.isDryRun { report.notes += request.summary }
        return request
    }

    /// The poll counts from here on: what it has waited for the host's turn is neither the server's time nor newswire's.
    mutating func requestBegins(at now: Timestamp, steady: SteadyTime) {
        startedAt = now
        startedSteady = steady
    }

    // MARK: The answer

    /// Takes in the answer's header.
    ///
    /// - Returns: whether a document follows, which is to be read.
    mutating func headCame(_ head: ResponseHead) -> Bool {
        self.head = head
        report.status = head.status
        return head.status != 304
    }

    /// A transfer has ended without a document: it failed, or nothing is new.
    mutating func answerEnded(_ outcome: FetchOutcome, at now: Timestamp) -> Action {
        count(outcome)
        guard outcome.isComplete, head != nil else { return failed(.fetch(outcome.failure ?? .noResponse)) }
        report.bytesNotSent = state.documentBytes.map(Int64.init) ?? 0
        return succeeded(.unchanged, with: nil, at: now)
    }

    /// A document has come, or a part of one.
    mutating func documentEnded(_ document: FetchedDocument, at now: Timestamp) -> Action {
        count(document.outcome)
        let failure = document.outcome.failure
        switch document.content {
        case nil: return failed(.fetch(failure ?? .noResponse))
        case .notAFeed(let other):
            // Only what is no feed can be a wall before one.
            if let head, let wall = BrowserWall.recognise(status: head.status, head.fields, opening: document.opening) {
                return failed(.fetch(.wall(wall, status: head.status)))
            }
            return failed(failure.map { .fetch($0) } ?? .notAFeed(other))
        case .feed(let parsed):
            if let failure = document.lateFailure {
                report.notes.append(
                    "the document is whole, although its transfer failed behind its end: \(failure.message)")
            }
            let failure = document.lateFailure == nil ? failure : nil
            // Half a document of a server that may only be busy is left alone.
            if let failure, failure.isSlowBody { return failed(.fetch(failure)) }
            let body = Body(
                parsed: parsed, hash: document.hash, source: parsed.sourceMark(effectiveURL: head?.effectiveURL),
                brokenOff: failure)
            state.title = feed.title ?? parsed.title
            report.warnings = parsed.warningClasses
            if body.isWhole, parsed.hasLostAllItems { return failed(.noItems) }
            // The same bytes as last time: nothing in them can be new (polling.md §2.11).
            if body.isWhole, body.hash == state.bodyHash, state.lastSuccess != nil, !state.isToBeReadAgain(at: now) {
                return succeeded(.unchanged, with: body, at: now)
            }
            self.body = body
            let (document, facts) = (body.isWhole ? parsed : holdingBack(parsed), facts(body))
            if isShared { trial = .judging(document, facts, self) }
            return .judge(document, facts)
        }
    }

    /// Half an article says little of what the whole one says, or which it is: the item in which a document ends waits
    /// until it comes whole, or has ended there so often that no more of it will come (security.md §5).
    private mutating func holdingBack(_ cut: Feed) -> Feed {
        guard let last = cut.articles.last, last.isIncomplete else {
            state.cutOff = nil
            return cut
        }
        state.cutOff = FeedState.CutOff(last, after: state.cutOff)
        if state.cutOff?.isSettled ?? false { return cut }
        report.notes.append("the document ends inside an item, which waits until it comes whole")
        var whole = cut
        whole.articles.removeLast()
        return whole
    }

    private mutating func count(_ outcome: FetchOutcome) {
        report.bytes = Int64(outcome.wireBytes)
        report.bytesUnpacked = max(0, Int64(outcome.decodedBytes) - report.bytes)
        requests = outcome.requests
        avoidsHTTP2 = outcome.avoidHTTP2
        isPublicAddress = outcome.isPublicAddress
    }

    private func facts(_ body: Body) -> DocumentFacts {
        var facts = DocumentFacts()
        facts.isWhole = body.isWhole && body.parsed.surplus?.left ?? 0 == 0
        facts.others = body.parsed.surplus?.known ?? []
        facts.previousCount = state.document?.articles
        facts.isArmed = state.document.map { $0.source != body.source } ?? false
        return facts
    }

    // MARK: What it means

    /// It is known which articles of the document are to be stored. A document that breaks off has its whole articles
    /// stored, though the poll counts as failed.
    mutating func judged(_ drafts: RecordDrafts.Result, at now: Timestamp) -> Action {
        guard let body else { preconditionFailure("articles are judged once a document has ended") }
        self.body = nil
        records = drafts.records
        report.count(records)
        state.articles += UInt64(report.newArticles + report.duplicateArticles)
        noteBlocks(drafts.effects, at: now)
        items = body.parsed.identifiableArticles + (body.parsed.surplus?.known.count ?? 0)
        state.longDocument = FeedState.LongDocument(
            body.parsed.surplus, items: items, hasNews: report.newArticles + report.duplicateArticles > 0,
            hasEdits: report.updatedArticles > 0)
        if let long = state.longDocument, long.left > 0 { report.notes.append("item_limit: \(long.sentence)") }
        let empty =
            body.parsed.droppedArticles - (body.parsed.surplus?.left ?? 0) + body.parsed.articles.count
            - body.parsed.identifiableArticles
        if empty > 0 { report.notes.append("\(empty) items were passed over: there is nothing in them") }
        report.notes += drafts.notes + drafts.plan
        guard body.isWhole else {
            let failure = body.brokenOff.map { PollFailure.fetch($0) } ?? .truncatedDocument
            report.failure = failure.shown
            result = .failure(failure)
            return .conclude(nil, nil)
        }
        state.document = FeedState.Document(articles: drafts.articles, source: body.source)
        state.churn = drafts.churn
        state.volatility = drafts.volatility
        if body.parsed.hasAllItems(status: report.status) { seen = drafts.seen }
        let action = succeeded(.document(reading(of: body.parsed)), with: body, at: now)
        return conclusion == nil ? action : .conclude(nil, nil)
    }

    /// Counts what rules have done to the articles that are to be stored, and says where they block all that the feed brings.
    private mutating func noteBlocks(_ effects: RuleEffects, at now: Timestamp) {
        let rules = records.compactMap { record in
            if case .blocked(let rule, _) = record.standing { rule } else { nil }
        }
        report.effects = effects
        state.blocked += UInt64(rules.count)
        state.recentBlocks = FeedState.RecentBlocks.counting(
            state.recentBlocks, passed: report.storedArticles - rules.count, blocked: rules, at: now)
        if !rules.isEmpty, let sentence = state.recentBlocks?.sentence {
            report.notes.append("filter_blocks_all: \(sentence)")
        }
    }

    /// The poll is good: its validators and where it was led to are kept with the state.
    ///
    /// - Parameter body: nil where the server said that nothing is new.
    private mutating func succeeded(_ event: PollEvent.Result, with body: Body?, at now: Timestamp) -> Action {
        guard let head else { preconditionFailure("what succeeds has been answered") }
        // Whether the ETag that was sent did any good (polling.md §2.9).
        state.tagTrap.after(
            status: head.status, wasConditional: head.wasConditional && state.validators?.etag != nil,
            isSameBody: body.map { $0.hash == state.bodyHash } ?? false, hasLastModified: head.canSendLastModified,
            at: now)
        let kept = head.validators(after: state.validators, bodyIsOK: body != nil)
        state.validators = kept.validators
        report.notes += kept.refusals
        if let body {
            state.bodyHash = body.hash
            state.documentBytes = Int32(clamping: report.bytes)
            state.hints = body.parsed.hints
            state.cutOff = nil
        }
        if !feed.isLocalFile, state.followRedirects(head.redirects, configured: feed.url, at: now),
            let notice = feed.moveNotice(state)
        {
            report.notes.append(notice)
        }
        result = .success(event)
        return .conclude(
            host.map { HostReach(host: $0, isReached: true, isPublic: isPublicAddress) },
            hostAnswer(.served(exhaustedFor: secondsOff)))
    }

    /// The poll brings nothing. A failure is remembered with the feed; where the store cannot be written nothing is, and
    /// the poll is made again.
    mutating func failed(_ failure: PollFailure) -> Action {
        if failure.isCancellation {
            report.notes.append("stopped before the answer came")
            return end(.skipped)
        }
        report.count([])
        report.effects = RuleEffects()
        records = []
        report.failure = failure.shown
        if case .store = failure { return end(.failed) }
        state = previous
        result = .failure(failure)
        return .conclude(
            reach(failure), failure.isBusy(status: report.status) ? hostAnswer(.refused(refusal)) : nil)
    }

    // MARK: What follows from it

    /// All is known that decides when the feed is asked again.
    ///
    /// - Parameters:
    ///   - network: as it is thought to be with what this poll has shown; nil where it has shown nothing.
    ///   - host: what the answer comes to for the host.
    mutating func concluded(
        network: NetworkState?, host verdict: HostVerdict = HostVerdict(), at moment: PollClock.Moment
    ) -> Action {
        let (network, verdict) = conclusion ?? (network, verdict)
        if isShared { conclusion = (network, verdict) }
        if let network, network.hasChanged { report.network = network.isDown ? .down : .up }
        if case .failure(let failure) = result, network?.isDown ?? false, failure.isUnreached(requests: requests) {
            // Not the feed's fault: it stays due (polling.md §8).
            report.notes.append("the network is down; this is not counted")
            return end(.failed)
        }
        if avoidsHTTP2 {
            state.http2FailedAt = moment.now
            report.notes.append(
                "HTTP/2 has failed here; HTTP/1.1 is spoken for a month, and for good with http2 = false")
        }
        let decision = decision(verdict, at: moment)
        terms = decision.terms
        let telling = FeedEvents(feed: feed, settings: rules.events)
        switch result {
        case .success:
            state.succeed(at: moment.now, status: report.status, decision: decision)
            if terms.notes.contains(.possibleGap) {
                let note = GapNote(
                    items: items, decision: decision, lastRead: previous.lastSuccess, now: moment.now)
                report.notes.append(note.text)
            }
            events = telling.succeeded(
                state, after: previous, hasGap: terms.notes.contains(.possibleGap), items: items)
        case .failure(let failure):
            state.fail(at: moment.now, status: report.status, failure: failure.shown, decision: decision)
            state.reconsiderMove(after: failure.kind)
            report.isWorthAWord = telling.isWorthAWord(state, after: previous)
            events = telling.failed(state)
        }
        // By a clock in doubt nothing has lasted.
        if moment.isDoubtful { events = [] }
        if let host, verdict != HostVerdict() {
            report.host = (rules.allowances.allowance(forHost: host).key, verdict)
        }
        return mode.isDryRun ? end(outcome) : .store(records)
    }

    /// Gives the feed's state as it is to be stored.
    ///
    /// - Parameters:
    ///   - heldUntil: a person may have paused or resumed the feed meanwhile.
    ///   - newHistoryBlock: a place for the feed's polls, where it has none yet.
    mutating func stateToStore(heldUntil: Timestamp?, newHistoryBlock: () -> UInt32?) -> FeedState {
        state.schedule.heldUntil = heldUntil
        if state.schedule.historyBlock == nil { state.schedule.historyBlock = historyBlock ?? newHistoryBlock() }
        historyBlock = state.schedule.historyBlock
        return state
    }

    /// Articles and state are kept.
    ///
    /// - Parameter refusals: records that cannot be stored, of this feed and of others.
    mutating func stored(refusals: [CommitResult.Refusal] = []) -> Action {
        for refusal in refusals where refusal.feed == feed.id {
            report.notes.append("an article was not stored: \(refusal.reason)")
        }
        return end(outcome, leavesTrace: true)
    }

    /// Another machine has stored meanwhile what changes the judgement: an article of the same link, which makes of one of
    /// these a duplicate. The document is judged again with all that is known now.
    mutating func overtaken(_ error: StoreError) -> Action {
        guard case .judging(let document, let facts, var before) = trial, retrials < Self.mostRetrials else {
            return notStored(error)
        }
        before.trial = trial
        before.retrials = retrials + 1
        before.conclusion = conclusion
        before.historyBlock = historyBlock
        self = before
        return .judge(document, facts)
    }

    /// The store has taken neither articles nor state.
    mutating func notStored(_ error: StoreError) -> Action { failed(.store(error)) }

    private mutating func end(_ outcome: PollReport.Outcome, leavesTrace: Bool = false) -> Action {
        report.outcome = outcome
        report.nextPoll = state.nextPoll
        return .end(leavesTrace ? Trace(record: PollRecord(self), seen: seen) : nil)
    }

    /// Returns what came of the poll, with how long it took (contract.md §1).
    func finished(at steady: SteadyTime) -> PollReport {
        var report = report
        report.durationMilliseconds = max(0, steady.milliseconds(since: startedSteady))
        return report
    }
}
