import FeedModel

/// By what two articles are told to be the same, where their ids do not say so.
struct Sameness {
    /// Two dates further apart than this belong to two articles (identity.md §3.1).
    private static let reuseDistance: UInt64 = 24 * 3600 * 1000

    let ownHosts: [String]

    /// The form in which links are compared; nil for what is no http or https link.
    func link(_ url: String?) -> String? {
        url.flatMap { CanonicalURL.key($0, ownHosts: ownHosts) }
    }

    func title(_ article: Article) -> String { NormalizedText.title(article.title ?? "") }

    func isSameLink(_ left: Article, _ right: Article) -> Bool {
        if left.url == right.url { return true }
        guard let leftLink = link(left.url) else { return false }
        return leftLink == link(right.url)
    }

    func isSameTitle(_ left: Article, _ right: Article) -> Bool {
        left.title == right.title || title(left) == title(right)
    }

    /// Whether a look of that precision sees no difference.
    func isSame(_ left: Article, _ right: Article, at precision: ArticleKey.Precision) -> Bool {
        isSameLink(left, right) && (precision < .title || isSameTitle(left, right))
            && (precision < .published || left.published?.seconds == right.published?.seconds)
    }

    /// identity.md §3.1: with the same id, but link and title are others, and the date is more than a day away.
    func isReuse(_ old: Article, _ new: Article) -> Bool {
        guard new.id != nil, let oldDate = old.published, let newDate = new.published else { return false }
        let (distance, overflows) = oldDate.milliseconds.subtractingReportingOverflow(newDate.milliseconds)
        guard overflows || distance.magnitude > Self.reuseDistance else { return false }
        return !isSameLink(old, new) && !isSameTitle(old, new)
    }

    /// Whether two items with other ids, but one link and title, are two all the same: bulletins, episodes and
    /// questions of the day have the same link and title each time. They have another file, or another date and text.
    func isContradicted(_ old: StoredArticle, _ new: Article) -> Bool {
        if hasOtherFile(old, new) { return true }
        guard !old.isShort, let oldDate = old.article.published, let newDate = new.published,
            oldDate.seconds != newDate.seconds
        else { return false }
        let changed = ChangedFields.names(from: old.article, to: new)
        return !Set(changed).isDisjoint(with: ["content_html", "content_text", "summary"])
    }

    func hasOtherFile(_ old: StoredArticle, _ new: Article) -> Bool {
        guard !old.isShort, let oldFile = old.article.attachments.first, let newFile = new.attachments.first else {
            return false
        }
        return (link(oldFile.url) ?? oldFile.url) != (link(newFile.url) ?? newFile.url)
    }
}
