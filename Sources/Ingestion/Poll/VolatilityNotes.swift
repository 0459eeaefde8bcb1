package import FeedModel
internal import Identity

/// What is learnt, and told people, of a feed whose articles change all the time (identity.md §8).
extension FeedState.Volatility {
    /// Takes in a document; nil where none of its articles has spent its versions.
    ///
    /// - Parameter previous: of the document before.
    init?(_ judgements: [Judgement], after previous: FeedState.Volatility?) {
        self.init()
        var isHeldBack = false
        for judgement in judgements where judgement.hasSpentVersions {
            articles += 1
            if judgement.verdict == .volatile { isHeldBack = true }
            if let time = judgement.heldUntil { until = min(until ?? time, time) }
            for word in judgement.moves where !moves.contains(word) && moves.count < Self.mostMoves {
                moves.append(word)
            }
        }
        if articles == 0 { return nil }
        // While edits are held back nobody looks what has changed in them.
        if moves.isEmpty { moves = previous?.moves ?? [] }
        if isHeldBack, until == nil { until = previous?.until }
    }

    /// Says in one sentence what is known.
    package var sentence: String {
        let (count, change) = articles == 1 ? ("1 article", "changes") : ("\(articles) articles", "change")
        let parts = moves.isEmpty ? "" : " (\(moves.joined(separator: ", ")))"
        return "\(count) \(change) at every poll\(parts): of those one version an hour is kept where their own date of"
            + " change moves, else one a day"
    }
}

extension Judgement {
    fileprivate var hasSpentVersions: Bool {
        switch verdict {
        case .volatile: true
        case .update(let version): version.recentChanges >= VersionBudget.most
        default: false
        }
    }
}
