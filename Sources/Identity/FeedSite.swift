/// `FeedSite` tells how near a feed is to the host of a link (identity.md §9).
///
/// It goes by the URLs that a person has configured, or that the feed has moved to for good: what a document claims, such
/// as its home page, counts for nothing, because anybody can claim anything.
package struct FeedSite: Sendable, Equatable {
    /// `Nearness` orders feeds by whose a link is.
    package enum Nearness: Int, Sendable, Comparable {
        case foreign
        /// One of the hosts is below the other.
        case related
        /// The hosts are the same.
        case own

        package static func < (left: Nearness, right: Nearness) -> Bool { left.rawValue < right.rawValue }
    }

    private let hosts: [String]

    /// Takes the URLs at which the feed is asked; those of local files are near to nothing.
    package init(urls: [String] = []) {
        hosts = urls.compactMap { CanonicalURL.key($0).flatMap(Self.host) }
    }

    /// Tells how near the feed is to a link, given in the form in which links are compared.
    package func nearness(to link: String) -> Nearness {
        guard let host = Self.host(link) else { return .foreign }
        return hosts.map { Self.nearness($0, host) }.max() ?? .foreign
    }

    private static func nearness(_ feed: String, _ link: String) -> Nearness {
        if feed == link { return .own }
        return isBelow(feed, link) || isBelow(link, feed) ? .related : .foreign
    }

    /// A name without a dot, such as `com`, has nothing that belongs together below it.
    private static func isBelow(_ name: String, _ parent: String) -> Bool {
        parent.contains(".") && name.hasSuffix(".\(parent)")
    }

    /// The host of `//host/path`, with a port that is not the usual one, and without `www.`.
    private static func host(_ form: String) -> String? {
        guard form.hasPrefix("//") else { return nil }
        let host = form.dropFirst(2).prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        return String(host.hasPrefix("www.") ? host.dropFirst(4) : host)
    }
}
