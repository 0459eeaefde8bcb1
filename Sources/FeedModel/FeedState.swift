package import Digest

/// What is remembered of a feed from one poll to the next. Losing it costs a poll, never an article.
package struct FeedState: Sendable, Equatable {
    package var feed: FeedIdentifier
    /// The URL as configured, redacted: by it a feed without an id in the configuration keeps its own.
    package var url: String
    package var title: String?

    package var validators: Validators?
    /// Hash of the last body that was read to the end, for feeds that send no validators (polling.md §2.11).
    package var bodyHash: Hash128?
    package var hints = PollingHints()

    package var lastPoll: Timestamp?
    package var lastSuccess: Timestamp?
    /// HTTP status of the last poll, where there was one.
    package var status: Int?
    /// Polls that failed one after another.
    package var failures = 0
    package var failure: Failure?

    package var nextPoll: Timestamp?
    package var intervalSeconds: Int?
    /// The server asked to be left alone until then (Retry-After, freshness).
    package var notBefore: Timestamp?
    /// How many articles of this feed have been stored, by what is counted here: a figure for people.
    package var articles: UInt64 = 0

    package init(feed: FeedIdentifier, url: String) {
        self.feed = feed
        self.url = url
    }

    /// The validators of one response, as the server sent them: opaque, and only valid together (polling.md §2.1).
    package struct Validators: Sendable, Equatable {
        package var etag: String?
        package var lastModified: String?
        /// Hash of what they were given for: effective URL and the parts of the request that the answer depends on
        /// (polling.md §2.7). Validators of another request are not sent.
        package var request: Hash128

        package init(etag: String?, lastModified: String?, request: Hash128) {
            self.etag = etag
            self.lastModified = lastModified
            self.request = request
        }
    }

    package struct Failure: Sendable, Equatable {
        /// One word for programs: `dns`, `timeout`, `not_a_feed`.
        package var kind: String
        /// One sentence for people, without secrets.
        package var message: String

        package init(kind: String, message: String) {
            self.kind = kind
            self.message = message
        }
    }
}
