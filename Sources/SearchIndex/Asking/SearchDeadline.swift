internal import Locking

/// `SearchDeadline` ends what one call asks: when its time is over, or when the index is closed.
final class SearchDeadline: Sendable {
    private let end: ContinuousClock.Instant
    private let isClosed: Locked<Bool>

    /// - Parameter isClosed: the index's own.
    init(_ end: ContinuousClock.Instant, isClosed: Locked<Bool>) {
        self.end = end
        self.isClosed = isClosed
    }

    var isOver: Bool { ContinuousClock.now >= end || isClosed.withLock { $0 } }

    /// How long it is until then; less than nothing where that is over.
    var left: Duration { end - .now }

    func check() throws(SearchFailure) {
        if isOver { throw failure }
    }

    var failure: SearchFailure {
        if isClosed.withLock({ $0 }) { return .closed }
        return SearchFailure(
            .tooSlow, "searching took too long",
            advice: "narrow it: with a feed, a tag, a time (since:7d), or a word that is rarer")
    }
}

extension SearchFailure {
    static var closed: SearchFailure {
        SearchFailure(.closed, "the index is closed", advice: "ask again when newswire-web has started again")
    }

    /// - Parameter error: what the store said, in a line that says what to do.
    static func store(_ error: some Error) -> SearchFailure {
        SearchFailure(.store, "\(error)", advice: "`newswire store verify` looks at the articles")
    }
}
