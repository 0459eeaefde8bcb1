internal import Archiving
internal import ArgumentParser
internal import ArticleStore
package import Configuration
package import FeedModel
internal import Glibc
package import Ingestion
internal import JSONText
internal import Querying

struct StatusCommand: ParsableCommand {
    enum Format: String, CaseIterable, ExpressibleByArgument {
        case text, json, prometheus
    }

    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Shows the state of the service and of the store.",
        discussion: """
            A running service is asked. If none runs, what is on disk is shown.

            EXAMPLE
              newswire status
              newswire status --json | jq .feeds.failing
              newswire status --format prometheus
            """)

    @Flag(help: "Print one JSON object; the same as --format json.")
    var json = false

    @Option(help: ArgumentHelp("How the figures are printed.", valueName: "FORMAT"))
    var format = Format.text

    @OptionGroup var common: CommonOptions

    func run() throws {
        let path = try common.path()
        let loaded = try PatientWork.run("reading the configuration \(path)") {
            Result { () throws(ConfigurationError) in
                try ConfigurationLoader.load(path: path, environment: CommonOptions.environment)
            }
        }
        var wrong: ConfigurationError?
        let configuration: Configuration
        switch loaded {
        case .success(let right): configuration = right
        case .failure(let error):
            guard let substitute = CommonOptions.substitute(for: path, error) else { throw error }
            configuration = substitute.configuration
            wrong = error
        }
        let store = configuration.store.directory
        let format = json ? Format.json : format
        let work = Workload()
        let answer = try PatientWork.run("asking the service of the store \(store)", work) {
            try Self.answer(configuration, isPrometheus: format == .prometheus, work)
        }
        let text =
            try answer
            // What is on the disk may be much.
            ?? PatientWork.run("reading the store \(store)", limit: 20_000) {
                try Self.onDisk(configuration, isPrometheus: format == .prometheus)
            }
        if let wrong, format != .text { StandardError.write("newswire: the configuration is wrong: \(wrong.first)") }
        var output = StandardOutput()
        switch format {
        case .prometheus: try output.write(text)
        case .json: try output.write(line: String(decoding: text, as: UTF8.self))
        case .text:
            let figures = (try? JSONParser.parse(text).value) ?? .null
            for line in StatusText(figures, wrong: wrong, now: SystemClock.now()).lines {
                try output.write(line: SafeText.line(line))
            }
        }
        try output.flush()
    }

    /// - Parameter work: the service's counts as well: one that puts a large configuration in force answers when it has.
    /// - Returns: nil where no service runs.
    private static func answer(
        _ configuration: Configuration, isPrometheus: Bool, _ work: Workload
    ) throws -> [UInt8]? {
        guard let service = try ServiceSession.open(configuration) else { return nil }
        if let process = service.process { work.follow(process: process) }
        var answer: [UInt8] = []
        if isPrometheus {
            try service.ask(.metrics) { answer = Array(($0.string ?? "").utf8) }
        } else {
            try service.ask(.status) { value in
                var json = JSONWriter()
                value.write(to: &json)
                answer = json.finish()
            }
        }
        return answer
    }

    private static func onDisk(_ configuration: Configuration, isPrometheus: Bool) throws -> [UInt8] {
        let figures = try onDisk(configuration)
        if isPrometheus { return Array(figures.prometheus.utf8) }
        var json = JSONWriter()
        figures.write(to: &json)
        return json.finish()
    }

    /// The figures where no service runs. Feeds without an id have the one that the store knows them by.
    private static func onDisk(_ configuration: Configuration) throws -> StatusFigures {
        let directory = configuration.store.directory
        // Who may not look is told so, and not that there is nothing.
        let reader = try CommandFailure.wrapping { () throws(StoreError) in
            try StoreReader.ifThere(directory: directory)
        }
        var figures = StatusFigures.onDisk(store: directory)
        figures.archive = ArchiveFigures.onDisk(at: configuration.archive.folder(store: directory))
        let states = (try? reader?.states()) ?? []
        let configuration = configuration.recognising(states.knownFeeds)
        let known = configuration.remembered(states)
        let now = SystemClock.now()
        let hosts = HostHealth(configuration, at: now, states: known)
        figures.fill(configuration, hosts: hosts, at: now) { place, feed in
            known[feed.id]?.shown(at: now, of: feed, configuration.schedule)
        }
        return figures
    }
}

extension StatusFigures {
    /// Takes in what is remembered of all feeds, where no service runs that knows it.
    ///
    /// - Parameters:
    ///   - configuration: with the ids by which the store knows feeds.
    ///   - hosts: what is known of the feeds' hosts.
    ///   - state: gives what is remembered of a feed as people are shown it, by its place in the configuration.
    package mutating func fill<Failure: Error>(
        _ configuration: Configuration, hosts: HostHealth, at now: Timestamp,
        state: (Int, FeedConfiguration) throws(Failure) -> FeedState?
    ) throws(Failure) {
        var blocked: UInt64 = 0
        for (place, feed) in configuration.feeds.enumerated() {
            let state = try state(place, feed)
            let outlook = state.map { FeedOutlook($0, at: feed.url) }
            feeds[FeedCondition(isEnabled: feed.enabled, outlook, now: now), default: 0] += 1
            marked.count(outlook?.marks ?? [])
            blocked += state?.recentBlocks?.lastDay(at: now) ?? 0
            let held = outlook?.isHeld(at: now) ?? false ? outlook?.schedule.heldUntil : nil
            guard feed.enabled, held != FeedState.Schedule.forGood, let planned = state?.nextPoll ?? held else {
                continue
            }
            let next = max(planned, held ?? planned)
            nextPoll = min(nextPoll ?? next, next)
            oldestOverdue = max(oldestOverdue, (now.milliseconds - next.milliseconds) / 1000)
        }
        hostsPaused = hosts.activePauses(at: now).count
        if !configuration.filters.isEmpty { blockedLastDay = blocked }
    }
}
