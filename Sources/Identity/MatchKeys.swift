internal import Digest
internal import FeedModel

/// The further keys under which articles are found, beside their `uid` (identity.md §3, §5, §9).
///
/// They stand in the records, so that the index can be made from those alone. They are cut from SHA-256, because
/// publishers choose what goes in. Their form is fixed: other keys would not find what is stored.
struct MatchKeys: ~Copyable {
    private let feed: FeedIdentifier
    private var form: [UInt8] = []

    init(feed: FeedIdentifier) {
        self.feed = feed
    }

    /// Of all feeds: the article that was first to have the link.
    mutating func link(_ link: String) -> Hash128 {
        begin("link")
        part(link)
        return key
    }

    /// Of all feeds: there are several articles with the link, so it tells none of them.
    mutating func sharedLink(_ link: String) -> Hash128 {
        begin("shared")
        part(link)
        return key
    }

    /// Of all feeds: the article that has the link and once had the title.
    mutating func formerTitle(_ link: String, _ title: String) -> Hash128 {
        begin("former")
        part(link)
        part(title)
        return key
    }

    /// Of this feed: an article with that link and title which is not the one that `link` leads to.
    mutating func linkAndTitle(_ link: String, _ title: String) -> Hash128 {
        begin("both")
        part(feed.text)
        part(link)
        part(title)
        return key
    }

    /// Of this feed: the article with that title and date of publishing.
    mutating func titleAndDate(_ title: String, _ published: Timestamp) -> Hash128 {
        begin("dated")
        part(feed.text)
        part(title)
        part(String(published.seconds))
        return key
    }

    /// Of this feed: the article whose id is a variant of the same URL.
    mutating func variant(_ form: String) -> Hash128 {
        begin("variant")
        part(feed.text)
        part(form)
        return key
    }

    /// The newest of the further articles that have the same id as the article of that identity; of those that one
    /// document brought, any.
    mutating func more(_ uid: ArticleIdentifier) -> Hash128 {
        begin("more")
        form.append(0)
        uid.appendDescription(to: &form)
        return key
    }

    private mutating func begin(_ kind: StaticString) {
        form.removeAll(keepingCapacity: true)
        form.append(contentsOf: "newswire\0".utf8)
        form.append(contentsOf: UnsafeBufferPointer(start: kind.utf8Start, count: kind.utf8CodeUnitCount))
    }

    private mutating func part(_ text: String) {
        form.append(0)
        form.append(contentsOf: text.utf8)
    }

    private var key: Hash128 { ArticleIdentifier(hashing: form).key }
}
