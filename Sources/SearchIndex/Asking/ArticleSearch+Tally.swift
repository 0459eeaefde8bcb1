package import FeedModel

/// `EntryTally` is how many entries of a feed there are.
package struct EntryTally: Sendable, Equatable {
    package var feed: FeedIdentifier
    package var count = 0
    /// How many of them were chosen by who asked.
    package var chosen = 0
    /// The entry with the largest id, and when its first record was stored.
    package var newest: UInt64 = 0
    package var newestAt = Timestamp(seconds: 0)
}

/// Counting, without more of an entry than its number and its feed.
extension ArticleSearch {
    /// Counts entries by feeds, of which it reads no more than their numbers.
    ///
    /// - Parameters:
    ///   - after: entries whose id is larger.
    ///   - through: entries whose id is not larger.
    ///   - isChosen: whether an entry is to be counted as chosen. It may be asked twice of one.
    /// - Returns: in no order, and for one feed maybe several, which are to be added up.
    package func tally(
        after: UInt64, through: UInt64, deadline: ContinuousClock.Instant? = nil, isChosen: (UInt64) -> Bool
    ) throws(SearchFailure) -> [EntryTally] {
        try ask(deadline) { (question) throws(SearchFailure) in
            var tallies: [EntryTally] = []
            let first = max(after == .max ? after : after + 1, question.catalogue.firstSeq)
            for file in question.entries(.oldestFirst) {
                let (from, last) = (max(first, file.extent.from), min(through, file.extent.through))
                guard from <= last else { continue }
                tallies += try question.read(file) { (reading) throws(SearchFailure) in
                    try reading.tally(from...last, isChosen)
                }
            }
            return tallies
        }
    }

    /// Calls `body` with the feed of each of these entries, without those that there are not.
    ///
    /// - Parameter ids: in rising order.
    package func forEachFeed(
        of ids: [UInt64], deadline: ContinuousClock.Instant? = nil, body: (_ id: UInt64, _ feed: FeedIdentifier) -> Void
    ) throws(SearchFailure) {
        let found = try ask(deadline) { (question) throws(SearchFailure) in
            var found: [(UInt64, FeedIdentifier)] = []
            var left = ids[...]
            for file in question.entries(.oldestFirst) {
                left = left.drop { $0 < max(file.extent.from, question.catalogue.firstSeq) }
                let own = left.prefix { $0 <= file.extent.through }
                left = left.dropFirst(own.count)
                if own.isEmpty { continue }
                try question.read(file) { (reading) throws(SearchFailure) in
                    for id in own {
                        guard let row = try reading.row(id), row.entry == nil else { continue }
                        found.append((id, try reading.feed(row.feed)))
                    }
                }
            }
            return found
        }
        for (id, feed) in found { body(id, feed) }
    }
}

extension FileReading {
    /// No file has so many.
    private static let mostFeeds: Int64 = 1 << 24

    fileprivate func tally(
        _ range: ClosedRange<UInt64>, _ isChosen: (UInt64) -> Bool
    ) throws(SearchFailure) -> [EntryTally] {
        let rows = try connection.temporaryStatement(
            """
            SELECT r.seq, r.feed, r.stored_at FROM record r NOT INDEXED
            WHERE r.seq >= ?1 AND r.seq <= ?2 AND r.entry IS NULL ORDER BY r.seq
            """)
        rows.bind(range.lowerBound, at: 1)
        rows.bind(range.upperBound, at: 2)
        // A file numbers its feeds from 1 on without a gap.
        var places: [Int32] = []
        var tallies: [(number: Int64, count: Int, chosen: Int, newest: UInt64, newestAt: Int64)] = []
        while try rows.step() {
            let (seq, number) = (rows.seq(0), rows.number(1))
            guard number >= 0, number <= Self.mostFeeds else {
                throw SearchFailure(
                    .damaged, "using \(connection.path): no feed has the number \(number)",
                    advice: "nothing: the file is made again from the articles")
            }
            while places.count <= Int(clamping: number) { places.append(-1) }
            var place = Int(places[Int(number)])
            if place < 0 {
                place = tallies.count
                places[Int(number)] = Int32(place)
                tallies.append((number, 0, 0, 0, 0))
            }
            tallies[place].count += 1
            if isChosen(seq) { tallies[place].chosen += 1 }
            tallies[place].newest = seq
            tallies[place].newestAt = rows.number(2)
        }
        var named: [EntryTally] = []
        named.reserveCapacity(tallies.count)
        for tally in tallies {
            named.append(
                EntryTally(
                    feed: try feed(tally.number), count: tally.count, chosen: tally.chosen, newest: tally.newest,
                    newestAt: Timestamp(seconds: tally.newestAt)))
        }
        return named
    }
}
