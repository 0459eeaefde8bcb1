internal import ArgumentParser
internal import ArticleStore
internal import Configuration
internal import FeedModel
internal import Ingestion

struct DumpCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dump",
        abstract: "Prints articles in the order in which they were stored.",
        discussion: """
            With --new, what the consumer has not had yet; its cursor moves once all is written.

            EXAMPLE
              newswire dump --new | jq -r '.title'
              newswire dump --new --as archive --format text
              newswire dump --since 36h --feed example
            """)

    @Flag(help: "Only what the consumer has not had yet.")
    var new = false

    @Option(name: .customLong("as"), help: ArgumentHelp("The consumer.", valueName: "NAME"))
    var consumer = "default"

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
        name: .customLong("feed"), help: ArgumentHelp("Only of that feed; more than one may be given.", valueName: "ID")
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

    @Option(help: "jsonl or text.")
    var format: DumpFormat = .jsonl

    @OptionGroup var common: CommonOptions

    func validate() throws {
        if new, after != nil { throw ValidationError("--new and --after exclude each other.") }
    }

    func run() throws {
        let directory = try common.load().store.directory
        try CommandFailure.wrappingAll {
            if new {
                try dumpNew(directory)
            } else {
                let reader = try StoreReader(directory: directory)
                _ = try dump.print(reader, after: start(reader))
            }
        }
    }

    private func dumpNew(_ directory: String) throws {
        let reader = try StoreReader(directory: directory)
        let cursors = try Cursors(directory: directory)
        // One dump for a consumer at a time: held to the end.
        let turn = try cursors.lockForDump(consumer)
        let cursor = try cursors.read(consumer) ?? 0
        let last = try reader.lastSeq()
        if cursor > last {
            StandardError.write(
                "newswire: consumer \(consumer) has had all up to \(cursor), but the store ends at \(last);"
                    + " if it is the right store, `newswire ack \(consumer) SEQ` moves the cursor")
        }
        let result = try dump.print(reader, after: max(cursor, start(reader)))
        if !noAck, result.lastSeen > cursor { try cursors.advance(consumer, to: result.lastSeen) }
        withExtendedLifetime(turn) {}
        if result.printed == 0, Terminal.isErrorTerminal || format == .text {
            let end = max(cursor, result.lastSeen)
            StandardError.write("newswire: nothing new for consumer \(consumer), which has had all up to \(end)")
        }
    }

    private var dump: DumpRun {
        let now = SystemClock.now()
        let filter = DumpFilter(
            feeds: feeds, tags: tags, since: since?.time(now: now), until: until?.time(now: now), updates: updates,
            duplicates: duplicates, withoutInitial: noInitial)
        return DumpRun(filter: filter, format: format, sanitize: sanitize, limit: limit)
    }

    private func start(_ reader: StoreReader) throws -> UInt64 {
        try max(after ?? 0, since.map { try seq(before: $0, reader) } ?? 0)
    }

    /// The number behind which everything was stored since that time.
    private func seq(before time: TimeArgument, _ reader: StoreReader) throws -> UInt64 {
        let first = try reader.firstSeq(storedSince: time.time(now: SystemClock.now()))
        return first > 0 ? first - 1 : 0
    }
}
