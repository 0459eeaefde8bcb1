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
