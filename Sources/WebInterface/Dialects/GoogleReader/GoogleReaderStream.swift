internal import Configuration
internal import FeedModel
internal import Querying
internal import SearchIndex

/// `GoogleReaderStream` is what a stream's name means (web.md §8.4).
enum GoogleReaderStream: Sendable, Equatable {
    /// Everything there is.
    case readingList
    case read, unread, starred
    case feeds(Set<FeedIdentifier>)
    /// What rules have given a label.
    case entries(Set<UInt64>)
    /// A name that nothing here has.
    case nothing

    /// No more entries of a label are looked at for a stream that is only one among others.
    private static let mostLabelled = 100_000

    static let statePrefix = "state/com.google/"

    init(_ name: String, _ desk: ReaderDesk) throws(WebFailure) {
        if name.hasPrefix("feed/") {
            self = Self.feeds(named: String(name.dropFirst(5)), desk)
            return
        }
        guard let own = Self.ownPart(of: name, account: desk.account) else {
            self = .nothing
            return
        }
        if own.hasPrefix("label/") {
            self = try Self.labelled(String(own.dropFirst(6)), desk)
        } else {
            self = Self.state(own) ?? .nothing
        }
    }

    /// What follows `user/-/` or `user/NAME/`; nil where the name is another's, or of another kind.
    static func ownPart(of name: String, account: String) -> String? {
        for prefix in ["user/-/", "user/\(account)/"] where name.hasPrefix(prefix) {
            return String(name.dropFirst(prefix.count))
        }
        // Some write the number that user-info gives, and there is nobody else's stream to be mistaken for one's own.
        let parts = name.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0] == "user", !parts[1].isEmpty, parts[1].allSatisfy(\.isNumber) else {
            return nil
        }
        return String(parts[2])
    }

    private static func state(_ own: String) -> GoogleReaderStream? {
        guard own.hasPrefix(statePrefix) else { return nil }
        switch own.dropFirst(statePrefix.count) {
        case "reading-list": return .readingList
        case "read": return .read
        case "starred": return .starred
        case "kept-unread": return .unread
        default: return nil
        }
    }

    private static func feeds(named name: String, _ desk: ReaderDesk) -> GoogleReaderStream {
        if let number = UInt32(name), let feed = desk.call.house.parts.numbers.feed(number) {
            return .feeds([desk.currentID(feed)])
        }
        if desk.snapshot.place(of: FeedIdentifier(name)) != nil {
            return .feeds([desk.currentID(FeedIdentifier(name))])
        }
        let configuration = desk.snapshot.configuration
        var found = configuration.feeds(at: name)
        // Readers know the URL as they were told it.
        if found.isEmpty { found = configuration.feeds.filter { URLRedaction.redacted($0.url) == name } }
        return found.isEmpty ? .nothing : .feeds(Set(found.map(\.id)))
    }

    /// A tag of feeds means these feeds; a label of rules, the entries that have it.
    private static func labelled(_ tag: String, _ desk: ReaderDesk) throws(WebFailure) -> GoogleReaderStream {
        let key = TagKey(tag)
        let isLabel = desk.snapshot.configuration.filters.labels.contains { TagKey($0) == key }
        var feeds = desk.feeds(tagged: tag)
        if key == TagKey(ReaderDesk.untagged) { feeds.formUnion(desk.feeds(inCategory: tag)) }
        guard isLabel, !tag.contains("\"") else { return feeds.isEmpty ? .nothing : .feeds(feeds) }
        guard let query = try? Query("tag:\"\(tag)\"", for: .searching) else { return .nothing }
        var selection = EntrySelection()
        selection.query = query
        selection.limit = mostLabelled
        let labelled = try selection.result(desk).entries.map(\.id)
        guard !feeds.isEmpty else { return .entries(Set(labelled)) }
        selection.query = nil
        selection.feeds = feeds
        return .entries(Set(labelled).union(try selection.result(desk).entries.map(\.id)))
    }

    func contains(_ id: UInt64, _ feed: FeedIdentifier, _ marks: EntryMarks) -> Bool {
        switch self {
        case .readingList: true
        case .read: marks.isRead(id)
        case .unread: !marks.isRead(id)
        case .starred: marks.isStarred(id)
        case .feeds(let feeds): feeds.contains(feed)
        case .entries(let ids): ids.contains(id)
        case .nothing: false
        }
    }
}

extension EntrySelection {
    /// Takes entries that are in one of the streams, in all of `included` and in none of `excluded`.
    mutating func take(
        _ streams: [GoogleReaderStream], including included: [GoogleReaderStream] = [],
        excluding excluded: [GoogleReaderStream] = [], _ desk: ReaderDesk
    ) {
        narrow(to: streams)
        var rest: [GoogleReaderStream] = []
        for stream in included {
            switch stream {
            case .read where isRead == nil: isRead = true
            case .unread where isRead == nil: isRead = false
            case .starred where isStarred == nil: isStarred = true
            default: rest.append(stream)
            }
        }
        var others: [GoogleReaderStream] = []
        for stream in excluded {
            switch stream {
            case .read where isRead == nil: isRead = false
            case .unread where isRead == nil: isRead = true
            case .starred where isStarred == nil: isStarred = false
            default: others.append(stream)
            }
        }
        // What has not become a condition of its own is asked of each entry.
        let isUnion = streams.count > 1
        guard isUnion || !rest.isEmpty || !others.isEmpty else { return }
        let marks = desk.marks
        condition = { [rest, others] id, feed in
            (!isUnion || streams.contains { $0.contains(id, feed, marks) })
                && rest.allSatisfy { $0.contains(id, feed, marks) } && !others.contains { $0.contains(id, feed, marks) }
        }
    }

    /// Keeps what can be in one of the streams; of one alone, exactly what is.
    private mutating func narrow(to streams: [GoogleReaderStream]) {
        if streams.isEmpty { candidates = [] }
        if streams.count == 1 {
            switch streams[0] {
            case .readingList: break
            case .read: isRead = true
            case .unread: isRead = false
            case .starred: isStarred = true
            case .feeds(let feeds): self.feeds = feeds
            case .entries(let ids): candidates = ids
            case .nothing: candidates = []
            }
            return
        }
        var feeds: Set<FeedIdentifier> = []
        for stream in streams {
            guard case .feeds(let more) = stream else { return }
            feeds.formUnion(more)
        }
        self.feeds = feeds
    }
}
