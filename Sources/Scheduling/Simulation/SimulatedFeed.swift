package import FeedModel

/// A feed and its server, as far as a schedule notices them.
package struct SimulatedFeed: Sendable {
    /// The key of its host, and how that may be asked.
    package var host: String
    package var allowance: HostAllowance
    package var publisher: SimulatedPublisher.Pattern
    /// Items that its document holds.
    package var items = 20
    package var bytes = 20_000
    package var hasValidators = true
    /// Seconds; 0 for none.
    package var freshFor = 0
    package var hints = PollingHints()
    /// Whether each request fails.
    package var isBroken = false
    package var settings = PollSettings()
    package var seed: UInt64

    package init(
        host: String, allowance: HostAllowance, publisher: SimulatedPublisher.Pattern, seed: UInt64
    ) {
        self.host = host
        self.allowance = allowance
        self.publisher = publisher
        self.seed = seed
    }

    /// A feed as there are many: a tenth of them publish hourly or more often, half daily, a quarter weekly, and the
    /// rest nothing any more.
    ///
    /// - Parameter number: the same number is the same feed.
    package static func madeUp(_ number: Int, host: String? = nil, allowance: HostAllowance) -> SimulatedFeed {
        let seed = Jitter.mix(UInt64(number), 0x6665_6564)
        func draw(_ index: UInt64) -> Double { Double(Jitter.mix(seed, index) >> 11) / Double(1 << 53) }
        func between(_ low: Int, _ high: Int, _ index: UInt64) -> Int { low + Int(draw(index) * Double(high - low)) }
        let kind = draw(1)
        let pattern: SimulatedPublisher.Pattern
        switch kind {
        case ..<0.10: pattern = .random(gap: between(600, 3600, 2), byDay: draw(3) < 0.7)
        case ..<0.60: pattern = .random(gap: between(43_200, 130_000, 2), byDay: true)
        case ..<0.85: pattern = .random(gap: between(400_000, 900_000, 2), byDay: true)
        default: pattern = .dead
        }
        // Four feeds share a host, and one in ten lives on a large one.
        let ownHost = draw(4) < 0.1 ? "large-\(number / 1000).example" : "h\(number / 4).example"
        var feed = SimulatedFeed(
            host: host ?? ownHost, allowance: allowance, publisher: pattern, seed: seed)
        feed.items = draw(6) < 0.4 ? 10 : between(15, 50, 7)
        // Who publishes every few minutes shows more than ten.
        if case .random(let gap, _) = pattern, gap < 1200 { feed.items = max(feed.items, between(20, 50, 7)) }
        feed.bytes = between(4000, 60_000, 8)
        // Those that come often and cannot be asked conditionally hold more.
        feed.hasValidators = draw(9) < 0.9 || kind < 0.10 && feed.items == 10
        if draw(10) < 0.2 { feed.freshFor = [300, 600, 900, 1800][Int(draw(11) * 4)] }
        if draw(12) < 0.3 { feed.hints.updatePeriodSeconds = 3600 }
        if kind >= 0.10, draw(13) < 0.1 { feed.hints.ttlSeconds = 3600 }
        feed.isBroken = draw(14) < 0.02
        return feed
    }
}
