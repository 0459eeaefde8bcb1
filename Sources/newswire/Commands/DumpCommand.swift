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
            With --new it prints what a consumer has not had yet. When all of it is written, and out of a pipe the \
            reader has taken all of it, the consumer's cursor moves past everything that was looked at, printed or \
            not; with --limit it moves to the last article that was printed. Where the reader goes away before that, \
            the cursor stays.

            What a reader has taken, and has not worked off when it fails, dump cannot know: those articles do not \
            come again. Where none may be skipped, use newswire deliver, or --no-ack and newswire ack.

            EXAMPLE
              newswire dump --new | jq -r .title
              newswire dump --new --as archive --format text
              newswire dump --since 36h --feed example
              # not had before the work is done
              newswire dump --new --as index --no-ack >batch.jsonl && test -s batch.jsonl &&
                load-index batch.jsonl &&
                newswire ack index "$(tail -n 1 batch.jsonl |
                  jq -r '._newswire | "\\(.seq):\\(.chain)"')"
            """)

    @Flag(help: "Print only what the consumer has not had yet.")
    var new = false

    @Option(
        name: .customLong("as"),
        help: ArgumentHelp("The name of the consumer. Left out: the one that is called default.", valueName: "NAME"),
        completion: Completions.consumers)
    var consumer: String?

    @OptionGroup var beginning: ConsumerStartOption

    @Flag(name: .customLong("no-ack"), help: "Leave the consumer's cursor where it is, for newswire ack to move.")
    var noAck = false

    @Option(help: ArgumentHelp("Print only records with a higher number (seq) than this.", valueName: "SEQ"))
    var after: UInt64?

    @Option(
        help: ArgumentHelp(
            "Print only what was stored at this time or later: RFC 3339, a date, or a span ago (36h).", valueName: "T"))
    var since: TimeArgument?

    @Option(help: ArgumentHelp("Print only what was stored before this time.", valueName: "T"))
    var until: TimeArgument?

    @OptionGroup var choice: ArticleChoice

    @Option(help: ArgumentHelp("Print at most this many articles.", valueName: "N"))
    var limit: UInt64?

    @Flag(help: "Reduce HTML to an allow-list of elements, attributes and URL schemes.")
    var sanitize = false

    @Flag(help: "Go on printing articles as they come, until nobody reads the output.")
    var follow = false

    @Option(
        help: ArgumentHelp(
            "How articles are printed; brief is a line for people, tsv has seq, stored_at, feed, kind, id, url and title.",
            valueName: "FORMAT"))
    var format: DumpFormat = .jsonl

    @Flag(help: "Print the URL behind the title, with --format brief.")
    var urls = false

    @OptionGroup var common: CommonOptions

    func validate() throws {
        if new, after != nil { throw ValidationError("--new and --after cannot be used together.") }
        if !new, consumer != nil { throw ValidationError("--as needs --new.") }
        if !new, beginning.start != nil { throw ValidationError("--from needs --new.") }
        if !new, noAck { throw ValidationError("--no-ack needs --new.") }
        if follow, format.isDocument {
            throw ValidationError(
                "--follow cannot print --format \(format), a document that has an end; use jsonl, text, brief or tsv.")
        }
        if urls, format != .brief { throw ValidationError("--urls needs --format brief; the others have them.") }
    }

    func run() throws {
        let configuration = try common.loadForStore()
        try CommandFailure.wrappingAll {
            try session(configuration).run(follow: follow)
        }
    }

    private func session(_ configuration: Configuration) throws -> DumpSession {
        let now = SystemClock.now()
        let directory = choice.directory(configuration)
        let isSinceByClock = since?.isSpan ?? false
        let since = since?.time(now: now)
        let until = until?.time(now: now)
        let filter = try choice.filter(configuration, since: since, until: until, isForConsumer: new)
        return DumpSession(
            directory: directory, filter: filter, format: format, sanitize: sanitize, urls: urls, limit: limit,
            after: after ?? 0,
            since: since, isSinceByClock: isSinceByClock, until: until,
            consumer: new ? .init(name: consumer ?? "default", acknowledges: !noAck, start: beginning.start) : nil)
    }
}

/// The option of commands that work on consumers.
struct EventsOption: ParsableArguments {
    @Flag(help: "Mean the consumers of events, and not those of articles.")
    var events = false

    func directory(_ configuration: Configuration) -> String { Self.directory(configuration, events: events) }

    static func directory(_ configuration: Configuration, events: Bool) -> String {
        let directory = configuration.store.directory
        return events ? ArticleStore.eventsFolder(of: directory) : directory
    }
}

/// The options by which `dump` and `deliver` choose articles.
struct ArticleChoice: ParsableArguments {
    @Option(
        name: .customLong("feed"),
        help: ArgumentHelp(
            "Take only articles of this feed: its id, its URL or the start of its id. May be repeated.",
            valueName: "ID"), completion: Completions.feeds)
    var feeds: [String] = []

    @Option(
        name: .customLong("tag"),
        help: ArgumentHelp(
            "Take only articles whose feed had this tag when they were stored, in any case. May be repeated.",
            valueName: "TAG"),
        completion: Completions.tags)
    var tags: [String] = []

    @Flag(help: "Take edits of articles that were stored before, too.")
    var updates = false

    @Flag(
        help: """
            Take every article that another feed had first, too. With --feed or --tag those come anyway whose first is of \
            none of these feeds.
            """)
    var duplicates = false

    @Flag(
        help: "Take events in place of articles: feeds that fail, recover, fall silent, move or are gone, and the like."
    )
    var events = false

    @Flag(name: .customLong("no-initial"), help: "Leave out what was in a feed already when it was first polled.")
    var noInitial = false

    /// The store that is read: that of articles, or that of events.
    func directory(_ configuration: Configuration) -> String {
        EventsOption.directory(configuration, events: events)
    }

    /// Reads the store to find the feeds that are named, and may read all of it where none is found.
    func filter(
        _ configuration: Configuration, since: Timestamp? = nil, until: Timestamp? = nil, isForConsumer: Bool
    ) throws -> DumpFilter {
        let known = StoredFeeds(configuration)
        try known.check(tags: tags)
        return DumpFilter(
            feeds: try known.resolve(feeds), tags: tags, since: since, until: until,
            updates: updates, duplicates: duplicates, withoutInitial: noInitial, isForConsumer: isForConsumer)
    }
}

/// Which records a dump prints.
struct DumpFilter {
    /// All feeds where there are none.
    private let feeds: [FeedIdentifier]
    private let feedBytes: [[UInt8]]
    private let tags: Set<TagKey>
    /// The first time that is printed and the first that is not, as records have them: 20 bytes of RFC 3339, which sort
    /// as the times do.
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
        self.tags = Set(tags.map(TagKey.init))
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
        case .duplicate: if !duplicates, !isChoice { return false }
        case .alias: return false
        }
        if withoutInitial, envelope.isInitial { return false }
        if let since, envelope.storedAtText.lexicographicallyPrecedes(since), believes(envelope) { return false }
        if let until, !envelope.storedAtText.lexicographicallyPrecedes(until), believes(envelope) { return false }
        return feeds.isEmpty || feedBytes.contains { envelope.isOfFeed($0) } || feeds.contains(envelope.feed)
    }

    /// Reads the record as JSON where its envelope alone does not tell, and the article that it repeats where that tells.
    func admits(_ record: RecordSlice, in reader: StoreReader) throws -> Bool {
        guard admits(record.envelope) else { return false }
        let isRepetition = record.envelope.kind == .duplicate && !duplicates
        if tags.isEmpty, !isRepetition { return true }
        // A line whose checksum holds is JSON, unless newswire itself wrote it wrong.
        let stored = StoredRecord(try JSONParser.parse(record.bytes).value)
        guard hasTag(stored) else { return false }
        return try !isRepetition || stored.duplicateOf.map { try !chooses($0, in: reader) } ?? false
    }

    /// Whether only some feeds are asked for.
    private var isChoice: Bool { !feeds.isEmpty || !tags.isEmpty }

    /// Whether a record is of a feed that is asked for; one that has been removed is of none.
    private func chooses(_ seq: UInt64, in reader: StoreReader) throws -> Bool {
        guard let record = try reader.record(seq: seq), let feed = record.feed else { return false }
        return (feeds.isEmpty || feeds.contains(feed)) && hasTag(record)
    }

    /// The configured tags of the record's feed, as they were when it was stored.
    private func hasTag(_ record: StoredRecord) -> Bool {
        tags.isEmpty || record.feedTags.contains { tags.contains(TagKey($0)) }
    }
}
