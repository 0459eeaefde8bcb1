package import FeedParsing

/// `FullTextSettings` are those of `[fulltext]`: how the pages of articles are fetched, and what holds for feeds that say
/// nothing else.
@dynamicMemberLookup
package struct FullTextSettings: Sendable, Equatable {
    /// So many pages are fetched at a time, over all hosts.
    package var concurrency = 8
    /// Tells whether the robots.txt of a host is asked for, and obeyed, before its pages are.
    package var robots = true
    /// Tells whether each page that is fetched is kept in the archive, as `[archive]` says.
    package var keepPages = false
    var pages = PageSettings()

    package init() {}

    /// Returns one setting of pages as if it were a member: `fullText.initial`.
    package subscript<Value>(dynamicMember field: WritableKeyPath<PageSettings, Value>) -> Value {
        get { pages[keyPath: field] }
        set { pages[keyPath: field] = newValue }
    }
}

/// `PageSettings` are those that may stand in `[fulltext]`, for every feed, and in the table of a feed, for its own.
package struct PageSettings: Sendable, Hashable {
    /// `Mode` says of which articles the page is fetched.
    package enum Mode: String, Sendable, CaseIterable {
        /// Of none.
        case never
        /// Of those whose feed seems to have only the beginning.
        case auto
        /// Of all.
        case always
    }

    /// The mode says of which articles the page is fetched.
    package var mode = Mode.never
    /// Of what a feed had when it was first polled, so many pages are fetched, of the newest articles.
    package var initial = 20
    /// The hosts, by their keys (`HostKey`), are those whose pages are fetched beside the feed's own; all below them are
    /// meant, too.
    package var hosts: [String] = []
    /// A page may have so many bytes once it is decompressed.
    package var maxBody = 4 << 20
    /// Of an article that stands on several pages, so many are fetched.
    package var mostPages = 1
    /// The article is in the elements that it selects; nil where the rules look for it.
    package var container: HTMLSelector?
    /// What these select is none of the article.
    package var remove: [HTMLSelector] = []

    package init() {}
}
