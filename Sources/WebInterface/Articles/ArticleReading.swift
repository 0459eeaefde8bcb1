internal import ArticleStore
internal import FeedModel
internal import JSONText
internal import Querying
internal import SearchIndex
internal import newswire

/// `ArticleReading` reads the records of one request, in either direction. It looks at no more than it has time for, and says
/// where to go on.
struct ArticleReading {
    /// What retention has removed, of which nobody may miss anything in silence.
    struct Removed: Error {
        var firstSeq: UInt64
        var lastSeq: UInt64
    }

    /// A record that was asked for: its line, line feed included.
    struct Line: Sendable {
        var seq: UInt64
        var bytes: [UInt8]
    }

    struct Batch {
        var lines: [Line] = []
        /// Forwards, the last record that was looked at; backwards, all before this was not looked at.
        var place: UInt64 = 0
        /// Whether there is no more for now.
        var isOver = false
        /// The index has nothing of records before this yet; 0 where it has all, or was not asked.
        var searchedFrom: UInt64 = 0
    }

    /// How long one request may look for records.
    static let patience = Duration.seconds(2)
    /// Bytes of lines after which a batch ends.
    private static let bytesLimit = 16 << 20
    /// The clock is looked at after so many records.
    private static let stride = 16

    let request: ArticleRequest
    let house: WebHouse
    let feeds: FeedSnapshot
    let reader: StoreReader
    let now: Timestamp
    /// HTML is reduced to what is harmless.
    let sanitizes: Bool
    /// The first record that there is, and the last.
    let firstSeq: UInt64
    let lastSeq: UInt64
    /// How far the index is that `newest` asks; nil where it reads the store.
    let index: SearchStanding?

    /// - Throws: 503 where there is no store that can be read.
    init(_ request: ArticleRequest, sanitizes: Bool, _ house: WebHouse, now: Timestamp) throws(WebFailure) {
        self.request = request
        self.house = house
        self.now = now
        self.sanitizes = sanitizes
        feeds = try house.parts.catalogue.snapshot(at: now)
        let reader = try house.reader()
        self.reader = reader
        (firstSeq, lastSeq) = try Self.reading { () throws(StoreError) in
            (try reader.firstSeq() ?? 1, try reader.lastSeq())
        }
        let isLookedFor = request.query != nil || !request.feeds.isEmpty || !request.tags.isEmpty
        index = isLookedFor ? house.parts.search?.standing : nil
    }

    static func reading<Value>(_ body: () throws(StoreError) -> Value) throws(WebFailure) -> Value {
        do throws(StoreError) {
            return try body()
        } catch {
            throw WebFailure(503, "reading the store: \(error)", hint: "`newswire store verify` looks at it.")
        }
    }

    /// Why a cursor is of no use any more; nil where it is.
    var removed: Removed? {
        guard let after = request.after, after > 0 else { return nil }
        return after + 1 < firstSeq || after > lastSeq ? Removed(firstSeq: firstSeq, lastSeq: lastSeq) : nil
    }

    /// The number behind which reading forwards begins.
    func start() throws(WebFailure) -> UInt64 {
        let after = request.after ?? 0
        guard let since = request.since?.time(now: now) else { return after }
        let first = try Self.reading { () throws(StoreError) in
            try reader.place(storedSince: Timestamp(seconds: since.seconds), now: now).firstSeq
        }
        return max(after, first > 0 ? first - 1 : 0)
    }

    func filter(_ use: QueryUse = .reading) throws(WebFailure) -> DumpFilter {
        let query = try request.parsed(for: use)
        return try Self.reading { () throws(StoreError) in
            try request.filter(query, feeds, in: reader, now: now)
        }
    }

    private func line(of taken: TakenRecord, seq: UInt64) throws -> Line {
        guard sanitizes else { return Line(seq: seq, bytes: taken.withLine { Array($0) }) }
        var bytes: [UInt8] = []
        DumpFormat.jsonl.articles(
            sanitize: true, urls: false, updated: now, width: nil
        ).map { format in
            var format = format
            if let record = try? taken.record() { format.append(record.sanitizingHTML(), to: &bytes) }
        }
        return Line(seq: seq, bytes: bytes)
    }

    /// Reads records behind a number, oldest first.
    ///
    /// - Parameters:
    ///   - limit: so many are given at most.
    ///   - deadline: where it ends, wherever it is then; some records are looked at in any case.
    ///   - take: gets each record that was asked for, with its number.
    /// - Returns: the place, and whether there is no more; without lines.
    /// - Throws: `Removed` where retention has removed records behind the number.
    func forward(
        after start: UInt64, limit: Int, _ filter: DumpFilter, deadline: ContinuousClock.Instant, bytes: Int,
        take: (TakenRecord, UInt64) throws -> Int
    ) throws -> Batch {
        var batch = Batch()
        batch.place = start
        if limit == 0 { return batch }
        var (looked, given, size) = (0, 0, 0)
        var gap = false
        batch.isOver = true
        try reader.read(
            after: start, damage: { _ in },
            removed: { range in
                // Who begins at the beginning begins at what there is.
                if range.lowerBound > 1 || start > 0 { gap = true }
            },
            body: { slice in
                if gap { throw Removed(firstSeq: firstSeq, lastSeq: lastSeq) }
                let seq = slice.envelope.seq
                if let before = request.before, seq >= before { return false }
                if filter.ends(at: slice.envelope) { return false }
                if let taken = try filter.given(slice, in: reader) {
                    size += try take(taken, seq)
                    given += 1
                }
                batch.place = seq
                looked += 1
                let isLate = looked.isMultiple(of: Self.stride) && ContinuousClock.now >= deadline
                if given < limit, size < bytes, !isLate { return true }
                batch.isOver = false
                return false
            })
        return batch
    }

    /// Reads a page of records behind the cursor, oldest first.
    func oldest(limit: Int) throws -> Batch {
        var lines: [Line] = []
        var batch = try forward(
            after: start(), limit: limit, filter(), deadline: ContinuousClock.now + Self.patience,
            bytes: Self.bytesLimit
        ) { taken, seq in
            let line = try line(of: taken, seq: seq)
            lines.append(line)
            return line.bytes.count
        }
        batch.lines = lines
        return batch
    }

    /// Reads a page of records before the bound, newest first: from the index where something has to be looked for and it has
    /// all of it, else from the store.
    func newest(limit: Int) throws -> Batch {
        if index != nil, let search = house.parts.search, let batch = try searched(search, limit: limit) {
            return batch
        }
        return try backward(limit: limit, filter())
    }

    /// The index names records that may be asked for, and the same filter as ever says of each whether it is: of a copy that
    /// depends on what it is a copy of, and of a time on whether the clock was right.
    private func searched(_ search: ArticleSearch, limit: Int) throws -> Batch? {
        var wanted = try request.searching(now: now)
        (wanted.since, wanted.until, wanted.duplicates) = (nil, nil, true)
        let start = try start()
        wanted.after = start > 0 ? start : nil
        wanted.before = min(request.before ?? lastSeq + 1, try end())
        let filter = try filter()
        var batch = Batch()
        batch.place = wanted.before ?? lastSeq + 1
        var (bytes, looked) = (0, 0)
        var failure: (any Error)?
        do throws(SearchFailure) {
            batch.isOver = true
            batch.searchedFrom = try search.forEachRecord(wanted, deadline: ContinuousClock.now + Self.patience) {
                seq in
                do {
                    if let line = try given(seq, filter) {
                        batch.lines.append(line)
                        bytes += line.bytes.count
                    }
                } catch {
                    failure = error
                    return false
                }
                batch.place = seq
                looked += 1
                batch.isOver = batch.lines.count < limit && bytes < Self.bytesLimit
                return batch.isOver
            }
        } catch {
            switch error.code {
            case .unsearchable: throw WebFailure(400, error.message, hint: error.advice)
            // Whoever goes on gets what is behind those that there was time for.
            case .tooSlow where looked > 0:
                batch.isOver = false
                batch.searchedFrom = search.standing.searchedFrom
            case .tooSlow: throw WebFailure(503, error.message, hint: error.advice)
            // Without the index the store is read.
            case .damaged, .noRoom, .inputOutput, .store, .closed: return nil
            }
        }
        if let failure { throw failure }
        return batch
    }

    /// Nothing that is asked for is behind that number: clocks may have been wrong by a day.
    private func end() throws(WebFailure) -> UInt64 {
        guard let until = request.until?.time(now: now) else { return lastSeq + 1 }
        let day = Timestamp(seconds: until.seconds.addingOrClamping(24 * 3600))
        let place = try Self.reading { () throws(StoreError) in
            try reader.place(storedSince: day, now: now).firstSeq
        }
        return place > 0 ? place : lastSeq + 1
    }

    /// A record as it is given; nil where it is not asked for, or where retention has been there since.
    private func given(_ seq: UInt64, _ filter: DumpFilter) throws -> Line? {
        var line: Line?
        try reader.read(after: seq - 1, damage: { _ in }) { slice in
            if slice.envelope.seq == seq, let taken = try filter.given(slice, in: reader) {
                line = try self.line(of: taken, seq: seq)
            }
            return false
        }
        return line
    }

    /// Records of the store are read in pieces, each from its beginning, from the end back.
    private func backward(limit: Int, _ filter: DumpFilter) throws -> Batch {
        let deadline = ContinuousClock.now + Self.patience
        let first = max(try start() + 1, firstSeq)
        var batch = Batch()
        batch.place = min(request.before ?? lastSeq + 1, lastSeq + 1)
        var size = UInt64(max(limit * 2, 128))
        var bytes = 0
        while batch.lines.count < limit, batch.place > first, bytes < Self.bytesLimit {
            if ContinuousClock.now >= deadline { return batch }
            let lower = batch.place - min(size, batch.place - first)
            let wanted = limit - batch.lines.count
            var found: [Line] = []
            var isCut = false
            try reader.read(after: lower - 1, damage: { _ in }) { slice in
                let seq = slice.envelope.seq
                guard seq < batch.place else { return false }
                if let taken = try filter.given(slice, in: reader) {
                    found.append(try line(of: taken, seq: seq))
                    if found.count > 2 * wanted {
                        found.removeFirst(found.count - wanted)
                        isCut = true
                    }
                }
                return true
            }
            if found.count > wanted {
                found.removeFirst(found.count - wanted)
                isCut = true
            }
            batch.lines += found.reversed()
            bytes += found.reduce(0) { $0 + $1.bytes.count }
            batch.place = isCut ? found.first?.seq ?? lower : lower
            size = min(size * 2, 16_384)
        }
        batch.isOver = batch.place <= first
        return batch
    }
}
