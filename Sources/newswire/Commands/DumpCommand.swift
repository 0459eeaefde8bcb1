internal import ArgumentParser
internal import ArticleStore
internal import Configuration
internal import FeedModel
internal import Ingestion
internal import JSONText
internal import Querying

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
              newswire dump --since 7d --match '"air defence" -title:toy' --format brief
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

    @OptionGroup var fullText: FullTextOption

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
        if choice.refilter, choice.events { throw ArticleChoice.eventsHaveNoRules }
        try fullText.check(choice)
        try fullText.check(format)
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
        let filter = try choice.filter(
            configuration, fullText: fullText.join(choice), since: since, until: until, isForConsumer: new)
        choice.tellRules(configuration)
        return DumpSession(
            directory: directory,
            filter: CurrentFilter(filter, configuration, environment: CommonOptions.environment), format: format,
            sanitize: sanitize, urls: urls, limit: limit,
            after: after ?? 0,
            since: since, isSinceByClock: isSinceByClock, until: until,
            // Events are each machine's own.
            isOfFleet: configuration.fleet != nil && !choice.events,
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
            "Take only articles that a rule has given this label, or whose feed had this tag when they were stored, in any case. "
                + "May be repeated.",
            valueName: "TAG"),
        completion: Completions.tagsAndLabels)
    var tags: [String] = []

    @Flag(
        help: """
            Take edits of articles that were stored before, too. The first version that no rule blocks comes anyway, where \
            all before it were blocked.
            """)
    var updates = false

    @Flag(help: "Take what rules of the configuration have blocked, too.")
    var blocked = false

    @Option(
        name: .customLong("match"), parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "Take only articles that this query matches, in the language of rules: words, \"several words\", title:word, "
                + "feed:ID, -not, OR. May be repeated: all of them have to match.", valueName: "QUERY"))
    var matches: [String] = []

    @Flag(
        help: """
            Ask today's rules of each article, in place of what the rules said when it was stored. What is taken says \
            "refiltered":true.
            """)
    var refilter = false

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

    @Flag(
        name: .customLong("no-initial"),
        help: """
            Leave out what was in a feed already when it was first polled and, without --updates, what rules let through of \
            that later.
            """)
    var noInitial = false

    /// The store that is read: that of articles, or that of events.
    func directory(_ configuration: Configuration) -> String {
        EventsOption.directory(configuration, events: events)
    }

    /// Reads the store to find the feeds that are named, and may read all of it where none is found.
    func filter(
        _ configuration: Configuration, fullText: FullTextJoin? = nil, since: Timestamp? = nil, until: Timestamp? = nil,
        isForConsumer: Bool
    ) throws -> DumpFilter {
        let known = StoredFeeds(configuration)
        try known.check(tags: tags)
        var filter = DumpFilter(
            feeds: try known.resolve(feeds), tags: tags, since: since, until: until,
            kinds: DumpFilter.Kinds(
                updates: updates, duplicates: duplicates, blocked: blocked, withoutInitial: noInitial),
            isForConsumer: isForConsumer)
        filter.fullText = fullText
        if matches.isEmpty, !refilter, fullText?.wait == nil { return filter }
        let states = try known.states()
        if let fullText, fullText.wait != nil {
            filter.fullText = fullText.renewed(by: configuration.recognising(states.knownFeeds))
        }
        if !matches.isEmpty {
            let names = FeedNames(configuration.recognising(states.knownFeeds), states: states)
            filter.match = try MatchCondition(matches, names, known)
        }
        if refilter { filter.ruling = try RecordRuling(configuration, states: states, "asking today's rules") }
        return filter
    }

    static var eventsHaveNoRules: ValidationError {
        ValidationError("--refilter and --events cannot be used together: rules are asked of articles alone.")
    }

    /// Whose rules --refilter asks.
    func tellRules(_ configuration: Configuration) {
        guard refilter else { return }
        let count = configuration.filters.rules.count
        let rules = count == 0 ? "no rule, so that nothing is blocked" : "\(count) rule\(count == 1 ? "" : "s")"
        StandardError.write("newswire: what rules say is said by those of \(configuration.path): \(rules)")
    }
}
