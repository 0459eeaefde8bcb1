package import ArticleStore
package import Configuration
internal import Digest
internal import FeedModel
internal import FeedParsing
package import Fetching
internal import Identity
internal import Querying
internal import Scheduling

/// `FeedPoller` polls feeds: it asks servers, reads the clock and writes the store as `FeedPoll` says, one feed a call.
///
/// Calls may run side by side, as many as their callers want; they share the engine, the writer and what is known of hosts.
package struct FeedPoller: Sendable {
    private let engine: FetchEngine
    private let store: ArticleStore
    private let writer: StoreWriter
    private let events: EventLog?
    private let requests: RequestBuilder
    private let limiter: HostRateLimiter
    private let rules: FeedPoll.Rules
    private let duplicates: StoreSettings.Duplicates
    private let filters: FilterRules
    private let health: HostHealth
    private var mode: PollMode
    let clock: PollClock

    /// Makes a poller for a configuration; a reload makes another one.
    ///
    /// - Parameters:
    ///   - configuration: what feeds, hosts and the schedule go by.
    ///   - version: newswire's, for the User-Agent.
    ///   - environment: where secrets may be.
    ///   - events: where is kept what people are to be told of; nil for nowhere.
    ///   - health: shared by all pollers of the process, and so is the limiter.
    package init(
        _ configuration: Configuration, version: String, environment: [String: String], engine: FetchEngine,
        store: ArticleStore, writer: StoreWriter, events: EventLog? = nil, health: HostHealth, limiter: HostRateLimiter,
        mode: PollMode = .onSchedule, clock: PollClock
    ) {
        let allowances = HostAllowances(configuration)
        self.engine = engine
        self.store = store
        self.writer = writer
        self.events = events
        requests = RequestBuilder(configuration, version: version, environment: environment)
        self.limiter = limiter
        rules = FeedPoll.Rules(
            schedule: configuration.schedule, allowances: allowances, events: configuration.events)
        duplicates = configuration.store.duplicates
        filters = configuration.filters
        self.health = health
        self.mode = mode
        self.clock = clock
    }

    /// Returns the same poller for polls of another mode.
    package func polling(_ mode: PollMode) -> FeedPoller {
        var copy = self
        copy.mode = mode
        return copy
    }

    /// Polls are best begun on this executor: an answer without a document costs no change of threads. What takes long
    /// leaves it by itself.
    package var executor: any TaskExecutor { engine.executor }

    var schedule: ScheduleSettings { rules.schedule }

    /// Polls one feed. Throws nothing: whatever goes wrong is in the report, and in the feed's state.
    ///
    /// When the task is cancelled the transfer is broken off and the state stays as it was; what is being stored is
    /// stored.
    ///
    /// - Parameters:
    ///   - answer: what `FeedDiscovery` has been answered at this feed's URL: nobody is asked again.
    ///   - turn: to be waited for before a redirect to another host is followed; nil where nobody else polls.
    package func poll(
        _ feed: FeedConfiguration, answer: RecordedResponse? = nil, turn: RedirectTurn? = nil
    ) async -> PollReport {
        let basis = writer.basis
        var poll = FeedPoll(
            feed, remembered: store.state(of: feed.id), rules: rules, mode: mode, isShared: writer.isShared,
            at: clock.moment)
        do throws(PollFailure) {
            if !mode.isDryRun { try await checkDisk() }
            var request = try await request(for: feed, state: poll.state)
            request = poll.requestBuilt(request, at: clock.now())
            request.beforeRedirect = beforeRedirect(turn)
            if answer == nil, let host = poll.host {
                let (key, allowance) = rules.allowances.allowance(forHost: host)
                switch await limiter.admission(key: key, delay: allowance.delay) {
                case .go(let time): poll.requestBegins(at: time, steady: clock.steady())
                case .stopped: throw .fetch(.cancelled)
                case .noTurn: throw .fetch(.noTurn(at: host))
                }
            }
            let transfer = answer?.replayed(for: request) ?? engine.start(request)
            let head = await transfer.response()
            if let head { observe(head, of: feed) }
            if let head, poll.headCame(head) {
                await withTaskExecutorPreference(WorkerThreads.parsing) {
                    // An optimised build sees no need to leave the thread before the first wait.
                    @concurrent () async in
                    await Task.yield()
                    let limits = ParseLimits(poll.feed, poll.state, store)
                    let document = await transfer.document(head, limits: limits)
                    await carryOut(poll.documentEnded(document, at: clock.now()), &poll, basis)
                }
            } else {
                await carryOut(poll.answerEnded(await transfer.outcome(), at: clock.now()), &poll, basis)
            }
        } catch {
            await carryOut(poll.failed(error), &poll, basis)
        }
        return poll.finished(at: clock.steady())
    }

    /// Does what the poll says until it is over.
    ///
    /// - Parameter begun: what was known when the poll began.
    private func carryOut(_ first: FeedPoll.Action, _ poll: inout FeedPoll, _ begun: CommitBasis) async {
        var action = first
        var basis = begun
        var locked: [Hash128] = []
        defer { writer.locks.release(locked) }
        while true {
            switch action {
            case .judge(let document, let facts):
                writer.locks.release(locked)
                locked = []
                basis.seq = writer.basis.seq
                do throws(StoreError) {
                    let moment = clock.moment
                    let drafts = try await RecordDrafts(
                        feed: poll.feed, head: poll.head, state: poll.state, duplicates: duplicates, filters: filters,
                        store: store, locks: writer.locks, now: moment.now, trusted: moment.trusted,
                        explains: mode.isDryRun
                    ).result(of: document, facts)
                    locked = drafts.locked
                    if writer.isShared { basis.keys = locked + drafts.records.map(\.uid.key) }
                    action = poll.judged(drafts, at: clock.now())
                } catch {
                    action = poll.failed(.store(error))
                }
            case .conclude(let reach, let answer):
                let moment = clock.moment
                let network = reach.map { health.observe($0, at: moment) }
                let verdict = answer.map { health.hear($0, at: moment.now) } ?? HostVerdict()
                action = poll.concluded(network: network, host: verdict, at: moment)
            case .store(let records):
                let heldUntil = store.state(of: poll.feed.id)?.schedule.heldUntil
                // Before the state: with it the incident may be over, and after a crash nobody would know of it.
                if !poll.events.isEmpty { await events?.record(poll.events) }
                let state = poll.stateToStore(heldUntil: heldUntil, newHistoryBlock: writer.newHistoryBlock)
                action = await keep(records, state, basis, &poll)
            case .end(let trace):
                guard let trace else { return }
                if let seen = trace.seen { writer.keep(seen, of: poll.state, after: poll.previous) }
                return writer.keep(trace.record, of: poll.state)
            }
        }
    }

    /// Keeps articles and state. Where no article came the state is written later, and nobody waits for that.
    private func keep(
        _ records: [PendingRecord], _ state: FeedState, _ basis: CommitBasis, _ poll: inout FeedPoll
    ) async -> FeedPoll.Action {
        do throws(StoreError) {
            if records.isEmpty {
                try writer.keep(state, on: basis)
                return poll.stored()
            }
            let commit = FeedCommit(feed: state.feed, records: records, state: state)
            let result = try await writer.commit(commit, on: basis)
            return poll.stored(refusals: result.refused)
        } catch {
            return error.code == .overtaken ? poll.overtaken(error) : poll.notStored(error)
        }
    }

    private func checkDisk() async throws(PollFailure) {
        do throws(StoreError) { try await writer.checkDisk() } catch { throw .store(error) }
    }

    /// Makes the request. Its secrets are read on a thread where a file system that does not answer holds up no transfer.
    private func request(for feed: FeedConfiguration, state: FeedState) async throws(PollFailure) -> FetchRequest {
        guard feed.options.readsFiles else { return try requests.request(for: feed, state: state) }
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

    private func beforeRedirect(_ turn: RedirectTurn?) -> @Sendable (Redirect) async -> RedirectDecision {
        let gate = RedirectGate(
            allowances: rules.allowances, limiter: limiter, clock: clock, health: mode.isForced ? nil : health,
            turn: turn)
        return { await gate.decision(on: $0.to) }
    }

    /// Takes in what the server says of the time, as the word of the host that the configuration names.
    private func observe(_ head: ResponseHead, of feed: FeedConfiguration) {
        guard let host = feed.host else { return }
        let isSecure = [feed.url, head.effectiveURL].allSatisfy(FeedConfiguration.isSecure)
        clock.observe(head, host: host, isSecure: isSecure)
    }
}
