internal import ArgumentParser
internal import ArticleStore
internal import Configuration
internal import FeedModel
internal import Ingestion
internal import JSONText

struct StatusCommand: ParsableCommand {
    enum Format: String, CaseIterable, ExpressibleByArgument {
        case text, json, prometheus
    }

    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "The service and the store at a glance.",
        discussion: """
            Where a service runs it is asked; where none does, what is on disk is shown.

            EXAMPLE
              newswire status
              newswire status --json | jq .feeds.failing
              newswire status --format prometheus
            """)

    @Flag(help: "One JSON object; the same as --format json.")
    var json = false

    @Option(help: ArgumentHelp("text, json or prometheus.", valueName: "FORMAT"))
    var format = Format.text

    @OptionGroup var common: CommonOptions

    func run() throws {
        let path = try common.path()
        let configuration = try PatientWork.run("reading the configuration \(path)") {
            try ConfigurationLoader.load(path: path, environment: CommonOptions.environment)
        }
        let store = configuration.store.directory
        let format = json ? Format.json : format
        let answer = try PatientWork.run("asking the service of the store \(store)") {
            try Self.answer(configuration, isPrometheus: format == .prometheus)
        }
        let text =
            try answer
            // What is on the disk may be much.
            ?? PatientWork.run("reading the store \(store)", limit: 20) {
                try Self.onDisk(configuration, isPrometheus: format == .prometheus)
            }
        var output = StandardOutput()
        switch format {
        case .prometheus: try output.write(text)
        case .json: try output.write(line: String(decoding: text, as: UTF8.self))
        case .text:
            let figures = (try? JSONParser.parse(text).value) ?? .null
            for line in StatusText(figures, now: SystemClock.now()).lines {
                try output.write(line: SafeText.line(line))
            }
        }
        try output.flush()
    }

    /// - Returns: nil where no service runs.
    private static func answer(_ configuration: Configuration, isPrometheus: Bool) throws -> [UInt8]? {
        guard let service = try ServiceSession.open(configuration) else { return nil }
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
        let figures = onDisk(configuration)
        if isPrometheus { return Array(figures.prometheus.utf8) }
        var json = JSONWriter()
        figures.write(to: &json)
        return json.finish()
    }

    /// Where no service runs. Feeds without an id have the one that the store knows them by.
    private static func onDisk(_ configuration: Configuration) -> StatusFigures {
        let directory = configuration.store.directory
        var figures = StatusFigures.onDisk(store: directory)
        let states = (try? StoreReader.ifThere(directory: directory)?.states()) ?? []
        let configuration = configuration.recognising(states.knownFeeds)
        let known = Dictionary(states.map { ($0.feed, $0) }, uniquingKeysWith: { $1 })
        let now = SystemClock.now()
        for feed in configuration.feeds {
            let state = known[feed.id]?.shown(at: now, of: feed, configuration.schedule)
            let outlook = state.map { FeedOutlook($0, at: feed.url) }
            figures.feeds[FeedCondition(isEnabled: feed.enabled, outlook, now: now), default: 0] += 1
            let held = outlook?.isHeld(at: now) ?? false ? outlook?.schedule.heldUntil : nil
            guard feed.enabled, held != FeedState.Schedule.forGood, let planned = state?.nextPoll ?? held else {
                continue
            }
            let next = max(planned, held ?? planned)
            figures.nextPoll = min(figures.nextPoll ?? next, next)
            figures.oldestOverdue = max(figures.oldestOverdue, (now.milliseconds - next.milliseconds) / 1000)
        }
        figures.hostsPaused = HostHealth(configuration, at: now) { known[$0] }.activePauses(at: now).count
        return figures
    }
}
