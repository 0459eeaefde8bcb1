package import FeedModel

/// `QueriedArticle` is what a query can ask of an article: what its publisher says, and what newswire knows beside it.
package struct QueriedArticle: Sendable {
    /// The publisher says this.
    package var article: Article
    /// The text of its page as HTML, which is given beside the article's own: it belongs to the body.
    package var pageHTML: String?
    /// The same as plain text, asked where there is no HTML.
    package var pageText: String?
    /// The article came in this feed.
    package var feed: FeedIdentifier
    /// `tag:` looks at these: the feed's configured tags and, where a record is read, the labels of rules.
    package var tags: Set<TagKey>
    /// The feed is in this language, for articles that do not say theirs.
    package var feedLanguage: String?
    /// The record was stored then, or is about to be.
    package var storedAt: Timestamp
    /// It is now: ages are counted back from here.
    package var now: Timestamp
    /// The publisher's date is not to be believed (identity.md §10), so that the age is that of the record.
    package var hasFlaggedDate = false
    /// The record is all of this.
    package var states: Set<ArticleState> = []

    package init(
        _ article: Article, feed: FeedIdentifier, tags: Set<TagKey> = [], feedLanguage: String? = nil,
        storedAt: Timestamp, now: Timestamp
    ) {
        self.article = article
        self.feed = feed
        self.tags = tags
        self.feedLanguage = feedLanguage
        self.storedAt = storedAt
        self.now = now
    }

    /// When the article was published, as far as that is believed.
    package var believedTime: Timestamp { hasFlaggedDate ? storedAt : article.published ?? storedAt }

    /// The time since then; negative for a date to come.
    var age: Duration {
        let time = believedTime
        let (age, overflows) = now.milliseconds.subtractingReportingOverflow(time.milliseconds)
        return .milliseconds(overflows ? (time.milliseconds < 0 ? .max : .min) : age)
    }

    /// Whether `has:` finds it.
    package func has(_ part: ArticlePart) -> Bool {
        switch part {
        case .body:
            [article.contentHTML, article.contentText, pageHTML, pageText].contains { $0?.isEmpty == false }
        case .image: article.image != nil || article.bannerImage != nil
        case .attachment: !article.attachments.isEmpty
        }
    }
}
