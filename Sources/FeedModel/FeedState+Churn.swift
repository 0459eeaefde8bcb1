package import Digest

extension FeedState {
    /// `Churn` says what of a feed's ids and links changes from document to document though its articles do not
    /// (identity.md §5). Most feeds have none.
    package struct Churn: Sendable, Equatable, StatePart {
        /// No more parameters of a feed's URLs are known to be volatile.
        package static let mostParameters = 4
        /// No name of a parameter that is longer, in bytes, is remembered.
        package static let longestParameter = 64
        /// The weight of documents in a row with changed ids at which the ids mean nothing.
        package static let limit: UInt8 = 24

        /// Documents in a row in which known articles came under other ids, by weight, up to `limit`.
        package var idChanges: UInt8 = 0
        /// Documents in a row that had the ids of the one before, while ids mean nothing.
        package var steadyDocuments: UInt8 = 0
        /// Four ids that the last document had and that mean nothing so far, each as 32 bits of its hash that are not 0.
        package var idSample: Hash128?
        /// These parameters of links, and of ids that are URLs, do not count. In the order of their names.
        package var volatileParameters: [String] = []

        /// Makes that of a feed whose ids and links stay.
        package init() {}

        /// Tells whether articles are known by their links, titles, dates and texts, and no id becomes an alias.
        package var idsMeanNothing: Bool { idChanges >= Self.limit }

        /// Tells whether something of it is taken as known, so that people are told.
        package var isSettled: Bool { idsMeanNothing || !volatileParameters.isEmpty }

        /// Returns nil where there is nothing to remember.
        package var ifAny: Churn? { self == Churn() ? nil : self }

        mutating func visit<Coder: StateCoder & ~Copyable>(_ coder: inout Coder) {
            coder.field("id_changes", &idChanges, absent: 0)
            coder.field("steady_documents", &steadyDocuments, absent: 0)
            coder.field("id_sample", &idSample)
            coder.field("volatile_parameters", &volatileParameters, absent: [])
        }

        /// What of it can be; a file may hold anything.
        var bounded: Churn? {
            var kept = self
            kept.idChanges = min(idChanges, Self.limit)
            kept.volatileParameters = Array(
                volatileParameters.filter { (1...Self.longestParameter).contains($0.utf8.count) }
                    .prefix(Self.mostParameters))
            return kept.ifAny
        }
    }
}
