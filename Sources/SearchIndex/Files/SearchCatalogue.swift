internal import FeedModel

/// `SearchCatalogue` is which files the index has, how far each is, and how far the store was when it was looked at last.
struct SearchCatalogue: Sendable {
    struct Entry: Sendable {
        var file: SearchFile
        var extent: SearchExtent
    }

    /// In the order of their records.
    var entries: [Entry] = []
    /// The store's first record; 0 where it has none.
    var firstSeq: UInt64 = 0
    var lastSeq: UInt64 = 0
    /// Why nothing is written at present.
    var trouble: String?
    /// What `SearchStanding` says.
    var generation: UInt64 = 0
    /// Files that the system did not let be opened; they are tried again before anything is written.
    var unopened: [SearchFile] = []
    /// Files whose pages SQLite could not read. They are made again.
    var damaged: Set<SearchSpan> = []

    /// The entry that a span's records are in.
    func entry(of seq: UInt64) -> Entry? {
        // Few: 20 for five million records.
        entries.last { $0.extent.span.first <= seq && seq <= $0.extent.span.last }
    }

    /// Takes in a file that was there before.
    mutating func take(_ file: SearchFile, _ extent: SearchExtent) {
        put(Entry(file: file, extent: extent))
        lastSeq = max(lastSeq, extent.through)
    }

    mutating func put(_ entry: Entry) {
        entries.removeAll { $0.extent.span == entry.extent.span }
        entries.append(entry)
        entries.sort { $0.extent.span.first < $1.extent.span.first }
    }

    mutating func remove(_ span: SearchSpan) {
        entries.removeAll { $0.extent.span == span }
        unopened.removeAll { $0.span == span }
        damaged.remove(span)
        generation += 1
    }

    mutating func removeAll() {
        let generation = generation + 1
        self = SearchCatalogue()
        self.generation = generation
    }

    /// All records from here on to the last one in the index are in it; nil where none is.
    var completeFrom: (seq: UInt64, time: Int64)? {
        guard var lowest = entries.last?.extent else { return nil }
        for entry in entries.dropLast().reversed() {
            let next = entry.extent
            // Where a span's file misses what retention has removed, nothing is missing.
            guard lowest.from <= max(lowest.span.first, firstSeq), next.through + 1 >= lowest.span.first else { break }
            lowest = next
        }
        return (lowest.from, lowest.fromTime)
    }

    /// Nothing that is there is missing before the last record in the index.
    var hasBeginning: Bool {
        guard let from = completeFrom else { return firstSeq == 0 || lastSeq == 0 }
        return from.seq <= max(firstSeq, 1)
    }

    var standing: SearchStanding {
        var standing = SearchStanding()
        standing.lastSeq = entries.last?.extent.through ?? 0
        standing.isComplete = hasBeginning && standing.lastSeq >= lastSeq
        if !hasBeginning {
            standing.searchedFrom = searchedFrom
            standing.searchedSince = completeFrom.map { Timestamp(seconds: $0.time) }
        }
        standing.firstSeq = firstSeq
        standing.generation = generation
        standing.bytes = entries.reduce(0) { $0 + $1.file.bytes }
        standing.trouble = trouble
        return standing
    }

    /// What `EntryPage` says: 0 where nothing is missing.
    var searchedFrom: UInt64 { hasBeginning ? 0 : completeFrom?.seq ?? lastSeq + 1 }

    /// The newest records that are missing before those that are there, all of one file; nil where none are.
    func newestGap(first: UInt64) -> ClosedRange<UInt64>? {
        guard var place = entries.last?.extent else { return nil }
        while true {
            let start = max(place.span.first, first)
            if place.from > start { return start...place.from - 1 }
            guard start > first else { return nil }
            let end = start - 1
            guard let next = entry(of: end)?.extent else {
                let length = place.span.last - place.span.first + 1
                return max(first, end - length + 1)...end
            }
            place = next
        }
    }
}
