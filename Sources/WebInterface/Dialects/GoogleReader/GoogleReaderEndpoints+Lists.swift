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
    private struct UnreadCount {
        var count = 0
        /// The newest of all, read or not, since the floor.
        var newest: Int64 = 0

        mutating func add(_ other: UnreadCount) {
            count += other.count
            newest = max(newest, other.newest)
        }
    }

    static func unreadCount(_ call: WebCall) throws -> WebAnswer {
        let desk = try ReaderDesk(call)
        var counts: [FeedIdentifier: UnreadCount] = [:]
        let marks = desk.marks
        do throws(SearchFailure) {
            try desk.search.forEachEntry(
                after: marks.floor - 1, deadline: ContinuousClock.now + .seconds(10)
            ) { id, feed, storedAt in
                let newest = EntryReading.microseconds(id, storedAt)
                counts[feed, default: UnreadCount()].add(UnreadCount(count: marks.isRead(id) ? 0 : 1, newest: newest))
                return true
            }
        } catch {
            throw error.readerFailure
        }
        let feeds = try desk.allFeeds()
        var all = UnreadCount()
        for count in counts.values { all.add(count) }
        var labels: [(label: String, count: UnreadCount)] = []
        var places: [TagKey: Int] = [:]
        for (place, feed) in desk.snapshot.configuration.feeds.enumerated() {
            guard let count = counts[feed.id] else { continue }
            var known: Set<TagKey> = []
            for label in feed.tags.isEmpty ? [feeds[place].category] : feed.tags
            where known.insert(TagKey(label)).inserted {
                let place = places[TagKey(label)] ?? labels.count
                if place == labels.count {
                    labels.append((label, UnreadCount()))
                    places[TagKey(label)] = place
                }
                labels[place].count.add(count)
            }
        }
        return json { json in
            json.member("max", all.count)
            json.key("unreadcounts")
            json.beginArray()
            for feed in feeds { append("feed/\(feed.number)", counts[feed.id] ?? UnreadCount(), to: &json) }
            for (label, count) in labels { append("user/-/label/\(label)", count, to: &json) }
            append("user/-/state/com.google/reading-list", all, to: &json)
            json.endArray()
        }
    }

    private static func append(_ id: String, _ count: UnreadCount, to json: inout JSONWriter) {
        json.beginObject()
        json.member("id", id)
        json.member("count", count.count)
        json.member("newestItemTimestampUsec", String(count.newest))
        json.endObject()
    }
}
