/// `[host."NAME"]`: what a host and all below it share as one allowance.
package struct HostSettings: Sendable, Equatable {
    package enum PauseScope: String, Sendable, CaseIterable {
        case host
        case feed
    }

    /// In lower case, without a port.
    package var name: String
    /// From start to start of two transfers; up to a day. `[fetch] host_delay` where the table says nothing.
    package var delay: Duration
    /// 1 to 256. `[fetch] host_concurrency` where the table says nothing.
    package var concurrency: Int
    /// What a 429 or 503 pauses; nil: the host where its address is public, else the feed.
    package var pauseScope: PauseScope?
    /// `[schedule] max_age_cap` where the table says nothing.
    package var maxAgeCap: Duration
    package var source: SourcePlace

    package init(
        name: String, delay: Duration, concurrency: Int, pauseScope: PauseScope?, maxAgeCap: Duration,
        source: SourcePlace
    ) {
        self.name = name
        self.delay = delay
        self.concurrency = concurrency
        self.pauseScope = pauseScope
        self.maxAgeCap = maxAgeCap
        self.source = source
    }

    /// Equal in what they say; where it was written does not count.
    package static func == (left: Self, right: Self) -> Bool {
        left.name == right.name && left.delay == right.delay && left.concurrency == right.concurrency
            && left.pauseScope == right.pauseScope && left.maxAgeCap == right.maxAgeCap
    }
}
