package import Configuration
package import FeedModel
package import Scheduling

/// Which feeds share one allowance, and how large it is (polling.md §7).
package struct HostAllowances: Sendable {
    private let configuration: Configuration
    private let general: HostAllowance
    private let local: HostAllowance

    /// The key of the allowance that all local files share. No host is called so.
    private static let localKey = "file:"
    /// As many local files are polled at a time, and no more than half of all polls: their file system may not answer, and
    /// the others' polls go on then.
    private static let localFiles = 8

    package init(_ configuration: Configuration) {
        self.configuration = configuration
        general = HostAllowance(
            concurrency: configuration.fetch.hostConcurrency, delay: configuration.fetch.hostDelay.milliseconds)
        local = HostAllowance(
            concurrency: max(1, min(Self.localFiles, configuration.fetch.concurrency / 2)), delay: 0)
    }

    /// The key of the allowance for a feed: the host that it is asked of, or the domain above it that has a table of its
    /// own. Local files share one without a delay: they need no politeness.
    package func allowance(
        for feed: FeedConfiguration, state: FeedState?
    ) -> (key: String, allowance: HostAllowance) {
        allowance(for: feed, adoptedURL: state?.move.adopted)
    }

    /// - Parameter adoptedURL: where the feed has moved to.
    func allowance(
        for feed: FeedConfiguration, adoptedURL: String?
    ) -> (key: String, allowance: HostAllowance) {
        guard !feed.isLocalFile else { return (Self.localKey, local) }
        // No request can be made for what has no host: that fails by itself, and asks nobody.
        return allowance(forHost: FeedConfiguration.host(of: feed.requestURL(adopting: adoptedURL)) ?? "")
    }

    /// What a 429 or 503 of that host pauses, where the configuration says so.
    ///
    /// - Parameter host: in lower case, without a port.
    func pauseScope(forHost host: String) -> HostSettings.PauseScope? {
        configuration.hostSettings(for: host)?.pauseScope
    }

    /// - Parameter host: in lower case, without a port.
    func allowance(forHost host: String) -> (key: String, allowance: HostAllowance) {
        guard let table = configuration.hostSettings(for: host) else { return (host, general) }
        return (table.name, HostAllowance(concurrency: table.concurrency, delay: table.delay.milliseconds))
    }
}
