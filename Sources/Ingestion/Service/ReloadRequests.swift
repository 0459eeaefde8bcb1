internal import Configuration
internal import FeedModel
internal import JSONText

/// `ReloadOutcome` says what came of reading the configuration anew.
struct ReloadOutcome {
    /// What is wrong with it, or looks wrong.
    var diagnostics: [Diagnostic]
    /// How many feeds are polled by it; nil where the old configuration stays in force.
    var feeds: Int?
    /// Why it is not in force, with the first error's file and line; nil where it is.
    var failure: String?
    /// What whoever asked is told where it is not in force, behind the diagnostics.
    var message = ""

    /// The configuration is in force.
    init(feeds: Int, warnings: [Diagnostic]) {
        diagnostics = warnings
        self.feeds = feeds
    }

    /// The configuration is wrong.
    init(_ error: ConfigurationError) {
        diagnostics = error.diagnostics
        failure = error.first
        message = "the configuration is wrong; the old one stays in force"
    }

    /// The configuration cannot be read.
    init(_ delay: DiskDelay) {
        diagnostics = []
        failure = delay.description
        message = "\(delay); the old configuration stays in force"
    }

    func answer(_ reply: ControlReply) {
        for diagnostic in diagnostics {
            reply.send { json in
                json.beginObject()
                json.member("diagnostic", diagnostic.description)
                json.member("severity", diagnostic.severity.rawValue)
                json.endObject()
            }
        }
        guard failure == nil else { return reply.fail(message) }
        reply.send { json in
            json.beginObject()
            json.member("feeds", feeds)
            json.endObject()
        }
        reply.done()
    }
}

/// `ReloadRequests` holds who waits for the configuration to be read anew, and what came of the last time.
struct ReloadRequests {
    private(set) var last: ServiceFigures.Reload?
    private var waiting: [ControlReply] = []
    /// It was said that the configuration cannot be read, though the reading has not ended.
    private var hasGivenUp = false

    mutating func add(_ reply: ControlReply) { waiting.append(reply) }

    /// A reading has ended.
    ///
    /// - Parameter isReadAgain: another reading goes on: who has asked meanwhile may have changed something that this one
    ///   has not seen, and is answered by that.
    /// - Returns: whom to answer; nil where it is not over for everybody.
    mutating func end(_ outcome: ReloadOutcome, isReadAgain: Bool, at now: Timestamp) -> [ControlReply]? {
        hasGivenUp = false
        return isReadAgain ? nil : take(outcome, at: now)
    }

    /// Whoever waits for the configuration is told that it cannot be read. It is put in force all the same once it was.
    ///
    /// - Returns: whom to answer; nil where that is nothing new.
    mutating func giveUp(_ outcome: ReloadOutcome, at now: Timestamp) -> [ControlReply]? {
        if hasGivenUp { return nil }
        hasGivenUp = true
        return take(outcome, at: now)
    }

    /// The service ends.
    mutating func close() {
        for reply in waiting { reply.fail("the service was stopped") }
        waiting = []
    }

    private mutating func take(_ outcome: ReloadOutcome, at now: Timestamp) -> [ControlReply] {
        let since = last?.failure?.since ?? now
        last = .init(time: now, failure: outcome.failure.map { .init(since: since, reason: $0) })
        defer { waiting = [] }
        return waiting
    }
}
