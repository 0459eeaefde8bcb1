internal import FeedModel
internal import Querying
internal import SearchIndex

/// `MinifluxEntryRequest` reads which entries are wanted, and in which order (web.md §9.1).
struct MinifluxEntryRequest: Sendable {
    /// What the newest entries are sorted by within an answer; without one they come by their numbers.
    enum SortKey: String, Sendable {
        case published = "published_at"
        case created = "created_at"
        case changed = "changed_at"
    }

    private(set) var selection = EntrySelection()
    private(set) var sortKey: SortKey?
    private(set) var isDescending = false

    private static let mostEntries = 1000
    private static let largestOffset = 10_000
    /// A search is counted so far.
    private static let searchCount = 1000
    /// Query language knows no longer span: 100 years.
    private static let longestAge: Int64 = 100 * 366 * 86_400

    init(_ call: WebCall, _ desk: ReaderDesk) throws(WebFailure) {
        let query = call.request.query
        try takeOrder(query)
        try takePlace(call, query, desk)
        try takeMarks(query)
        selection.after = try Self.number(query, "after_entry_id").map { UInt64($0) } ?? 0
        selection.before = try Self.number(query, "before_entry_id").flatMap { $0 > 0 ? UInt64($0) : nil }
        selection.changedAfter = try Self.time(query, "changed_after")
        selection.changedBefore = try Self.time(query, "changed_before")
        try takeQuery(query, now: call.request.receivedAt)
    }

    private mutating func takeOrder(_ query: WebFields) throws(WebFailure) {
        sortKey = query["order"].flatMap(SortKey.init(rawValue:))
        isDescending = query["direction"] == "desc"
        // Times sort what is newest by its number.
        selection.order = isDescending || sortKey != nil ? .newestFirst : .oldestFirst
        let limit = try Self.number(query, "limit") ?? 100
        // Without a limit, in Miniflux's words.
        selection.limit = limit == 0 ? Self.mostEntries : min(limit, Self.mostEntries)
        selection.offset = try Self.number(query, "offset") ?? 0
        guard selection.offset <= Self.largestOffset else {
            throw WebFailure(
                400, "offset is at most \(Self.largestOffset)", hint: "after_entry_id and before_entry_id reach all.")
        }
        selection.countLimit = .max
    }

    private mutating func takePlace(_ call: WebCall, _ query: WebFields, _ desk: ReaderDesk) throws(WebFailure) {
        if call.parameters["feed"] != nil {
            narrow(to: [desk.currentID(try desk.feed(try MinifluxEndpoints.number(call, "feed")))])
        }
        if call.parameters["category"] != nil {
            let category = try desk.category(try MinifluxEndpoints.number(call, "category"))
            narrow(to: desk.feeds(inCategory: category.title))
        }
        if let number = try Self.number(query, "feed_id"), number > 0 {
            narrow(to: [desk.currentID(try desk.feed(UInt64(number)))])
        }
        if let number = try Self.number(query, "category_id"), number > 0 {
            narrow(to: desk.feeds(inCategory: try desk.category(UInt64(number)).title))
        }
    }

    private mutating func narrow(to feeds: Set<FeedIdentifier>) {
        selection.feeds = selection.feeds.map { $0.intersection(feeds) } ?? feeds
    }

    private mutating func takeMarks(_ query: WebFields) throws(WebFailure) {
        let statuses = Set(query.values(of: "status").filter { !$0.isEmpty })
        guard statuses.isSubset(of: ["read", "unread", "removed"]) else {
            throw WebFailure(400, "status is \"read\", \"unread\" or \"removed\"")
        }
        switch (statuses.contains("read"), statuses.contains("unread")) {
        case (true, true): break
        case (true, false): selection.isRead = true
        case (false, true): selection.isRead = false
        // Nothing is removed here.
        case (false, false): if !statuses.isEmpty { selection.candidates = [] }
        }
        // The Python client sends `True`.
        switch query["starred"]?.lowercased() {
        case "true", "1": selection.isStarred = true
        case "false", "0": selection.isStarred = false
        default: break
        }
    }

    /// When an article was published the index tells by its query language.
    private mutating func takeQuery(_ query: WebFields, now: Timestamp) throws(WebFailure) {
        var terms: [String] = []
        let search = query["search"] ?? ""
        if !search.isEmpty {
            _ = try Self.query(search)
            terms.append("(\(search))")
            selection.countLimit = Self.searchCount
        }
        for name in ["after", "published_after"] {
            guard let time = try Self.time(query, name) else { continue }
            let age = now.seconds - time.seconds
            // Nothing is published in the future: what says so counts from when it was stored.
            if age <= 0 {
                selection.candidates = []
                return
            }
            terms.append("age:<\(min(age, Self.longestAge))s")
        }
        for name in ["before", "published_before"] {
            guard let time = try Self.time(query, name) else { continue }
            let age = now.seconds - time.seconds
            if age > 0 { terms.append("age:>\(min(age, Self.longestAge))s") }
        }
        if !terms.isEmpty { selection.query = try Self.query(terms.joined(separator: " ")) }
    }

    private static func query(_ text: String) throws(WebFailure) -> Query {
        do throws(QueryIssue) {
            return try Query(text, for: .searching)
        } catch {
            throw WebFailure(400, "search: \(error)", hint: "docs/filters.md says how a query is written.")
        }
    }

    private static func number(_ query: WebFields, _ name: String) throws(WebFailure) -> Int? {
        guard let text = query[name], !text.isEmpty else { return nil }
        guard let number = Int(text), number >= 0 else { throw WebFailure(400, "\(name) is a number from 0 on") }
        return number
    }

    /// Seconds since 1970, as Miniflux has them, or RFC 3339; 0 is none.
    private static func time(_ query: WebFields, _ name: String) throws(WebFailure) -> Timestamp? {
        guard let text = query[name], !text.isEmpty, text != "0" else { return nil }
        if let seconds = Int64(text) { return Timestamp(seconds: seconds) }
        guard let time = Timestamp(rfc3339: text) else {
            throw WebFailure(400, "\(name) is a number of seconds since 1970, or RFC 3339")
        }
        return time
    }
}
