internal import Configuration
internal import Digest
internal import FeedModel
internal import Fetching
private import Locking
internal import Scheduling
internal import Web

/// `FetchedPage` is a page as it came.
struct FetchedPage: Sendable {
    var url: String
    var status: Int
    var etag: String?
    var contentType: String?
    var bytes: [UInt8]
    var fetchedAt: Timestamp
}

/// `PageFetcher` fetches pages: politely, by robots.txt, within the allowance that a visit has, and never into a private
/// network that the feed's own table does not name. Any task may ask.
struct PageFetcher: Sendable {
    /// `Failure` says why a page did not come.
    struct Failure: Error, Equatable {
        var kind: PageFailure
        /// The host asks to be left alone until then.
        var until: Timestamp?
    }

    let engine: FetchEngine
    let requests: RequestBuilder
    let allowances: HostAllowances
    let limiter: HostRateLimiter
    let health: HostHealth
    let robots: RobotsCache
    let obeysRobots: Bool
    let clock: PollClock

    /// Fetches a page.
    ///
    /// - Parameter visit: has the page's host, and what a redirect leads to when it comes to that.
    /// - Returns: nil where the task was cancelled.
    func fetch(_ url: String, for feed: FeedConfiguration, _ visit: HostVisit) async throws(Failure) -> FetchedPage? {
        guard let target = try? Self.settled(url), let request = await request(target, feed) else {
            throw Failure(kind: .redirect)
        }
        do throws(Failure) {
            try await checkRobots(target, request, visit, feed)
            return try await page(request, feed, visit)
        } catch {
            if Task.isCancelled { return nil }
            throw error
        }
    }

    /// The URL as servers understand it, so that robots.txt is asked about what is fetched: a full stop that is
    /// percent-encoded is one, and segments of dots lead where they say (RFC 3986 §6.2.2).
    private static func settled(_ url: String) throws(WebURL.Problem) -> WebURL {
        try WebURL(url.replacing("%2e", with: ".").replacing("%2E", with: "."), isConfigured: false)
    }

    /// Makes the request. What it reads of files is read where a file system that does not answer holds up no transfer.
    private func request(_ target: WebURL, _ feed: FeedConfiguration) async -> FetchRequest? {
        guard feed.options.readsFiles else { return try? requests.request(page: target, of: feed) }
        return try? await engine.fileThreads.run { [requests] in try? requests.request(page: target, of: feed) }
    }

    private func page(
        _ request: FetchRequest, _ feed: FeedConfiguration, _ visit: HostVisit
    ) async throws(Failure) -> FetchedPage? {
        let refusal = RefusalOnTheWay()
        var request = request
        let plain = request
        request.beforeRedirect = { redirect in
            guard let host = HostKey.of(url: redirect.to), let target = try? Self.settled(redirect.to) else {
                return .held
            }
            let decision = await visit.move(to: host) { try await clock.sleep(milliseconds: $0) }
            guard decision == .go else { return decision }
            do throws(Failure) {
                try await checkRobots(target, plain, visit, feed)
            } catch {
                refusal.set(error)
                return .stopped
            }
            return await pass(visit) == nil ? .stopped : .go
        }
        guard let begun = await pass(visit) else { return nil }
        let transfer = engine.start(request)
        let head = await transfer.response()
        var bytes: [UInt8] = []
        while let chunk = await transfer.nextChunk() { bytes += chunk }
        let outcome = await transfer.outcome()
        if let failure = refusal.get() { throw failure }
        let host = tell(visit, head, outcome, feed, begun)
        try check(head, outcome, pausedUntil: host)
        guard let head else { throw Failure(kind: .unreachable) }
        try checkWay(head, feed)
        guard Self.isHTML(head) else { throw Failure(kind: .notHTML) }
        return FetchedPage(
            url: head.effectiveURL, status: head.status, etag: head.etag, contentType: head.contentType, bytes: bytes,
            fetchedAt: clock.now())
    }

    /// Waits until the host at hand may be asked.
    private func pass(_ visit: HostVisit) async -> Timestamp? {
        guard let key = visit.key else { return nil }
        return await limiter.pass(key: key, delay: allowances.allowance(forHost: key).allowance.delay)
    }

    // MARK: What the answer means

    /// Tells all who poll what the host has said.
    ///
    /// - Returns: until when it is to be left alone, as it says itself.
    private func tell(
        _ visit: HostVisit, _ head: ResponseHead?, _ outcome: FetchOutcome, _ feed: FeedConfiguration,
        _ begun: Timestamp
    ) -> Timestamp? {
        let isBusy = head.map { $0.status == 429 || $0.status == 503 } ?? false
        let now = clock.now()
        guard let head, let key = visit.key else { return nil }
        let (_, allowance) = allowances.allowance(forHost: key)
        var word = HostAnswer.Word.served(exhaustedFor: nil)
        if isBusy {
            word = .refused(
                .init(
                    retryAfter: head.retryAfterSeconds, quota: head.rateLimit?.quotaSeconds, isMeasured: true))
        }
        guard speaksForHost(key, outcome) else {
            visit.answered(isGood: !isBusy)
            return isBusy ? now.adding(seconds: min(head.retryAfterSeconds ?? 0, PauseRules.maxRetryAfter)) : nil
        }
        let answer = HostAnswer(
            host: key, feed: FeedHash.of(feed.id), startedAt: begun, word: word, delay: allowance.delay,
            feeds: allowances.feeds(of: key))
        let verdict = health.hear(answer, at: now)
        visit.answered(isGood: !isBusy, verdict)
        return isBusy ? verdict.pause?.until : nil
    }

    /// Behind an address that is not public several publishers may be (polling.md §8).
    private func speaksForHost(_ key: String, _ outcome: FetchOutcome) -> Bool {
        switch allowances.pauseScope(forHost: key) {
        case .host: true
        case .feed: false
        case nil: outcome.isPublicAddress ?? true
        }
    }

    private func check(
        _ head: ResponseHead?, _ outcome: FetchOutcome, pausedUntil until: Timestamp?
    ) throws(Failure) {
        guard let failure = outcome.failure else { return }
        throw Failure(kind: Self.kind(of: failure.kind, status: head?.status ?? 0), until: until)
    }

    private static func kind(of failure: FailureKind, status: Int) -> PageFailure {
        switch failure {
        case .rateLimited, .paused: return .busy
        case .botChallenge, .unauthorized, .forbidden: return .refused
        case .notFound: return .notFound
        case .gone: return .gone
        case .tooLarge, .bomb: return .tooLarge
        case .refusedAddress: return .refusedAddress
        case .redirect, .invalidRequest: return .redirect
        case .timeout: return .timeout
        case .httpStatus, .unexpected304: break
        default: return .unreachable
        }
        switch status {
        case 402: return .refused
        case 451: return .legal
        case 503: return .busy
        case 500...: return .serverError
        default: return .status
        }
    }

    private static func isHTML(_ head: ResponseHead) -> Bool {
        // One that does not say what it is may be a page; the reading finds out.
        guard let type = head.contentType?.prefix(while: { $0 != ";" && $0 != "," }) else { return true }
        let name = type.filter { $0 != " " && $0 != "\t" }.lowercased()
        return name == "text/html" || name == "application/xhtml+xml"
    }

    // MARK: robots.txt

    /// The way on one host leads past no gate: what robots.txt forbids of it is not read.
    private func checkWay(_ head: ResponseHead, _ feed: FeedConfiguration) throws(Failure) {
        guard obeysRobots, !head.redirects.isEmpty, let target = try? Self.settled(head.effectiveURL) else { return }
        if case .rules(let file)? = robots.answer(for: RobotsCache.url(for: target), at: clock.now()),
            !file.allows(target.target)
        {
            throw Failure(kind: .robots)
        }
    }

    /// Throws where the host's robots.txt does not let the page be asked for, or cannot be had.
    private func checkRobots(
        _ target: WebURL, _ page: FetchRequest, _ visit: HostVisit, _ feed: FeedConfiguration
    ) async throws(Failure) {
        guard obeysRobots else { return }
        let url = RobotsCache.url(for: target)
        var answer = robots.answer(for: url, at: clock.now())
        if answer == nil {
            answer = try await robotsFile(url, page, visit, feed)
            if let answer { robots.keep(answer, of: url, at: clock.now()) }
        }
        switch answer {
        case .rules(let file): if !file.allows(target.target) { throw Failure(kind: .robots) }
        case .unavailable(let until): throw Failure(kind: .robotsUnavailable, until: until)
        case nil: throw Failure(kind: .unreachable)
        }
    }

    /// Asks a server for its robots.txt (RFC 9309 §2.3.1): 4xx is one that forbids nothing, and with anything else that is no
    /// file nothing is asked for.
    private func robotsFile(
        _ url: String, _ page: FetchRequest, _ visit: HostVisit, _ feed: FeedConfiguration
    ) async throws(Failure) -> RobotsCache.Answer {
        var request = page.moved(to: url)
        request.accept = "text/plain, */*;q=0.1"
        request.limits.maxBody = Self.robotsBody
        // It counts for the host that is asked, wherever it lies: the way there is not the page's.
        request.beforeRedirect = { redirect in
            guard let host = HostKey.of(url: redirect.to) else { return .held }
            let (key, allowance) = allowances.allowance(forHost: host)
            if health.pausedUntil(key, at: clock.now()) != nil { return .held }
            return await limiter.pass(key: key, delay: allowance.delay) == nil ? .stopped : .go
        }
        guard let begun = await pass(visit) else { throw Failure(kind: .unreachable) }
        let transfer = engine.start(request)
        let head = await transfer.response()
        var bytes: [UInt8] = []
        while bytes.count < RobotsFile.longest, let chunk = await transfer.nextChunk() { bytes += chunk }
        let isCut = bytes.count >= RobotsFile.longest
        if isCut { transfer.cancel() }
        let outcome = isCut ? FetchOutcome() : await transfer.outcome()
        if Task.isCancelled { throw Failure(kind: .unreachable) }
        // That is said of this feed, and not of the server.
        if outcome.failure?.kind == .refusedAddress { throw Failure(kind: .refusedAddress) }
        let agent = page.userAgent
        switch (head?.status, outcome.failure) {
        case (200?, nil): return .rules(RobotsFile(bytes, agent: agent))
        case (let status?, _) where status != 429 && (400..<500).contains(status):
            return .rules(RobotsFile([], agent: agent))
        // One that is moved about without end is not there (RFC 9309 §2.3.1.2).
        case (_, let failure?) where failure.kind == .redirect: return .rules(RobotsFile([], agent: agent))
        default: break
        }
        let until = tell(visit, head, outcome, feed, begun)
        return .unavailable(until: max(until ?? clock.now(), clock.now().adding(seconds: RobotsCache.retry)))
    }

    /// Bytes: more than are read, so that a longer file is cut by its reader.
    private static let robotsBody = 2 << 20
}

/// Why a redirect was not followed, kept where the transfer's end is seen.
private final class RefusalOnTheWay: Sendable {
    private let failure = Locked<PageFetcher.Failure?>(nil)

    func set(_ new: PageFetcher.Failure) { failure.withLock { $0 = new } }
    func get() -> PageFetcher.Failure? { failure.withLock { $0 } }
}
