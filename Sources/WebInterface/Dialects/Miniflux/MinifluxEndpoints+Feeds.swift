internal import Configuration
internal import FeedModel
internal import JSONText
internal import SearchIndex

extension MinifluxEndpoints {
    // MARK: - Categories

    /// `MinifluxCategory` is a category with the number by which it is asked for.
    struct MinifluxCategory: Sendable {
        let number: UInt32
        let title: String

        func append(to json: inout JSONWriter, user: UInt32, _ more: (inout JSONWriter) -> Void = { _ in }) {
            json.beginObject()
            json.member("id", number)
            json.member("title", title)
            json.member("user_id", user)
            json.key("hide_globally")
            json.bool(false)
            more(&json)
            json.endObject()
        }
    }

    static func categories(_ call: WebCall) throws -> WebAnswer {
        let desk = try ReaderDesk(call)
        let user = try desk.user()
        let categories = try desk.numberedCategories()
        let isCounted = call.request.query["counts"] == "true"
        var feeds: [TagKey: (feeds: Int, unread: Int)] = [:]
        if isCounted {
            let unread = try UnreadCounts.counted(desk).feeds
            let lists = try desk.lists()
            // The category is the first of a feed's labels.
            var counts = [(feeds: Int, unread: Int)](repeating: (0, 0), count: lists.labels.count)
            for place in unread.indices {
                guard let label = lists.labels(ofFeed: place).first else { continue }
                counts[label].feeds += 1
                counts[label].unread += unread[place].unread
            }
            for (label, count) in zip(lists.labels, counts) { feeds[TagKey(label)] = count }
        }
        return json { json in
            json.beginArray()
            for category in categories {
                category.append(to: &json, user: user) { json in
                    guard isCounted else { return }
                    json.member("feed_count", feeds[TagKey(category.title)]?.feeds ?? 0)
                    json.member("total_unread", feeds[TagKey(category.title)]?.unread ?? 0)
                }
            }
            json.endArray()
        }
    }

    static func feedsOfCategory(_ call: WebCall) throws -> WebAnswer {
        let desk = try ReaderDesk(call)
        let category = TagKey(try desk.category(try number(call, "category")).title)
        let feeds = desk.snapshot.configuration.feeds
        return try answer(feeds.indices.filter { TagKey(ReaderDesk.category(of: feeds[$0])) == category }, desk)
    }

    // MARK: - Feeds

    static func feeds(_ call: WebCall) throws -> WebAnswer {
        let desk = try ReaderDesk(call)
        return try answer(Array(desk.snapshot.configuration.feeds.indices), desk)
    }

    static func feed(_ call: WebCall) throws -> WebAnswer {
        let desk = try ReaderDesk(call)
        let id = try desk.feed(try number(call, "feed"))
        guard let place = desk.snapshot.place(of: id) else { throw WebFailure(404, "no feed has that number") }
        let feed = desk.feed(at: place, number: UInt32(try number(call, "feed")))
        let writer = try MinifluxFeedWriter(desk)
        var json = JSONWriter()
        try writer.append(feed, to: &json)
        return WebAnswer(200, "application/json; charset=utf-8", .bytes(json.finish()))
    }

    private static func answer(_ feeds: [Int], _ desk: ReaderDesk) throws(WebFailure) -> WebAnswer {
        let numbers = try desk.lists().numbers
        let writer = try MinifluxFeedWriter(desk)
        let pieces = try JSONPieces(
            feeds.count, head: { $0.beginArray() }, tail: { $0.endArray() },
            write: { places, json throws(WebFailure) in
                for place in feeds[places] {
                    try writer.append(desk.feed(at: place, number: numbers[place]), to: &json)
                }
            })
        return pieces.answer
    }

    static func counters(_ call: WebCall) throws -> WebAnswer {
        let desk = try ReaderDesk(call)
        let unread = try UnreadCounts.counted(desk).feeds
        // What has come in between is unread.
        let totals = zip(try EntryTotals.counted(desk).feeds, unread).map { max($0, $1.unread) }
        let numbers = try desk.lists().numbers
        let count = numbers.count
        let pieces = try JSONPieces(
            2 * count,
            head: { json in
                json.beginObject()
                json.key("reads")
                json.beginObject()
                if count == 0 { turn(to: "unreads", &json) }
            },
            tail: { json in
                json.endObject()
                json.endObject()
            },
            write: { places, json in
                for place in places {
                    if place == count { turn(to: "unreads", &json) }
                    let feed = place < count ? place : place - count
                    json.key(String(numbers[feed]))
                    json.integer(place < count ? totals[feed] - unread[feed].unread : unread[feed].unread)
                }
            })
        return pieces.answer
    }

    /// Ends a member that is an object, and begins the next.
    private static func turn(to key: StaticString, _ json: inout JSONWriter) {
        json.endObject()
        json.key(key)
        json.beginObject()
    }

    static func export(_ call: WebCall) throws -> WebAnswer {
        let desk = try ReaderDesk(call)
        return WebAnswer(200, "text/xml; charset=utf-8", .pieces(desk.snapshot.opml))
    }

    // MARK: - Polling

    static func refresh(_ call: WebCall) throws -> WebAnswer {
        let desk = try ReaderDesk(call)
        let id = try desk.feed(try number(call, "feed"))
        guard desk.snapshot.place(of: id) != nil else { throw WebFailure(404, "no feed has that number") }
        try call.house.parts.service.poll(id, call.house.configuration)
        return done
    }

    static func refreshAll(_ call: WebCall) throws -> WebAnswer {
        _ = try ReaderDesk(call)
        try call.house.parts.service.pollAll(call.house.configuration)
        return done
    }
}

extension ReaderDesk {
    /// The number of the account.
    func user() throws(WebFailure) -> UInt32 { try call.house.parts.numbers.number(ofAccount: account) }

    func numberedCategories() throws(WebFailure) -> [MinifluxEndpoints.MinifluxCategory] {
        let titles = try lists().categories
        let numbers = try call.house.parts.numbers.numbers(ofTags: titles)
        return zip(numbers, titles).map { MinifluxEndpoints.MinifluxCategory(number: $0, title: $1) }
    }

    /// The category of that number.
    func category(_ number: UInt64) throws(WebFailure) -> MinifluxEndpoints.MinifluxCategory {
        guard let category = try numberedCategories().first(where: { $0.number == number }) else {
            throw WebFailure(404, "no category has the number \(number)")
        }
        return category
    }

    /// The feed of that number, which need not be in the configuration any more.
    func feed(_ number: UInt64) throws(WebFailure) -> FeedIdentifier {
        guard let feed = UInt32(exactly: number).flatMap({ call.house.parts.numbers.feed($0) }) else {
            throw WebFailure(404, "no feed has the number \(number)")
        }
        return feed
    }
}
