internal import FeedModel

extension ArticleSearch {
    /// Finds records, each by itself.
    ///
    /// - Parameter deadline: 2 s from now where it is nil.
    package func records(
        _ request: RecordRequest, deadline: ContinuousClock.Instant? = nil
    ) throws(SearchFailure) -> RecordPage {
        try ask(deadline) { (question) throws(SearchFailure) in
            var page = RecordPage()
            var count = 0
            try question.forEachRecord(request) { seq in
                count += 1
                if page.found.count < request.limit { page.found.append(seq) }
                return page.found.count < request.limit || count <= request.countLimit
            }
            page.searchedFrom = question.catalogue.searchedFrom
            if request.countLimit > 0 {
                page.count = min(count, request.countLimit)
                page.isCountCut = count > request.countLimit
            }
            return page
        }
    }

    /// Calls `body` with the number of each record that is found, in the order that was asked for, until it returns false:
    /// for who looks at the records themselves to know which are wanted. `limit` and `countLimit` mean nothing here.
    ///
    /// - Parameter deadline: 2 s from now where it is nil. What `body` takes counts.
    /// - Returns: what `EntryPage.searchedFrom` says.
    @discardableResult
    package func forEachRecord(
        _ request: RecordRequest, deadline: ContinuousClock.Instant? = nil, body: (UInt64) -> Bool
    ) throws(SearchFailure) -> UInt64 {
        var request = request
        return try ask(deadline) { (question) throws(SearchFailure) in
            try question.forEachRecord(request) { seq in
                // What was told is not told again where a file turns out to be damaged.
                if request.order == .oldestFirst { request.after = seq } else { request.before = seq }
                return body(seq)
            }
            return question.catalogue.searchedFrom
        }
    }
}

extension RecordRequest {
    /// Whether such a record is wanted, by what it is.
    fileprivate func admits(_ flags: RecordFlags) -> Bool {
        if flags.contains(.blocked), !blocked { return false }
        if flags.contains(.initial), !initial { return false }
        if flags.contains(.update), !updates, !flags.contains(.released) { return false }
        return duplicates || !flags.contains(.repeats)
    }
}

extension ArticleSearch.Question {
    fileprivate func forEachRecord(_ request: RecordRequest, _ body: (UInt64) -> Bool) throws(SearchFailure) {
        let (since, until) = (request.since?.secondsUp, request.until?.secondsUp)
        for file in entries(request.order) {
            if let since, file.extent.latest < since { continue }
            if let until, file.extent.earliest >= until { continue }
            let goesOn = try read(file) { (reading) throws(SearchFailure) in
                let wish = FileReading.Wish(
                    rows: .all, query: request.query, feeds: try reading.filter(request.feeds),
                    from: max(catalogue.firstSeq, request.after.map { $0 &+ 1 } ?? 0),
                    through: request.before.map { $0 - min($0, 1) } ?? .max, order: request.order, now: now)
                return try reading.forEach(wish) { (row) throws(SearchFailure) in
                    if let since, row.storedAt < since { return true }
                    if let until, row.storedAt >= until { return true }
                    return request.admits(row.flags) ? body(row.seq) : true
                }
            }
            if !goesOn { return }
        }
    }
}
