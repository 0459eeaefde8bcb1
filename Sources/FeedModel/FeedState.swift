package import Digest

/// What is remembered of a feed from one poll to the next. Losing it costs a poll, never an article.
package struct FeedState: Sendable, Equatable {
    package var feed: FeedIdentifier
    /// The URL as configured, redacted: by it a feed without an id in the configuration keeps its own.
    package var url: String
    /// By which a change of what is hidden in `url` is noticed (`URLRedaction.mark`); nil where nothing is, and where that
    /// is not known.
    package var urlMark: UInt16?
    package var title: String?

    package var validators: Validators?
    /// Hash of the last body that was read to the end, for feeds that send no validators (polling.md §2.11).
    package var bodyHash: Hash128?
    /// Bytes of that body as they came over the wire: what an answer without a body saves.
    package var documentBytes: Int32?
    package var hints = PollingHints()
    package var move = Move()
    package var tagRepeats = TagRepeats()

    package var lastPoll: Timestamp?
    package var lastSuccess: Timestamp?
    /// HTTP status of the last poll, where there was one.
    package var status: Int?
    /// Polls that failed one after another.
    package var failures = 0
    package var failure: Failure?

    package var schedule = Schedule()
    package var nextPoll: Timestamp?
    package var intervalSeconds: Int?
    /// The server asked to be left alone until then (Retry-After, freshness).
    package var notBefore: Timestamp?
    /// How many articles of this feed have been stored, by what is counted here: a figure for people.
    package var articles: UInt64 = 0

    package var document: Document?

    package init(feed: FeedIdentifier, url: String) {
        self.feed = feed
        self.url = url
    }

    /// The last whole document, as far as identity needs it to see that all ids have changed (identity.md §5).
    package struct Document: Sendable, Equatable {
        package var articles: Int
        /// Hash of the program that made it and the URL that it came from.
        package var source: Hash128

        package init(articles: Int, source: Hash128) {
            self.articles = articles
            self.source = source
        }
    }

    /// Answers in a row to an ETag that brought the body known already, and since when no ETag is sent (polling.md §2.9).
    package struct TagRepeats: Sendable, Equatable {
        package var count = 0
        package var since: Timestamp?

        package init() {}
    }

    /// Of a feed of which nothing is known but its URL, as configured.
    package init(feed: FeedIdentifier, configured url: String) {
        self.init(feed: feed, url: "")
        take(url: url)
    }

    /// Whether it is what is remembered of a feed with that URL, as configured.
    package func isOf(_ url: String) -> Bool {
        self.url == URLRedaction.redacted(url) && Self.isMark(urlMark, of: url)
    }

    /// Takes a URL as configured for the feed's.
    package mutating func take(url: String) {
        self.url = URLRedaction.redacted(url)
        urlMark = URLRedaction.mark(of: url)
    }

    /// A mark that is not known says nothing against a URL.
    static func isMark(_ mark: UInt16?, of url: String) -> Bool { mark == nil || mark == URLRedaction.mark(of: url) }

    /// The URLs by which a feed without an id in the configuration keeps its own (contract.md §2): the one configured
    /// last, then where its permanent redirects lead.
    package var knownURLs: [String] { Self.knownURLs(url, move) }

    static func knownURLs(_ url: String, _ move: Move) -> [String] {
        if move == Move() { return [url] }
        return [url] + [move.adopted, move.candidate].compactMap { $0 }
    }

    /// `Failure` is why the last poll failed, as it is kept and shown.
    package struct Failure: Sendable, Equatable {
        package let kind: FailureKind
        /// The kind as it is written: of one that this version does not know, as the other version wrote it.
        package let word: String
        /// One sentence for people, without secrets.
        package let message: String

        package init(kind: FailureKind, message: String) {
            self.kind = kind
            word = kind.rawValue
            self.message = message
        }

        /// What `word` and `message` of a failure were when it was written.
        package init(word: String, message: String) {
            kind = FailureKind(word: word)
            self.word = word
            self.message = message
        }
    }
}

extension Sequence<FeedState> {
    /// What the ids of configured feeds are recognised by. A feed's own URL goes before another's redirect to it.
    package var knownFeeds: [(id: FeedIdentifier, url: String)] {
        map { (id: $0.feed, url: $0.url) }
            + flatMap { state in state.knownURLs.dropFirst().map { (id: state.feed, url: $0) } }
    }
}

extension FeedState {
    /// The validators of one response, as the server sent them: opaque, and only valid together (polling.md §2.1).
    ///
    /// Each goes back in a request, so that one that no request can carry, or that is longer than any that is meant as
    /// one, is not taken: no server can make itself unreachable by what it once sent, nor fill the memory with it. That
    /// holds for what newswire sent and stored before, too.
    package struct Validators: Sendable, Equatable {
        package let etag: String?
        package let lastModified: String?
        /// Hash of what they were given for: effective URL and the parts of the request that the answer depends on
        /// (polling.md §2.7). Validators of another request are not sent.
        package var request: Hash128

        /// What is refused of the two is absent.
        package init(etag: String?, lastModified: String?, request: Hash128) {
            self.etag = etag.flatMap { Field.etag.refusal($0) == nil ? $0 : nil }
            self.lastModified = lastModified.flatMap { Field.lastModified.refusal($0) == nil ? $0 : nil }
            self.request = request
        }

        /// The same of values that a pair has had.
        init(kept etag: String?, _ lastModified: String?, request: Hash128) {
            self.etag = etag
            self.lastModified = lastModified
            self.request = request
        }

        /// Nothing is left of it.
        package var isEmpty: Bool { etag == nil && lastModified == nil }

        /// One half of the pair.
        package enum Field: Sendable {
            case etag, lastModified

            /// The longest value that is kept, in bytes of UTF-8. An HTTP date has 29.
            package var limit: Int {
                switch self {
                case .etag: 8192
                case .lastModified: 256
                }
            }

            /// Why a value can neither be kept nor sent, for people; nil where it can.
            package func refusal(_ value: String) -> String? {
                if value.utf8.count > limit { return "is longer than \(limit) bytes" }
                // RFC 9110 §5.5: a header's value holds no controls but the tab, and white space around it is not part of it.
                var isBlank = true
                for byte in value.utf8 where byte != 0x09 {
                    if byte < 0x20 || byte == 0x7f { return "holds a control character" }
                    if byte != 0x20 { isBlank = false }
                }
                return isBlank ? "is empty" : nil
            }
        }
    }
}

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
