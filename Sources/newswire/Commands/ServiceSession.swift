internal import Configuration
internal import Glibc
internal import Ingestion
internal import JSONText

/// A service that runs on the store of a configuration, to be asked through its control socket.
struct ServiceSession: ~Copyable {
    private let client: ControlClient

    /// - Returns: nil where no service runs on the store, whatever runs on another.
    static func open(_ configuration: Configuration) throws(CommandFailure) -> ServiceSession? {
        try open(store: configuration.store.directory)
    }

    static func open(store directory: String) throws(CommandFailure) -> ServiceSession? {
        guard let store = StoreIdentity(directory: directory) else { return nil }
        let candidates = ControlPath.candidates(
            store: directory, owner: store.owner, environment: CommonOptions.environment)
        do throws(ControlClient.Failure) {
            guard let client = try ControlClient.connect(candidates, store: store) else { return nil }
            return ServiceSession(client: client)
        } catch {
            throw Self.failure(error)
        }
    }

    private init(client: consuming ControlClient) {
        self.client = client
    }

    /// The service's process; nil where it cannot be seen from here.
    var process: pid_t? { client.process }

    /// - Parameter take: gets each line of the answer.
    consuming func ask(_ request: ControlRequest, take: (JSONValue) -> Void = { _ in }) throws(CommandFailure) {
        if let failure = client.ask(request, take: take) { throw Self.failure(failure) }
    }

    /// Asks for what is held as long as the connection is open.
    consuming func hold(
        _ request: ControlRequest
    ) throws(CommandFailure) -> (answer: JSONValue, connection: ControlHold) {
        do throws(ControlClient.Failure) { return try client.hold(request) } catch { throw Self.failure(error) }
    }

    /// Lets the service read its configuration anew.
    ///
    /// - Parameter tell: gets each line of what is wrong with it, or looks wrong.
    /// - Returns: how many feeds it polls from here on.
    consuming func reload(tell: (String) -> Void) throws(CommandFailure) -> Int64 {
        var (hasErrors, feeds) = (false, Int64(0))
        let failure = client.ask(.reload) { line in
            if let text = line["diagnostic"]?.string { tell(text) }
            if line["severity"]?.string == Diagnostic.Severity.error.rawValue { hasErrors = true }
            feeds = line["feeds"]?.integer ?? feeds
        }
        switch failure {
        case nil: return feeds
        case .refused(let reason) where hasErrors: throw CommandFailure(.badConfiguration, "reloading: \(reason)")
        case let failure?: throw Self.failure(failure)
        }
    }

    /// The services that listen where a service of that configuration may; which of them are meant is to be seen.
    ///
    /// - Parameter store: where the configuration says that the store is; nil where that is not known.
    static func sites(store directory: String?) -> [ServiceSite] {
        ControlClient.services(
            ControlPath.candidates(
                store: directory, owner: directory.flatMap { StoreIdentity(directory: $0)?.owner },
                environment: CommonOptions.environment))
    }

    private static func failure(_ failure: ControlClient.Failure) -> CommandFailure {
        switch failure {
        case .refused(let reason): CommandFailure(.ioError, reason)
        case .otherStore:
            CommandFailure(
                .ioError, "asking the running service: it has another store than it had a moment ago; try again")
        case .brokenOff:
            CommandFailure(
                .ioError, "asking the running service: it ended before it had answered; `systemctl status newswire`")
        }
    }
}
