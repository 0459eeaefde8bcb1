internal import FeedModel
internal import Querying
internal import SearchIndex

/// `EntrySelection` says which entries a reader wants, by what the index knows and by the account's marks.
struct EntrySelection: Sendable {
    /// Entries of these feeds; nil for all.
    var feeds: Set<FeedIdentifier>?
    /// Entries whose id is larger.
    var after: UInt64 = 0
    /// Entries whose id is smaller; nil where there is no bound.
    var before: UInt64?
    /// Entries stored at that time or later.
    var since: Timestamp?
    /// Entries stored before that time.
    var until: Timestamp?
    /// Entries whose newest version was stored later.
    var changedAfter: Timestamp?
    /// Entries whose newest version was stored earlier.
    var changedBefore: Timestamp?
    var query: Query?
    /// Unread ones, or read ones; nil for both.
    var isRead: Bool?
    /// Starred ones, or others; nil for both.
    var isStarred: Bool?
    /// Of these alone; nil for all.
    var candidates: Set<UInt64>?
    /// What else has to hold.
    var condition: (@Sendable (UInt64, FeedIdentifier) -> Bool)?
    var order = EntryRequest.Order.newestFirst
    var offset = 0
    var limit = 20
    /// Counting ends here; 0 where no count is wanted.
    var countLimit = 0

    struct Result: Sendable {
        var entries: [IndexedEntry] = []
        /// How many there are, as far as `countLimit`.
        var count = 0
        /// There are more behind the last.
        var hasMore = false
    }

    /// So many entries are asked of the index at a time where each has to be looked at.
    private static let pieceSize = 4096
    private static let patience = Duration.seconds(10)

    /// Finds the entries.
    ///
    /// - Throws: 503 where that takes too long, or where the index cannot be read.
    func result(_ desk: ReaderDesk) throws(WebFailure) -> Result {
        if candidates?.isEmpty ?? false { return Result() }
        if let count = try keptCount(desk) {
            var page = self
            page.countLimit = 0
            var result = try page.result(desk)
            result.count = min(count, countLimit)
            return result
        }
        var found = Collection(self)
        // Whoever goes up by numbers never asks again for what is behind him.
        if order == .oldestFirst { try desk.waitForIndex(from: lowerBound(desk.marks) + 1) }
        let deadline = ContinuousClock.now + Self.patience
        do throws(SearchFailure) {
            if let few = few(desk.marks) {
                try lookAt(few.sorted(by: order == .newestFirst ? (>) : (<)), desk, deadline, &found)
            } else if needsMarks || changedAfter != nil || changedBefore != nil {
                try scan(desk, deadline, &found)
            } else {
                try ask(desk, deadline, &found)
            }
            // What was counted by number alone.
            if !found.ids.isEmpty {
                let entries = try desk.search.entries(ids: found.ids.sorted())
                let byID = Dictionary(entries.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
                found.result.entries = found.ids.compactMap { byID[$0] }
            }
        } catch {
            throw error.readerFailure
        }
        return found.result
    }

    /// The ids of all entries, however many.
    ///
    /// - Throws: 503 while the index has not all of them yet, too.
    func ids(_ desk: ReaderDesk) throws(WebFailure) -> [UInt64] {
        var all = self
        all.limit = .max
        try desk.waitForIndex(from: lowerBound(desk.marks) + 1)
        var found = Collection(all)
        let deadline = ContinuousClock.now + Self.patience
        do throws(SearchFailure) {
            if let few = few(desk.marks) {
                try all.lookAt(few.sorted(by: order == .newestFirst ? (>) : (<)), desk, deadline, &found)
            } else {
                try all.scan(desk, deadline, &found)
            }
        } catch {
            throw error.readerFailure
        }
        return found.ids + found.result.entries.map(\.id)
    }

    // MARK: - Ways to find them

    /// How many entries there are, where feeds as a whole are wanted, and no more is asked than whether an entry is read; nil
    /// where they have to be counted one by one.
    private func keptCount(_ desk: ReaderDesk) throws(WebFailure) -> Int? {
        guard countLimit > 0, isStarred == nil, condition == nil, candidates == nil, !needsEntries, after == 0,
            before == nil, since == nil, until == nil
        else { return nil }
        var places: [Int]?
        if let feeds {
            places = feeds.compactMap { desk.snapshot.contents.place(of: $0) }
            // Feeds that are not configured any more are not counted each by itself.
            guard places?.count == feeds.count else { return nil }
        }
        // What comes in between is unread: it is counted first, so that no more are unread than there are.
        let counts = isRead == nil ? nil : try UnreadCounts.counted(desk)
        let unread = counts.map { counts in places?.reduce(0) { $0 + counts.feeds[$1].unread } ?? counts.all.unread }
        if isRead == false { return unread }
        let totals = try EntryTotals.counted(desk)
        return (places?.reduce(0) { $0 + totals.feeds[$1] } ?? totals.all) - (unread ?? 0)
    }

    /// Whether each entry has to be looked at.
    private var needsMarks: Bool { isRead != nil || isStarred != nil || condition != nil || candidates != nil }
    /// Whether more of an entry has to be known than its number, its feed and when it was stored.
    private var needsEntries: Bool { changedAfter != nil || changedBefore != nil || query != nil }

    /// Entries that are few enough to be looked at one by one; nil where they are not.
    private func few(_ marks: EntryMarks) -> Set<UInt64>? {
        guard query == nil else { return nil }
        guard isStarred == true else { return candidates }
        let starred = Set(marks.starred)
        return candidates.map { $0.intersection(starred) } ?? starred
    }

    /// What is before it is not looked at.
    private func lowerBound(_ marks: EntryMarks) -> UInt64 { isRead == false ? max(after, marks.floor - 1) : after }

    private func accepts(_ id: UInt64, _ feed: FeedIdentifier, _ storedAt: Timestamp, _ marks: EntryMarks) -> Bool {
        if let feeds, !feeds.contains(feed) { return false }
        if id <= after { return false }
        if let before, id >= before { return false }
        if let since, storedAt < since { return false }
        if let until, storedAt >= until { return false }
        if let isRead, marks.isRead(id) != isRead { return false }
        if let isStarred, marks.isStarred(id) != isStarred { return false }
        if let candidates, !candidates.contains(id) { return false }
        return condition?(id, feed) ?? true
    }

    private func accepts(_ entry: IndexedEntry, _ marks: EntryMarks) -> Bool {
        if let changedAfter, entry.changedAt <= changedAfter { return false }
        if let changedBefore, entry.changedAt >= changedBefore { return false }
        return accepts(entry.id, entry.feed, entry.storedAt, marks)
    }

    /// The index alone answers.
    private func ask(
        _ desk: ReaderDesk, _ deadline: ContinuousClock.Instant, _ found: inout Collection
    ) throws(SearchFailure) {
        var request = request(desk.marks)
        request.offset = offset
        request.limit = limit == .max ? limit : limit + 1
        request.countLimit = countLimit
        let page = try desk.search.entries(request, deadline: deadline)
        found.result.entries = page.found.prefix(limit).map(\.entry)
        found.result.hasMore = page.found.count > limit
        found.result.count = page.count ?? 0
    }

    /// Entries of these numbers are looked at, in this order.
    private func lookAt(
        _ ids: [UInt64], _ desk: ReaderDesk, _ deadline: ContinuousClock.Instant, _ found: inout Collection
    ) throws(SearchFailure) {
        let piece = ids.filter { $0 > after && $0 < before ?? .max }
        var entries = try desk.search.entries(ids: piece.sorted())
        if order == .newestFirst { entries.reverse() }
        for entry in entries where accepts(entry, desk.marks) {
            if !found.take(entry) { return }
        }
    }

    /// All entries that the index gives are looked at.
    private func scan(
        _ desk: ReaderDesk, _ deadline: ContinuousClock.Instant, _ found: inout Collection
    ) throws(SearchFailure) {
        let marks = desk.marks
        // What is read is mostly so old that the index had better look for the time.
        let goesByTime = (since != nil || until != nil) && isRead != false
        guard needsEntries || goesByTime else {
            for range in ranges(desk, marks) {
                var goesOn = true
                try desk.search.forEachEntry(
                    feeds: feeds, after: range.lowerBound - 1,
                    before: range.upperBound == .max ? nil : range.upperBound + 1, order: order, deadline: deadline
                ) { id, feed, storedAt in
                    goesOn = accepts(id, feed, storedAt, marks) ? found.take(id) : true
                    return goesOn
                }
                if !goesOn { return }
            }
            return
        }
        var request = request(marks)
        request.limit = Self.pieceSize
        while true {
            let page = try desk.search.entries(request, deadline: deadline)
            for item in page.found where accepts(item.entry, marks) {
                if !found.take(item.entry) { return }
            }
            guard page.found.count == Self.pieceSize, let last = page.found.last?.entry.id else { return }
            if order == .newestFirst { request.before = last } else { request.after = last }
        }
    }

    /// Where entries have to be looked at, in the order in which they are wanted.
    private func ranges(_ desk: ReaderDesk, _ marks: EntryMarks) -> [ClosedRange<UInt64>] {
        let first = lowerBound(marks) == .max ? .max : lowerBound(marks) + 1
        let last = min(desk.last, before.map { $0 - min($0, 1) } ?? .max)
        guard first <= last else { return [] }
        guard isRead == false else { return [first...last] }
        let ranges = marks.unreadRanges(from: first, through: last)
        return order == .newestFirst ? ranges.reversed() : ranges
    }

    private func request(_ marks: EntryMarks) -> EntryRequest {
        var request = EntryRequest()
        request.feeds = feeds
        let bound = lowerBound(marks)
        request.after = bound > 0 ? bound : nil
        request.before = before
        request.since = since
        request.until = until
        request.query = query
        request.order = order
        return request
    }

    /// What has been found, of which only what is between `offset` and `limit` is kept.
    private struct Collection {
        var result = Result()
        /// What is kept by its number alone.
        var ids: [UInt64] = []
        private let selection: EntrySelection
        private var seen = 0

        init(_ selection: EntrySelection) {
            self.selection = selection
        }

        /// False where no more is wanted.
        mutating func take(_ id: UInt64) -> Bool {
            if isWanted() { ids.append(id) }
            return goesOn
        }

        /// False where no more is wanted.
        mutating func take(_ entry: IndexedEntry) -> Bool {
            if isWanted() { result.entries.append(entry) }
            return goesOn
        }

        private mutating func isWanted() -> Bool {
            seen += 1
            if seen <= selection.countLimit { result.count = seen }
            guard seen > selection.offset else { return false }
            let isBehind = seen - selection.offset > selection.limit
            if isBehind { result.hasMore = true }
            return !isBehind
        }

        private var goesOn: Bool { !result.hasMore || seen < selection.countLimit }
    }
}

extension SearchFailure {
    /// What readers are told.
    var readerFailure: WebFailure {
        switch code {
        case .unsearchable: WebFailure(400, message, hint: advice)
        default: WebFailure(503, message, hint: advice)
        }
    }
}
