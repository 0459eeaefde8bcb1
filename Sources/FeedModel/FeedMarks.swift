/// `FeedMarks` is what is worth a person's look about a feed that is well otherwise.
package struct FeedMarks: OptionSet, Sendable, Hashable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) { self.rawValue = rawValue }

    /// The feed's ids mean nothing, or parameters of its links do (`FeedState.Churn`).
    package static let churn = FeedMarks(rawValue: 1)
    /// Articles change so often that not each version is kept (`FeedState.Volatility`).
    package static let volatile = FeedMarks(rawValue: 2)

    /// The document has more items than the limit (`FeedState.LongDocument`).
    package static let long = FeedMarks(rawValue: 4)

    /// Rules block whatever the feed brings (`FeedState.RecentBlocks`).
    package static let blocked = FeedMarks(rawValue: 8)

    /// Each mark alone.
    package static let all: [FeedMarks] = [.churn, .volatile, .long, .blocked]

    /// Tells what a feed's state says.
    package init(_ state: FeedState) {
        self = []
        if state.churn?.isSettled ?? false { insert(.churn) }
        if state.volatility != nil { insert(.volatile) }
        if state.longDocument != nil { insert(.long) }
        if state.recentBlocks?.blockedAll ?? false { insert(.blocked) }
    }
}

/// `MarkedFeeds` counts feeds by their marks.
package struct MarkedFeeds: Sendable, Equatable {
    private var counts: [FeedMarks: Int] = [:]

    package init() {}

    /// Tells how many feeds have a mark.
    package subscript(mark: FeedMarks) -> Int { counts[mark] ?? 0 }

    /// Takes in a feed, or, where `by` is -1, takes it out.
    package mutating func count(_ marks: FeedMarks, by number: Int = 1) {
        for mark in FeedMarks.all where marks.contains(mark) { counts[mark, default: 0] += number }
    }
}
