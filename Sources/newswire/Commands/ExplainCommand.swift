internal import ArgumentParser
internal import ArticleStore
package import Configuration
package import FeedModel
internal import Ingestion
package import Scheduling
internal import Text

struct ExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Explains when a feed is polled next, or why an article was stored as it was.",
        discussion: """
            For a feed it shows everything that the next poll depends on: how often the feed publishes, what the feed \
            and its server ask for, and what puts the poll off. The last 50 polls follow.

            For a record it shows why the article was new, an update or a duplicate, and whether it is still in its \
            feed, what rules said of it, and what today's rules would say and by which words. A record is named by its \
            number, which `newswire dump` prints as `seq`. If that is the id of a feed as well, both are explained.

            EXAMPLE
              # a feed by its id, or the start of one
              newswire explain example
              # a feed by its URL
              newswire explain https://example.org/feed.xml
              # the record with this number
              newswire explain 1284
            """)

    @Argument(
        help: ArgumentHelp(
            "A feed's id, its URL or the start of its id; or the number of a record.", valueName: "FEED|SEQ"),
        completion: Completions.feeds)
    var subject: String

    @OptionGroup var common: CommonOptions

    func run() throws {
        let isNumber = subject.utf8.allSatisfy(\.isASCIIDigit)
        let configuration = try common.loadForStore()
        var lines: [String] = []
        if isNumber, let seq = UInt64(subject) {
            let isFeed = configuration.feeds.contains { $0.id.text == subject }
            if isFeed { lines = try explanation(ofFeed: subject, in: configuration) + [""] }
            do {
                lines += try explanation(ofRecord: seq, in: configuration)
            } catch let failure as CommandFailure {
                guard isFeed else { throw failure }
                lines.append("no record: \(failure.message)")
            }
        } else {
            lines = try explanation(ofFeed: subject, in: configuration)
        }
        var output = StandardOutput()
        for line in lines { try output.write(line: SafeText.line(line)) }
        try output.flush()
    }

    private func explanation(ofRecord seq: UInt64, in configuration: Configuration) throws -> [String] {
        try CommandFailure.wrappingAll {
            let reader = try StoreReader(directory: configuration.store.directory)
            guard let record = try reader.record(seq: seq) else {
                throw CommandFailure(
                    .usage, "explaining record \(seq): \(try ArticleSelection.noRecord(seq, in: reader))")
            }
            let pages = PageText(configuration, now: SystemClock.now())
            let page = try pages.lines(of: record, seq: seq, in: configuration).enumerated().map {
                "  \($0.offset == 0 ? "page      " : "          ")\($0.element)"
            }
            return try RecordExplanation(record, seq: seq, in: reader).lines + page
                + RulesOfToday(record, configuration, in: reader).lines
        }
    }

    private func explanation(ofFeed name: String, in configuration: Configuration) throws -> [String] {
        let configuration = configuration.recognising(common.knownFeeds(configuration.store))
        let feeds = try FeedSelection.choose([name], from: configuration)
        return try feeds.flatMap { try FeedExplanation.load($0, configuration, now: SystemClock.now()).lines }
    }
}

/// `FeedExplanation` says why a feed is next polled when it is: every term of the last decision, and the decisions before it.
package struct FeedExplanation {
    let feed: FeedConfiguration
    /// What is remembered of the feed; nil where nothing is.
    package let state: FeedState?
    /// The polls that are kept, the oldest first.
    package let polls: [PollRecord]
    let schedule: ScheduleSettings
    /// The key of its host's allowance, the allowance, and until when the host is paused.
    let host: (key: String, allowance: HostAllowance, pausedUntil: Timestamp?)
    /// How far apart its host has its requests; nil where it has refused none.
    let pace: HostPaceText?
    let now: Timestamp

    /// Takes what is known already.
    ///
    /// - Parameters:
    ///   - state: as `FeedState.shown` gives it.
    ///   - polls: the oldest first.
    ///   - host: the key of its host's allowance, the allowance, and until when the host is paused.
    package init(
        _ feed: FeedConfiguration, _ state: FeedState?, polls: [PollRecord], schedule: ScheduleSettings,
        host: (key: String, allowance: HostAllowance, pausedUntil: Timestamp?), pace: HostPaceText?, now: Timestamp
    ) {
        (self.feed, self.state, self.polls, self.schedule) = (feed, state, polls, schedule)
        (self.host, self.pace, self.now) = (host, pace, now)
    }

    /// Reads what is known of a feed, and the states of all feeds, because its host may be paused for another.
    static func load(_ feed: FeedConfiguration, _ configuration: Configuration, now: Timestamp) throws(CommandFailure)
        -> FeedExplanation
    {
        let directory = configuration.store.directory
        var states: [FeedIdentifier: FeedState] = [:]
        var polls: [PollRecord] = []
        if ConfigurationPath.fileExists(directory) {
            (states, polls) = try CommandFailure.wrapping { () throws(StoreError) in
                let states = configuration.remembered(try StoreReader(directory: directory).states())
                let hash = UInt32(truncatingIfNeeded: FeedHash.of(feed.id))
                guard let state = states[feed.id] else { return (states, []) }
                return (states, try PollHistoryReader(directory: directory).polls(of: state, hash: hash))
            }
        }
        let hostHealth = HostHealth(configuration, at: now, states: states)
        let allowances = HostAllowances(configuration)
        let (key, allowance) = allowances.allowance(for: feed, state: states[feed.id])
        let paused = hostHealth.pausedUntil(key, at: now)
        let pace = HostPaceText(key, hostHealth.paced(allowance, of: key, at: now), allowances)
        return FeedExplanation(
            feed, states[feed.id]?.shown(at: now, of: feed, configuration.schedule), polls: polls,
            schedule: configuration.schedule, host: (key, allowance, paused), pace: pace, now: now)
    }

    /// The lines as they are printed.
    var lines: [String] {
        let heading = "\(feed.id)  \(URLRedaction.redacted(feed.url))"
        return [heading] + rows.map { $0.line(width: 16) } + (state?.lastPoll == nil ? [] : decisions)
    }

    /// All but the decisions of the polls that are kept.
    package var rows: [ExplanationRow] {
        guard let state, state.lastPoll != nil else {
            let next = feed.enabled ? "at once: it was never polled" : "never: it is disabled"
            return [row("next poll", next)] + allowanceRows
        }
        var rows: [ExplanationRow] = []
        if let adopted = state.move.adopted { rows.append(row("asked at", adopted)) }
        rows += lastPoll(state)
        if let churn = state.churn?.sentence { rows.append(row("identity", churn)) }
        if let volatility = state.volatility?.sentence { rows.append(row("volatile", volatility)) }
        if let long = state.longDocument?.sentence { rows.append(row("long", long)) }
        rows.append(row("next poll", next(state)))
        if let last = polls.last { rows += terms(last.terms, state, last) }
        return rows + allowanceRows
    }

    private func row(_ name: String, _ text: String) -> ExplanationRow { ExplanationRow(name: name, text: text) }

    private func term(_ name: String, _ text: String) -> ExplanationRow {
        ExplanationRow(name: name, text: text, isTerm: true)
    }

    private func lastPoll(_ state: FeedState) -> [ExplanationRow] {
        guard let time = state.lastPoll else { return [] }
        var text = "\(Timestamp(seconds: time.seconds))"
        if let status = state.status { text += ", status \(status)" }
        guard let failure = state.failure else { return [row("last poll", text)] }
        let count = state.failures > 1 ? ", \(state.failures) failures in a row" : ""
        return [row("last poll", text + count), row("", "\(failure.word): \(failure.message)")]
    }

    private func next(_ state: FeedState) -> String {
        if !feed.enabled { return "never: it is disabled in the configuration" }
        if state.isHeld(at: now) {
            let until = state.schedule.heldUntil == FeedState.Schedule.forGood ? nil : state.schedule.heldUntil
            return "paused" + (until.map { " until \(Timestamp(seconds: $0.seconds))" } ?? "")
                + "; `newswire resume \(feed.id)` ends that"
        }
        if !state.isOf(feed.url) { return "at once: its URL has changed" }
        guard let next = state.nextPoll else { return "never: \(state.schedule.reason.sentence)" }
        let wait = Int(next.seconds - now.seconds)
        var text = "\(Timestamp(seconds: next.seconds)), "
        text += wait > 0 ? "in \(SpanText.text(wait))" : "due for \(SpanText.text(-wait))"
        if let paused = host.pausedUntil, paused > next {
            return text + "; but \(host.key) is to be left alone until \(Timestamp(seconds: paused.seconds))"
        }
        return text + ": \(state.schedule.reason.sentence)"
    }

    private func terms(_ terms: PollTerms, _ state: FeedState, _ last: PollRecord) -> [ExplanationRow] {
        var rows = [row("interval", SpanText.text(terms.interval))]
        if let fixed = feed.interval {
            rows.append(term("fixed", "\(SpanText.text(seconds(fixed))), as configured"))
        } else {
            rows.append(term("adaptive", adaptive(terms, state)))
        }
        if terms.hint > 0 {
            let effect = feed.interval != nil ? "; a fixed interval is not raised by it" : ""
            rows.append(term("the feed asks", "\(SpanText.text(terms.hint)) (ttl or update period)\(effect)"))
        }
        if terms.notes.contains(.wishMistaken) {
            let what = "ttl, update period or freshness"
            rows.append(term("a mistake", "\(what) of more than a week, which does not count"))
        }
        if terms.notes.contains(.wishLimited), state.schedule.wishLimit > 0 {
            let limit = SpanText.text(Int(state.schedule.wishLimit))
            rows.append(
                term("wishes", "believed up to \(limit), as a whole document of items came and went under them"))
        }
        if !terms.notes.contains(.hasValidators), !feed.isLocalFile {
            rows.append(term("no validators", "it can only be asked for whole: 1 h at least"))
        }
        let bounds = [schedule.minInterval, schedule.maxInterval].map { SpanText.text(seconds($0)) }
        if let hours = feed.options.hours { rows.append(term("hours", "\(hours), as configured")) }
        rows.append(term("bounds", "\(bounds[0]) to \(bounds[1])"))
        rows.append(row("put off by", "what follows, as far as it is longer than that"))
        if terms.lifetime > 0 {
            var text = "\(terms.lifetime) s − age \(terms.age) s = \(max(0, terms.lifetime - terms.age)) s"
            if terms.freshFor < max(0, terms.lifetime - terms.age), terms.notes.isDisjoint(with: .overCap) {
                text += ", of which \(terms.freshFor) s are believed"
            }
            if terms.notes.contains(.overCap) { text += ", of which \(terms.freshFor) s are believed (max_age_cap)" }
            rows.append(term("freshness", text))
        } else {
            rows.append(term("freshness", "nothing: the answer says none"))
        }
        if terms.retryAfter > 0 { rows.append(term("Retry-After", SpanText.text(terms.retryAfter))) }
        if terms.pause > 0 {
            let scope = terms.notes.contains(.hostPause) ? "all feeds of \(host.key)" : "this feed"
            let count = state.schedule.pause.map { ", incident \($0.incidents)" } ?? ""
            rows.append(term("pause", "\(SpanText.text(terms.pause)) for \(scope)\(count)"))
        }
        if terms.backoff > 0 {
            let weight = Double(terms.failureQuarters) / 4
            rows.append(term("backoff", "\(SpanText.text(terms.backoff)); failures weigh \(weight)"))
        }
        if terms.skipped > 0 {
            let isByHours = terms.reason == .hours
            rows.append(
                term(
                    isByHours ? "hours" : "skipHours",
                    "\(SpanText.text(terms.skipped)) later, as \(isByHours ? "you want it" : "the feed asks")"))
        }
        if terms.notes.contains(.skipIgnored) {
            rows.append(term("skipHours", "not heeded: the feed publishes in them, or excludes everything"))
        }
        rows.append(term("jitter", "\(terms.jitter / 1000) s"))
        return rows
    }

    private func adaptive(_ terms: PollTerms, _ state: FeedState) -> String {
        guard terms.adaptive > 0 else { return "not known yet" }
        var reasons: [String] = []
        if terms.gap > 0 {
            let count = state.schedule.rhythm.gapCount + 1
            reasons.append("the last \(count) publications are \(SpanText.text(terms.gap)) apart in the middle")
        } else {
            reasons.append("too few publications are known")
        }
        if let latest = state.schedule.rhythm.latest, latest < now {
            reasons.append("the latest was \(SpanText.text(Int(now.seconds - latest.seconds))) ago")
        }
        if terms.notes.contains(.littleOverlap) { reasons.append("the last document was mostly new") }
        if terms.notes.contains(.possibleGap) { reasons.append("items may have been lost in between") }
        if !terms.notes.contains(.judged) { reasons.append("its last document was not compared with the one before") }
        return "\(SpanText.text(terms.adaptive)), because " + reasons.joined(separator: ", ")
    }

    private var allowanceRows: [ExplanationRow] {
        if feed.isLocalFile { return [] }
        let (key, allowance, paused) = host
        var text = "\(key): \(allowance.concurrency) at a time, \(Double(allowance.delay) / 1000) s from start to start"
        if let paused { text += "; paused until \(Timestamp(seconds: paused.seconds))" }
        return [row("host allowance", text)] + (pace.map { [row("host pace", $0.sentence)] } ?? [])
    }

    private var decisions: [String] {
        if polls.isEmpty { return [] }
        var lines = [row("the last polls", "time, outcome, interval, next poll and why").line(width: 16)]
        for poll in polls.suffix(Int(PollHistory.perFeed)) {
            let time = "\(Timestamp(seconds: poll.startedAt.seconds))"
            let next = poll.next.map { "\($0)" } ?? "never"
            let notes = poll.terms.notes.words
            lines.append(
                "    \(time)  \(poll.outcomeWords.padded(24))  \(SpanText.text(poll.terms.interval).padded(10))  \(next)  "
                    + poll.terms.reason.word + (notes.isEmpty ? "" : " (\(notes.joined(separator: ", ")))"))
        }
        return lines
    }

    private func seconds(_ span: Duration) -> Int { Int(span.components.seconds) }
}

extension PollRecord.Outcome {
    /// The outcome in a word for programs.
    package var word: String { self == .notModified ? "not_modified" : "\(self)" }
}

extension PollRecord {
    /// What came of the poll, for people: `new 200, 3 of 40 new`.
    package var outcomeWords: String {
        var words = outcome == .new && newItems == 0 ? "updates, duplicates" : outcome.word
        if status > 0 { words += " \(status)" }
        if newItems > 0 { words += ", \(newItems) of \(items) new" }
        return words
    }
}

extension PollTerms.Notes {
    /// What was remarkable about the poll, for people.
    package var words: [String] {
        let words: [(PollTerms.Notes, String)] = [
            (.possibleGap, "possible_gap"), (.littleOverlap, "mostly new"), (.hostPause, "host paused"),
            (.forced, "forced"), (.byHand, "by hand"),
        ]
        return words.filter { contains($0.0) }.map(\.1)
    }
}

extension PollTerms.Reason {
    /// What decided on the next poll, for people.
    package var sentence: String {
        switch self {
        case .none: "as it was planned"
        case .adaptive: "by how often it publishes"
        case .fixed: "by its fixed interval"
        case .initial: "by the initial interval, until more is known"
        case .minimum: "no feed is polled more often ([schedule] min_interval)"
        case .maximum: "no feed is polled less often ([schedule] max_interval)"
        case .ttl: "the feed asks for it (ttl)"
        case .updatePeriod: "the feed asks for it (sy:updatePeriod)"
        case .noValidators: "it has no validators and can only be asked for whole"
        case .freshness: "its server says that the answer is fresh until then"
        case .retryAfter: "its server asked to be left alone until then (Retry-After, RateLimit)"
        case .pause: "its server is too busy"
        case .backoff: "it fails"
        case .refused: "its server refuses newswire (403)"
        case .credentials: "its credentials are refused (401)"
        case .gone: "its server says that it is gone (410), and is asked once more"
        case .goneForGood: "its server has said twice that it is gone (410)"
        case .expired: "the feed says that it has ended"
        case .skipHours: "the feed asks not to be polled before (skipHours, skipDays)"
        case .cutShort: "its document ended early and may be whole now"
        case .hours: "it is polled only in its hours"
        case .moreItems: "its document has more new items than are taken at once"
        }
    }
}

extension String {
    /// The text with spaces behind it, up to that width.
    func padded(_ width: Int) -> String {
        count < width ? self + String(repeating: " ", count: width - count) : self
    }
}
