extension FeedState {
    /// `Volatility` says that articles of a feed change so often that not each version of them is kept (identity.md §8).
    /// Most feeds have none.
    package struct Volatility: Sendable, Equatable, StatePart {
        /// No more parts are remembered that change.
        package static let mostMoves = 6
        /// No name of a part is longer, in bytes.
        private static let longestMove = 64
        /// Milliseconds beyond which nothing is held back, so that a time which is further away is a wrong clock's.
        private static let longest: Int64 = 48 * 3_600_000

        /// So many articles of the last document have spent their versions.
        package var articles: Int32 = 0
        /// These parts of them change, in words for people.
        package var moves: [String] = []
        /// Edits are held back until then; nil where none is.
        package var until: Timestamp?

        package init() {}

        mutating func visit<Coder: StateCoder & ~Copyable>(_ coder: inout Coder) {
            coder.field("volatile_articles", &articles, absent: 0)
            coder.field("volatile_parts", &moves, absent: [])
            coder.field("volatile_until", &until)
        }

        /// Tells whether edits that were held back may be kept by now.
        package func isOver(at now: Timestamp) -> Bool {
            guard let until else { return false }
            return until <= now || until > now.adding(milliseconds: Self.longest)
        }

        /// What of it can be; a file may hold anything.
        var bounded: Volatility? {
            if articles <= 0 { return nil }
            var kept = self
            kept.moves = Array(moves.filter { $0.utf8.count <= Self.longestMove }.prefix(Self.mostMoves))
            return kept
        }
    }
}
