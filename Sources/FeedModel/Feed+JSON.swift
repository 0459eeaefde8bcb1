package import JSONText

extension Feed {
    /// Writes a whole JSON Feed 1.1 document (contract.md §3, `newswire parse`).
    ///
    /// - Parameter itemIdentifier: gives the id of an article whose publisher gave none.
    package func write(to json: inout JSONWriter, itemIdentifier: (Article) -> String) {
        write(to: &json, afterItem: { _ in }, itemIdentifier: itemIdentifier)
    }

    /// Writes the document piece by piece.
    ///
    /// - Parameter afterItem: is called behind each item, and may drain what has been written.
    package func write(
        to json: inout JSONWriter, afterItem: (inout JSONWriter) throws -> Void, itemIdentifier: (Article) -> String
    ) rethrows {
        json.beginObject()
        json.member("version", "https://jsonfeed.org/version/1.1")
        // JSON Feed requires a title; a feed without one has an empty one.
        json.member("title", title ?? "")
        json.member("home_page_url", homePageURL)
        json.member("feed_url", feedURL)
        json.member("description", description)
        json.member("icon", icon)
        json.member("favicon", favicon)
        json.member("language", language)
        json.authors("authors", authors)
        writeHubs(to: &json)
        json.member("next_url", nextURL)
        json.flag("expired", expired)
        json.key(StoredRecord.ownMember)
        json.beginObject()
        writeExtensionMembers(to: &json)
        json.endObject()
        json.key("items")
        json.beginArray()
        for article in articles {
            json.beginObject()
            article.writeItemMembers(to: &json, id: article.id ?? itemIdentifier(article))
            if article.hasExtensionMembers {
                json.key(StoredRecord.ownMember)
                json.beginObject()
                article.writeExtensionMembers(to: &json)
                json.endObject()
            }
            json.endObject()
            try afterItem(&json)
        }
        json.endArray()
        json.endObject()
    }

    private func writeHubs(to json: inout JSONWriter) {
        if hubs.isEmpty { return }
        json.key("hubs")
        json.beginArray()
        for hub in hubs {
            json.beginObject()
            json.member("type", hub.type)
            json.member("url", hub.url)
            json.endObject()
        }
        json.endArray()
    }

    private func writeExtensionMembers(to json: inout JSONWriter) {
        json.member("format", format.rawValue)
        json.member("encoding", encoding)
        json.member("warnings", warnings)
        hints.writeMembers(to: &json)
        json.member("copyright", copyright)
        json.member("generator", generator)
        json.member("updated", updated)
        json.member("id", id)
        json.member("tags", tags)
        json.links(links)
        json.emails("author_emails", authors)
        json.authors("contributors", contributors)
        json.rawDates(rawDates)
        json.member("unsafe_urls", unsafeURLs)
        json.member("dropped_items", droppedArticles == 0 ? nil : droppedArticles)
        json.flag("truncated", isTruncated)
    }
}

extension PollingHints {
    /// Writes them into an object that the caller has begun.
    func writeMembers(to json: inout JSONWriter) {
        json.member("ttl_seconds", ttlSeconds)
        json.member("update_period_seconds", updatePeriodSeconds)
        if !skipHours.isEmpty {
            json.key("skip_hours")
            json.beginArray()
            for hour in skipHours { json.integer(hour) }
            json.endArray()
        }
        json.member("skip_days", skipDays)
    }
}
