internal import Digest
internal import FeedModel

/// The further keys under which articles are found, beside their `uid` (identity.md §3, §5, §9).
///
/// They stand in the records, so that the index can be made from those alone. They are cut from SHA-256, because
/// publishers choose what goes in. Their form is fixed: other keys would not find what is stored.
struct MatchKeys: ~Copyable {
    private let feed: FeedIdentifier
    private var digest = MessageDigest(.sha256)
    private var form: [UInt8] = []

    init(feed: FeedIdentifier) {
        self.feed = feed
    }

    /// Of all feeds: the article that was first to have the link.
    mutating func link(_ link: String) -> Hash128 { key("link", link) }

    /// Of all feeds: there are several articles with the link, so it tells none of them.
    mutating func sharedLink(_ link: String) -> Hash128 { key("shared", link) }

    /// Of all feeds: the article that has the link and once had the title.
    mutating func formerTitle(_ link: String, _ title: String) -> Hash128 { key("former", link, title) }

    /// Of this feed: an article with that link and title which is not the one that `link` leads to.
    mutating func linkAndTitle(_ link: String, _ title: String) -> Hash128 { key("both", feed.text, link, title) }

    /// Of this feed: the article with that title and date of publishing.
    mutating func titleAndDate(_ title: String, _ published: Timestamp) -> Hash128 {
        key("dated", feed.text, title, String(published.seconds))
    }

    /// Of this feed: the article whose id is a variant of the same URL.
    mutating func variant(_ form: String) -> Hash128 { key("variant", feed.text, form) }

    /// The newest of the further articles that have the same id as the article of that identity.
    mutating func more(_ uid: ArticleIdentifier) -> Hash128 { key("more", uid.description) }

    private mutating func key(_ kind: StaticString, _ parts: String...) -> Hash128 {
        form.removeAll(keepingCapacity: true)
        form.append(contentsOf: "newswire".utf8)
        form.append(0)
        form.append(contentsOf: UnsafeBufferPointer(start: kind.utf8Start, count: kind.utf8CodeUnitCount))
        for part in parts {
            form.append(0)
            form.append(contentsOf: part.utf8)
        }
        digest.update(form)
        return ArticleIdentifier(digest.finish()).key
    }
}
