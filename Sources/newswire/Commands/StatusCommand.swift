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
        let configuration = try common.loadWithKnownFeeds()
        var output = StandardOutput()
        switch json ? .json : format {
        case .prometheus:
            var text: String?
            if let service = try ServiceSession.open(configuration) {
                try service.ask(.metrics) { text = $0.string }
            }
            try output.write(Array((text ?? onDisk(configuration).prometheus).utf8))
        case .json:
            try output.write(line: String(decoding: document(configuration), as: UTF8.self))
        case .text:
            let figures = (try? JSONParser.parse(document(configuration)).value) ?? .null
            for line in StatusText(figures, now: SystemClock.now()).lines {
                try output.write(line: SafeText.line(line))
            }
        }
        try output.flush()
    }

    private func document(_ configuration: Configuration) throws -> [UInt8] {
        var json = JSONWriter()
        if let service = try ServiceSession.open(configuration) {
            try service.ask(.status) { $0.write(to: &json) }
        } else {
            onDisk(configuration).write(to: &json)
        }
        return json.finish()
    }

    private func onDisk(_ configuration: Configuration) -> StatusFigures {
        let directory = configuration.store.directory
        var figures = StatusFigures.onDisk(store: directory)
        let states = (try? StoreReader.ifThere(directory: directory)?.states()) ?? []
        let known = Dictionary(states.map { ($0.feed, $0) }, uniquingKeysWith: { $1 })
        let now = SystemClock.now()
        for feed in configuration.feeds {
            let state = known[feed.id]
            let outlook = state.map { FeedOutlook($0, at: feed.url) }
            figures.feeds[FeedCondition(isEnabled: feed.enabled, outlook, now: now), default: 0] += 1
            guard feed.enabled, let next = state?.nextPoll else { continue }
            figures.nextPoll = min(figures.nextPoll ?? next, next)
            figures.oldestOverdue = max(figures.oldestOverdue, (now.milliseconds - next.milliseconds) / 1000)
        }
        figures.hostsPaused = HostWatch(configuration, at: now) { known[$0] }.activePauses(at: now).count
        return figures
    }
}
