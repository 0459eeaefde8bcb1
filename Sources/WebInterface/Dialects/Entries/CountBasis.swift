internal import SearchIndex

/// `CountBasis` is what entries were counted by. Where it is another, what was counted is of no use any more.
struct CountBasis: Sendable, Equatable {
    /// Of the index, and of the feeds of the configuration.
    private let generations: [UInt64]
    /// The first record that counts.
    let from: UInt64

    /// - Parameter floor: no record before it counts.
    init(_ desk: ReaderDesk, _ standing: SearchStanding, floor: UInt64) {
        generations = [standing.generation, UInt64(desk.snapshot.generation)]
        from = max(floor, standing.firstSeq, standing.searchedFrom, 1)
    }
}
