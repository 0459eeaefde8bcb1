internal import FeedModel
internal import FeedParsing
package import Fetching

extension FeedDiscovery {
    /// The feed that a person means by a URL: what was asked for it is enough for a first poll.
    package struct Subscription: Sendable {
        /// By which it is to be configured.
        package let url: String
        /// The feed's own.
        package let title: String?
        package let answer: RecordedResponse
        /// Other feeds that the page names.
        package let others: [Found]
    }

    /// The feed at a URL, else the first that the page there names and that is one, else the first at a well-known path.
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
