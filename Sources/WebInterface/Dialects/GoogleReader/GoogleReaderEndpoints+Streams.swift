internal import Configuration
internal import FeedModel
internal import JSONText
internal import SearchIndex

extension GoogleReaderEndpoints {
    private static let mostIDs = 10_000
    private static let mostItems = 1000

    static func itemIDs(_ call: WebCall) throws -> WebAnswer {
        let desk = try ReaderDesk(call)
        let fields = GoogleReaderFields(call.request)
        let result = try selection(of: fields.values(of: "s"), fields, atMost: mostIDs, desk).result(desk)
        return json { json in
            json.key("itemRefs")
            json.beginArray()
            for entry in result.entries {
                json.beginObject()
                json.member("id", String(entry.id))
                json.key("directStreamIds")
                json.beginArray()
                json.endArray()
                json.member("timestampUsec", String(EntryReading.microseconds(entry.id, entry.storedAt)))
                json.endObject()
            }
            json.endArray()
            if result.hasMore { json.member("continuation", result.entries.last.map { String($0.id) }) }
        }
    }

    static func streamContents(_ call: WebCall) throws -> WebAnswer {
        let desk = try ReaderDesk(call)
        let fields = GoogleReaderFields(call.request)
        var names = fields.values(of: "s")
        if let name = call.parameters["stream"], !name.isEmpty { names.insert(name, at: 0) }
        let result = try selection(of: names, fields, atMost: mostItems, desk).result(desk)
        return try items(
            result.entries, of: names.first ?? readingList,
            continuation: result.hasMore ? result.entries.last?.id : nil, desk)
    }

    /// The items of these ids, in their order. What is behind the last that fits is had with its id as `c`.
    static func itemContents(_ call: WebCall) throws -> WebAnswer {
        let desk = try ReaderDesk(call)
        let fields = GoogleReaderFields(call.request)
        var known: Set<UInt64> = []
        var ids = fields.values(of: "i").compactMap(GoogleReaderItemID.read).filter { known.insert($0).inserted }
        if let last = fields["c"].flatMap({ UInt64($0) }), let place = ids.firstIndex(of: last) {
            ids.removeFirst(place + 1)
        }
        let wanted = ids.prefix(mostItems)
        let entries: [UInt64: IndexedEntry]
        do throws(SearchFailure) {
            entries = Dictionary(
                try desk.search.entries(ids: wanted.sorted()).map { ($0.id, $0) },
                uniquingKeysWith: { first, _ in first })
        } catch {
            throw error.readerFailure
        }
        return try items(
            wanted.compactMap { entries[$0] }, of: readingList, continuation: ids.count > mostItems ? wanted.last : nil,
            desk)
    }

    private static let readingList = "user/-/state/com.google/reading-list"

    // MARK: - What is wanted

    static func selection(
        of names: [String], _ fields: GoogleReaderFields, atMost most: Int, _ desk: ReaderDesk
    ) throws(WebFailure) -> EntrySelection {
        var selection = EntrySelection()
        func streams(_ names: [String]) throws(WebFailure) -> [GoogleReaderStream] {
            var streams: [GoogleReaderStream] = []
            for name in names where !name.isEmpty { streams.append(try GoogleReaderStream(name, desk)) }
            return streams
        }
        selection.take(
            try streams(names.isEmpty ? [readingList] : names), including: try streams(fields.values(of: "it")),
            excluding: try streams(fields.values(of: "xt")), desk)
        selection.order = fields["r"] == "o" ? .oldestFirst : .newestFirst
        selection.limit = fields["n"].flatMap { Int($0) }.map { min(max($0, 1), most) } ?? 20
        // RSS Guard asks for 200 000; a number that is none is as good as none.
        selection.since = time(fields["ot"])
        // Both ends belong to it.
        selection.until = time(fields["nt"]).map { $0.adding(seconds: 1) }
        if let last = fields["c"].flatMap({ UInt64($0) }) {
            if selection.order == .newestFirst { selection.before = last } else { selection.after = last }
        }
        return selection
    }

    /// Seconds; what is too long for that is in microseconds, as some readers have it from `timestampUsec`.
    private static func time(_ text: String?) -> Timestamp? {
        guard let text, let number = Int64(text), number > 0 else { return nil }
        return Timestamp(seconds: text.utf8.count >= 16 ? number / 1_000_000 : number)
    }

    // MARK: - Items

    private static func items(
        _ entries: [IndexedEntry], of stream: String, continuation: UInt64?, _ desk: ReaderDesk
    ) throws -> WebAnswer {
        let pieces = try JSONPieces(
            entries.count,
            head: { json in
                json.beginObject()
                json.member("direction", "ltr")
                json.member("id", stream)
                json.member("updated", desk.call.request.receivedAt.seconds)
                json.member("continuation", continuation.map { String($0) })
                json.key("items")
                json.beginArray()
            },
            tail: { json in
                json.endArray()
                json.endObject()
            },
            write: { places, json throws(WebFailure) in
                for reading in try desk.readings(Array(entries[places])) { append(reading, desk, to: &json) }
            })
        return pieces.answer
    }

    static func append(_ reading: EntryReading, _ desk: ReaderDesk, to json: inout JSONWriter) {
        let id = reading.entry.id
        json.beginObject()
        json.member("id", GoogleReaderItemID.long(id))
        json.member("crawlTimeMsec", String(reading.entry.storedAt.milliseconds))
        json.member("timestampUsec", String(reading.timestampMicroseconds))
        json.member("published", reading.published.seconds)
        json.member("updated", (reading.article.modified ?? reading.published).seconds)
        json.member("title", reading.title)
        json.member("author", reading.author)
        json.key("canonical")
        link(reading.url, type: nil, to: &json)
        json.key("alternate")
        link(reading.url, type: "text/html", to: &json)
        json.key("summary")
        json.beginObject()
        json.member("direction", reading.isRightToLeft ? "rtl" : "ltr")
        json.member("content", reading.content)
        json.endObject()
        json.member("categories", categories(of: reading, desk))
        json.key("origin")
        json.beginObject()
        json.member("streamId", "feed/\(reading.feed.number)")
        json.member("title", reading.feed.title)
        json.member("htmlUrl", reading.feed.siteURL)
        json.endObject()
        json.key("enclosure")
        json.beginArray()
        for attachment in reading.article.attachments {
            json.beginObject()
            json.member("href", attachment.url)
            json.member("type", attachment.mimeType ?? "application/octet-stream")
            json.member("length", attachment.sizeInBytes)
            json.endObject()
        }
        json.endArray()
        json.endObject()
    }

    private static func link(_ url: String, type: String?, to json: inout JSONWriter) {
        json.beginArray()
        json.beginObject()
        json.member("href", url)
        json.member("type", type)
        json.endObject()
        json.endArray()
    }

    private static func categories(of reading: EntryReading, _ desk: ReaderDesk) -> [String] {
        let id = reading.entry.id
        var names = [readingList]
        if desk.marks.isRead(id) { names.append("user/-/state/com.google/read") }
        if desk.marks.isStarred(id) { names.append("user/-/state/com.google/starred") }
        var known: Set<TagKey> = []
        let tags = reading.feed.place.map { desk.snapshot.feed($0).tags } ?? reading.record.feedTags
        for label in [reading.feed.category] + tags + reading.record.labels where known.insert(TagKey(label)).inserted {
            names.append("user/-/label/\(label)")
        }
        return names
    }
}
