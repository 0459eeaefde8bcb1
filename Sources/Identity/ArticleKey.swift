package import FeedModel

/// Makes the identity of an article from what its publisher says (identity.md §2).
package struct ArticleKey: ~Copyable {
    private let feed: FeedIdentifier
    private let ownHosts: [String]
    /// What is digested next, kept for its memory.
    private var form: [UInt8] = []

    package init(feed: FeedIdentifier, ownHosts: [String] = []) {
        self.feed = feed
        self.ownHosts = ownHosts
    }

    /// How closely an article is looked at, where its id alone does not tell it from others (identity.md §4).
    package enum Precision: Int, CaseIterable, Sendable, Comparable {
        case id, link, title
        /// What has one id, link and title in one document, as bulletins have, is told by its date.
        case published

        package static func < (left: Precision, right: Precision) -> Bool { left.rawValue < right.rawValue }
    }

    /// - Parameters:
    ///   - generation: counts from 1; each later one is another article to which the publisher gave the same id
    ///     (identity.md §3.1).
    package mutating func identifier(
        of article: Article, precision: Precision = .id, generation: Int = 1
    ) -> ArticleIdentifier {
        form.removeAll(keepingCapacity: true)
        form.append(contentsOf: feed.text.utf8)
        if let id = article.id {
            part("id", id)
        } else if let link = article.url.flatMap({ CanonicalURL.key($0, ownHosts: ownHosts) }) {
            part("link", link)
        } else if let title = article.title {
            part("title", NormalizedText.title(title))
            part("day", article.published.map { String(Self.day($0)) } ?? "")
            part("enclosure", article.attachments.first?.url ?? "")
        } else {
            var content: [UInt8] = []
            NormalizedText.appendCollapsed(
                article.contentHTML ?? article.contentText ?? article.summary ?? "", to: &content)
            part("content", String(decoding: content, as: UTF8.self))
            part("enclosure", article.attachments.first?.url ?? "")
        }
        if precision >= .link {
            let link = article.url.flatMap { CanonicalURL.key($0, ownHosts: ownHosts) }
            part("with-link", link ?? article.url ?? "")
        }
        if precision >= .title { part("with-title", NormalizedText.title(article.title ?? "")) }
        if precision == .published { part("with-date", article.published.map { String($0.seconds) } ?? "") }
        if generation > 1 { part("generation", "~\(generation)") }
        return ArticleIdentifier(hashing: form)
    }

    /// A NUL before each part keeps `ab` + `c` from being `a` + `bc`; texts from feeds hold none.
    private mutating func part(_ kind: StaticString, _ text: String) {
        form.append(0)
        form.append(contentsOf: UnsafeBufferPointer(start: kind.utf8Start, count: kind.utf8CodeUnitCount))
        form.append(0)
        form.append(contentsOf: text.utf8)
    }

    private static func day(_ time: Timestamp) -> Int64 {
        Int64((Double(time.seconds) / 86_400).rounded(.down))
    }
}
