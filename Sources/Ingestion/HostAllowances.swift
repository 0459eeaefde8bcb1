package import Configuration
package import Scheduling

/// Which feeds share one allowance, and how large it is (polling.md §7).
package struct HostAllowances: Sendable {
    private let configuration: Configuration
    private let general: HostAllowance

    package init(_ configuration: Configuration) {
        self.configuration = configuration
        general = HostAllowance(
            concurrency: configuration.fetch.hostConcurrency, delay: configuration.fetch.hostDelay.milliseconds)
    }

    /// The key of the allowance for a feed: the host of its URL, or the domain above it that has a table of its own.
    /// Local files have one each: they need no politeness.
    package func allowance(for feed: FeedConfiguration) -> (key: String, allowance: HostAllowance) {
        guard let host = feed.host else { return (feed.url, HostAllowance(concurrency: 1, delay: 0)) }
        guard let table = configuration.hostSettings(for: host) else { return (host, general) }
        return (table.name, HostAllowance(concurrency: table.concurrency, delay: table.delay.milliseconds))
    }
}
