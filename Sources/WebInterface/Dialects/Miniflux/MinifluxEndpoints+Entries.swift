internal import Digest
internal import FeedModel
internal import FeedParsing
internal import JSONText
internal import SearchIndex

extension MinifluxEndpoints {
    static func entries(_ call: WebCall) throws -> WebAnswer {
        let desk = try ReaderDesk(call)
        let request = try MinifluxEntryRequest(call, desk)
        let result = try request.selection.result(desk)
        let writer = try MinifluxEntryWriter(desk)
        let head: (inout JSONWriter) -> Void = { json in
            json.beginObject()
            json.member("total", result.count)
            json.key("entries")
            json.beginArray()
        }
        let tail: (inout JSONWriter) -> Void = { json in
            json.endArray()
            json.endObject()
        }
        let pieces: JSONPieces
        if let key = request.sortKey {
            // What sorts them stands in the records.
            let entries = result.entries
            let times = try desk.times(key, of: entries)
            let order = entries.indices.sorted { left, right in
                let (left, right) = ((times[left], entries[left].id), (times[right], entries[right].id))
                return request.isDescending ? left > right : left < right
            }
            pieces = try JSONPieces(order.count, head: head, tail: tail) { places, json throws(WebFailure) in
                try writer.append(order[places].map { entries[$0] }, to: &json)
            }
        } else {
            let entries = result.entries
            pieces = try JSONPieces(entries.count, head: head, tail: tail) { places, json throws(WebFailure) in
                try writer.append(Array(entries[places]), to: &json)
            }
        }
        return pieces.answer
    }

    static func entry(_ call: WebCall) throws -> WebAnswer {
        let desk = try ReaderDesk(call)
        let entry = try desk.entry(try number(call, "entry"))
        if call.parameters["feed"] != nil {
            guard desk.currentID(try desk.feed(try number(call, "feed"))) == entry.feed else {
                throw WebFailure(404, "that feed has no entry \(entry.id)")
            }
        }
        var json = JSONWriter()
        try MinifluxEntryWriter(desk).append([entry], to: &json)
        guard json.count > 0 else { throw WebFailure(404, "the record of the entry \(entry.id) is not there any more") }
        return WebAnswer(200, "application/json; charset=utf-8", .bytes(json.finish()))
    }

    // MARK: - Marks

    static func updateEntries(_ call: WebCall) throws -> WebAnswer {
        let desk = try ReaderDesk(call)
        guard let body = try? JSONParser.parse(call.request.body).value, let ids = body["entry_ids"]?.array,
            let status = body["status"]?.string
        else { throw WebFailure(400, "this takes {\"entry_ids\":[…],\"status\":\"read\"}") }
        guard status == "read" || status == "unread" else {
            throw WebFailure(400, "an entry is \"read\" or \"unread\", and never \(status)")
        }
        let known = ids.compactMap { $0.integer.flatMap(UInt64.init(exactly:)) }
        guard !known.isEmpty, known.count == ids.count else {
            throw WebFailure(400, "entry_ids are the numbers of one entry at least")
        }
        try desk.mark(known, isRead: status == "read", isStarred: nil)
        return done
    }

    static func toggleStar(_ call: WebCall) throws -> WebAnswer {
        let desk = try ReaderDesk(call)
        let entry = try desk.entry(try number(call, "entry"))
        try desk.marked.star([entry.id], !desk.marks.isStarred(entry.id))
        return done
    }

    static func markFeedAsRead(_ call: WebCall) throws -> WebAnswer {
        let desk = try ReaderDesk(call)
        try desk.markAll(of: [desk.currentID(try desk.feed(try number(call, "feed")))])
        return done
    }

    static func markCategoryAsRead(_ call: WebCall) throws -> WebAnswer {
        let desk = try ReaderDesk(call)
        try desk.markAll(of: desk.feeds(inCategory: try desk.category(try number(call, "category")).title))
        return done
    }

    static func markAllAsRead(_ call: WebCall) throws -> WebAnswer {
        let desk = try ReaderDesk(call)
        guard try number(call, "user") == desk.user() else {
            throw WebFailure(403, "that is the number of another account, or of none")
        }
        try desk.marked.markAll(upTo: desk.last)
        return done
    }
}

extension ReaderDesk {
    /// The entry of that number.
    func entry(_ id: UInt64) throws(WebFailure) -> IndexedEntry {
        guard let entry = try entries([id]).first else { throw WebFailure(404, "no entry has the number \(id)") }
        return entry
    }

    /// Marks what is unread of feeds as read, up to the last that the index has.
    func markAll(of feeds: Set<FeedIdentifier>) throws(WebFailure) {
        let last = last
        var selection = EntrySelection()
        selection.feeds = feeds
        selection.isRead = false
        selection.before = last == .max ? nil : last + 1
        try marked.mark(try selection.ids(self), read: true, upTo: last)
    }

    /// The times by which entries are sorted, in their order.
    func times(_ key: MinifluxEntryRequest.SortKey, of entries: [IndexedEntry]) throws(WebFailure) -> [Timestamp] {
        switch key {
        case .created: return entries.map(\.storedAt)
        case .changed: return entries.map(\.changedAt)
        case .published:
            let readings = try readings(entries)
            let published = Dictionary(
                readings.map { ($0.entry.id, $0.published) }, uniquingKeysWith: { first, _ in first })
            return entries.map { published[$0.id] ?? $0.storedAt }
        }
    }
}

/// `MinifluxEntryWriter` writes entries as Miniflux does.
struct MinifluxEntryWriter: Sendable {
    private let desk: ReaderDesk
    private let feeds: MinifluxFeedWriter
    private let user: UInt32

    init(_ desk: ReaderDesk) throws(WebFailure) {
        self.desk = desk
        feeds = try MinifluxFeedWriter(desk)
        user = try desk.user()
    }

    /// Reads them, and writes one value for each that is still there.
    func append(_ entries: [IndexedEntry], to json: inout JSONWriter) throws(WebFailure) {
        for reading in try desk.readings(entries) { try append(reading, to: &json) }
    }

    private func append(_ reading: EntryReading, to json: inout JSONWriter) throws(WebFailure) {
        let (id, article, content) = (reading.entry.id, reading.article, reading.content)
        json.beginObject()
        json.member("id", id)
        json.member("user_id", user)
        json.member("feed_id", reading.feed.number)
        json.member("status", desk.marks.isRead(id) ? "read" : "unread")
        json.member("hash", reading.record.contentHash?.hex ?? "")
        json.member("title", reading.title)
        json.member("url", reading.url)
        json.member("comments_url", article.commentsURL ?? "")
        json.member("published_at", reading.published.description)
        json.member("created_at", reading.entry.storedAt.description)
        json.member("changed_at", reading.entry.changedAt.description)
        json.member("content", content)
        json.member("author", reading.author)
        json.member("share_code", "")
        json.key("starred")
        json.bool(desk.marks.isStarred(id))
        json.member("reading_time", Self.minutes(content))
        json.key("enclosures")
        json.beginArray()
        for (place, attachment) in article.attachments.enumerated() {
            json.beginObject()
            json.member("id", place + 1)
            json.member("user_id", user)
            json.member("entry_id", id)
            json.member("url", attachment.url)
            json.member("mime_type", attachment.mimeType ?? "")
            json.member("size", attachment.sizeInBytes ?? 0)
            json.member("media_progression", 0)
            json.endObject()
        }
        json.endArray()
        json.key("feed")
        try feeds.append(reading.feed, to: &json)
        json.key("tags")
        json.beginArray()
        for tag in article.tags + reading.record.labels { json.string(tag) }
        json.endArray()
        json.endObject()
    }

    /// How long reading takes: 265 words a minute, or 500 letters of scripts without blanks, of six bytes each at most.
    private static func minutes(_ content: String) -> Int {
        var words = 0
        var isInWord = false
        var wide = 0
        for scalar in HTMLText.plainText(content).unicodeScalars {
            if scalar.value >= 0x2e80 {
                wide += 1
                isInWord = false
            } else if isBlank(scalar) {
                isInWord = false
            } else if !isInWord {
                words += 1
                isInWord = true
            }
        }
        return (words * 500 + wide * 265 + 265 * 500 - 1) / (265 * 500)
    }

    /// Nearly all of most texts is ASCII, of which nobody needs to be asked.
    private static func isBlank(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value < 0x80
            ? scalar.value == 0x20 || (0x09...0x0d).contains(scalar.value) : scalar.properties.isWhitespace
    }
}
