internal import Configuration
internal import Digest
internal import FeedModel
internal import FeedParsing
internal import Fetching
internal import Scheduling

extension PollRecord {
    /// What is kept of a poll that is over.
    init(_ poll: FeedPoll) {
        let outcome: Outcome =
            switch poll.report.outcome {
            case .new: .new
            case .unchanged: .unchanged
            case .notModified: .notModified
            case .failed, .skipped: .failed
            case .gone: .gone
            }
        self.init(
            startedAt: poll.startedAt, feed: UInt32(truncatingIfNeeded: FeedHash.of(poll.feed.id)), outcome: outcome)
        status = poll.report.status ?? 0
        next = poll.state.nextPoll
        items = poll.items
        newItems = poll.report.newArticles
        bytes = Int(poll.report.bytes)
        kept = Self.hash(poll.state.validators)
        terms = poll.terms
        if case .byHand(let isForced) = poll.mode { terms.notes.formUnion(isForced ? [.byHand, .forced] : .byHand) }
        if kept != 0 { terms.notes.insert(.hasValidators) }
        if poll.head?.wasConditional ?? false {
            terms.notes.insert(.conditional)
            sent = Self.hash(poll.previous.validators)
        }
    }

    /// 0 for none.
    private static func hash(_ validators: FeedState.Validators?) -> UInt32 {
        guard let validators else { return 0 }
        let hash = FeedHash.of("\(validators.etag ?? "")\n\(validators.lastModified ?? "")")
        return max(1, UInt32(truncatingIfNeeded: hash))
    }
}

extension Feed {
    /// By what it is told whether another program makes the feed, or it comes from elsewhere (identity.md §5).
    func sourceMark(effectiveURL: String?) -> Hash128 {
        let text = "\(generator ?? "")\0\(effectiveURL ?? "")"
        return Array(text.utf8).withUnsafeBytes { XXH3.hash128($0) }
    }
}

extension FetchFailure {
    /// Cannot happen: a transfer without a response says why.
    static let noResponse = FetchFailure(
        .protocolError, "the transfer ended without an answer", advice: "report this as a bug in newswire")
}
