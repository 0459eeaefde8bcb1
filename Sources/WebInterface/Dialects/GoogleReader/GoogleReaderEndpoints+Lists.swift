internal import Configuration
internal import FeedModel
internal import JSONText
internal import Querying
internal import SearchIndex

extension GoogleReaderEndpoints {
    static func subscriptions(_ call: WebCall) throws -> WebAnswer {
        let desk = try ReaderDesk(call)
        let feeds = try desk.allFeeds()
        let pieces = try JSONPieces(
            feeds.count,
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
                for feed in feeds[places] { append(feed, to: &json) }
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
        let categories = desk.categories
        var known = Set(categories.map { TagKey($0) })
        let configuration = desk.snapshot.configuration
        let labels = (configuration.feeds.flatMap(\.tags) + configuration.filters.labels).filter {
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
        let feeds = try desk.allFeeds()
        var labels: [(label: String, count: UnreadCounts.Count)] = []
        var places: [TagKey: Int] = [:]
        for (place, feed) in desk.snapshot.configuration.feeds.enumerated() {
            let count = counts.feeds[place]
            // Labels without any entry are not named.
            if count.newest == 0 { continue }
            var known: Set<TagKey> = []
            for label in feed.tags.isEmpty ? [feeds[place].category] : feed.tags
            where known.insert(TagKey(label)).inserted {
                let place = places[TagKey(label)] ?? labels.count
                if place == labels.count {
                    labels.append((label, UnreadCounts.Count()))
                    places[TagKey(label)] = place
                }
                labels[place].count.add(count)
            }
        }
        let all = counts.all
        return json { json in
            json.member("max", all.unread)
            json.key("unreadcounts")
            json.beginArray()
            for (place, feed) in feeds.enumerated() { append("feed/\(feed.number)", counts.feeds[place], to: &json) }
            for (label, count) in labels { append("user/-/label/\(label)", count, to: &json) }
            append("user/-/state/com.google/reading-list", all, to: &json)
            json.endArray()
        }
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
