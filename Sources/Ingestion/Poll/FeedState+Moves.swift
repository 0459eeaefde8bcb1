package import Configuration
package import FeedModel
internal import Fetching

/// What a feed's state says about where and how it is asked (polling.md §2.9, §9).
extension FeedState {
    /// Failures in a row after which a feed that moved is asked at its configured URL again.
    private static let failuresUntilReturn = 3

    /// Takes in where a poll whose body was read as a feed was led to.
    ///
    /// - Returns: whether another URL is asked from here on.
    mutating func followRedirects(_ hops: [Hop], configured: String, at now: Timestamp) -> Bool {
        var adoption = RedirectAdoption(candidate: move.candidate, count: move.polls, since: move.since)
        // The state is no place for secrets, nor for what could not be asked: such a redirect is followed anew each time.
        let last = RedirectAdoption.lastHop(of: hops)
        let mayKeep = last.map { Move.mayKeep($0.to) && FetchRequest.canAsk($0.to) } ?? false
        let target = adoption.afterGoodPoll(hops: mayKeep ? hops : [], at: now)
        move.candidate = adoption.candidate
        move.polls = adoption.count
        move.since = adoption.since
        guard let target else { return false }
        let since = move.since
        move = Move()
        // A feed that has come back is asked where the configuration says.
        if target != configured {
            move.adopted = target
            move.adoptedSince = since
            move.isAmongPrivate = last?.isAmongPrivate ?? false
        }
        return true
    }

    /// A poll has failed: a target that was adopted may have been the wrong one, and one that cannot or may not be asked
    /// is.
    mutating func reconsiderMove(after kind: FailureKind?) {
        guard move.adopted != nil else { return }
        if failures >= Self.failuresUntilReturn || kind == .invalidRequest || kind == .refusedAddress { move = Move() }
    }

    var tagTrap: ETagTrap {
        get { ETagTrap(repeats: tagRepeats.count, since: tagRepeats.since) }
        set {
            tagRepeats.count = newValue.repeats
            tagRepeats.since = newValue.since
        }
    }
}

extension FeedConfiguration {
    /// The URL that is asked: the configured one, unless the feed has moved.
    package func requestURL(_ state: FeedState?) -> String {
        requestURL(adopting: state?.move.adopted)
    }

    /// - Parameter adopted: where the feed has moved to.
    func requestURL(adopting adopted: String?) -> String { isLocalFile ? url : adopted ?? url }

    /// What a person is told of a feed that its server has moved for good; nil where it has not.
    package func moveNotice(_ state: FeedState?) -> String? {
        guard let adopted = state?.move.adopted else { return nil }
        let since = state?.move.adoptedSince.map { " since \(Timestamp(seconds: $0.seconds))" } ?? ""
        return "the configuration says \(URLRedaction.redacted(url)), the server says \(adopted) permanently\(since); "
            + "write url = \"\(adopted)\" at \(source)"
    }
}
