extension FeedState {
    /// Where the feed has moved to, as its server says with permanent redirects (polling.md §9). None of the URLs holds a
    /// secret: one that does is not kept.
    package struct Move: Sendable, Equatable {
        /// Where permanent redirects lead so far, how many good polls in a row were led there, and since when.
        package var candidate: String?
        package var polls = 0
        package var since: Timestamp?
        /// The URL that is asked in place of the configured one, and since when the server has pointed there.
        package var adopted: String?
        package var adoptedSince: Timestamp?
        /// Whether none but servers on private addresses pointed there: only then may its own be one because
        /// `private_networks` of all feeds says so.
        package var isAmongPrivate = false

        package init() {}

        /// What the server says is the feed's URL, where that is not the one that was asked first.
        package var target: String? { polls > 0 ? candidate ?? adopted : adopted }

        /// The longest URL that is kept, in bytes: a redirect to a longer one is followed anew each time.
        package static let longestURL = 2048

        /// Whether a URL to which a server has redirected may be kept, to be shown and asked again.
        package static func mayKeep(_ url: String) -> Bool {
            url.utf8.count <= longestURL && url.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7f }
                && URLRedaction.redacted(url) == url
        }
    }
}
