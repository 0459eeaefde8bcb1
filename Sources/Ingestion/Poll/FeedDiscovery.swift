internal import Configuration
internal import FeedModel
internal import FeedParsing
package import Fetching
internal import Scheduling

/// `FeedDiscovery` finds the feeds that a page names, or sees that it is a feed itself: `newswire discover` and
/// `newswire add` (contract.md §1.10). Any task may ask.
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
    /// Links in the text of a page that are asked: those to its own site, and those to others.
    static let ownLinksTried = 5
    static let otherLinksTried = 3
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

    /// Finds the feeds at a URL: the page itself where it is one, else those that it declares, else those that links in its
    /// text lead to on its own site. Throws where a page cannot be had.
    ///
    /// - Parameters:
    ///   - url: http or https, nothing else.
    ///   - guesses: whether to ask well-known paths of the same site where that brings none, and behind them links in the
    ///     text to other sites; at the pace that the hosts are allowed.
    package func find(at url: String, guesses: Bool) async throws(Failure) -> [Found] {
        try Self.check(url)
        let page = try await fetch(url)
        if !page.found.isEmpty { return page.found }
        let linked = await feeds(at: page.ownLinks, from: page)
        if !linked.isEmpty { return linked }
        guard guesses, page.answered else {
            if let failure = page.failure { throw failure }
            return []
        }
        for guess in Self.wellKnownPlaces(of: page) {
            let answer = try await fetch(guess, from: page)
            if answer.isFeed { return answer.found }
        }
        let elsewhere = await feeds(at: page.otherLinks, from: page)
        if elsewhere.isEmpty, let failure = page.failure { throw failure }
        return elsewhere
    }

    /// The feeds among the links of a page; one that cannot be asked is none.
    private func feeds(at links: [String], from page: Page) async -> [Found] {
        var found: [Found] = []
        for link in links {
            guard let answer = try? await fetch(link, from: page), answer.isFeed else { continue }
            found += answer.found.filter { feed in !found.contains { $0.url == feed.url } }
        }
        return found
    }

    /// Well-known places on the site of a page, without those that its links have led to.
    private static func wellKnownPlaces(of page: Page) -> [String] {
        guesses.compactMap { URLResolution.resolve($0, base: page.url) }.filter { !page.ownLinks.contains($0) }
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
        /// Where links in its text lead that may be to feeds, comments last: on its own site, and elsewhere. None where it
        /// declares a feed.
        var ownLinks: [String] = []
        var otherLinks: [String] = []
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
            page.found.append(Found(link))
        }
        if page.found.isEmpty {
            page.takeLinks(document.body.prefix(Self.pageBytes))
            // An ordinary page may look like a wall: where nothing else leads to a feed, it is what people are told.
            let wall = BrowserWall.recognise(status: head.status, head.fields, opening: document.opening)
            page.failure = wall.map { Failure(.wall($0, status: head.status)) }
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

extension FeedDiscovery.Found {
    fileprivate init(_ link: FeedLinks.Found) {
        self.init(url: link.link.href, type: link.link.type ?? "", title: link.title, answer: nil)
    }
}

extension FeedDiscovery.Page {
    /// Looks through the text of the page. Hosts below its own are its own, too: `feeds.example.org` of `www.example.org`.
    fileprivate mutating func takeLinks(_ body: some Collection<UInt8>) {
        let links = Array(body).withUnsafeBytes { FeedLinks.inText($0, baseURL: url) }
        guard !links.isEmpty, let host = FeedConfiguration.host(of: url) else { return }
        let site = host.hasPrefix("www.") ? String(host.dropFirst(4)) : host
        for link in FeedDiscovery.inOrder(links.map { FeedDiscovery.Found($0) }) {
            guard let host = FeedConfiguration.host(of: link.url) else { continue }
            if host == site || host.hasSuffix(".\(site)") {
                if ownLinks.count < FeedDiscovery.ownLinksTried { ownLinks.append(link.url) }
            } else if otherLinks.count < FeedDiscovery.otherLinksTried {
                otherLinks.append(link.url)
            }
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

    /// `Search` is how the search for the feed of a URL has ended.
    package enum Search: Sendable {
        case found(Subscription)
        /// There is none, and the page declares none. Its text has these links to other sites, which may be feeds and have
        /// not been asked: whose they are only a person can tell.
        case nothing(elsewhere: [String])
        /// The page declares these, and none of them is a feed.
        case inVain([Attempt])
    }

    /// `Attempt` is a feed that a page declares, and what came of asking for it.
    package struct Attempt: Sendable {
        /// The page names it by this URL.
        package let url: String
        /// What came of it, where that was not a document that is no feed.
        package let failure: Failure?
    }

    /// Returns the feed at a URL, else the first that the page there declares and that is one; where it declares none, the
    /// first that a link in its text leads to on its own site, else the first at a well-known path. Throws where a page
    /// cannot be had.
    package func subscription(at url: String) async throws(Failure) -> Search {
        try Self.check(url)
        let page = try await fetch(url)
        if let subscription = Self.subscription(page, others: []) { return .found(subscription) }
        var attempts: [Attempt] = []
        for found in Self.inOrder(page.found).prefix(Self.linksTried) {
            do throws(Failure) {
                let candidate = try await fetch(found.url, from: page)
                if let subscription = Self.subscription(candidate, others: page.found.filter { $0.url != found.url }) {
                    return .found(subscription)
                }
                attempts.append(Attempt(url: found.url, failure: candidate.failure))
            } catch {
                attempts.append(Attempt(url: found.url, failure: error))
            }
        }
        guard attempts.isEmpty else { return .inVain(attempts) }
        guard page.answered else {
            if let failure = page.failure { throw failure }
            return .nothing(elsewhere: [])
        }
        for link in page.ownLinks {
            guard let candidate = try? await fetch(link, from: page) else { continue }
            if let subscription = Self.subscription(candidate, others: []) { return .found(subscription) }
        }
        for guess in Self.wellKnownPlaces(of: page) {
            if let subscription = Self.subscription(try await fetch(guess, from: page), others: []) {
                return .found(subscription)
            }
        }
        if let failure = page.failure { throw failure }
        return .nothing(elsewhere: page.otherLinks)
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
