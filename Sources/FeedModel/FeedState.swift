package import Digest

/// `FeedState` is what is remembered of a feed from one poll to the next. Losing it costs a poll, never an article.
///
/// Its stored properties are listed once more in `visit`, which brings them to the file and to memory.
package struct FeedState: Sendable, Equatable {
    /// The feed's id, under which the state is kept.
    package var feed: FeedIdentifier
    /// The URL is the configured one, redacted: by it a feed without an id in the configuration keeps its own.
    package var url: String
    /// The mark changes with what is hidden in `url` (`URLRedaction.mark`); it is nil where nothing is hidden, and
    /// where that is not known.
    package var urlMark: UInt16?
    /// The title that the feed's last document has.
    package var title: String?

    /// The validators that go with the next request.
    package var validators: Validators?
    /// The hash of the last body that was read to the end, for feeds that send no validators (polling.md §2.11).
    package var bodyHash: Hash128?
    /// How many bytes of that body came over the wire, which an answer without a body saves.
    package var documentBytes: Int32?
    /// What the feed's last document asks of those who poll it.
    package var hints = PollingHints()
    /// Where the feed has moved to.
    package var move = Move()
    /// Since when the feed is asked without HTTP/2, which has failed at its host (polling.md §1); nil where it is not.
    package var http2FailedAt: Timestamp?
    /// How far the server's ETag has shown itself to be useless.
    package var tagRepeats = TagRepeats()

    /// When the last poll ended.
    package var lastPoll: Timestamp?
    /// When the last poll that went well ended.
    package var lastSuccess: Timestamp?
    /// The HTTP status of the last poll, where there was one.
    package var status: Int?
    /// How many polls have failed one after another.
    package var failures = 0
    /// Why the last poll failed; nil where it went well.
    package var failure: Failure?

    /// What the schedule remembers.
    package var schedule = Schedule()
    /// When the feed is polled next; nil where it is not by itself.
    package var nextPoll: Timestamp?
    /// The seconds from one poll to the next, as decided last.
    package var intervalSeconds: Int?
    /// The server asked to be left alone until then (Retry-After, freshness).
    package var notBefore: Timestamp?
    /// How many articles this feed has brought, duplicates of other feeds' among them, as far as this state has counted: a
    /// figure for people.
    package var articles: UInt64 = 0
    /// How many records of this feed rules have blocked, as far as this state has counted.
    package var blocked: UInt64 = 0

    /// What rules have blocked of the feed of late; nil for most feeds.
    package var recentBlocks: RecentBlocks?

    /// The last whole document; nil before the first.
    package var document: Document?
    /// Where the last document ended early, inside an item; nil where it came whole.
    package var cutOff: CutOff?

    /// What of the feed's ids and links changes though its articles do not; nil for most feeds.
    package var churn: Churn?
    /// Which articles of the feed change all the time; nil for most feeds.
    package var volatility: Volatility?
    /// That the feed's document has very many items; nil for most feeds.
    package var longDocument: LongDocument?

    /// The ids that the feed had before, the first of all last: its articles are known by that.
    package var formerly: [String] {
        get { formerIDs ?? [] }
        set { formerIDs = newValue.isEmpty ? nil : newValue }
    }
    /// The same, nil for nearly all feeds, so that they pay nothing for it.
    var formerIDs: [String]?
    /// No more former ids are kept of one feed.
    package static let mostFormerIDs = 20

    /// Makes the state of a feed of which nothing is known.
    ///
    /// - Parameter url: redacted.
    package init(feed: FeedIdentifier, url: String) {
        self.feed = feed
        self.url = url
    }

    /// `Document` is the last whole document, as far as identity needs it to see that all ids have changed (identity.md
    /// §5).
    package struct Document: Sendable, Equatable, StatePart {
        /// How many articles the document has.
        package var articles: Int
        /// The hash of the program that made the document and the URL that it came from.
        package var source: Hash128

        package init(articles: Int, source: Hash128) {
            self.articles = articles
            self.source = source
        }

        init() { self.init(articles: 0, source: Hash128(high: 0, low: 0)) }

        mutating func visit<Coder: StateCoder & ~Copyable>(_ coder: inout Coder) {
            coder.field(required: "document_articles", &articles)
            coder.field(required: "document_source", &source)
        }
    }

    /// `CutOff` is where documents end early, one after another (security.md §5).
    package struct CutOff: Sendable, Equatable, StatePart {
        /// The hash of what there was of the item.
        package var place: Hash128
        /// How many documents in a row ended there; no more are counted than matter.
        package var count: Int

        package init(place: Hash128, count: Int) {
            self.place = place
            self.count = count
        }

        init() { self.init(place: Hash128(high: 0, low: 0), count: 0) }

        mutating func visit<Coder: StateCoder & ~Copyable>(_ coder: inout Coder) {
            coder.field(required: "cut_off", &place)
            coder.field(required: "cut_off_count", &count)
        }
    }

    /// `TagRepeats` counts answers in a row to an ETag that brought the body known already (polling.md §2.9).
    package struct TagRepeats: Sendable, Equatable {
        /// How many such answers there were.
        package var count = 0
        /// Since when no ETag is sent; nil while one is.
        package var since: Timestamp?

        package init() {}
    }

    /// Makes the state of a feed of which nothing is known but its URL, as configured.
    package init(feed: FeedIdentifier, configured url: String) {
        self.init(feed: feed, url: "")
        take(url: url)
    }

    /// Tells whether this is the state of a feed with that URL, as configured.
    package func isOf(_ url: String) -> Bool {
        self.url == URLRedaction.redacted(url) && Self.isMark(urlMark, of: url)
    }

    /// Takes over a URL as configured.
    package mutating func take(url: String) {
        self.url = URLRedaction.redacted(url)
        urlMark = URLRedaction.mark(of: url)
    }

    /// Tells whether a mark can be of a URL, which one that is not known always can.
    static func isMark(_ mark: UInt16?, of url: String) -> Bool { mark == nil || mark == URLRedaction.mark(of: url) }

    /// The URLs are those by which a feed without an id in the configuration keeps its own (contract.md §2): the one
    /// configured last, then where its permanent redirects lead.
    package var knownURLs: [String] {
        if move.adopted == nil, move.candidate == nil { return [url] }
        return [url] + [move.adopted, move.candidate].compactMap { $0 }
    }

    /// `Failure` is why the last poll failed, as it is kept and shown.
    package struct Failure: Sendable, Equatable, StatePart {
        /// The kind as it is written, also one that only another version of newswire knows.
        package private(set) var word: String
        /// The message is one sentence for people, without secrets.
        package private(set) var message: String

        /// The kind is `unknown` where this version does not know the word.
        package var kind: FailureKind { FailureKind(word: word) }

        package init(kind: FailureKind, message: String) { self.init(word: kind.rawValue, message: message) }

        /// Makes the failure again that was written with `word` and `message`.
        package init(word: String, message: String) {
            self.word = word
            self.message = message
        }

        init() { self.init(word: "", message: "") }

        mutating func visit<Coder: StateCoder & ~Copyable>(_ coder: inout Coder) {
            coder.field(required: "error_class", &word)
            coder.field("error", &message, absent: "")
        }
    }
}

extension Sequence<FeedState> {
    /// The URLs by which the ids of configured feeds are recognised. A feed's own URL goes before another's redirect to
    /// it.
    package var knownFeeds: [(id: FeedIdentifier, url: String)] {
        map { (id: $0.feed, url: $0.url) }
            + flatMap { state in state.knownURLs.dropFirst().map { (id: state.feed, url: $0) } }
    }
}

extension FeedState {
    /// `Validators` are those of one response, as the server sent them: opaque, and only valid together (polling.md
    /// §2.1).
    ///
    /// Each goes back in a request, so that one that no request can carry, or that is longer than any that is meant as
    /// one, is not taken: no server can make itself unreachable by what it once sent, nor fill the memory with it. That
    /// holds for what newswire sent and stored before, too.
    package struct Validators: Sendable, Equatable, StatePart {
        package private(set) var etag: String?
        package private(set) var lastModified: String?
        /// The hash of what they were given for: effective URL and the parts of the request that the answer depends on
        /// (polling.md §2.7). Validators of another request are not sent.
        package var request: Hash128

        /// Takes the two values, but leaves out what `Field.refusal` refuses.
        package init(etag: String?, lastModified: String?, request: Hash128) {
            self.etag = etag.flatMap { Field.etag.refusal($0) == nil ? $0 : nil }
            self.lastModified = lastModified.flatMap { Field.lastModified.refusal($0) == nil ? $0 : nil }
            self.request = request
        }

        init() { request = Hash128(high: 0, low: 0) }

        mutating func visit<Coder: StateCoder & ~Copyable>(_ coder: inout Coder) {
            coder.field("etag", &etag)
            coder.field("last_modified", &lastModified)
            coder.field(required: "request", &request)
        }

        /// Whether neither of the two is left.
        package var isEmpty: Bool { etag == nil && lastModified == nil }

        /// `Field` is one half of the pair.
        package enum Field: Sendable {
            case etag, lastModified

            /// The limit is the length of the longest value that is kept, in bytes of UTF-8. An HTTP date has 29.
            package var limit: Int {
                switch self {
                case .etag: 8192
                case .lastModified: 256
                }
            }

            /// Tells people why a value can neither be kept nor sent; nil where it can.
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
    /// `Move` says where the feed has moved to, as its server says with permanent redirects (polling.md §9). None of
    /// the URLs holds a secret: one that does is not kept.
    package struct Move: Sendable, Equatable, StatePart {
        /// Where permanent redirects lead so far, which is not asked instead yet.
        package var candidate: String?
        /// How many good polls in a row were led to the candidate.
        package var polls = 0
        /// When the first of these polls was.
        package var since: Timestamp?
        /// The URL that is asked in place of the configured one.
        package var adopted: String?
        /// Since when the server has pointed to the adopted URL.
        package var adoptedSince: Timestamp?
        /// Whether none but servers on private addresses pointed to the adopted URL. Only then may it be on a private
        /// address itself because `private_networks` of all feeds says so.
        package var isAmongPrivate = false

        package init() {}

        mutating func visit<Coder: StateCoder & ~Copyable>(_ coder: inout Coder) {
            coder.field("redirect_to", &candidate)
            coder.field("redirect_polls", &polls, absent: 0)
            coder.field("redirect_since", &since)
            coder.field("moved_to", &adopted)
            coder.field("moved_since", &adoptedSince)
            coder.field("moved_among_private", &isAmongPrivate, absent: false)
        }

        /// The URL that the server says is the feed's, where that is not the one that was asked first.
        package var target: String? { polls > 0 ? candidate ?? adopted : adopted }

        /// The longest URL that is kept, in bytes: a redirect to a longer one is followed anew each time.
        package static let longestURL = 2048

        /// Tells whether a URL to which a server has redirected may be kept, to be shown and asked again.
        package static func mayKeep(_ url: String) -> Bool {
            url.utf8.count <= longestURL && url.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7f }
                && URLRedaction.redacted(url) == url
        }
    }
}
