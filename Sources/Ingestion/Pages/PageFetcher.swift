internal import Configuration
internal import Digest
internal import FeedModel
internal import Fetching
private import Locking
internal import Scheduling
internal import Web

/// `FetchedPage` is a page as it came, or the word that it is as it was (304).
struct FetchedPage: Sendable {
    var url: String
    var status: Int
    var etag: String?
    var lastModified: String?
    var contentType: String?
    var bytes: [UInt8]
    var fetchedAt: Timestamp
    /// What an archive keeps beside it.
    var answer: Answer?

    /// The server says that it is as it was when its validators were given.
    var isUnchanged: Bool { status == 304 }

    /// `Answer` is how the page came: as its server sent it, when it was asked for, and from which address.
    struct Answer: Sendable {
        var fields: HeaderFields
        var redirects: [Redirect]
        var begun: Timestamp
        var address: String?
    }
}

/// `PageValidators` are what a server gave with a page that was stored, and where that was.
struct PageValidators: Sendable, Equatable {
    var url: String
    var etag: String?
    var lastModified: String?
}

/// `PageFetcher` fetches pages: politely, by robots.txt, within the allowance that a visit has, and never into a private
/// network that the feed's own table does not name. Any task may ask.
struct PageFetcher: Sendable {
    /// `Failure` says why a page did not come.
    struct Failure: Error, Equatable {
        var kind: PageFailure
        /// No page is to be asked of the host until then.
        var until: Timestamp?
        /// The host that is meant, where a redirect has led to another than the first.
        var host: String?
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
    /// - Parameters:
    ///   - visit: has the page's host, and what a redirect leads to when it comes to that.
    ///   - known: of the page as it was stored last; they are sent where the same URL is asked for.
    /// - Returns: nil where the task was cancelled.
    func fetch(
        _ url: String, for feed: FeedConfiguration, _ visit: HostVisit, known: PageValidators? = nil
    ) async throws(Failure) -> FetchedPage? {
        guard let target = try? Self.settled(url), var request = await request(target, feed) else {
            throw Failure(kind: .redirect)
        }
        if let known {
            let signature = request.plainSignature(of: known.url)
            request.validators = .init(etag: known.etag, lastModified: known.lastModified, request: signature.hash)
        }
        do throws(Failure) {
            try await checkRobots(target, request, visit, feed)
            return try await page(request, target, feed, visit)
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
        _ plain: FetchRequest, _ target: WebURL, _ feed: FeedConfiguration, _ visit: HostVisit
    ) async throws(Failure) -> FetchedPage? {
        let refusal = RefusalOnTheWay()
        var request = plain
        let hosts = PageHosts(of: feed)
        request.beforeRedirect = { redirect in
            guard let host = HostKey.of(url: redirect.to), let target = try? Self.settled(redirect.to) else {
                return .held
            }
            guard hosts.mayAsk(host) else {
                refusal.set(Failure(kind: .otherHost))
                return .stopped
            }
            let decision = await visit.move(to: host) { try await clock.sleep(milliseconds: $0) }
            guard decision == .go else { return decision }
            do throws(Failure) {
                try await checkRobots(target, plain, visit, feed)
            } catch {
                // Here it is the redirect that names the address.
                let kind = error.kind == .refusedAddress ? .privateNetwork : error.kind
                refusal.set(Failure(kind: kind, until: error.until, host: host))
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
        let rest = tell(visit, head, outcome, feed, begun)
        if let head, head.wasConditional, ValidatorRules.mode(.both, afterStatus: head.status) == .none {
            // It may be what it once sent itself that the server does not understand.
            var unconditional = plain
            unconditional.validators = nil
            return try await page(unconditional, target, feed, visit)
        }
        try check(head, outcome, target, restingUntil: rest)
        guard let head else { throw Failure(kind: .unreachable) }
        try await checkWay(head, plain, hosts, visit, feed)
        guard head.status == 304 || Self.isHTML(head) else { throw Failure(kind: .notHTML) }
        let validators = head.validators(after: nil, bodyIsOK: true).validators
        return FetchedPage(
            url: head.effectiveURL, status: head.status, etag: validators?.etag,
            lastModified: validators?.lastModified, contentType: head.contentType, bytes: bytes, fetchedAt: clock.now(),
            answer: .init(
                fields: head.fields, redirects: head.redirects, begun: begun, address: outcome.address))
    }

    /// Waits until the host at hand may be asked.
    func pass(_ visit: HostVisit) async -> Timestamp? {
        guard let key = visit.key else { return nil }
        return await limiter.pass(key: key, delay: allowances.allowance(forHost: key).allowance.delay)
    }

    // MARK: What the answer means

    /// Seconds for which no other page is asked of a host that has too much to do, at least.
    static let leastRest = 600

    /// Tells all who poll what the host has said. A refusal counts for them as one of a poll does (polling.md §8): one page
    /// that fails, as 503 says more often than not, is not the whole host.
    ///
    /// - Returns: until when no page is to be asked of it; nil where it has not refused this one.
    func tell(
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
                    retryAfter: head.retryAfterSeconds, quota: head.rateLimit?.quotaSeconds,
                    isMeasured: head.retryAfterSeconds != nil && head.status != 503))
        }
        let asked = min(head.retryAfterSeconds ?? 0, PauseRules.maxRetryAfter)
        let rest = isBusy ? now.adding(seconds: max(asked, Self.leastRest)) : nil
        guard speaksForHost(key, outcome) else {
            visit.answered(isGood: !isBusy)
            return rest
        }
        let answer = HostAnswer(
            host: key, feed: FeedHash.of(feed.id), startedAt: begun, word: word, delay: allowance.delay,
            feeds: allowances.feeds(of: key))
        let verdict = health.hear(answer, at: now)
        visit.answered(isGood: !isBusy, verdict)
        return rest.map { max($0, verdict.pause?.until ?? $0) }
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
        _ head: ResponseHead?, _ outcome: FetchOutcome, _ target: WebURL, restingUntil until: Timestamp?
    ) throws(Failure) {
        guard let failure = outcome.failure else { return }
        if failure.kind == .refusedAddress { throw Failure(kind: Self.refusal(of: target, outcome)) }
        let last = head.flatMap { HostKey.of(url: $0.effectiveURL) }
        throw Failure(
            kind: Self.kind(of: failure.kind, status: head?.status ?? 0), until: until,
            host: last == HostKey.of(target) ? nil : last)
    }

    /// What a URL says itself stays so; where its host's name or a redirect leads may be another place tomorrow.
    static func refusal(of target: WebURL, _ outcome: FetchOutcome) -> PageFailure {
        let isWritten =
            AddressPolicy.isPrivate(host: target.host)
            || !AddressPolicy.deny.allows(port: target.port, host: target.host)
        return isWritten && !outcome.isRedirected ? .refusedAddress : .privateNetwork
    }

    private static func kind(of failure: FailureKind, status: Int) -> PageFailure {
        switch failure {
        case .rateLimited, .paused: return .busy
        case .botChallenge, .unauthorized, .forbidden: return .refused
        case .notFound: return .notFound
        case .gone: return .gone
        case .tooLarge, .bomb: return .tooLarge
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

    /// The way on one host leads past no gate: what its robots.txt forbids of it is not read, also where another scheme or
    /// port has one of its own. And what a service of links says itself is nobody's page.
    private func checkWay(
        _ head: ResponseHead, _ page: FetchRequest, _ hosts: PageHosts, _ visit: HostVisit, _ feed: FeedConfiguration
    ) async throws(Failure) {
        guard let target = try? Self.settled(head.effectiveURL), hosts.has(HostKey.of(target)) else {
            throw Failure(kind: .otherHost)
        }
        if !head.redirects.isEmpty { try await checkRobots(target, page, visit, feed) }
    }
}

/// Why a redirect was not followed, kept where the transfer's end is seen.
private final class RefusalOnTheWay: Sendable {
    private let failure = Locked<PageFetcher.Failure?>(nil)

    func set(_ new: PageFetcher.Failure) { failure.withLock { $0 = new } }
    func get() -> PageFetcher.Failure? { failure.withLock { $0 } }
}
