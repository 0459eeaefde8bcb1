internal import Configuration
internal import Ingestion
internal import JSONText

/// A service that runs on the store of a configuration, to be asked through its control socket.
struct ServiceSession: ~Copyable {
    private let client: ControlClient

    /// - Returns: nil where no service runs on the store, whatever runs on another.
    static func open(_ configuration: Configuration) throws(CommandFailure) -> ServiceSession? {
        let directory = configuration.store.directory
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

    /// - Parameter take: gets each line of the answer.
    consuming func ask(_ request: ControlRequest, take: (JSONValue) -> Void = { _ in }) throws(CommandFailure) {
        if let failure = client.ask(request, take: take) { throw Self.failure(failure) }
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
