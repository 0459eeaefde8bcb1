internal import Configuration
internal import FeedModel
internal import JSONText
internal import Querying
internal import SearchIndex

extension GoogleReaderEndpoints {
    static func subscriptions(_ call: WebCall) throws -> WebAnswer {
        let desk = try ReaderDesk(call)
        let numbers = try desk.lists().numbers
        let pieces = try JSONPieces(
            numbers.count,
            head: { json in
                json.beginObject()
                json.key("subscriptions")
                json.beginArray()
            },
            tail: { json in
                json.endArray()
                json.endObject()
            },
            write: { places, json in
                for place in places { append(desk.feed(at: place, number: numbers[place]), to: &json) }
            })
        return pieces.answer
    }

    private static func append(_ feed: ReaderFeed, to json: inout JSONWriter) {
        json.beginObject()
        json.member("id", "feed/\(feed.number)")
        json.member("title", feed.title)
        json.key("categories")
        json.beginArray()
        json.beginObject()
        json.member("id", "user/-/label/\(feed.category)")
        json.member("label", feed.category)
        json.endObject()
        json.endArray()
        json.member("url", feed.url)
        json.member("htmlUrl", feed.siteURL)
        json.member("iconUrl", "")
        json.endObject()
    }

    /// Categories are folders; further tags and what rules give are labels.
    static func tags(_ call: WebCall) throws -> WebAnswer {
        let desk = try ReaderDesk(call)
        let lists = try desk.lists()
        let categories = lists.categories
        var known = Set(categories.map { TagKey($0) })
        let labels = (lists.labels + desk.snapshot.configuration.filters.labels).filter {
            known.insert(TagKey($0)).inserted
        }
        return json { json in
            json.key("tags")
            json.beginArray()
            json.beginObject()
            json.member("id", "user/-/state/com.google/starred")
            json.endObject()
            for category in categories {
                json.beginObject()
                json.member("id", "user/-/label/\(category)")
                json.member("type", "folder")
                json.endObject()
            }
            for label in labels {
                json.beginObject()
                json.member("id", "user/-/label/\(label)")
                json.member("type", "tag")
                json.endObject()
            }
            json.endArray()
        }
    }

    /// What is unread of a feed, of a label, of everything.
    static func unreadCount(_ call: WebCall) throws -> WebAnswer {
        let desk = try ReaderDesk(call)
        let counts = try UnreadCounts.counted(desk)
        let lists = try desk.lists()
        var labels = [UnreadCounts.Count](repeating: UnreadCounts.Count(), count: lists.labels.count)
        for (place, count) in counts.feeds.enumerated() where count.newest > 0 {
            for label in lists.labels(ofFeed: place) { labels[label].add(count) }
        }
        // Labels without any entry are not named.
        let named = labels.indices.filter { labels[$0].newest > 0 }
        let (all, feeds) = (counts.all, lists.numbers.count)
        let pieces = try JSONPieces(
            feeds + named.count,
            head: { json in
                json.beginObject()
                json.member("max", all.unread)
                json.key("unreadcounts")
                json.beginArray()
            },
            tail: { json in
                append("user/-/state/com.google/reading-list", all, to: &json)
                json.endArray()
                json.endObject()
            },
            write: { [labels] places, json in
                for place in places {
                    if place < feeds {
                        append("feed/\(lists.numbers[place])", counts.feeds[place], to: &json)
                    } else {
                        let label = named[place - feeds]
                        append("user/-/label/\(lists.labels[label])", labels[label], to: &json)
                    }
                }
            })
        return pieces.answer
    }

    private static func append(_ id: String, _ count: UnreadCounts.Count, to json: inout JSONWriter) {
        json.beginObject()
        json.member("id", id)
        json.member("count", count.unread)
        let newest = count.newest == 0 ? 0 : EntryReading.microseconds(count.newest, count.newestAt)
        json.member("newestItemTimestampUsec", String(newest))
        json.endObject()
    }
}
