internal import Configuration

/// `PageHosts` says of which hosts the pages of a feed's articles are fetched, and which may be asked on the way to one.
///
/// Pages are of the feed's own host, with or without `www.`, and of those that `fulltext_hosts` names. Whatever leads
/// elsewhere is not followed there: an article that links to a stranger gives newswire no leave to ask that stranger. Only
/// services whose links say nothing of where they lead are asked that, and nothing but a redirect is taken from them.
struct PageHosts {
    private let own: String?
    private let named: [String]

    init(of feed: FeedConfiguration) {
        own = feed.host
        named = feed.options.pages.hosts
    }

    /// Whether pages of that host are taken.
    ///
    /// - Parameter host: its key (`HostKey`).
    func has(_ host: String) -> Bool {
        if let own, Self.bare(own) == Self.bare(host) { return true }
        return named.contains { host == $0 || host.hasSuffix(".\($0)") }
    }

    /// Whether that host may be asked for a page, or for where one is.
    func mayAsk(_ host: String) -> Bool { has(host) || Self.linkServices.contains(host) }

    private static func bare(_ host: String) -> Substring { host.hasPrefix("www.") ? host.dropFirst(4) : host[...] }

    /// Hosts that have no pages, and whose links stand in feeds in place of those that they lead to.
    private static let linkServices: Set<String> = [
        "bit.ly", "buff.ly", "dlvr.it", "feedproxy.google.com", "feeds.feedblitz.com", "feeds.feedburner.com", "goo.gl",
        "ift.tt", "is.gd", "j.mp", "lnkd.in", "ow.ly", "rss.feedsportal.com", "t.co", "tinyurl.com", "trib.al",
        "tmblr.co",
        "wp.me",
    ]
}
