import ArticleStore
import Digest
import FeedModel
import FeedParsing
import Identity
import Scheduling

@testable import Configuration
@testable import Fetching
@testable import Ingestion

/// Everything that happens to one poll, as a test says it: no server, no file, no clock.
final class PollRehearsal {
    static let now = Timestamp(year: 2026, month: 11, day: 2, hour: 12)
    static let url = "https://a.example/feed"
    static let pageURL = "https://a.example/"

    private(set) var poll: FeedPoll

    init(
        _ remembered: FeedState? = nil, url: String = url, hosts: [HostSettings] = [], mode: PollMode = .onSchedule,
        isDoubtful: Bool = false, isShared: Bool = false
    ) {
        let configuration = Self.configuration(hosts: hosts)
        poll = FeedPoll(
            Self.feed(url), remembered: remembered,
            rules: FeedPoll.Rules(schedule: configuration.schedule, allowances: HostAllowances(configuration)),
            mode: mode, isShared: isShared, at: Self.moment(isDoubtful: isDoubtful))
    }

    /// A reading of the clocks at `now`, where the steady one is at `steady` milliseconds.
    static func moment(steady: Int64 = 0, isDoubtful: Bool = false) -> PollClock.Moment {
        .init(now: now, steady: SteadyTime(milliseconds: steady), doubt: isDoubtful ? .store(nil) : nil)
    }

    static func configuration(hosts: [HostSettings] = [], feeds: [FeedConfiguration] = []) -> Configuration {
        Configuration(
            path: "/newswire.toml", contact: nil, fetch: FetchSettings(), hosts: hosts, schedule: ScheduleSettings(),
            store: StoreSettings(directory: "/store"), events: EventSettings(), status: StatusSettings(),
            log: LogSettings(), feeds: feeds,
            warnings: [])
    }

    static func feed(_ url: String = url, id: String = "feed") -> FeedConfiguration {
        let options = FeedOptions(transfer: TransferSettings(), maxAgeCap: .seconds(86_400), updates: .keep)
        return FeedConfiguration(
            id: FeedIdentifier(id), hasExplicitID: true, url: url,
            origin: .host(FeedConfiguration.host(of: url) ?? ""), title: nil, tags: [],
            source: SourcePlace(file: "/newswire.toml", line: 1), options: Shared(options))
    }

    /// What is remembered of a feed whose last poll, an hour ago, brought the body 7 and went well.
    static func known(_ change: (inout FeedState) -> Void = { _ in }) -> FeedState {
        var state = FeedState(feed: FeedIdentifier("feed"), configured: url)
        state.lastPoll = Timestamp(seconds: now.seconds - 3600)
        state.lastSuccess = state.lastPoll
        state.nextPoll = now
        state.bodyHash = hash(7)
        state.documentBytes = 500
        state.validators = .init(etag: "\"e\"", lastModified: nil, request: hash(1))
        change(&state)
        return state
    }

    static func hash(_ number: UInt64) -> Hash128 { Hash128(high: 0, low: number) }

    // MARK: What happens

    @discardableResult
    func answers(_ status: Int = 200, _ fields: [(String, String)] = [], from url: String = url) -> Bool {
        let hops = url == Self.url ? [] : [Redirect(from: Self.url, to: url, status: 302)]
        return poll.headCame(
            ResponseHead(
                status: status, effectiveURL: url, redirects: hops,
                fields: HeaderFields(fields.map { (name: $0.0, value: $0.1) }), receivedAt: Self.now,
                responseDelayMilliseconds: 0, requestSignature: RequestSignature(hash: Self.hash(1)),
                wasConditional: status == 304))
    }

    static func outcome(_ failure: FailureKind? = nil, isPublic: Bool? = true) -> FetchOutcome {
        var outcome = FetchOutcome(failure: failure.map { FetchFailure($0, "it failed", advice: "wait") })
        outcome.requests = failure == .dns || failure == .connect ? 0 : 1
        outcome.wireBytes = 100
        outcome.decodedBytes = 300
        outcome.isPublicAddress = isPublic
        return outcome
    }

    @discardableResult
    func ends(_ failure: FailureKind? = nil, isPublic: Bool? = true) -> FeedPoll.Action {
        poll.answerEnded(Self.outcome(failure, isPublic: isPublic), at: Self.now)
    }

    /// A document of two articles.
    @discardableResult
    func brings(
        body: UInt64 = 8, _ failure: FailureKind? = nil, isTruncated: Bool = false
    ) -> FeedPoll.Action {
        var feed = Feed(format: .rss20)
        feed.title = "T"
        feed.isTruncated = isTruncated
        for id in ["1", "2"] {
            var article = Article()
            article.id = id
            feed.articles.append(article)
        }
        return brings(feed, failure, body: body)
    }

    @discardableResult
    func brings(_ feed: Feed, _ failure: FailureKind? = nil, body: UInt64 = 8) -> FeedPoll.Action {
        poll.documentEnded(
            FetchedDocument(
                outcome: Self.outcome(failure), content: .feed(feed), hash: Self.hash(body), opening: [], body: []),
            at: Self.now)
    }

    func bringsNoFeed(_ failure: FailureKind? = nil, opening: String = "") -> FeedPoll.Action {
        poll.documentEnded(
            FetchedDocument(
                outcome: Self.outcome(failure), content: .notAFeed(NotAFeed(kind: .html, message: "it is a page")),
                hash: Self.hash(8), opening: Array(opening.utf8), body: []), at: Self.now)
    }

    /// So many articles of the document are new.
    @discardableResult
    func judged(new count: Int) -> FeedPoll.Action {
        var drafts = RecordDrafts.Result()
        drafts.articles = 2
        drafts.records = (0..<count).map { index in
            PendingRecord(
                prefix: [], uid: ArticleIdentifier(hashing: [UInt8(index)]), kind: .new, version: 1, isInitial: false,
                contentHash: Self.hash(0))
        }
        return poll.judged(drafts, at: Self.now)
    }

    @discardableResult
    func concluded(
        _ network: NetworkState? = nil, host: HostVerdict = HostVerdict(), isDoubtful: Bool = false
    ) -> FeedPoll.Action {
        poll.concluded(network: network, host: host, at: Self.moment(isDoubtful: isDoubtful))
    }

    func fails(_ failure: PollFailure) -> FeedPoll.Action { poll.failed(failure) }

    @discardableResult
    func stored(refusals: [CommitResult.Refusal] = []) -> FeedPoll.Action { poll.stored(refusals: refusals) }

    func notStored(_ error: StoreError) -> FeedPoll.Action { poll.notStored(error) }

    /// Another machine has stored an article of the same link.
    func overtaken() -> FeedPoll.Action {
        poll.overtaken(.fleet(.overtaken, "/store", "another was first", advice: "judge again"))
    }

    func stateToStore(heldUntil: Timestamp?, block: UInt32) -> FeedState {
        poll.stateToStore(heldUntil: heldUntil) { block }
    }

    func builds() -> FetchRequest {
        poll.requestBuilt(FetchRequest(url: Self.url, userAgent: "newswire/1"), at: Self.now)
    }

    func begins(at time: Timestamp, steady: Int64 = 0) {
        poll.requestBegins(at: time, steady: SteadyTime(milliseconds: steady))
    }

    var state: FeedState { poll.state }
    var report: PollReport { poll.report }
}

extension FeedPoll.Action {
    /// What is to be told of the host.
    var answer: HostAnswer? {
        if case .conclude(_, let answer) = self { answer } else { nil }
    }

    /// One word for what is to be done, with what a test wants to see of it.
    var word: String {
        switch self {
        case .judge: "judge"
        case .conclude(let reach, _): "conclude" + (reach.map { $0.isReached ? " reached" : " unreached" } ?? "")
        case .store(let records): "store \(records.count)"
        case .end(let trace): trace == nil ? "end" : trace?.seen == nil ? "end, record" : "end, record and articles"
        }
    }
}
