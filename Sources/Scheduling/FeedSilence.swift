package import FeedModel

/// `FeedSilence` tells whether nothing new has come from a feed for much longer than it usually takes (polling.md §5).
package enum FeedSilence {
    /// As many gaps have to be known: a guess after three articles would be wrong as often as right.
    static let leastGaps = 5
    /// No feed is taken to be silent sooner, in seconds, unless a person says so.
    static let shortest = 2 * 86_400
    /// Silence is this many times the longest gap that is known.
    static let patience = 3

    /// Returns since when nothing new has come; nil where that is no silence, or cannot be told.
    ///
    /// - Parameters:
    ///   - limit: in seconds, as a person has set it; nil where it is to be learnt.
    ///   - time: when the feed was last asked with success.
    package static func since(_ rhythm: Rhythm, after limit: Int?, at time: Timestamp) -> Timestamp? {
        guard let latest = rhythm.latest, let limit = limit ?? learnt(rhythm),
            time.seconds - latest.seconds >= Int64(limit)
        else { return nil }
        return latest
    }

    /// Nil where too little is known, or a gap was too long to be kept.
    private static func learnt(_ rhythm: Rhythm) -> Int? {
        let gaps = rhythm.gaps
        guard gaps.count >= leastGaps, let longest = gaps.max(), longest < Rhythm.longestGap else { return nil }
        return max(longest * patience, shortest)
    }
}
