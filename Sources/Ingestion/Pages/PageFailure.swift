/// `PageFailure` says in a word why an article's page has not been stored: how it is printed, counted and kept.
package enum PageFailure: String, Error, Sendable, CaseIterable {
    case notFound = "not_found"
    case gone
    /// 451: the server may not show it.
    case legal
    /// The server has answered with something that is no HTML.
    case notHTML = "not_html"
    case tooLarge = "too_large"
    /// 401, 402, 403, or a page that wants to see a browser, a consent or a login.
    case refused
    /// 429 or 503: the host has too much to do.
    case busy
    case serverError = "server_error"
    case timeout
    /// The server could not be reached, or did not speak as it should.
    case unreachable
    /// robots.txt says that it may not be asked for.
    case robots
    /// robots.txt could not be had, so that nothing is asked for.
    case robotsUnavailable = "robots_unavailable"
    /// Its URL names an address that is not public, or a port that is not the web's.
    case refusedAddress = "refused_address"
    /// The name of its host, or a redirect, leads to a network that is not public. Names and redirects change, and a
    /// resolver or a router on the way may have made this one up.
    case privateNetwork = "private_network"
    /// A redirect leads to another host than the feed's and those of `fulltext_hosts`, or nowhere from a service of links.
    case otherHost = "other_host"
    /// Redirects that lead nowhere, or to nothing that is asked.
    case redirect
    /// Another status than those above.
    case status
    /// The page has no article.
    case noArticle = "no_article"
    /// What was taken out of the page is too likely to be something else.
    case poor
    /// No record can hold it.
    case unstorable

    /// When it is tried again that failed so for the n-th time, in seconds; nil where that is the end.
    ///
    /// - Parameter tries: how many there were, with this one.
    func retryDelay(after tries: Int) -> Int? {
        switch self {
        case .busy, .serverError, .timeout, .unreachable, .robotsUnavailable, .privateNetwork:
            tries <= Self.delays.count ? Self.delays[max(0, tries - 1)] : nil
        case .refused: tries < 2 ? Self.refusalDelay : nil
        case .notFound, .gone, .legal, .notHTML, .tooLarge, .robots, .refusedAddress, .otherHost, .redirect, .status,
            .noArticle, .poor, .unstorable:
            nil
        }
    }

    /// Whether one's own network may be to blame.
    var isOfConnecting: Bool { self == .unreachable || self == .timeout }

    /// Seconds between the tries of what may work another time: 1 h, 6 h, 24 h.
    private static let delays = [3600, 6 * 3600, 24 * 3600]
    /// Seconds until a page is asked for once more that was refused.
    private static let refusalDelay = 6 * 3600

    /// Why it was, for people.
    package var sentence: String {
        switch self {
        case .notFound: "the server says that there is no such page (404)"
        case .gone: "the server says that it is gone (410)"
        case .legal: "the server may not show it for legal reasons (451)"
        case .notHTML: "what came is no HTML"
        case .tooLarge: "it is larger than fulltext_max"
        case .refused: "the server refuses it (401, 402, 403, or it wants to see a browser, a consent or a login)"
        case .busy: "the server has too much to do (429, 503)"
        case .serverError: "the server has a problem of its own (5xx)"
        case .timeout: "the server did not answer in time"
        case .unreachable: "the server could not be reached, or broke off"
        case .robots: "the host's robots.txt does not let newswire ask for it"
        case .robotsUnavailable:
            "the host's robots.txt could not be had (no answer, 429, 5xx, or led into a network that is not public), so that nothing is asked for"
        case .refusedAddress: "its link names an address that is not public, or a port that is not the web's"
        case .privateNetwork: "its host's name, or a redirect, leads to a network that is not public"
        case .otherHost: "a redirect leads to another host than the feed's, and fulltext_hosts does not name it"
        case .redirect: "its redirects are not followed to their end"
        case .status: "the server answers with a status that brings no page"
        case .noArticle: "no article was found in the page"
        case .poor: "what was found in the page is too unlikely to be the article"
        case .unstorable: "no record can hold it"
        }
    }
}
