package import FeedModel

/// `ArticleComparison` holds the rules by which two articles are told to be the same or not, where their ids alone do
/// not say so.
///
/// Each rule is a pure function of its two sides: what is stored, and what a document brings.
struct ArticleComparison {
    /// Two dates that are more milliseconds apart than this belong to two articles (identity.md §3.1).
    private static let reuseDistance: UInt64 = 24 * 3600 * 1000

    /// Hosts of the feed and of its site (identity.md §7: `ref`).
    let ownHosts: [String]

    /// The form in which links are compared; nil for what is no http or https link.
    func link(_ url: String?) -> String? {
        url.flatMap { CanonicalURL.key($0, ownHosts: ownHosts) }
    }

    /// The form in which titles are compared; empty where there is none.
    func title(_ article: Article) -> String { NormalizedText.title(article.title ?? "") }

    func isSameLink(_ left: Article, _ right: Article) -> Bool {
        if left.url == right.url { return true }
        guard let leftLink = link(left.url) else { return false }
        return leftLink == link(right.url)
    }

    func isSameTitle(_ left: Article, _ right: Article) -> Bool {
        left.title == right.title || title(left) == title(right)
    }

    /// Whether a look of this precision sees no difference between two articles of one id (identity.md §4).
    func isSame(_ left: Article, _ right: Article, at precision: ArticleKey.Precision) -> Bool {
        isSameLink(left, right) && (precision < .title || isSameTitle(left, right))
            && (precision < .published || left.published?.seconds == right.published?.seconds)
    }

    /// Whether the publisher has used an id again for another article: link and title are others, and the dates are
    /// more than a day apart (identity.md §3.1).
    func isReuse(_ old: Article, _ new: Article) -> Bool {
        guard new.id != nil, let oldDate = old.published, let newDate = new.published else { return false }
        let (distance, overflows) = oldDate.milliseconds.subtractingReportingOverflow(newDate.milliseconds)
        guard overflows || distance.magnitude > Self.reuseDistance else { return false }
        return !isSameLink(old, new) && !isSameTitle(old, new)
    }

    /// Whether an item that has the link and title of a stored article, but another id, is still another article
    /// (identity.md §3.3). Bulletins, episodes and questions of the day have the same link and title each time; they
    /// are told by another file, or by another date and text.
    func isContradicted(_ old: StoredArticle, _ new: Article) -> Bool {
        if hasOtherFile(old, new) { return true }
        guard !old.isShort, let oldDate = old.article.published, let newDate = new.published,
            oldDate.seconds != newDate.seconds
        else { return false }
        let changed = ChangedFields.names(from: old.article, to: new)
        return !Set(changed).isDisjoint(with: ["content_html", "content_text", "summary"])
    }

    /// Whether both have a file, and the files are two.
    func hasOtherFile(_ old: StoredArticle, _ new: Article) -> Bool {
        guard !old.isShort, let oldFile = old.article.attachments.first, let newFile = new.attachments.first else {
            return false
        }
        return (link(oldFile.url) ?? oldFile.url) != (link(newFile.url) ?? newFile.url)
    }
}

/// `PublishedDate` says when an article counts as published, where the publisher's date cannot be right
/// (identity.md §10).
package enum PublishedDate {
    /// Clocks and zones may be wrong by this much, in milliseconds.
    private static let tolerance: Int64 = 48 * 3600 * 1000

    /// Returns `firstSeen` where the article's date lies further after `now` than clocks go wrong, and nil where the
    /// date can be taken as it is, or there is none.
    package static func effective(of article: Article, firstSeen: Timestamp, now: Timestamp) -> Timestamp? {
        guard let published = article.published else { return nil }
        let (latest, overflows) = now.milliseconds.addingReportingOverflow(tolerance)
        return !overflows && published.milliseconds > latest ? firstSeen : nil
    }
}
