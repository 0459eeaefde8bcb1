package import FeedModel

/// `DeliverySettings` are all that may be said of a delivery, whether a person writes it on the command line of `newswire
/// deliver` or into `deliver.d/NAME.toml`. What is nil was not written.
///
/// What goes with what is not checked here, but where a delivery is made of them.
package struct DeliverySettings: Sendable, Equatable {
    /// `Method` is the method of the requests that bring articles to a URL.
    package enum Method: String, Sendable, CaseIterable {
        case post = "POST"
        case put = "PUT"
    }

    /// `Body` is how several articles stand in one request.
    package enum Body: String, Sendable, CaseIterable {
        case array, lines
    }

    /// `FullText` is what is given of the pages of articles (docs/fulltext-feeds.md).
    package enum FullText: String, Sendable, CaseIterable {
        /// The text of the page in place of the feed's, where there is a page that says more.
        case prefer
        /// The pages alone.
        case only
        /// What the page says beside what the feed says.
        case both
    }

    /// A batch has so many articles at most.
    package static let batches = 1...100_000
    /// A batch may be tried so often before it is given up.
    package static let attemptCounts = 1...10_000
    /// A target may have so long for a batch.
    package static let timeouts: ClosedRange<Duration> = .seconds(1) ... .seconds(366 * 86_400)
    /// More articles may be waited for so long.
    package static let waits: ClosedRange<Duration> = .zero ... .seconds(366 * 86_400)
    /// A message may have so many recipients, which servers have to take (RFC 5321 §4.5.3.1.8).
    package static let mostRecipients = 100

    /// The articles go to this URL.
    package var to: TextOrSecret?
    /// The articles go to this command; the first word is its path or its name.
    package var command: [String]?
    /// The articles are mailed to these addresses.
    package var mail: [String]?

    /// A consumer that is new begins there: `now`, `beginning`, a number, or T of contract.md §1.5.
    package var from: String?
    package var batch: Int?
    package var wait: Duration?
    package var timeout: Duration?
    package var attempts: Int?
    /// The path names a folder.
    package var deadLetter: String?

    /// The command gets these variables of the environment, too.
    package var env: [String]?

    package var method: Method?
    package var body: Body?
    /// The path names a file.
    package var template: String?
    package var contentType: String?
    package var gzip: Bool?
    package var headers: [HeaderField]?
    package var bearer: Secret?
    /// Requests are signed with each of them.
    package var secret: [Secret]?
    package var expect: String?

    package var smtp: String?
    package var smtpUser: String?
    package var smtpPassword: Secret?
    /// The path names a PEM file.
    package var smtpCA: String?
    package var smtpInsecure: Bool?
    package var mailFrom: String?
    package var digest: Duration?

    /// Ids, URLs or starts of ids on the command line; in a file whole ids alone.
    package var feeds: [FeedIdentifier]?
    package var tags: [String]?
    /// The queries are those of filters.md §1; all of them have to match.
    package var match: [String]?
    package var updates: Bool?
    package var duplicates: Bool?
    package var blocked: Bool?
    package var refilter: Bool?
    package var noInitial: Bool?
    package var events: Bool?
    package var fullText: FullText?
    /// An article is held back for its page so long after it was stored.
    package var waitFullText: Duration?

    package init() {}

    /// Tells whether it is said where articles go.
    package var hasTarget: Bool { to != nil || command != nil || mail != nil }

    /// Returns the keys of all that was written, in the order of the manual.
    package var written: [String] {
        Self.rows.filter { $0.text(self) != nil }.map { "\($0.key)" }
    }

    /// The options that say how articles go to a URL, and mean nothing without one.
    package static let keysOfURL: Set<String> = [
        "method", "body", "template", "content_type", "gzip", "headers", "bearer", "secret", "expect",
    ]
    /// The options that say how articles are mailed, and mean nothing without an address.
    package static let keysOfMail: Set<String> = [
        "smtp", "smtp_user", "smtp_password", "smtp_ca", "smtp_insecure", "mail_from", "digest",
    ]

    /// Returns what is found elsewhere, each with the key that names it.
    package var secrets: [(key: String, secret: Secret)] {
        var all: [(key: String, secret: Secret)] = []
        if case .secret(let url)? = to { all.append(("to", url)) }
        for header in headers ?? [] {
            if case .secret(let value) = header.value { all.append(("headers", value)) }
        }
        if let bearer { all.append(("bearer", bearer)) }
        all += (secret ?? []).map { ("secret", $0) }
        if let smtpPassword { all.append(("smtp_password", smtpPassword)) }
        return all
    }
}
