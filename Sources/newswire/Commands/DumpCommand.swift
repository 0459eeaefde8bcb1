internal import ArgumentParser
internal import ArticleStore
internal import Configuration
internal import FeedModel
internal import Ingestion
internal import JSONText

struct DumpCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dump",
        abstract: "Prints articles in the order in which they were stored.",
        discussion: """
            With --new, what the consumer has not had yet; its cursor moves once all is written: past what was looked at,
            or with --limit to the last that was printed.

            EXAMPLE
              newswire dump --new | jq -r '.title'
              newswire dump --new --as archive --format text
              newswire dump --since 36h --feed example
              newswire dump --new --as mailer --follow | my-mailer
            """)

    @Flag(help: "Only what the consumer has not had yet.")
    var new = false

    @Option(name: .customLong("as"), help: ArgumentHelp("The consumer (default: default).", valueName: "NAME"))
    var consumer: String?

    @Flag(name: .customLong("no-ack"), help: "Leave the consumer's cursor where it is.")
    var noAck = false

    @Option(help: ArgumentHelp("Only what is behind that number.", valueName: "SEQ"))
    var after: UInt64?

    @Option(
        help: ArgumentHelp("Only what was stored since then: RFC 3339, a date, or a span ago (36h).", valueName: "T"))
    var since: TimeArgument?

    @Option(help: ArgumentHelp("Only what was stored before then.", valueName: "T"))
    var until: TimeArgument?

    @Option(
        name: .customLong("feed"),
        help: ArgumentHelp(
            "Only of that feed: its id, its URL or the start of its id. More than one may be given.", valueName: "ID")
    )
    var feeds: [String] = []

    @Option(name: .customLong("tag"), help: ArgumentHelp("Only of feeds with that tag.", valueName: "TAG"))
    var tags: [String] = []

    @Flag(help: "Also edits of known articles.")
    var updates = false

    @Flag(help: "Also articles that another feed had already.")
    var duplicates = false

    @Flag(name: .customLong("no-initial"), help: "Not what was in a feed when it was first polled.")
    var noInitial = false

    @Option(help: ArgumentHelp("At most so many.", valueName: "N"))
    var limit: UInt64?

    @Flag(help: "Reduce HTML to an allow-list of elements, attributes and URL schemes.")
    var sanitize = false

    @Flag(help: "Go on as articles come, until the reader goes.")
    var follow = false

    @Option(help: "jsonl, jsonfeed, atom, text or tsv (seq stored_at feed kind id url title).")
    var format: DumpFormat = .jsonl

    @OptionGroup var common: CommonOptions

    func validate() throws {
        if new, after != nil { throw ValidationError("--new and --after exclude each other.") }
        if !new, consumer != nil { throw ValidationError("--as goes with --new.") }
        if !new, noAck { throw ValidationError("--no-ack goes with --new.") }
        if follow, format.isDocument {
            throw ValidationError("A document of --format \(format) has an end: --follow takes jsonl, text or tsv.")
        }
    }

    func run() throws {
        let configuration = try common.load()
        try CommandFailure.wrappingAll {
            try session(configuration).run(follow: follow)
        }
    }

    private func session(_ configuration: Configuration) throws -> DumpSession {
        let now = SystemClock.now()
        let directory = configuration.store.directory
        let isSinceByClock = since?.isSpan ?? false
        let since = since?.time(now: now)
        let until = until?.time(now: now)
        let filter = DumpFilter(
            feeds: try StoredFeeds(configuration).resolve(feeds), tags: tags, since: since, until: until,
            updates: updates, duplicates: duplicates, withoutInitial: noInitial, isForConsumer: new)
        return DumpSession(
            directory: directory, filter: filter, format: format, sanitize: sanitize, limit: limit, after: after ?? 0,
            since: since, isSinceByClock: isSinceByClock, until: until,
            consumer: new ? .init(name: consumer ?? "default", acknowledges: !noAck) : nil)
    }
}

/// Which records a dump prints.
struct DumpFilter {
    /// All feeds where there are none.
    private let feeds: [FeedIdentifier]
    private let feedBytes: [[UInt8]]
    private let tags: [String]
    /// As records have it: 20 bytes of RFC 3339, which sort as the times do. From the first on, before the second.
    private let since: [UInt8]?
    private let until: [UInt8]?
    private let end: [UInt8]?
    private let updates: Bool
    private let duplicates: Bool
    private let withoutInitial: Bool
    /// Which times of records can be right; nil where no time is asked for.
    var times: StoredTimes?

    /// How far clocks may have gone back without a dump ending too early, in seconds.
    private static let clockMargin: Int64 = 24 * 3600

    /// - Parameter isForConsumer: the dump ends at the first record that is not before `until`, and leaves it to the next.
    init(
        feeds: [FeedIdentifier], tags: [String], since: Timestamp?, until: Timestamp?, updates: Bool, duplicates: Bool,
        withoutInitial: Bool, isForConsumer: Bool
    ) {
        self.feeds = feeds
        // Ids that JSON escapes are compared as they are read.
        feedBytes = feeds.map { Array($0.text.utf8) }
        self.tags = tags
        self.since = since.map { Self.text($0.seconds) }
        // Stored times are whole seconds.
        let until = until.map { $0.seconds + ($0.milliseconds % 1000 == 0 ? 0 : 1) }
        self.until = until.map(Self.text)
        end = until.map { Self.text(isForConsumer ? $0 : $0 + Self.clockMargin) }
        self.updates = updates
        self.duplicates = duplicates
        self.withoutInitial = withoutInitial
    }

    private static func text(_ seconds: Int64) -> [UInt8] {
        Timestamp(seconds: min(max(seconds, -62_167_219_200), 253_402_300_799)).rfc3339
    }

    /// Whether the dump is over with this record, which was stored too late, as were those behind it.
    func ends(at envelope: RecordEnvelope) -> Bool {
        guard let end else { return false }
        return !envelope.storedAtText.lexicographicallyPrecedes(end) && believes(envelope)
    }

    /// What a wrong clock said of one record neither ends a dump nor hides it: where it stands counts.
    private func believes(_ envelope: RecordEnvelope) -> Bool {
        guard let times else { return true }
        guard let time = envelope.undoubtedTime else { return false }
        return times.believes(time, seq: envelope.seq)
    }

    /// What the envelope alone can tell: no JSON is read for it.
    func admits(_ envelope: RecordEnvelope) -> Bool {
        switch envelope.kind {
        case .new: break
        case .update: if !updates { return false }
        case .duplicate: if !duplicates { return false }
        case .alias: return false
        }
        if withoutInitial, envelope.isInitial { return false }
        if let since, envelope.storedAtText.lexicographicallyPrecedes(since), believes(envelope) { return false }
        if let until, !envelope.storedAtText.lexicographicallyPrecedes(until), believes(envelope) { return false }
        return feeds.isEmpty || feedBytes.contains { envelope.isOfFeed($0) } || feeds.contains(envelope.feed)
    }

    /// Whether a record has to be read as JSON to tell.
    var readsJSON: Bool { !tags.isEmpty }

    /// The configured tags of the record's feed, as they were when it was stored.
    func admits(_ record: StoredRecord) -> Bool {
        guard !tags.isEmpty else { return true }
        let own = record.feedTags
        return tags.contains { own.contains($0) }
    }
}
