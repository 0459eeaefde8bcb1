package import FeedModel

/// What a query can ask of a record that is stored. It is the same as could be asked of the article before it was stored.
extension QueriedArticle {
    /// Takes a record as it was stored, or as it is given with its page (fulltext.md §10.5): `tag:` finds the tags that its feed had then and its labels, `is:blocked` what a
    /// rule has blocked.
    ///
    /// - Parameters:
    ///   - record: all of it, or what `Query.members` names.
    ///   - original: the record that it repeats, where it was kept without content (`StoredRecord.isShort`).
    ///   - now: ages are counted back from here.
    package init(_ record: StoredRecord, original: StoredRecord? = nil, now: Timestamp) {
        self.init(
            Self.article(of: record, original), feed: record.feed ?? FeedIdentifier(""),
            tags: Set((record.feedTags + record.labels).map { TagKey($0) }), feedLanguage: record.feedLanguage,
            storedAt: record.storedAt ?? now, now: now)
        (pageHTML, pageText) = (record.pageHTML, record.pageText)
        hasFlaggedDate = record.effectiveDateText != nil
        if record.kind == .update {
            states.insert(.update)
        } else if record.isInitial {
            states.insert(.initial)
        }
        if record.blockedBy != nil { states.insert(.blocked) }
    }

    /// Takes a record as rules were asked about it when it was made, or would have been (filters.md §2.3): its age is that of
    /// then, `tag:` means tags of its feed alone, and what rules have said of it counts for nothing.
    ///
    /// - Parameters:
    ///   - feed: the id that the record's feed has now.
    ///   - tags: the feed's.
    package init(
        judging record: StoredRecord, original: StoredRecord? = nil, feed: FeedIdentifier, tags: Set<TagKey>
    ) {
        self.init(record, original: original, now: record.storedAt ?? Timestamp(seconds: 0))
        self.feed = feed
        self.tags = tags
        if record.isClockDoubtful { hasFlaggedDate = true }
        states.remove(.blocked)
    }

    /// A copy that was kept without content says what the other says, under its own link, title and date.
    private static func article(of record: StoredRecord, _ original: StoredRecord?) -> Article {
        let own = record.article
        guard record.isShort, let original else { return own }
        var article = original.article
        article.url = own.url
        article.title = own.title
        article.published = own.published
        return article
    }
}
