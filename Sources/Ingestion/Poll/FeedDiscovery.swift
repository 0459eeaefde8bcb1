internal import Configuration
internal import FeedModel
internal import FeedParsing
package import Fetching
internal import Scheduling

/// `FeedDiscovery` finds the feeds that a page names, or sees that it is a feed itself: `newswire discover`. Any task
/// may ask.
package struct FeedDiscovery: Sendable {
    /// `Found` is a feed that a page names, or the page where that is a feed.
    package struct Found: Sendable {
        /// The page, or a permanent redirect, names the feed by this URL.
        package let url: String
        /// The page, or the feed itself, gives it this media type; empty where the page gives none.
        package let type: String
        /// The page, or the feed itself, gives it this title.
        package let title: String?
        /// `FeedPoller` takes this answer as the first poll; nil where the feed itself has not been asked for.
        package let answer: RecordedResponse?
    }

    /// `Failure` says why a page brought nothing.
    package struct Failure: Error, Sendable {
        /// The message is a sentence for people, without a full stop.
        package let message: String
    }

    /// Where feeds often are, asked one after the other until one is there.
    static let guesses = ["/feed", "/feed.xml", "/rss.xml", "/atom.xml", "/index.xml", "/rss", "/feed.json"]
    /// Links are looked for in so many bytes of a page.
    private static let pageBytes = 4 << 20

    private let engine: FetchEngine
    private let requests: RequestBuilder
    private let allowances: HostAllowances
    private let limiter: HostRateLimiter

    /// The engine, the requests and the allowances are those of the configuration; hosts are spaced by a limiter of its
    /// own.
    package init(engine: FetchEngine, requests: RequestBuilder, allowances: HostAllowances) {
        self.engine = engine
        self.requests = requests
        self.allowances = allowances
        limiter = HostRateLimiter(clock: .system)
    }

    /// Finds the feeds at a URL: the page itself where it is one, else those that it names. Throws where a page cannot
    /// be had.
    ///
    /// - Parameters:
    ///   - url: http or https, nothing else.
    ///   - guesses: whether to ask well-known paths of the same site where the page names none, at the pace that the
    ///     host is allowed.
    package func find(at url: String, guesses: Bool) async throws(Failure) -> [Found] {
        try Self.check(url)
        let page = try await fetch(url)
        if !page.found.isEmpty { return page.found }
        guard guesses, page.answered else {
            if let failure = page.failure { throw failure }
            return []
        }
        for path in Self.guesses {
            guard let guess = URLResolution.resolve(path, base: page.url) else { continue }
            let answer = try await fetch(guess, from: page)
            if answer.isFeed { return answer.found }
        }
        return []
    }

    static func check(_ url: String) throws(Failure) {
        let scheme = url.prefix { $0 != ":" }.lowercased()
        guard scheme == "http" || scheme == "https", FeedConfiguration.host(of: url) != nil else {
            throw Failure(message: "only http and https URLs are asked; write https://HOST/PATH")
        }
    }

    struct Page {
        /// Where it was found after all redirects.
        var url: String
        var found: [Found] = []
        var isFeed = false
        /// There was an answer, though it may have been a refusal.
        var answered = false
        var failure: Failure?
        /// None but servers on private addresses have led there, and the page itself is on one.
        var isAmongPrivate = false
    }

    /// - Parameter origin: the page that named the URL; nil where a person did.
    func fetch(_ url: String, from origin: Page? = nil) async throws(Failure) -> Page {
        var page = Page(url: url)
        if let host = FeedConfiguration.host(of: url) {
            let (key, allowance) = allowances.allowance(forHost: host)
            guard await limiter.pass(key: key, delay: allowance.delay) != nil else { throw Failure(message: "stopped") }
        }
        let request = try request(url, from: origin)
        let transfer = engine.start(request)
        guard let head = await transfer.response() else {
            page.failure = Failure(await transfer.outcome().failure)
            return page
        }
        page.url = head.effectiveURL
        page.answered = true
        let document = await transfer.document(head, keepsBody: true)
        page.isAmongPrivate =
            request.isAmongPrivate && document.outcome.isPublicAddress == false
            && head.redirects.allSatisfy { $0.isAmongPrivate }
        if let failure = document.outcome.failure {
            page.failure = Failure(failure)
            return page
        }
        if case .feed(let feed) = document.content {
            page.isFeed = true
            page.found = [
                Found(
                    url: RedirectAdoption.target(of: head.redirects) ?? url, type: feed.format.mediaType,
                    title: feed.title,
                    answer: RecordedResponse(
                        request, head: head, body: document.body, outcome: document.outcome))
            ]
            return page
        }
        let links =
            FeedLinks.inHeader(head.fields.all("Link"), baseURL: page.url)
            + document.body.prefix(Self.pageBytes).withUnsafeBytes { FeedLinks.inHTML($0, baseURL: page.url) }
        for link in links where !page.found.contains(where: { $0.url == link.link.href }) {
            page.found.append(
                Found(url: link.link.href, type: link.link.type ?? "", title: link.title, answer: nil))
        }
        return page
    }

    private func request(_ url: String, from page: Page?) throws(Failure) -> FetchRequest {
        do throws(PollFailure) {
            var request = try requests.request(discovering: url, from: page)
            let gate = RedirectGate(allowances: allowances, limiter: limiter, clock: .system)
            request.beforeRedirect = { await gate.decision(on: $0.to) }
            return request
        } catch {
            throw Failure(message: error.shown.message)
        }
    }
}

extension FeedDiscovery.Failure {
    fileprivate init(_ failure: FetchFailure?) {
        self.init(message: failure.map { "\($0.message); \($0.advice)" } ?? "there was no answer")
    }
}

extension Feed.Format {
    /// The media type that a link to a feed of this format has.
    fileprivate var mediaType: String {
        switch rawValue.prefix(4) {
        case "atom": "application/atom+xml"
        case "json": "application/feed+json"
        case "cdf": "application/x-cdf"
        default: "application/rss+xml"
        }
    }
}

extension FeedDiscovery {
    /// `Subscription` is the feed that a person means by a URL: what was asked for it is enough for a first poll.
    package struct Subscription: Sendable {
        /// The feed is to be configured by this URL.
        package let url: String
        /// The feed gives itself this title.
        package let title: String?
        /// The feed's first poll takes this answer.
        package let answer: RecordedResponse
        /// The page names these other feeds.
        package let others: [Found]
    }

    /// Returns the feed at a URL, else the first that the page there names and that is one, else the first at a
    /// well-known path. Throws where a page cannot be had.
    ///
    /// - Returns: nil where there is none.
    package func subscription(at url: String) async throws(Failure) -> Subscription? {
        try Self.check(url)
        let page = try await fetch(url)
        if let subscription = Self.subscription(page, others: []) { return subscription }
        var failure = page.failure
        for found in Self.inOrder(page.found).prefix(Self.linksTried) {
            let candidate = try await fetch(found.url, from: page)
            if let subscription = Self.subscription(candidate, others: page.found.filter { $0.url != found.url }) {
                return subscription
            }
            failure = candidate.failure ?? failure
        }
        guard page.answered, page.found.isEmpty else {
            if let failure { throw failure }
            return nil
        }
        for path in Self.guesses {
            guard let guess = URLResolution.resolve(path, base: page.url) else { continue }
            if let subscription = Self.subscription(try await fetch(guess, from: page), others: []) {
                return subscription
            }
        }
        if let failure { throw failure }
        return nil
    }

    /// Links of a page that are asked before it counts as one without a feed.
    private static let linksTried = 3

    private static func subscription(_ page: Page, others: [Found]) -> Subscription? {
        guard page.isFeed, let found = page.found.first, let answer = found.answer else { return nil }
        return Subscription(url: found.url, title: found.title, answer: answer, others: others)
    }

    /// Feeds of comments behind the others: pages name the feed that they are about first.
    static func inOrder(_ found: [Found]) -> [Found] {
        let isComments: (Found) -> Bool = { found in
            found.url.lowercased().contains("comments") || (found.title ?? "").lowercased().contains("comments")
        }
        return found.filter { !isComments($0) } + found.filter(isComments)
    }
}
