internal import Digest
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

    /// Whether a look of this precision sees no difference between two articles of one id whose content differs
    /// (identity.md §4).
    func isSame(_ left: Article, _ right: Article, at precision: ArticleKey.Precision) -> Bool {
        guard precision < .content, isSameLink(left, right) else { return false }
        return (precision != .link || left.id != nil || left.fragment == right.fragment)
            && (precision < .title || isSameTitle(left, right))
            && (precision < .published || left.published?.seconds == right.published?.seconds)
    }

    // MARK: - Another article under what a known one has

    /// Whether an item with the id of a stored article, or without an id with its link, or its title and day, is another
    /// article all the same (identity.md §3.1).
    func isAnother(_ old: StoredArticle, _ new: Article) -> Bool {
        if new.id != nil { return isReuse(old, new) }
        // Without a link the text is all there is beside title and day.
        guard link(new.url) != nil else { return TextLikeness(old, new) == .other }
        let hasOtherFragment = old.article.fragment != new.fragment
        let distance = Distance(old.article.published, new.published)
        guard distance.isOther || hasOtherFragment,
            !hasSame(old.article.title, new.title, isSameTitle(old.article, new))
        else { return false }
        return switch TextLikeness(old, new) {
        case .other: true
        case .neither: distance == .days || hasOtherFragment && distance.isOther
        case .same, .alike, .partly, .unknown: false
        }
    }

    /// Whether the publisher has used an id again: link and title are others, and the dates are more than a day apart,
    /// or the text is another. What both lack says nothing.
    private func isReuse(_ old: StoredArticle, _ new: Article) -> Bool {
        let article = old.article
        if hasSame(article.url, new.url, isSameLink(article, new))
            || hasSame(article.title, new.title, isSameTitle(article, new))
        {
            return false
        }
        let distance = Distance(article.published, new.published)
        if distance == .none { return false }
        let differsInBoth = !isSameLink(article, new) && !isSameTitle(article, new)
        if differsInBoth, distance == .days { return true }
        return switch TextLikeness(old, new) {
        case .other: differsInBoth || distance.isOther && !(isSameLink(article, new) && isSameTitle(article, new))
        case .neither: differsInBoth && distance.isOther
        case .same, .alike, .partly, .unknown: false
        }
    }

    /// Whether title and text are others, or date and text, which an edit seldom does to both.
    func isOtherStory(_ old: StoredArticle, _ new: Article) -> Bool {
        switch TextLikeness(old, new) {
        case .other: Distance(old.article.published, new.published).isOther || !isSameTitle(old.article, new)
        case .partly: !isSameTitle(old.article, new)
        case .same, .alike, .neither, .unknown: false
        }
    }

    /// Whether a thing that both can have is there and the same.
    func hasSame(_ left: String?, _ right: String?, _ isSame: Bool) -> Bool {
        isSame && !(left == nil && right == nil)
    }

    /// `Distance` is how far two dates are from each other.
    private enum Distance {
        case unknown, none, hours, days

        init(_ left: Timestamp?, _ right: Timestamp?) {
            guard let left, let right else {
                self = .unknown
                return
            }
            if left.seconds == right.seconds {
                self = .none
                return
            }
            let (distance, overflows) = left.milliseconds.subtractingReportingOverflow(right.milliseconds)
            self = overflows || distance.magnitude > ArticleComparison.reuseDistance ? .days : .hours
        }

        var isOther: Bool { self == .hours || self == .days }
    }

    // MARK: - The same article under another id

    /// Whether an item that has the link and title of a stored article, but another id, is that article
    /// (identity.md §3.3). Alerts, bulletins and episodes have the same link and title each time; an id and a date of
    /// their own, another text or another file tells that they are others.
    ///
    /// - Parameter hash: that of the stored content, which stands for a text that was left out.
    func isRenamed(_ old: StoredArticle, hash: Hash128, _ new: Article, hash newHash: Hash128) -> Bool {
        if hasOtherFile(old, new) { return false }
        if let oldDate = old.article.published ?? old.article.modified, let newDate = new.published ?? new.modified,
            oldDate.seconds != newDate.seconds
        {
            return false
        }
        if old.isShort { return hash == newHash }
        let texts = TextLikeness(old, new)
        return texts.isOneText || texts == .neither
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
