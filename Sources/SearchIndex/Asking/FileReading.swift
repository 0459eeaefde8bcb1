internal import FeedModel
internal import Querying

/// A row of the table `record`.
struct RecordRow {
    let seq: UInt64
    /// As the table has it: nil for the entry itself.
    let entry: UInt64?
    let feed: Int64
    let storedAt: Int64
    let flags: RecordFlags
    /// When the entry's first record was stored, in a later version.
    let entryAt: Int64?

    /// The number of the entry that readers are shown it as.
    var entryID: UInt64 { entry ?? seq }
}

/// `FileReading` is one file of the index while one thread asks it.
struct FileReading {
    /// Which rows are wanted.
    enum Rows {
        /// First versions that are shown: the entries.
        case entries
        /// Later versions that are shown.
        case laterVersions
        /// Both.
        case shown
        /// Copies and what is blocked as well.
        case all

        fileprivate var condition: String? {
            switch self {
            case .entries: "r.entry IS NULL"
            case .laterVersions: "r.entry > 0"
            case .shown: "r.entry IS NOT 0"
            case .all: nil
            }
        }
    }

    /// What is wanted of a file.
    struct Wish {
        var rows: Rows
        var query: Query?
        var feeds: FeedFilter
        /// Records from this one to that one.
        var from: UInt64
        var through: UInt64
        var order: EntryRequest.Order
        var now: Timestamp
    }

    /// Feeds by the numbers of one file.
    enum FeedFilter {
        case all
        case numbers(Set<Int64>)

        func admits(_ number: Int64) -> Bool {
            switch self {
            case .all: true
            case .numbers(let numbers): numbers.contains(number)
            }
        }
    }

    let entry: SearchCatalogue.Entry
    let connection: SQLiteConnection
    let names: FeedSuccessors
    let deadline: SearchDeadline

    /// So few feeds are looked for one by one, and asked of SQLite by their numbers.
    private static let fewFeeds = 16
    /// So many rows are gone through before an index of feeds is asked.
    private static let rowsAtFirst: UInt64 = 8192

    // MARK: - Feeds

    func feedNumbers(_ feed: FeedIdentifier) throws(SearchFailure) -> [Int64] {
        var numbers: [Int64] = []
        for id in names.all(of: feed) {
            let row = try connection.statement("SELECT number FROM feed WHERE id = ?")
            row.bind(id.text, at: 1)
            if try row.step() { numbers.append(row.number(0)) }
            row.reset()
        }
        return numbers
    }

    func filter(_ feeds: Set<FeedIdentifier>?) throws(SearchFailure) -> FeedFilter {
        guard let feeds else { return .all }
        var numbers: Set<Int64> = []
        if feeds.count <= Self.fewFeeds {
            for feed in feeds { numbers.formUnion(try feedNumbers(feed)) }
            return .numbers(numbers)
        }
        let row = try connection.statement("SELECT number, id FROM feed")
        while try row.step() {
            if feeds.contains(names.current(FeedIdentifier(row.text(1)))) { numbers.insert(row.number(0)) }
        }
        return .numbers(numbers)
    }

    func feed(_ number: Int64) throws(SearchFailure) -> FeedIdentifier {
        let row = try connection.statement("SELECT id FROM feed WHERE number = ?")
        row.bind(number, at: 1)
        defer { row.reset() }
        return names.current(FeedIdentifier(try row.step() ? row.text(0) : ""))
    }

    // MARK: - Rows

    private static let columns = "r.seq, r.entry, r.feed, r.stored_at, r.flags, r.entry_at"

    /// Calls `body` with each row that is wanted, in order, until it returns false.
    ///
    /// - Returns: false where `body` has.
    @discardableResult
    func forEach(
        _ wish: Wish, _ body: (RecordRow) throws(SearchFailure) -> Bool
    ) throws(SearchFailure) -> Bool {
        let (from, through) = (max(wish.from, entry.extent.from), min(wish.through, entry.extent.through))
        guard from <= through else { return true }
        if case .numbers(let numbers) = wish.feeds, numbers.isEmpty { return true }
        var translation = QueryTranslation()
        if let query = wish.query {
            translation = try QueryTranslation(query, now: wish.now) { (feed) throws(SearchFailure) in
                try feedNumbers(feed)
            }
        }
        if wish.rows == .laterVersions { translation.require(facets: [.laterVersion]) }
        // Of entries alone there is an index by feeds.
        let isIndexed = wish.rows == .entries && translation.match == nil
        if case .numbers(let numbers) = wish.feeds, numbers.count <= Self.fewFeeds, !isIndexed {
            translation.require(facets: numbers.sorted().map { .feed($0) })
        }
        if translation.match != nil { return try forEachMatch(wish, translation, from...through, body) }
        guard case .numbers(let numbers) = wish.feeds, wish.rows == .entries else {
            return try forEachRow(wish, translation, from...through, body)
        }
        // Where the feeds have many of the articles, most of what is wanted comes soon; where they have few, their rows can
        // be sorted.
        let length = min(through - from, Self.rowsAtFirst)
        let (near, far): (ClosedRange<UInt64>, ClosedRange<UInt64>?) =
            switch wish.order {
            case .newestFirst:
                (through - length...through, through - length > from ? from...through - length - 1 : nil)
            case .oldestFirst: (from...from + length, from + length < through ? from + length + 1...through : nil)
            }
        guard try forEachRow(wish, translation, near, body) else { return false }
        guard let far else { return true }
        return try forEachRow(wish, translation, far, ofFeeds: numbers, body)
    }

    private func forEachMatch(
        _ wish: Wish, _ translation: QueryTranslation, _ range: ClosedRange<UInt64>,
        _ body: (RecordRow) throws(SearchFailure) -> Bool
    ) throws(SearchFailure) -> Bool {
        let conditions = ["words MATCH ?1", "words.rowid >= ?2", "words.rowid <= ?3"] + translation.conditions
        let rows = try connection.temporaryStatement(
            """
            SELECT \(Self.columns) FROM words CROSS JOIN record r ON r.seq = words.rowid
            WHERE \(Self.joined(conditions, wish.rows)) ORDER BY words.rowid \(Self.direction(wish.order))
            """)
        // Not nil: it is the caller who has looked.
        rows.bind(translation.match!, at: 1)
        rows.bind(range.lowerBound, at: 2)
        rows.bind(range.upperBound, at: 3)
        return try each(of: rows, wish.feeds, body)
    }

    private func forEachRow(
        _ wish: Wish, _ translation: QueryTranslation, _ range: ClosedRange<UInt64>, ofFeeds feeds: Set<Int64>? = nil,
        _ body: (RecordRow) throws(SearchFailure) -> Bool
    ) throws(SearchFailure) -> Bool {
        var conditions = ["r.seq >= ?1", "r.seq <= ?2"] + translation.conditions
        if let feeds {
            conditions.append("r.feed IN (\(feeds.map { "\($0)" }.joined(separator: ",")))")
        }
        let rows = try connection.temporaryStatement(
            """
            SELECT \(Self.columns) FROM record r \(feeds == nil ? "NOT INDEXED" : "INDEXED BY entry_of_feed")
            WHERE \(Self.joined(conditions, wish.rows)) ORDER BY r.seq \(Self.direction(wish.order))
            """)
        rows.bind(range.lowerBound, at: 1)
        rows.bind(range.upperBound, at: 2)
        return try each(of: rows, wish.feeds, body)
    }

    private static func joined(_ conditions: [String], _ rows: Rows) -> String {
        (conditions + [rows.condition].compactMap { $0 }).map { "(\($0))" }.joined(separator: " AND ")
    }

    private static func direction(_ order: EntryRequest.Order) -> String { order == .newestFirst ? "DESC" : "ASC" }

    private func each(
        of rows: SQLiteStatement, _ feeds: FeedFilter, _ body: (RecordRow) throws(SearchFailure) -> Bool
    ) throws(SearchFailure) -> Bool {
        var looks: UInt8 = 0
        while try rows.step() {
            // Of words SQLite looks through many between two of its own steps.
            looks &+= 1
            if looks & 63 == 0 { try deadline.check() }
            let row = RecordRow(
                seq: rows.seq(0), entry: rows.optionalNumber(1).map { UInt64(clamping: $0) }, feed: rows.number(2),
                storedAt: rows.number(3), flags: RecordFlags(rawValue: rows.number(4)), entryAt: rows.optionalNumber(5))
            guard feeds.admits(row.feed) else { continue }
            guard try body(row) else { return false }
        }
        return true
    }

    // MARK: - One record

    func row(_ seq: UInt64) throws(SearchFailure) -> RecordRow? {
        var found: RecordRow?
        let row = try connection.statement("SELECT \(Self.columns) FROM record r WHERE r.seq = ?")
        row.bind(seq, at: 1)
        _ = try each(of: row, .all) { (row) throws(SearchFailure) in
            found = row
            return false
        }
        row.reset()
        return found
    }

    /// The newest version of an entry but for its first, in this file.
    func newestVersion(of entry: UInt64) throws(SearchFailure) -> RecordRow? {
        var found: RecordRow?
        let row = try connection.statement(
            "SELECT \(Self.columns) FROM record r WHERE r.entry > 0 AND r.entry = ? ORDER BY r.seq DESC LIMIT 1")
        row.bind(entry, at: 1)
        _ = try each(of: row, .all) { (row) throws(SearchFailure) in
            found = row
            return false
        }
        row.reset()
        return found
    }

    /// How many entries there are.
    func count(
        _ feeds: FeedFilter, from: UInt64, through: UInt64, since: Int64?, until: Int64?
    ) throws(SearchFailure) -> Int {
        var conditions = ["r.entry IS NULL", "r.seq >= \(from)", "r.seq <= \(through)"]
        if case .numbers(let numbers) = feeds {
            if numbers.isEmpty { return 0 }
            conditions.append("r.feed IN (\(numbers.map { "\($0)" }.joined(separator: ",")))")
        }
        if let since { conditions.append("r.stored_at >= \(since)") }
        if let until { conditions.append("r.stored_at < \(until)") }
        let sql = "SELECT count(*) FROM record r WHERE \(conditions.joined(separator: " AND "))"
        return Int(try connection.number(sql) ?? 0)
    }
}
