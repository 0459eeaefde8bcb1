internal import ArticleStore
package import FeedModel
internal import FeedParsing
internal import Fetching
package import JSONText
package import Scheduling

/// `PollReport` says what came of one poll of one feed, or of passing it over: a line of `poll --json` (contract.md
/// §1).
package struct PollReport: Sendable {
    /// `Outcome` says in one word what came of it.
    package enum Outcome: String, Sendable, CaseIterable {
        /// Articles were stored.
        case new
        /// A whole document without anything new in it.
        case unchanged
        case notModified = "not_modified"
        case failed
        case gone
        /// Not polled: not due, disabled, paused, or asked by its server to be left alone.
        case skipped
    }

    /// The report is of the feed with this id.
    package var feed: FeedIdentifier
    /// The URL is the configured one, redacted.
    package var url: String
    /// Says what came of the poll.
    package var outcome: Outcome
    /// The last answer had this HTTP status; nil where there was none.
    package var status: Int?
    /// So many articles were stored as new.
    package var newArticles = 0
    /// So many articles were stored as new versions of known ones.
    package var updatedArticles = 0
    /// So many articles were stored as duplicates of other feeds' articles.
    package var duplicateArticles = 0
    /// Rules have done this to those articles.
    package var effects = RuleEffects()
    /// So many bytes of the body came over the wire.
    package var bytes: Int64 = 0
    /// Compression has saved so many bytes of the body.
    package var bytesUnpacked: Int64 = 0
    /// An answer without a body has saved so many bytes, by the size of the last document.
    package var bytesNotSent: Int64 = 0
    /// The document was read although this was wrong with it.
    package var warnings: WarningClasses = []
    /// The poll took so many milliseconds from its request to the stored articles, without the wait for the host's
    /// delay before.
    package var durationMilliseconds: Int64 = 0
    /// The feed is due at this time; nil where it is not polled by itself.
    package var nextPoll: Timestamp?
    /// What the poll comes to for its host, by the host's key, with times of the clock that the poll went by; nil for
    /// nothing.
    package var host: (key: String, verdict: HostVerdict)?
    /// Tells what the poll has shown of one's own network; nil where that was known.
    package var network: Network?
    /// Says why the poll failed; nil where it did not.
    package var failure: FeedState.Failure?
    /// Tells whether a failure is worth a word to whoever wants to hear of nothing but what is to be mended.
    package var isWorthAWord = false
    /// Says why a feed was skipped, what a dry run would have done, and what else a person should know, a line each.
    package var notes: [String] = []

    /// `Network` is the state of one's own network, where a poll has changed what is thought of it.
    package enum Network: Sendable {
        case down
        case up
    }

    /// Articles that were stored, whatever they are.
    var storedArticles: Int { newArticles + updatedArticles + duplicateArticles }

    /// Makes a report in which nothing is counted.
    package init(feed: FeedIdentifier, url: String, outcome: Outcome) {
        self.feed = feed
        self.url = url
        self.outcome = outcome
    }
}

extension PollReport {
    /// Counts the articles that are to be stored.
    mutating func count(_ records: [PendingRecord]) {
        (newArticles, updatedArticles, duplicateArticles) = (0, 0, 0)
        for index in records.indices {
            switch records[index].kind {
            case .new: newArticles += 1
            case .update: updatedArticles += 1
            case .duplicate: duplicateArticles += 1
            case .alias, .fulltext: break
            }
        }
    }
}

extension PollReport {
    /// Writes the report as one JSON object.
    package func write(to json: inout JSONWriter) {
        json.beginObject()
        json.member("feed", feed.text)
        json.member("url", url)
        json.member("outcome", outcome.rawValue)
        json.member("status", status)
        json.member("new", newArticles)
        json.member("updated", updatedArticles)
        json.member("duplicates", duplicateArticles)
        json.member("bytes", bytes)
        json.member("duration_ms", durationMilliseconds)
        json.member("next_poll", nextPoll)
        json.member("error_class", failure?.word)
        json.member("error", failure?.message)
        json.flag("needs_attention", isWorthAWord)
        json.member("notes", notes)
        json.endObject()
    }

    /// Reads a report that another newswire wrote; nil where it is none.
    package init?(_ json: JSONValue) {
        guard let feed = json["feed"]?.string, let url = json["url"]?.string,
            let outcome = json["outcome"]?.string.flatMap(Outcome.init(rawValue:))
        else { return nil }
        self.init(feed: FeedIdentifier(feed), url: url, outcome: outcome)
        status = json["status"]?.integer.flatMap { Int(exactly: $0) }
        newArticles = Self.count(json["new"])
        updatedArticles = Self.count(json["updated"])
        duplicateArticles = Self.count(json["duplicates"])
        bytes = json["bytes"]?.integer ?? 0
        durationMilliseconds = json["duration_ms"]?.integer ?? 0
        nextPoll = json["next_poll"]?.string.flatMap { Timestamp(rfc3339: $0) }
        if let word = json["error_class"]?.string {
            failure = FeedState.Failure(word: word, message: json["error"]?.string ?? "")
        }
        isWorthAWord = json["needs_attention"]?.bool ?? false
        notes = (json["notes"]?.array ?? []).compactMap(\.string)
    }

    private static func count(_ value: JSONValue?) -> Int {
        value?.integer.flatMap { Int(exactly: $0) } ?? 0
    }
}

/// `PollMode` says why feeds are polled, and with that what may be asked and what is written.
package enum PollMode: Sendable {
    /// Each feed is polled at its time.
    case onSchedule
    /// A person has asked for the poll, with `isForced` also where the server wants to be left alone.
    case byHand(isForced: Bool)
    /// A person wants to see what a poll would do: nothing is written. `isForced` is as for `byHand`.
    case dryRun(isForced: Bool)

    var isDryRun: Bool {
        if case .dryRun = self { true } else { false }
    }

    /// Whether pauses that servers have asked for do not count.
    var isForced: Bool {
        switch self {
        case .onSchedule: false
        case .byHand(let isForced), .dryRun(let isForced): isForced
        }
    }

    /// How urgent a poll is that a person has asked for in this mode.
    var urgency: PollUrgency { isForced ? .forced : .asked }
}

extension PollMode {
    /// Makes the mode of a poll that a person has asked for by `newswire poll`, with the feeds that this selects.
    package init(_ selection: PollSelection, isDryRun: Bool) {
        let isForced = selection == .force
        self = isDryRun ? .dryRun(isForced: isForced) : selection == .due ? .onSchedule : .byHand(isForced: isForced)
    }
}

/// `PollFailure` says why a poll brought nothing, in the terms of the room where it failed.
enum PollFailure: Error, Sendable {
    /// The request could not be made: a secret or a certificate cannot be read.
    case request(String)
    case fetch(FetchFailure)
    case notAFeed(NotAFeed)
    /// The transfer was whole, but the document in it ends early.
    case truncatedDocument
    /// A whole feed came, and none of the items in it could be read.
    case noItems
    case store(StoreError)

    /// Tells whether newswire was told to stop: the feed is not to blame.
    var isCancellation: Bool { kind == .cancelled }

    var isGone: Bool { kind == .gone }

    var kind: FailureKind {
        switch self {
        case .request: .configuration
        case .fetch(let failure): failure.kind
        case .notAFeed: .notAFeed
        case .truncatedDocument: .truncated
        case .noItems: .noItems
        case .store: .store
        }
    }

    /// The failure as it is shown and kept: one word for programs, one sentence for people.
    var shown: FeedState.Failure { FeedState.Failure(kind: kind, message: message) }

    var message: String {
        switch self {
        case .request(let message): message
        case .fetch(let failure): "\(failure.message); \(failure.advice)"
        case .notAFeed(let document): document.message
        case .truncatedDocument:
            "the document ends early; what was whole in it is stored, and it is asked for again"
        case .noItems:
            "items stand in the document, and none of them could be read; look at it with `newswire parse`, and tell its"
                + " publisher, or newswire, if it looks right to you"
        case .store(let error): error.description
        }
    }
}

extension PollFailure {
    /// Seconds for which a name that cannot be resolved any more is blamed on the name server (polling.md §8).
    private static let namePatience: Int64 = 86_400
    /// After so many failures in a row a document that ends early is no longer asked for soon.
    private static let cutShortPatience = 2

    /// Returns how the schedule meets the failure.
    ///
    /// - Parameters:
    ///   - status: the answer's; nil where there was none.
    ///   - failingSince: when the feed began to fail; nil where it did not before.
    ///   - failures: how many polls have failed in a row before this one.
    ///   - hasRead: whether a part of the document was read.
    func gravity(
        status: Int?, failingSince: Timestamp?, failures: Int, hasRead: Bool, at now: Timestamp
    ) -> PollEvent.Failure {
        switch kind {
        case .truncated where hasRead: failures < Self.cutShortPatience ? .cutShort : .cutShortAgain
        case .unauthorized: .credentials
        case .forbidden, .botChallenge: .refused
        case .gone: .gone
        case _ where isBusy(status: status): .busy
        case .dns:
            // libcurl does not tell "try again" from "no such name".
            failingSince.map { now.seconds - $0.seconds >= Self.namePatience } ?? false ? .hard : .temporary
        // This machine ran out of something: hardly the feed's fault.
        case .resources: .temporary
        // Nor is what another feed has brought upon that host.
        case .paused: .temporary
        case .tls, .redirect, .tooLarge, .bomb, .refusedAddress, .localFile, .invalidRequest, .configuration: .hard
        case .connect, .timeout, .proxy, .truncated, .cancelled, .protocolError, .httpStatus, .rateLimited, .notFound,
            .notAFeed, .noItems, .unexpected304, .store, .unknown:
            .soft
        }
    }

    /// Tells whether the server has too much to do, as it says by 429 or 503.
    func isBusy(status: Int?) -> Bool { Self.isBusy(kind, status: status) }

    /// The same of a failure of this kind.
    static func isBusy(_ kind: FailureKind, status: Int?) -> Bool {
        kind == .rateLimited || kind == .httpStatus && status == 503
    }

    /// Tells whether the server was not even reached, which may be the fault of one's own network.
    ///
    /// - Parameter requests: how many were sent.
    func isUnreached(requests: Int) -> Bool { kind.isOfConnecting && requests == 0 }
}
