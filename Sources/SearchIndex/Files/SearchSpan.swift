/// `SearchSpan` is the records that one file of the index is for.
struct SearchSpan: Sendable, Hashable {
    let first: UInt64
    let last: UInt64

    /// As many records have a file together, when nothing else is said.
    static let length: UInt64 = 262_144

    /// The span in which a record is. Each begins a multiple of `length` behind the first record ever.
    init(of seq: UInt64, length: UInt64 = length) {
        first = (max(seq, 1) - 1) / length * length + 1
        last = first + length - 1
    }

    init(first: UInt64, last: UInt64) {
        self.first = first
        self.last = last
    }

    /// The first record in 20 digits, as a segment of the store is named by its own.
    var digits: String {
        let digits = String(first)
        return String(repeating: "0", count: 20 - digits.count) + digits
    }

    /// The file that is being written, which has a log beside it.
    func openPath(in folder: String) -> String { "\(folder)/\(digits).open" }
    /// The file to which nothing comes any more.
    func sealedPath(in folder: String) -> String { "\(folder)/\(digits).sealed" }
    /// What is to become that.
    func makingPath(in folder: String) -> String { "\(folder)/\(digits).making" }
}

/// `SearchExtent` is what a file of the index says of itself.
struct SearchExtent: Sendable, Equatable {
    var span: SearchSpan
    /// All records from here on are in it, as far as `through`.
    var from: UInt64
    var through: UInt64
    /// The last record that was whole, and the 64 digits of its chain, by which the store is known again; 0 where none was.
    var markSeq: UInt64
    var chain: String
    /// When `from` was stored, in seconds since 1970, as are the others.
    var fromTime: Int64
    /// Nothing in it was stored earlier or later.
    var earliest: Int64
    var latest: Int64
}

extension SearchExtent {
    /// Reads what a file says of itself, and holds it against what this newswire-web writes.
    ///
    /// - Throws: also for a file of other tables or of another tokeniser, which is then made again.
    init(_ connection: SQLiteConnection) throws(SearchFailure) {
        guard try connection.number("PRAGMA user_version") == Int64(SearchSchema.userVersion) else {
            throw SearchFailure(
                .damaged, "opening \(connection.path): it is of another version of newswire-web",
                advice: "nothing: the file is made again from the articles")
        }
        let row = try connection.temporaryStatement(
            "SELECT span_first, span_last, complete_from, complete_through, mark_seq, chain, from_time, earliest, latest FROM standing"
        )
        guard try row.step() else {
            throw SearchFailure(
                .damaged, "opening \(connection.path): it is empty",
                advice: "nothing: the file is made again from the articles")
        }
        self.init(
            span: SearchSpan(first: row.seq(0), last: row.seq(1)), from: row.seq(2), through: row.seq(3),
            markSeq: row.seq(4), chain: row.text(5), fromTime: row.number(6), earliest: row.number(7),
            latest: row.number(8))
    }

    func write(to connection: SQLiteConnection) throws(SearchFailure) {
        try connection.run("DELETE FROM standing")
        let row = try connection.statement("INSERT INTO standing VALUES(?,?,?,?,?,?,?,?,?)")
        row.bind(span.first, at: 1)
        row.bind(span.last, at: 2)
        row.bind(from, at: 3)
        row.bind(through, at: 4)
        row.bind(markSeq, at: 5)
        row.bind(chain, at: 6)
        row.bind(fromTime, at: 7)
        row.bind(earliest, at: 8)
        row.bind(latest, at: 9)
        try row.run()
    }

    /// Joins what is in the file already; false where it is not right before or behind.
    mutating func join(_ known: SearchExtent) -> Bool {
        if known.through + 1 == from {
            (from, fromTime) = (known.from, known.fromTime)
            if markSeq == 0 { (markSeq, chain) = (known.markSeq, known.chain) }
        } else if through + 1 == known.from {
            through = known.through
            if known.markSeq > 0 { (markSeq, chain) = (known.markSeq, known.chain) }
        } else {
            return false
        }
        earliest = min(earliest, known.earliest)
        latest = max(latest, known.latest)
        return true
    }
}
