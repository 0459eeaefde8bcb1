/// What has been gathered while the files of a configuration are read, and what is wrong with them.
final class LoadingState {
    /// Everything newswire reads of a configuration is bounded.
    enum Limit {
        static let fileBytes = 64 << 20
        static let files = 10_000
        static let includeDepth = 8
        static let feeds = 1_000_000
        static let diagnostics = 1000
    }

    let environment: [String: String]
    private(set) var diagnostics: [Diagnostic] = []
    private var dropped = 0
    private(set) var hasErrors = false

    var top = TopSettings()
    /// Also where what was written for it is refused.
    var isContactNamed = false
    var fetch = FetchSettings()
    var schedule = ScheduleSettings()
    var store = StoreSettings(directory: "")
    var status = StatusSettings()
    var log = LogSettings()
    var hosts: [String: HostSettings] = [:]
    var feeds = PendingFeeds()

    init(environment: [String: String]) {
        self.environment = environment
    }

    /// The options of a feed that sets none; known once the main file's settings have been read.
    var feedOptions: FeedOptions {
        FeedOptions(transfer: fetch.transfer, maxAgeCap: schedule.maxAgeCap, updates: store.updates)
    }

    func error(_ message: String, at place: SourcePlace) {
        hasErrors = true
        append(Diagnostic(.error, file: place.file, line: place.line, message))
    }

    func error(_ message: String, file: String) {
        hasErrors = true
        append(Diagnostic(.error, file: file, line: nil, message))
    }

    func warning(_ message: String, at place: SourcePlace) {
        append(Diagnostic(.warning, file: place.file, line: place.line, message))
    }

    private func append(_ diagnostic: Diagnostic) {
        // An error is worth more than the warning it would push out.
        if diagnostics.count >= Limit.diagnostics, diagnostic.severity == .warning || dropped > 0 {
            dropped += 1
        } else {
            diagnostics.append(diagnostic)
        }
    }

    /// By file, in the order in which they were met, and line.
    private func sort() {
        var order: [String: Int] = [:]
        for diagnostic in diagnostics where order[diagnostic.file] == nil { order[diagnostic.file] = order.count }
        let keys = diagnostics.enumerated().map { index, diagnostic in
            (order[diagnostic.file, default: 0], diagnostic.line ?? 0, index)
        }
        diagnostics = keys.sorted { $0 < $1 }.map { diagnostics[$0.2] }
    }

    /// All that was found, with what belongs at the end of it.
    func finish(file: String) -> [Diagnostic] {
        sort()
        if dropped > 0 {
            diagnostics.append(
                Diagnostic(hasErrors ? .error : .warning, file: file, line: nil, "and \(dropped) more like these"))
        }
        return diagnostics
    }
}
