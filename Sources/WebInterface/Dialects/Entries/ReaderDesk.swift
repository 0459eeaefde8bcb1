internal import ArticleStore
internal import Configuration
internal import FeedModel
internal import SearchIndex

/// `ReaderDesk` is what the two dialects of readers answer from, as it was when the request came: the account's marks, the
/// feeds, the index and the store (web.md §7).
struct ReaderDesk: Sendable {
    let call: WebCall
    let account: String
    let marked: MarkedAccount
    let marks: EntryMarks
    let snapshot: FeedSnapshot
    let search: ArticleSearch
    let reader: StoreReader

    /// The category of feeds that have no tag.
    static let untagged = "newswire"

    /// - Throws: 401 where nobody says who asks: marks are an account's. 503 where there is no index or no store.
    init(_ call: WebCall) throws(WebFailure) {
        guard let account = call.caller.account else {
            throw WebFailure(401, "this needs an account", hint: "newswire.toml has them in [[web.account]].")
        }
        guard let search = call.house.parts.search else {
            throw WebFailure(
                503, "readers are answered from the search index, which is switched off",
                hint: "Set `search = true` in [web].")
        }
        self.call = call
        self.account = account
        self.search = search
        let reader = try call.house.reader()
        self.reader = reader
        let now = call.request.receivedAt
        let unread = call.house.configuration.web.unread
        marked = try call.house.parts.marks.account(account, now: now) { () throws(WebFailure) in
            do throws(StoreError) {
                let since = now.adding(seconds: -Int(clamping: unread.components.seconds))
                return AccountMarks.Bounds(
                    first: try reader.firstSeq() ?? 1,
                    floor: try reader.place(storedSince: since, now: now).firstSeq, last: try reader.lastSeq())
            } catch {
                throw WebFailure(503, "looking for where unread articles begin: \(error)")
            }
        }
        marks = marked.marks
        snapshot = try call.house.parts.catalogue.snapshot(at: now)
    }

    /// The last record that is in the index: what comes behind it is not known here yet.
    var last: UInt64 { search.standing.lastSeq }

    /// - Throws: 503 while the index has not all there is from a number on: it is built from the newest back.
    func waitForIndex(from seq: UInt64) throws(WebFailure) {
        let from = search.standing.searchedFrom
        guard from > seq, from > (try firstSeq()) else { return }
        throw WebFailure(
            503, "the index is being built, and has nothing before record \(from) yet", hint: "Try again in a minute.",
            headers: WebFields([WebFields.Field("Retry-After", "60")]))
    }

    private func firstSeq() throws(WebFailure) -> UInt64 {
        do throws(StoreError) {
            return try reader.firstSeq() ?? 1
        } catch {
            throw WebFailure(503, "looking at the store: \(error)")
        }
    }

    // MARK: - Feeds and categories

    /// The feeds of the configuration that have a tag, in any case.
    func feeds(tagged tag: String) -> Set<FeedIdentifier> {
        let key = TagKey(tag)
        return Set(
            snapshot.configuration.feeds.lazy.filter { $0.tags.contains { TagKey($0) == key } }.map(\.id))
    }

    /// The feeds of the configuration that are in a category.
    func feeds(inCategory category: String) -> Set<FeedIdentifier> {
        let key = TagKey(category)
        return Set(
            snapshot.configuration.feeds.lazy.filter { TagKey(Self.category(of: $0)) == key }.map(\.id))
    }

    /// The id that a feed has now, by which the index knows its articles; of one that is not configured the id itself.
    func currentID(_ id: FeedIdentifier) -> FeedIdentifier { snapshot.place(of: id).map { snapshot.feed($0).id } ?? id }

    static func category(of feed: FeedConfiguration) -> String { feed.tags.first ?? untagged }

    /// Describes a feed of the configuration, by its place there.
    func feed(at place: Int, number: UInt32) -> ReaderFeed {
        let feed = snapshot.feed(place)
        return ReaderFeed(
            number: number, id: feed.id, place: place, title: snapshot.title(place) ?? feed.id.text, address: feed.url,
            category: Self.category(of: feed))
    }

    /// What is told of feeds whatever is in them.
    func lists() throws(WebFailure) -> ReaderLists { try ReaderLists.current(self) }

    /// Describes the feed of a record, which need not be in the configuration any more.
    func feed(of record: StoredRecord, _ id: FeedIdentifier) throws(WebFailure) -> ReaderFeed {
        let place = snapshot.place(of: id)
        let number = try call.house.parts.numbers.numbers(of: [place.map { snapshot.feed($0).id } ?? id])[0]
        if let place { return feed(at: place, number: number) }
        return ReaderFeed(
            number: number, id: id, place: nil, title: record.feedTitle ?? id.text, address: record.feedURL ?? "",
            category: record.feedTags.first ?? Self.untagged)
    }

    // MARK: - Entries

    /// Reads the newest versions of entries. What retention has removed meanwhile is left out.
    func readings(_ entries: [IndexedEntry]) throws(WebFailure) -> [EntryReading] {
        var readings: [EntryReading] = []
        var feeds: [FeedIdentifier: ReaderFeed] = [:]
        let records: [StoredRecord?]
        do throws(StoreError) {
            records = try reader.records(seqs: entries.map(\.newest))
        } catch {
            throw WebFailure(503, "reading records: \(error)")
        }
        for (entry, record) in zip(entries, records) {
            guard let record else { continue }
            let feed: ReaderFeed
            if let known = feeds[entry.feed] {
                feed = known
            } else {
                feed = try self.feed(of: record, entry.feed)
                feeds[entry.feed] = feed
            }
            readings.append(EntryReading(entry: entry, record: record, feed: feed))
        }
        return readings
    }
}

/// `ReaderFeed` is a feed as readers are told of it.
struct ReaderFeed: Sendable {
    let number: UInt32
    let id: FeedIdentifier
    /// Nil for one that is not in the configuration any more.
    let place: Int?
    let title: String
    /// Without secrets.
    let url: String
    let category: String

    /// - Parameter address: the URL as it is configured.
    init(number: UInt32, id: FeedIdentifier, place: Int?, title: String, address: String, category: String) {
        self.number = number
        self.id = id
        self.place = place
        self.title = title
        url = URLRedaction.redacted(address)
        self.category = category
    }

    /// The publisher's own page, as far as the feed's URL tells: newswire keeps no other.
    var siteURL: String {
        guard url.hasPrefix("http://") || url.hasPrefix("https://") else { return "" }
        var slashes = 0
        let end = url.utf8.firstIndex { byte in
            if byte == UInt8(ascii: "/") { slashes += 1 }
            return slashes == 3
        }
        return end.map { String(url[...$0]) } ?? url + "/"
    }
}
