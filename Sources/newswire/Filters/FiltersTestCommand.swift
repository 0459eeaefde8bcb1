internal import ArgumentParser
internal import ArticleStore
internal import Configuration
internal import FeedModel
internal import FeedParsing
internal import Ingestion
internal import Querying
internal import Text

extension FilterRule.Action.Kind: ExpressibleByArgument {}

struct FiltersTestCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test",
        abstract: "Says what rules, or a rule that is not written yet, do to what is stored.",
        discussion: """
            Today's rules are asked of the articles of the last 7 days, blocked ones among them, as they would be asked \
            if those came now. Of each rule it says how many match and by which words, and of all of them what would be \
            another than what was said when the articles were stored. Rules are asked of what the feed said, as when an \
            article is stored, and not of its page. With --match the query is asked as one rule more. \
            Nothing is stored and no server is asked.

            EXAMPLE
              newswire filters test no-deals --since 30d
              newswire filters test --match 'url:/\\/deals\\//' --feed example
              curl -s https://example.org/feed |
                newswire filters test --document - --feed example
            """)

    @Argument(
        help: ArgumentHelp("The rules to tell of. Left out: all of them.", valueName: "NAME"),
        completion: Completions.rules)
    var names: [String] = []

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Try this query as one rule more, and tell of that alone.", valueName: "QUERY"))
    var match: String?

    @Option(help: ArgumentHelp("What the rule of --match does.", valueName: "ACTION"))
    var action: FilterRule.Action.Kind?

    @Option(
        name: .customLong("feed"),
        help: ArgumentHelp(
            "Try articles of this feed alone: its id, its URL or the start of its id. May be repeated.", valueName: "ID"
        ),
        completion: Completions.feeds)
    var feeds: [String] = []

    @Option(
        name: .customLong("tag"),
        help: ArgumentHelp("The rule of --match is for feeds with this tag. May be repeated.", valueName: "TAG"),
        completion: Completions.tags)
    var tags: [String] = []

    @Option(
        help: ArgumentHelp(
            "Try what was stored at this time or later: RFC 3339, a date, or a span ago. Left out: 7d.", valueName: "T")
    )
    var since: TimeArgument?

    @Option(
        help: ArgumentHelp(
            "Try the articles of this feed document, or of standard input (-), as if they came from the feed of --feed.",
            valueName: "FILE"),
        completion: .file())
    var document: String?

    @Option(help: ArgumentHelp("Show at most this many articles for each rule (0 to 10000).", valueName: "N"))
    var limit = 10

    @Flag(help: "Print one JSON object.")
    var json = false

    @OptionGroup var common: CommonOptions

    func validate() throws {
        if match != nil, !names.isEmpty { throw ValidationError("Name rules or use --match, not both.") }
        if match == nil, action != nil || !tags.isEmpty { throw ValidationError("--action and --tag need --match.") }
        if document != nil, since != nil { throw ValidationError("--since is for what is stored, not for --document.") }
        if document != nil, feeds.count > 1 { throw ValidationError("--document takes one --feed.") }
        if !(0...10_000).contains(limit) { throw ValidationError("--limit takes 0 to 10000.") }
    }

    func run() throws {
        let configuration = try common.load()
        let known = StoredFeeds(configuration)
        let states = try known.states()
        let recognised = configuration.recognising(states.knownFeeds)
        let feedNames = FeedNames(recognised, states: states)
        let wanted = Set(try known.resolve(feeds).map(feedNames.current))
        let (rules, shown) = try rules(recognised, known, wanted)
        if rules.isEmpty {
            throw CommandFailure(
                .usage, "trying rules: \(configuration.path) has no [[filter]]; --match tries a query without one")
        }
        var trial = RuleTrial(rules, shown: shown, limit: limit)
        let ruling = RecordRuling(FilterRules(rules), feedNames)
        if let document {
            let feed = recognised.feeds.first { $0.id == wanted.first }
            try read(document, ruling.rules, wanted.first, feed, &trial)
        } else {
            try CommandFailure.wrappingAll {
                try read(configuration.store.directory, ruling, wanted, feedNames, &trial)
            }
        }
        var output = StandardOutput()
        if json {
            try output.write(trial.json(isStored: document == nil))
        } else {
            for line in trial.lines(isStored: document == nil, width: Terminal.outputWidth) {
                try output.write(line: line)
            }
        }
        try output.flush()
    }

    /// The rules that are asked, and the places of those that are told of.
    private func rules(
        _ configuration: Configuration, _ known: StoredFeeds, _ feeds: Set<FeedIdentifier>
    ) throws -> (rules: [FilterRule], shown: [Int]) {
        var rules = configuration.filters.rules
        if let match {
            try known.check(tags: tags, alsoStored: false)
            let action: FilterRule.Action =
                switch action ?? .block {
                case .block: .block
                case .keep: .keep
                case .label: .label("trial")
                }
            var name = "trial"
            while rules.contains(where: { $0.name == name }) { name += "-" }
            rules.append(
                FilterRule(
                    name: name, action: action, query: try MatchCondition.query(match, for: .rule), feeds: feeds,
                    tags: Set(tags.map { TagKey($0) })))
            return (rules, [rules.count - 1])
        }
        if names.isEmpty { return (rules, Array(rules.indices)) }
        return (rules, try names.map { name in try place(of: name, in: rules, configuration.path) })
    }

    private func place(of name: String, in rules: [FilterRule], _ path: String) throws(CommandFailure) -> Int {
        if let place = rules.firstIndex(where: { $0.name == name }) { return place }
        let nearest = EditDistance.nearest(to: name, among: rules.map(\.name))
        throw CommandFailure(
            .usage,
            "trying the rule \(name): no [[filter]] of \(path) has that name"
                + (nearest.map { "; did you mean \($0)?" } ?? "; `newswire filters` lists them"))
    }

    private func read(
        _ directory: String, _ ruling: RecordRuling, _ feeds: Set<FeedIdentifier>, _ feedNames: FeedNames,
        _ trial: inout RuleTrial
    ) throws {
        guard let reader = try StoreReader.ifThere(directory: directory) else { return }
        let now = SystemClock.now()
        let time = since?.time(now: now) ?? Timestamp(seconds: now.seconds - 7 * 86_400)
        let first = try reader.place(storedSince: Timestamp(seconds: time.seconds), now: now).firstSeq
        try reader.read(after: first > 0 ? first - 1 : 0, damage: { StandardError.write("newswire: \($0)") }) { slice in
            guard slice.envelope.kind.isVersion,
                feeds.isEmpty || feeds.contains(feedNames.current(slice.envelope.feed)),
                let record = StoredRecord(line: slice.bytes)
            else { return true }
            trial.add(try ruling.findings(on: record, in: reader), record.article, stored: record)
            return true
        }
    }

    private func read(
        _ path: String, _ rules: FilterRules, _ id: FeedIdentifier?, _ feed: FeedConfiguration?,
        _ trial: inout RuleTrial
    ) throws(CommandFailure) {
        switch try DocumentFile(path: path, context: DocumentContext(url: feed?.url)).parse() {
        case .notAFeed(let document): throw CommandFailure(.badInput, "trying rules on \(path): \(document.message)")
        case .feed(let document):
            let now = SystemClock.now()
            let ruling = DocumentRuling(
                rules, document, of: id ?? FeedIdentifier(""), tags: Set((feed?.tags ?? []).map { TagKey($0) }),
                now: now, trusted: now)
            for (index, article) in document.articles.enumerated() { trial.add(ruling.findings(on: index), article) }
        }
    }
}
