internal import ArticleStore
package import Configuration
package import FeedModel
internal import Ingestion
package import JSONText

/// `ServiceLink` is what is asked of the running service through its control socket. It waits for no answer for long.
package final class ServiceLink: Sendable {
    /// `Reload` is what the service says of a configuration that it was told to read.
    package struct Reload: Sendable, Equatable {
        /// What is wrong, or looks wrong, a line each, with file and line.
        package var diagnostics: [String] = []
        /// So many feeds are polled from here on; nil where the service goes on with what it had.
        package var feeds: Int64?
        /// Why it was not put in force; nil where it was.
        package var refusal: String?
    }

    /// Seconds that the service may take for a line of an answer.
    private static let patience = 3
    /// Seconds that it may take to read its configuration.
    private static let reloadPatience = 30

    private let environment: [String: String]

    /// - Parameter environment: where the service listens may stand there.
    package init(environment: [String: String]) {
        self.environment = environment
    }

    /// Returns what `newswire status --json` shows of the running service; nil where none runs on the store.
    ///
    /// - Throws: 503 where one runs that does not answer.
    package func status(_ configuration: Configuration) throws(WebFailure) -> JSONValue? {
        try lines(of: .status, configuration)?.first
    }

    /// Returns the metrics of the running service as Prometheus reads them; nil where none runs on the store.
    package func metrics(_ configuration: Configuration) throws(WebFailure) -> String? {
        try lines(of: .metrics, configuration)?.first?.string
    }

    private func lines(
        of request: ControlRequest, _ configuration: Configuration
    ) throws(WebFailure) -> [JSONValue]? {
        guard let client = try client(configuration, Self.patience) else { return nil }
        var lines: [JSONValue] = []
        if let failure = client.ask(request, take: { lines.append($0) }) { throw Self.failure(failure, 503) }
        return lines
    }

    /// Lets the service poll a feed soon, and does not wait for that.
    ///
    /// - Throws: 409 where no service runs, or where it refuses.
    package func poll(_ feed: FeedIdentifier, _ configuration: Configuration) throws(WebFailure) {
        try begin(.poll(feeds: [feed], selection: .all, isDryRun: false), configuration)
    }

    /// Lets the service poll all feeds soon that nobody has asked to leave alone, and does not wait for that.
    ///
    /// - Throws: 409 where no service runs, or where it refuses.
    package func pollAll(_ configuration: Configuration) throws(WebFailure) {
        try begin(.poll(feeds: [], selection: .all, isDryRun: false), configuration)
    }

    /// Lets the service leave a feed alone.
    ///
    /// - Parameter until: nil for until somebody resumes it.
    package func pause(
        _ feed: FeedIdentifier, until: Timestamp?, _ configuration: Configuration
    ) throws(WebFailure) {
        try begin(.pause(feeds: [feed], until: until), configuration)
    }

    /// Ends a pause.
    package func resume(_ feed: FeedIdentifier, _ configuration: Configuration) throws(WebFailure) {
        try begin(.resume(feeds: [feed]), configuration)
    }

    private func begin(_ request: ControlRequest, _ configuration: Configuration) throws(WebFailure) {
        guard let client = try client(configuration, Self.patience) else { throw Self.noService(configuration) }
        if let failure = client.begin(request) { throw Self.failure(failure, 409) }
    }

    /// Lets the service read its configuration again, and says what it says.
    ///
    /// - Throws: 409 where no service runs on the store.
    package func reload(_ configuration: Configuration) throws(WebFailure) -> Reload {
        guard let client = try client(configuration, Self.reloadPatience) else {
            throw Self.noService(configuration)
        }
        var reload = Reload()
        let failure = client.ask(.reload) { line in
            if let text = line["diagnostic"]?.string { reload.diagnostics.append(text) }
            reload.feeds = line["feeds"]?.integer ?? reload.feeds
        }
        switch failure {
        case nil: break
        case .refused(let reason): reload.refusal = reason
        case let failure?: throw Self.failure(failure, 503)
        }
        return reload
    }

    /// Nil where no service runs on the store.
    private func client(_ configuration: Configuration, _ limit: Int) throws(WebFailure) -> ControlClient? {
        let directory = configuration.store.directory
        guard let store = StoreIdentity(directory: directory) else { return nil }
        let candidates = ControlPath.candidates(store: directory, owner: store.owner, environment: environment)
        do throws(ControlClient.Failure) {
            return try ControlClient.connect(candidates, store: store, limit: limit)
        } catch {
            throw Self.failure(error, 503)
        }
    }

    static func noService(_ configuration: Configuration) -> WebFailure {
        WebFailure(
            409, "no service runs on the store \(configuration.store.directory)",
            hint: "`systemctl start newswire` starts it; what is stored is shown without it.")
    }

    private static func failure(_ failure: ControlClient.Failure, _ status: Int) -> WebFailure {
        switch failure {
        case .refused(let reason): WebFailure(status, reason)
        case .otherStore:
            WebFailure(
                503, "asking the running service: it has another store than it had a moment ago", hint: "Try again.")
        case .brokenOff:
            WebFailure(
                503, "asking the running service: it has not answered in time, or has just ended",
                hint: "`systemctl status newswire` says how it is.")
        }
    }
}
