package import Configuration
package import Scheduling

/// Which feeds share one allowance, and how large it is (polling.md §7).
package struct HostAllowances: Sendable {
    private let general: HostAllowance
    private let tables: [String: HostAllowance]

    package init(_ configuration: Configuration) {
        general = HostAllowance(
            concurrency: configuration.fetch.hostConcurrency, delay: configuration.fetch.hostDelay.milliseconds)
        tables = Dictionary(
            configuration.hosts.map {
                ($0.name, HostAllowance(concurrency: $0.concurrency, delay: $0.delay.milliseconds))
            }, uniquingKeysWith: { first, _ in first })
    }

    /// The key of the allowance for a feed: the host of its URL, or the domain above it that has a table of its own.
    /// Local files have one each: they need no politeness.
    package func allowance(for feed: FeedConfiguration) -> (key: String, allowance: HostAllowance) {
        if feed.isLocalFile { return (feed.url, HostAllowance(concurrency: 1, delay: 0)) }
        guard let host = WebURL.authority(of: feed.url)?.host.lowercased() else { return (feed.url, general) }
        if !tables.isEmpty {
            var domain = Substring(host)
            while true {
                if let table = tables[String(domain)] { return (String(domain), table) }
                guard let dot = domain.firstIndex(of: ".") else { break }
                domain = domain[domain.index(after: dot)...]
            }
        }
        return (host, general)
    }
}
