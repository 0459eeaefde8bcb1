package import ArticleStore
package import Configuration
internal import Digest
package import FeedModel
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
    private let gate: HopGate
    private let schedule: ScheduleSettings
    private let isDryRun: Bool
    private let now: @Sendable () -> Timestamp

    /// - Parameter isDryRun: nothing is written; reports say what would have been.
    package init(
        engine: FetchEngine, store: ArticleStore, writer: StoreWriter, requests: RequestBuilder,
        allowances: HostAllowances, schedule: ScheduleSettings, isDryRun: Bool = false,
        now: @escaping @Sendable () -> Timestamp
    ) {
        self.engine = engine
        self.store = store
        self.writer = writer
        self.requests = requests
        gate = HopGate(allowances, now: now)
        self.schedule = schedule
        self.isDryRun = isDryRun
        self.now = now
    }

    /// Never throws: whatever goes wrong is in the report, and in the feed's state.
    ///
    /// When the task is cancelled the transfer is broken off and the state stays as it was; what is being stored is
    /// stored.
    ///
    /// - Parameter answer: what `FeedDiscovery` has been answered at this feed's URL: nobody is asked again.
    package func poll(_ feed: FeedConfiguration, answer: RecordedResponse? = nil) async -> PollReport {
        let start = now()
        var poll = Poll(feed: feed, state: state(of: feed))
        do throws(PollFailure) {
            if !isDryRun { try await checkDisk() }
            let request = try request(for: feed, state: poll.state)
            if isDryRun { poll.report.notes += requests.description(of: request) }
            let transfer = answer?.replayed(for: request) ?? engine.start(request)
            let document = try await receive(transfer, into: &poll)
            try await take(document, &poll)
        } catch {
            await settle(error, &poll)
        }
        poll.report.durationMilliseconds = max(0, now().milliseconds - start.milliseconds)
        return poll.report
    }

    private func checkDisk() async throws(PollFailure) {
        do throws(StoreError) { try await writer.checkDisk() } catch { throw .store(error) }
    }

    private func state(of feed: FeedConfiguration) -> FeedState {
        let url = URLRedaction.redacted(feed.url)
        var state = store.state(of: feed.id) ?? FeedState(feed: feed.id, url: url)
        // Where another URL was redirected to says nothing about this one.
        if state.url != url { state.move = FeedState.Move() }
        state.url = url
        return state
    }

    private func request(for feed: FeedConfiguration, state: FeedState) throws(PollFailure) -> FetchRequest {
        var request = try requests.request(for: feed, state: state)
        request.validatorMode = state.tagTrap.mode(at: now())
        let gate = gate
        if let host = FeedConfiguration.host(of: request.url) { gate.began(host: host) }
        request.beforeHop = { hop in
            guard let host = FeedConfiguration.host(of: hop.to) else { return true }
            return await gate.pass(host: host)
        }
        return request
    }

    /// What is known of one poll while it goes on.
    private struct Poll {
        let feed: FeedConfiguration
        var state: FeedState
        var head: ResponseHead?
        var report: PollReport

        init(feed: FeedConfiguration, state: FeedState) {
            self.feed = feed
            self.state = state
            report = PollReport(feed: feed.id, url: state.url, outcome: .failed)
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

    /// Bytes go from the socket to the parser as they come.
    private func receive(_ transfer: Transfer, into poll: inout Poll) async throws(PollFailure) -> Document {
        guard let head = await transfer.response() else {
            let outcome = await transfer.outcome()
            poll.report.bytes = Int64(outcome.wireBytes)
            throw .fetch(outcome.failure ?? .noResponse)
        }
        poll.head = head
        poll.report.status = head.status
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
        poll.report.bytes = Int64(outcome.wireBytes)
        if head.status == 304, outcome.isComplete { return .notModified }
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
            noteTag(isSameBody: false, &poll)
            poll.state.validators = poll.head?.validators(after: poll.state.validators, bodyIsOK: false)
            succeed(&poll)
            try await commit([], &poll)
            poll.end(.notModified)
        case .feed(let parsed, let bodyHash, let brokenOff):
            poll.state.title = poll.feed.title ?? parsed.title
            let isWhole = brokenOff == nil && !parsed.isTruncated
            // The same bytes as last time: nothing in them can be new (polling.md §2.11).
            let isSame = isWhole && bodyHash == poll.state.bodyHash && poll.state.lastSuccess != nil
            let records = isSame ? [] : try records(parsed, &poll)
            if isWhole {
                noteTag(isSameBody: bodyHash == poll.state.bodyHash, &poll)
                poll.state.bodyHash = bodyHash
                poll.state.hints = parsed.hints
                poll.state.validators = poll.head?.validators(after: poll.state.validators, bodyIsOK: true)
                succeed(&poll)
            } else {
                let failure = brokenOff.map { PollFailure.fetch($0) } ?? .truncatedDocument
                fail(failure.shown, &poll)
            }
            try await commit(records, &poll)
            poll.end(isWhole ? (records.isEmpty ? .unchanged : .new) : .failed)
        }
    }

    private func records(_ parsed: Feed, _ poll: inout Poll) throws(PollFailure) -> [PendingRecord] {
        do throws(StoreError) {
            let drafts = try RecordDrafts(feed: poll.feed, head: poll.head, title: poll.state.title, store: store)
                .records(of: parsed.articles, isFirstPoll: poll.state.lastSuccess == nil)
            poll.report.newArticles = drafts.count { $0.kind == .new }
            let passedOver = parsed.droppedArticles + parsed.articles.count { !$0.isIdentifiable }
            if passedOver > 0 {
                poll.report.notes.append(
                    "\(passedOver) items were passed over: empty, or beyond the limit of a document")
            }
            poll.report.updatedArticles = drafts.count { $0.kind == .update }
            poll.state.articles += UInt64(poll.report.newArticles)
            return drafts
        } catch {
            throw .store(error)
        }
    }

    private func commit(_ records: [PendingRecord], _ poll: inout Poll) async throws(PollFailure) {
        if isDryRun { return }
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
        if case .store = failure {
            poll.report.failure = failure.shown
            poll.end(.failed)
            return
        }
        poll.state = state(of: poll.feed)
        fail(failure.shown, &poll)
        do throws(PollFailure) {
            try await commit([], &poll)
        } catch {
            poll.report.notes.append(error.shown.message)
        }
        poll.end(failure.isGone ? .gone : .failed)
    }

    /// Whether the ETag that was sent did any good (polling.md §2.9).
    private func noteTag(isSameBody: Bool, _ poll: inout Poll) {
        guard let head = poll.head else { return }
        poll.state.tagTrap.after(
            status: head.status, wasConditional: head.wasConditional && poll.state.validators?.etag != nil,
            isSameBody: isSameBody, hasLastModified: head.lastModified != nil, at: now())
    }

    private func succeed(_ poll: inout Poll) {
        if let head = poll.head, !poll.feed.isLocalFile,
            poll.state.followRedirects(head.redirects, configured: poll.feed.url, at: now()),
            let notice = poll.feed.moveNotice(poll.state)
        {
            poll.report.notes.append(notice)
        }
        poll.state.succeed(at: now(), status: poll.report.status, plan: plan(poll, failures: 0))
    }

    private func fail(_ failure: FeedState.Failure, _ poll: inout Poll) {
        poll.report.failure = failure
        poll.state.fail(
            at: now(), status: poll.report.status, failure: failure,
            plan: plan(poll, failures: poll.state.failures + 1))
        poll.state.reconsiderMove()
    }

    private func plan(_ poll: Poll, failures: Int) -> PollPlan {
        var settings = IntervalSettings()
        settings.interval = poll.feed.interval.map { Int($0.components.seconds) }
        settings.initialInterval = Int(schedule.initialInterval.components.seconds)
        settings.minInterval = Int(schedule.minInterval.components.seconds)
        settings.maxAgeCap = Int(poll.feed.maxAgeCap.components.seconds)
        return PollPlan.after(
            PollEnd(
                time: now(), failed: failures > 0, failures: failures,
                freshFor: poll.head?.freshness?.remaining(capSeconds: settings.maxAgeCap),
                retryAfter: poll.head?.retryAfterSeconds),
            settings: settings)
    }
}

extension FetchFailure {
    /// Cannot happen: a transfer without a response says why.
    fileprivate static let noResponse = FetchFailure(
        .protocolError, "the transfer ended without an answer", advice: "report this as a bug in newswire")
}
