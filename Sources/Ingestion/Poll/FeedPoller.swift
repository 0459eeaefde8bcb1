package import ArticleStore
package import Configuration
internal import Digest
internal import FeedModel
internal import FeedParsing
package import Fetching
internal import Identity
internal import Scheduling

/// One poll of one feed, from the request to the durable articles: the way of an article through the house.
package struct FeedPoller: Sendable {
    private let engine: FetchEngine
    private let store: ArticleStore
    private let writer: StoreWriter
    private let requests: RequestBuilder
    private let pace: HostPace
    let schedule: ScheduleSettings
    private let duplicates: StoreSettings.Duplicates
    private let allowances: HostAllowances
    private let watch: HostWatch
    private var manner: Manner
    let clock: PollClock

    /// Why the feeds are polled.
    package enum Manner: Sendable {
        /// Each at its time.
        case onSchedule
        /// A person has asked for it; `isForced`: also where the server wants to be left alone.
        case byHand(isForced: Bool)
        /// Nothing is written; reports say what would have been.
        case dryRun
    }

    /// - Parameters:
    ///   - watch: shared by all pollers of the process.
    package init(
        engine: FetchEngine, store: ArticleStore, writer: StoreWriter, requests: RequestBuilder,
        allowances: HostAllowances, schedule: ScheduleSettings, duplicates: StoreSettings.Duplicates = .short,
        watch: HostWatch, manner: Manner = .onSchedule, clock: PollClock
    ) {
        self.engine = engine
        self.store = store
        self.writer = writer
        self.requests = requests
        pace = HostPace(allowances, clock: clock)
        self.schedule = schedule
        self.duplicates = duplicates
        self.allowances = allowances
        self.watch = watch
        self.manner = manner
        self.clock = clock
    }

    /// The same poller, for polls of another manner.
    package func polling(_ manner: Manner) -> FeedPoller {
        var copy = self
        copy.manner = manner
        return copy
    }

    private var isDryRun: Bool { manner.isDryRun }

    private func now() -> Timestamp { clock.now() }

    /// Where polls are best run: there, an answer without a document costs no change of threads. What takes long leaves it.
    package var executor: any TaskExecutor { engine.executor }

    /// Never throws: whatever goes wrong is in the report, and in the feed's state.
    ///
    /// When the task is cancelled the transfer is broken off and the state stays as it was; what is being stored is
    /// stored.
    ///
    /// - Parameters:
    ///   - answer: what `FeedDiscovery` has been answered at this feed's URL: nobody is asked again.
    ///   - turn: to be waited for before a redirect to another host is followed; nil where nobody else polls.
    package func poll(
        _ feed: FeedConfiguration, answer: RecordedResponse? = nil, turn: HopTurn? = nil
    ) async -> PollReport {
        let state = state(of: feed)
        let host = feed.isLocalFile ? nil : FeedConfiguration.host(of: feed.requestURL(state))
        let steadyStart = clock.steady()
        var poll = Poll(feed: feed, state: state, host: host, startedAt: now())
        do throws(PollFailure) {
            if !isDryRun { try await checkDisk() }
            let request = try await request(for: feed, state: poll.state, turn)
            if isDryRun { poll.report.notes += requests.description(of: request) }
            if answer == nil, let host { poll.startedAt = try await pass(host: host) }
            let transfer = answer?.replayed(for: request) ?? engine.start(request)
            let head = try await head(of: transfer, &poll)
            if head.hasDocument {
                try await withTaskExecutorPreference(WorkerThreads.parsing) {
                    @concurrent () async throws(PollFailure) in
                    // An optimised build sees no need to leave the thread before the first wait.
                    await Task.yield()
                    try await take(try await receive(transfer, head, &poll), &poll)
                }
            } else {
                try await take(try await receive(transfer, head, &poll), &poll)
            }
        } catch {
            await settle(error, &poll)
        }
        poll.report.durationMilliseconds = max(0, clock.steady().milliseconds - steadyStart.milliseconds)
        return poll.report
    }

    /// The queue has spaced the polls of a host, but it takes a moment from there to the request, and longer where secrets
    /// are read or the disk is slow: here the requests themselves are spaced.
    private func pass(host: String) async throws(PollFailure) -> Timestamp {
        guard let time = await pace.pass(host: host) else { throw .fetch(.stopped) }
        return time
    }

    private func checkDisk() async throws(PollFailure) {
        do throws(StoreError) { try await writer.checkDisk() } catch { throw .store(error) }
    }

    private func state(of feed: FeedConfiguration) -> FeedState {
        var state = store.state(of: feed.id) ?? FeedState(feed: feed.id, configured: feed.url)
        if !state.isOf(feed.url) { state.forgetServer() }
        state.take(url: feed.url)
        // Not by a clock in doubt: the one that was ahead may have been right.
        return clock.trusted.map { state.believed(at: $0, of: feed, schedule) } ?? state
    }

    private func request(
        for feed: FeedConfiguration, state: FeedState, _ turn: HopTurn?
    ) async throws(PollFailure) -> FetchRequest {
        var request =
            feed.options.readsFiles
            ? try await readRequest(for: feed, state: state) : try requests.request(for: feed, state: state)
        request.validatorMode = ValidatorRules.mode(state.tagTrap.mode(at: now()), afterStatus: state.status)
        let (allowances, watch, clock, pace) = (allowances, watch, clock, pace)
        let isForced = manner.isForced
        request.beforeHop = { hop in
            guard let host = FeedConfiguration.host(of: hop.to) else { return .go }
            let key = allowances.allowance(forHost: host).key
            let isHeld = { !isForced && watch.pause(of: key, at: clock.now()).map { $0.until > clock.now() } ?? false }
            if isHeld() { return .held }
            let leave = await turn?(host) ?? .go
            // It may have been paused while this one waited.
            guard leave == .go else { return leave }
            return isHeld() ? .held : await pace.pass(host: host) != nil ? .go : .stopped
        }
        return request
    }

    /// Secrets are read where a file system that does not answer holds up no transfer.
    private func readRequest(for feed: FeedConfiguration, state: FeedState) async throws(PollFailure) -> FetchRequest {
        let result: Result<FetchRequest, PollFailure>
        do throws(FileThreads.NoAnswer) {
            result = try await engine.fileThreads.run { [requests] in
                Result { () throws(PollFailure) in try requests.request(for: feed, state: state) }
            }
        } catch {
            throw .request("the file system of its secrets has not answered for \(error.seconds) s")
        }
        return try result.get()
    }

    /// What is known of one poll while it goes on.
    fileprivate struct Poll {
        let feed: FeedConfiguration
        /// As it was before.
        let previous: FeedState
        /// The host that was asked first; nil for a local file.
        let host: String?
        /// When the request was sent.
        var startedAt: Timestamp
        var state: FeedState
        var head: ResponseHead?
        var requests = 0
        var isPublicAddress: Bool?
        var terms = PollTerms()
        var items = 0
        var report: PollReport

        init(feed: FeedConfiguration, state: FeedState, host: String?, startedAt: Timestamp) {
            self.feed = feed
            self.host = host
            previous = state
            self.startedAt = startedAt
            self.state = state
            report = PollReport(feed: feed.id, url: state.url, outcome: .failed)
        }

        mutating func take(_ outcome: FetchOutcome) {
            report.bytes = Int64(outcome.wireBytes)
            report.bytesUnpacked = max(0, Int64(outcome.decodedBytes) - report.bytes)
            requests = outcome.requests
            isPublicAddress = outcome.isPublicAddress
        }

        mutating func end(_ outcome: PollReport.Outcome) {
            report.outcome = outcome
            report.nextPoll = state.nextPoll
        }
    }

    /// What came of a transfer that did not fail at once.
    private enum Document {
        case notModified
        case feed(Feed, bodyHash: Hash128, brokenOff: FetchFailure?)
    }

    private func head(of transfer: Transfer, _ poll: inout Poll) async throws(PollFailure) -> ResponseHead {
        guard let head = await transfer.response() else {
            let outcome = await transfer.outcome()
            poll.take(outcome)
            throw .fetch(outcome.failure ?? .noResponse)
        }
        poll.head = head
        poll.report.status = head.status
        if let host = FeedConfiguration.host(of: poll.feed.url), !poll.feed.isLocalFile {
            let isSecure = [poll.feed.url, head.effectiveURL].allSatisfy { $0.lowercased().hasPrefix("https:") }
            clock.note(head, host: host, isSecure: isSecure)
        }
        return head
    }

    /// Bytes go from the socket to the parser as they come.
    private func receive(
        _ transfer: Transfer, _ head: ResponseHead, _ poll: inout Poll
    ) async throws(PollFailure) -> Document {
        guard head.hasDocument else {
            let outcome = await transfer.outcome()
            poll.take(outcome)
            guard outcome.isComplete else { throw .fetch(outcome.failure ?? .noResponse) }
            return .notModified
        }
        var parser = FeedParser(
            context: DocumentContext(
                url: head.effectiveURL, contentLocation: head.contentLocation, contentType: head.contentType))
        var hash = XXH3Stream()
        while let chunk = await transfer.nextChunk() {
            chunk.withUnsafeBytes { bytes in
                hash.update(bytes)
                parser.parse(bytes)
            }
        }
        let outcome = await transfer.outcome()
        poll.take(outcome)
        if let failure = outcome.failure, outcome.decodedBytes == 0 || failure.kind != .truncated {
            throw .fetch(failure)
        }
        switch parser.finish(isComplete: outcome.isComplete) {
        case .feed(let feed): return .feed(feed, bodyHash: hash.hash128(), brokenOff: outcome.failure)
        case .notAFeed(let document):
            if let failure = outcome.failure { throw .fetch(failure) }
            throw .notAFeed(document)
        }
    }

    private func take(_ document: Document, _ poll: inout Poll) async throws(PollFailure) {
        switch document {
        case .notModified:
            poll.report.bytesNotSent = poll.state.documentBytes.map(Int64.init) ?? 0
            noteTag(isSameBody: false, &poll)
            keepValidators(bodyIsOK: false, &poll)
            succeed(.unchanged, &poll)
            try await commit([], &poll)
            poll.end(.notModified)
        case .feed(let parsed, let bodyHash, let brokenOff):
            poll.state.title = poll.feed.title ?? parsed.title
            let isWhole = brokenOff == nil && !parsed.isTruncated
            poll.report.warnings = parsed.warningClasses
            // The same bytes as last time: nothing in them can be new (polling.md §2.11).
            let isSame = isWhole && bodyHash == poll.state.bodyHash && poll.state.lastSuccess != nil
            let drafts = isSame ? RecordDrafts.Result() : try await drafts(parsed, isWhole: isWhole, &poll)
            defer { writer.claims.release(drafts.claimed) }
            if isWhole {
                noteTag(isSameBody: bodyHash == poll.state.bodyHash, &poll)
                poll.state.bodyHash = bodyHash
                poll.state.documentBytes = Int32(clamping: poll.report.bytes)
                poll.state.hints = parsed.hints
                keepValidators(bodyIsOK: true, &poll)
                succeed(isSame ? .unchanged : .document(reading(of: parsed, &poll)), &poll)
            } else {
                fail(brokenOff.map { PollFailure.fetch($0) } ?? .truncatedDocument, &poll)
            }
            try await commit(drafts.records, &poll)
            if isWhole, !isSame, !isDryRun, parsed.hasAllItems(status: poll.report.status) {
                writer.note(drafts.seen, of: poll.state, after: poll.previous)
            }
            poll.end(isWhole ? (poll.report.storedArticles > 0 ? .new : .unchanged) : .failed)
        }
        note(poll)
    }

    private func keepValidators(bodyIsOK: Bool, _ poll: inout Poll) {
        let kept = poll.head?.validators(after: poll.state.validators, bodyIsOK: bodyIsOK)
        poll.state.validators = kept?.validators
        poll.report.notes += kept?.refusals ?? []
    }

    /// What the schedule wants to know of a document.
    private func reading(of parsed: Feed, _ poll: inout Poll) -> PollEvent.Document {
        poll.items = parsed.identifiableArticles
        var document = PollEvent.Document(
            items: poll.items, newItems: poll.report.newArticles + poll.report.duplicateArticles)
        document.isFirst = poll.previous.lastSuccess == nil
        document.isExpired = parsed.expired
        if document.newItems > 0 { document.dates = parsed.articleDates }
        return document
    }

    /// What the document brings, counted in the report, and in the feed's state what identity needs the next time.
    private func drafts(
        _ parsed: Feed, isWhole: Bool, _ poll: inout Poll
    ) async throws(PollFailure) -> RecordDrafts.Result {
        let source = parsed.sourceMark(effectiveURL: poll.head?.effectiveURL)
        var facts = DocumentFacts()
        facts.isWhole = isWhole
        facts.previousCount = poll.state.document?.articles
        facts.isArmed = poll.state.document.map { $0.source != source } ?? false
        do throws(StoreError) {
            let drafts = try await RecordDrafts(
                feed: poll.feed, head: poll.head, state: poll.state, duplicates: duplicates, store: store,
                claims: writer.claims, now: now(), trusted: clock.trusted, explains: isDryRun
            ).result(of: parsed, facts)
            if isWhole { poll.state.document = FeedState.Document(articles: drafts.articles, source: source) }
            poll.report.count(drafts.records)
            let passedOver = parsed.droppedArticles + parsed.articles.count - parsed.identifiableArticles
            if passedOver > 0 {
                poll.report.notes.append(
                    "\(passedOver) items were passed over: empty, or beyond the limit of a document")
            }
            poll.report.notes += drafts.notes + drafts.plan
            poll.state.articles += UInt64(poll.report.newArticles)
            return drafts
        } catch {
            throw .store(error)
        }
    }

    private func commit(_ records: [PendingRecord], _ poll: inout Poll) async throws(PollFailure) {
        if isDryRun { return }
        // A person may have paused or resumed the feed meanwhile.
        poll.state.schedule.heldUntil = store.state(of: poll.feed.id)?.schedule.heldUntil
        if records.isEmpty { return writer.note(poll.state) }
        do throws(StoreError) {
            let result = try await writer.commit(
                FeedCommit(feed: poll.feed.id, records: records, state: poll.state))
            for refusal in result.refused where refusal.feed == poll.feed.id {
                poll.report.notes.append("an article was not stored: \(refusal.reason)")
            }
        } catch {
            throw .store(error)
        }
    }

    /// A failure is remembered with the feed; a store that cannot be written keeps nothing, so the poll is made again.
    private func settle(_ failure: PollFailure, _ poll: inout Poll) async {
        if failure.isCancellation {
            poll.report.notes.append("stopped before the answer came")
            poll.end(.skipped)
            return
        }
        poll.report.newArticles = 0
        poll.report.updatedArticles = 0
        poll.report.duplicateArticles = 0
        poll.report.failure = failure.shown
        if case .store = failure {
            poll.end(.failed)
            return
        }
        poll.state = state(of: poll.feed)
        if isNetworkDown(failure, &poll) {
            // Not the feed's fault: it stays due (polling.md §8).
            poll.report.notes.append("the network is down; this is not counted")
            poll.end(.failed)
            return
        }
        fail(failure, &poll)
        do throws(PollFailure) {
            try await commit([], &poll)
        } catch {
            poll.report.notes.append(error.shown.message)
        }
        poll.end(failure.isGone ? .gone : .failed)
        note(poll)
    }

    private func isNetworkDown(_ failure: PollFailure, _ poll: inout Poll) -> Bool {
        let isUnreached = failure.isUnreached(requests: poll.requests)
        guard let host = poll.host, isUnreached || poll.requests > 0 else { return false }
        let isNews = poll.previous.failure?.kind != failure.shown.kind
        return noteReach(!isUnreached, host: host, isNews: isNews, &poll) && isUnreached
    }

    private func noteReach(_ isReached: Bool, host: String, isNews: Bool, _ poll: inout Poll) -> Bool {
        let (isDown, hasChanged) = watch.note(
            host: host, isReached: isReached, isNews: isNews, at: clock.steady())
        if hasChanged { poll.report.network = isDown ? .down : .up }
        return isDown
    }

    /// Whether the ETag that was sent did any good (polling.md §2.9).
    private func noteTag(isSameBody: Bool, _ poll: inout Poll) {
        guard let head = poll.head else { return }
        poll.state.tagTrap.after(
            status: head.status, wasConditional: head.wasConditional && poll.state.validators?.etag != nil,
            isSameBody: isSameBody, hasLastModified: head.canSendLastModified, at: now())
    }

    private func succeed(_ result: PollEvent.Result, _ poll: inout Poll) {
        if let head = poll.head, !poll.feed.isLocalFile,
            poll.state.followRedirects(head.redirects, configured: poll.feed.url, at: now()),
            let notice = poll.feed.moveNotice(poll.state)
        {
            poll.report.notes.append(notice)
        }
        if let host = poll.host { _ = noteReach(true, host: host, isNews: true, &poll) }
        let decision = decide(result, &poll)
        poll.state.succeed(at: now(), status: poll.report.status, decision: decision)
        if decision.terms.notes.contains(.possibleGap) {
            poll.report.notes.append(
                "possible_gap: none of the \(poll.items) items was known, so some may have come and gone in between; "
                    + "it is polled more often from here on")
        }
    }

    private func fail(_ failure: PollFailure, _ poll: inout Poll) {
        poll.report.failure = failure.shown
        let kind = failure.kind(
            status: poll.report.status, failingSince: poll.previous.schedule.failingSince, at: now())
        let decision = decide(.failure(kind), &poll)
        poll.state.fail(at: now(), status: poll.report.status, failure: failure.shown, decision: decision)
        poll.state.reconsiderMove(after: failure.fetchKind)
    }

    private func decide(_ result: PollEvent.Result, _ poll: inout Poll) -> PollDecision {
        let time = now()
        var event = PollEvent(startedAt: poll.startedAt, endedAt: time, result: result)
        event.isClockDoubtful = clock.doubt != nil
        event.due = poll.previous.nextPoll
        event.interval = poll.previous.intervalSeconds
        event.hints = poll.state.hints
        event.hasValidators = poll.state.validators != nil
        event.retryAfter = poll.head?.retryAfterSeconds
        event.freshness = poll.head?.freshness.map {
            PollEvent.Freshness(lifetime: $0.lifetimeSeconds, age: $0.ageSeconds)
        }
        let policy = PollPolicy(PollSettings(poll.feed, schedule), feed: FeedHash.of(poll.feed.id))
        guard case .failure(.busy) = result, let host = poll.host else {
            return finish(policy.decide(poll.previous.schedule, after: event), &poll)
        }
        let key = allowances.allowance(forHost: host).key
        let coversHost = pausesHost(host, key: key, poll)
        let last = coversHost ? watch.pause(of: key, at: time) : poll.previous.schedule.pause
        let decision = policy.decide(
            poll.previous.schedule, after: event, pause: last, pausesHost: coversHost)
        if coversHost, let pause = decision.schedule.pause {
            watch.add(pause, host: key, at: time)
            poll.report.hostPause = (key, pause.until)
        }
        return finish(decision, &poll)
    }

    private func finish(_ decision: PollDecision, _ poll: inout Poll) -> PollDecision {
        var decision = decision
        if decision.schedule.historyBlock == nil { decision.schedule.historyBlock = writer.newHistoryBlock() }
        poll.terms = decision.terms
        return decision
    }

    /// Whether a 429 or 503 is the whole host's word: behind an address that is not public several publishers may be
    /// (polling.md §8). What another host said, after a redirect, is for the feed alone.
    private func pausesHost(_ host: String, key: String, _ poll: Poll) -> Bool {
        let answered = poll.head.flatMap { FeedConfiguration.host(of: $0.effectiveURL) } ?? host
        guard allowances.allowance(forHost: answered).key == key else { return false }
        switch allowances.pauseScope(forHost: host) {
        case .host: return true
        case .feed: return false
        case nil: return poll.isPublicAddress ?? true
        }
    }

    /// Keeps the poll for `explain` and `report`.
    private func note(_ poll: Poll) {
        if !isDryRun { writer.note(PollRecord(poll, manner: manner), of: poll.state) }
    }
}

extension FeedPoller.Manner {
    var isDryRun: Bool {
        if case .dryRun = self { true } else { false }
    }

    var isForced: Bool {
        if case .byHand(isForced: true) = self { true } else { false }
    }
}

extension PollReport {
    fileprivate mutating func count(_ records: [PendingRecord]) {
        (newArticles, updatedArticles, duplicateArticles) = (0, 0, 0)
        for index in records.indices {
            switch records[index].kind {
            case .new: newArticles += 1
            case .update: updatedArticles += 1
            case .duplicate: duplicateArticles += 1
            case .alias: break
            }
        }
    }

    fileprivate var storedArticles: Int { newArticles + updatedArticles + duplicateArticles }
}

extension Feed {
    /// By what it is told whether another program makes the feed, or it comes from elsewhere (identity.md §5).
    fileprivate func sourceMark(effectiveURL: String?) -> Hash128 {
        let text = "\(generator ?? "")\0\(effectiveURL ?? "")"
        return Array(text.utf8).withUnsafeBytes { XXH3.hash128($0) }
    }
}

extension ResponseHead {
    /// Whether something follows that has to be parsed.
    fileprivate var hasDocument: Bool { status != 304 }
}

extension FetchFailure {
    fileprivate static let stopped = FetchFailure(.cancelled, "stopped", advice: "it is asked the next time")

    /// Cannot happen: a transfer without a response says why.
    fileprivate static let noResponse = FetchFailure(
        .protocolError, "the transfer ended without an answer", advice: "report this as a bug in newswire")
}

extension PollRecord {
    fileprivate init(_ poll: FeedPoller.Poll, manner: FeedPoller.Manner) {
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
        if case .byHand(let isForced) = manner { terms.notes.formUnion(isForced ? [.byHand, .forced] : .byHand) }
        if kept != 0 { terms.notes.insert(.hasValidators) }
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
