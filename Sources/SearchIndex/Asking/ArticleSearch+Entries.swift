package import FeedModel

extension ArticleSearch {
    /// Finds entries.
    ///
    /// Without a query they are the articles whose first version the store still has. A query finds also those of which it only
    /// has later versions.
    ///
    /// - Parameter deadline: 2 s from now where it is nil.
    package func entries(
        _ request: EntryRequest, deadline: ContinuousClock.Instant? = nil
    ) throws(SearchFailure) -> EntryPage {
        try ask(deadline) { (question) throws(SearchFailure) in
            var collector = EntryCollector(request, counts: request.query != nil)
            switch (request.query, request.order) {
            case (nil, _): try question.list(request, &collector)
            case (_, .newestFirst): try question.searchDown(request, &collector)
            case (_, .oldestFirst): try question.searchUp(request, &collector)
            }
            var page = EntryPage()
            page.found = try question.resolve(collector.found)
            page.searchedFrom = question.catalogue.searchedFrom
            if request.countLimit > 0 {
                let count = request.query == nil ? try question.count(request) : collector.count
                page.count = min(count, request.countLimit)
                page.isCountCut = count > request.countLimit || collector.isCutByTime
            }
            return page
        }
    }

    /// The entry of that id; nil where there is none.
    package func entry(_ id: UInt64) throws(SearchFailure) -> IndexedEntry? { try entries(ids: [id]).first }

    /// The entries of those ids, in the order of the ids, without those that there are not.
    package func entries(ids: [UInt64]) throws(SearchFailure) -> [IndexedEntry] {
        try ask(nil) { (question) throws(SearchFailure) in
            try question.resolve(try question.candidates(ids)).map(\.entry)
        }
    }

    /// The entry that a record is a version of; nil where it is none, as a duplicate or what a rule has blocked.
    package func entry(ofRecord seq: UInt64) throws(SearchFailure) -> IndexedEntry? {
        try ask(nil) { (question) throws(SearchFailure) in
            guard let file = question.catalogue.entry(of: seq),
                let row = try question.read(file, { (reading) throws(SearchFailure) in try reading.row(seq) }),
                row.entryID > 0
            else { return nil }
            return try question.resolve(try question.candidates([row.entryID])).first?.entry
        }
    }

    /// Calls `body` with each entry's id, feed and time of its first record, by id, until it returns false. It reads an index
    /// alone: a million entries are a second.
    ///
    /// - Parameters:
    ///   - feeds: nil for all.
    ///   - after: entries whose id is larger.
    ///   - before: entries whose id is smaller; nil for no bound.
    package func forEachEntry(
        feeds: Set<FeedIdentifier>? = nil, after: UInt64 = 0, before: UInt64? = nil,
        order: EntryRequest.Order = .oldestFirst, deadline: ContinuousClock.Instant? = nil,
        body: (_ id: UInt64, _ feed: FeedIdentifier, _ storedAt: Timestamp) -> Bool
    ) throws(SearchFailure) {
        var request = EntryRequest()
        (request.feeds, request.after, request.before, request.order) = (feeds, after, before, order)
        // What `body` was told is not told again where a file turns out to be damaged.
        var last: UInt64?
        try ask(deadline) { (question) throws(SearchFailure) in
            if let last, order == .oldestFirst { request.after = last }
            if let last, order == .newestFirst { request.before = last }
            try question.forEachEntry(request) { (row, reading, feeds) throws(SearchFailure) in
                let feed: FeedIdentifier
                if let known = feeds[row.feed] {
                    feed = known
                } else {
                    feed = try reading.feed(row.feed)
                    feeds[row.feed] = feed
                }
                last = row.seq
                return body(row.seq, feed, Timestamp(seconds: row.storedAt))
            }
        }
    }
}

extension ArticleSearch.Question {
    private func wish(_ request: EntryRequest, _ rows: FileReading.Rows, _ feeds: FileReading.FeedFilter)
        -> FileReading.Wish
    {
        FileReading.Wish(
            rows: rows, query: request.query, feeds: feeds, from: request.after.map { $0 &+ 1 } ?? 0,
            through: .max, order: request.order, now: now)
    }

    /// Whether no entry of a file was stored when it is wanted: nor one whose later versions are in it.
    private func isBefore(_ request: EntryRequest, _ extent: SearchExtent) -> Bool {
        if let after = request.after, extent.through <= after { return true }
        return request.since.map { extent.latest < $0.secondsUp } ?? false
    }

    /// Whether all that begins in a file is too young to be wanted.
    private func isBehind(_ request: EntryRequest, _ extent: SearchExtent) -> Bool {
        if let before = request.before, extent.from >= before { return true }
        return request.until.map { extent.earliest >= $0.secondsUp } ?? false
    }

    // MARK: - Without words

    fileprivate func forEachEntry(
        _ request: EntryRequest,
        _ body: (RecordRow, FileReading, inout [Int64: FeedIdentifier]) throws(SearchFailure) -> Bool
    ) throws(SearchFailure) {
        for file in entries(request.order) {
            if isBefore(request, file.extent) || isBehind(request, file.extent) { continue }
            let goesOn = try read(file) { (reading) throws(SearchFailure) in
                var wish = wish(request, .entries, try reading.filter(request.feeds))
                wish.from = max(wish.from, catalogue.firstSeq)
                if let before = request.before { wish.through = before - min(before, 1) }
                var feeds: [Int64: FeedIdentifier] = [:]
                return try reading.forEach(wish) { (row) throws(SearchFailure) in try body(row, reading, &feeds) }
            }
            if !goesOn { return }
        }
    }

    fileprivate func list(_ request: EntryRequest, _ collector: inout EntryCollector) throws(SearchFailure) {
        try forEachEntry(request) { (row, reading, _) throws(SearchFailure) in
            guard collector.admits(id: row.seq, storedAt: row.storedAt) else { return true }
            return try collector.take(
                EntryCandidate(
                    id: row.seq, matched: 0, feed: try reading.feed(row.feed), storedAt: row.storedAt))
        }
    }

    fileprivate func count(_ request: EntryRequest) throws(SearchFailure) -> Int {
        var count = 0
        for file in catalogue.entries where count <= request.countLimit {
            if isBefore(request, file.extent) || isBehind(request, file.extent) { continue }
            count += try read(file) { (reading) throws(SearchFailure) in
                try reading.count(
                    try reading.filter(request.feeds), from: max(catalogue.firstSeq, (request.after ?? 0) + 1),
                    through: min(UInt64(Int64.max), request.before.map { $0 - min($0, 1) } ?? .max),
                    since: request.since?.secondsUp, until: request.until?.secondsUp)
            }
        }
        return count
    }

    // MARK: - With words

    /// Goes from the newest record down. An entry that is found by a later version waits until the records come to its first:
    /// then no version of it is to come, and its turn has.
    fileprivate func searchDown(_ request: EntryRequest, _ collector: inout EntryCollector) throws(SearchFailure) {
        var waiting = LaterVersions()
        for file in entries(.newestFirst) {
            if isBefore(request, file.extent) { continue }
            let rows: FileReading.Rows = isBehind(request, file.extent) ? .laterVersions : .shown
            try read(file) { (reading) throws(SearchFailure) in
                let wish = wish(request, rows, try reading.filter(request.feeds))
                _ = try reading.forEach(wish) { (row) throws(SearchFailure) in
                    if let id = row.entry {
                        let time = row.entryAt ?? row.storedAt
                        if row.seq >= catalogue.firstSeq, collector.admits(id: id, storedAt: time),
                            !waiting.contains(id)
                        {
                            waiting.put(
                                EntryCandidate(
                                    id: id, matched: row.seq, feed: try reading.feed(row.feed), storedAt: time))
                        }
                        return true
                    }
                    while let next = waiting.takeLast(from: row.seq + 1) {
                        guard try collector.take(next) else { return false }
                    }
                    if let own = waiting.takeLast(from: row.seq) { return try collector.take(own) }
                    guard row.seq >= catalogue.firstSeq, collector.admits(id: row.seq, storedAt: row.storedAt) else {
                        return true
                    }
                    return try collector.take(
                        EntryCandidate(
                            id: row.seq, matched: row.seq, feed: try reading.feed(row.feed), storedAt: row.storedAt))
                }
            }
            while !collector.isFull, let next = waiting.takeLast(from: file.extent.from) {
                guard try collector.take(next) else { break }
            }
            if collector.isFull { return }
        }
        while let next = waiting.takeLast(from: 0) {
            guard try collector.take(next) else { return }
        }
    }

    /// Goes from the oldest record up, once the later versions of all entries are known.
    fileprivate func searchUp(_ request: EntryRequest, _ collector: inout EntryCollector) throws(SearchFailure) {
        var later = LaterVersions()
        for file in entries(.oldestFirst) where !isBefore(request, file.extent) {
            try read(file) { (reading) throws(SearchFailure) in
                let wish = wish(request, .laterVersions, try reading.filter(request.feeds))
                _ = try reading.forEach(wish) { (row) throws(SearchFailure) in
                    let time = row.entryAt ?? row.storedAt
                    if row.seq >= catalogue.firstSeq, collector.admits(id: row.entryID, storedAt: time) {
                        later.put(
                            EntryCandidate(
                                id: row.entryID, matched: row.seq, feed: try reading.feed(row.feed), storedAt: time))
                    }
                    return true
                }
            }
        }
        var waiting = later.all[...]
        for file in entries(.oldestFirst) {
            if isBefore(request, file.extent) || isBehind(request, file.extent) { continue }
            let goesOn = try read(file) { (reading) throws(SearchFailure) in
                let wish = wish(request, .entries, try reading.filter(request.feeds))
                return try reading.forEach(wish) { (row) throws(SearchFailure) in
                    guard row.seq >= catalogue.firstSeq, collector.admits(id: row.seq, storedAt: row.storedAt) else {
                        return true
                    }
                    while let next = waiting.first, next.id <= row.seq {
                        waiting.removeFirst()
                        guard try collector.take(next) else { return false }
                        if next.id == row.seq { return true }
                    }
                    return try collector.take(
                        EntryCandidate(
                            id: row.seq, matched: row.seq, feed: try reading.feed(row.feed), storedAt: row.storedAt))
                }
            }
            if !goesOn { return }
        }
        for next in waiting {
            guard try collector.take(next) else { return }
        }
    }

    // MARK: - Which version is the newest

    /// Makes candidates of ids, in their order, without those that there are not.
    fileprivate func candidates(_ ids: [UInt64]) throws(SearchFailure) -> [EntryCandidate] {
        var known: [UInt64: EntryCandidate] = [:]
        for file in entries(.newestFirst) {
            let missing = ids.filter { $0 > 0 && $0 <= file.extent.through && known[$0] == nil }
            if missing.isEmpty { continue }
            try read(file) { (reading) throws(SearchFailure) in
                for id in missing {
                    let isThere = id >= max(file.extent.from, catalogue.firstSeq)
                    var row: RecordRow?
                    if isThere, let own = try reading.row(id), own.entry == nil { row = own }
                    // Retention may have removed its first version, and not what came later.
                    if row == nil { row = try reading.newestVersion(of: id) }
                    guard let row, row.seq >= catalogue.firstSeq else { continue }
                    known[id] = EntryCandidate(
                        id: id, matched: 0, feed: try reading.feed(row.feed), storedAt: row.entryAt ?? row.storedAt)
                }
            }
        }
        return ids.compactMap { known[$0] }
    }

    fileprivate func resolve(_ candidates: [EntryCandidate]) throws(SearchFailure) -> [EntryPage.Found] {
        var newest: [UInt64: (seq: UInt64, storedAt: Int64)] = [:]
        let oldest = candidates.map(\.id).min() ?? .max
        for file in entries(.newestFirst) where file.extent.through > oldest {
            try read(file) { (reading) throws(SearchFailure) in
                for candidate in candidates where candidate.id < file.extent.through && newest[candidate.id] == nil {
                    guard let row = try reading.newestVersion(of: candidate.id) else { continue }
                    newest[candidate.id] = (row.seq, row.storedAt)
                }
            }
        }
        return candidates.map { candidate in
            let last = newest[candidate.id] ?? (candidate.id, candidate.storedAt)
            let entry = IndexedEntry(
                id: candidate.id, newest: last.seq, feed: candidate.feed,
                storedAt: Timestamp(seconds: candidate.storedAt), changedAt: Timestamp(seconds: last.storedAt))
            return EntryPage.Found(entry: entry, matched: candidate.matched == 0 ? last.seq : candidate.matched)
        }
    }
}
