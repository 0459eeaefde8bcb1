import Glibc
package import JSONText

/// The asking side of the control socket.
package struct ControlClient: ~Copyable {
    package enum Failure: Error, Equatable {
        /// The service, or what came over the socket, says why not.
        case refused(String)
        /// The service has another store.
        case otherStore
        /// The service ended before it had answered.
        case brokenOff
    }

    /// Bytes that one line of an answer may have.
    private static let maximumLine = 64 << 20
    /// Seconds that a service may take to say which store it has.
    private static let patience = 10

    private let socket: LineSocket
    private let store: StoreIdentity

    /// Finds the service that has that store; what listens where services do is asked whether it has.
    ///
    /// - Parameter candidates: where the socket may be, the likeliest first.
    /// - Returns: nil where no service that has the store listens at any of them.
    /// - Throws: `refused` where one listens that may be it, but not to this user, or cannot tell.
    package static func connect(
        _ candidates: [ControlPath.Candidate], store: StoreIdentity
    ) throws(Failure) -> ControlClient? {
        for candidate in candidates {
            guard let first = try open(candidate, store) else { continue }
            first.socket.setPatience(patience)
            switch first.ask(.store, take: { _ in }) {
            // A connection is for one request.
            case nil: if let second = try open(candidate, store) { return second }
            case .otherStore: continue
            case .brokenOff: throw .brokenOff
            case .refused(let reason):
                throw .refused(
                    "asking the running service through \(candidate.path) which store it has: \(reason); it may be older: "
                        + "restart it")
            }
        }
        return nil
    }

    /// - Returns: nil where nobody listens, or only to others and hardly for this store.
    private static func open(
        _ candidate: ControlPath.Candidate, _ store: StoreIdentity
    ) throws(Failure) -> ControlClient? {
        do throws(UnixSocket.Failure) {
            return ControlClient(socket: LineSocket(try UnixSocket.connect(to: candidate.path)), store: store)
        } catch {
            guard error.code == EACCES || error.code == EPERM, isMeant(candidate, store) else { return nil }
            throw .refused(
                "asking the running service through \(candidate.path): permission denied; be a member of the group "
                    + "newswire, or root")
        }
    }

    /// Whether a service that does not let this user in is likely to have the store: who owns a store is let in by its
    /// service, and others have no say in it.
    private static func isMeant(_ candidate: ControlPath.Candidate, _ store: StoreIdentity) -> Bool {
        if candidate.isNamed { return true }
        let path = candidate.path.split(separator: "/").dropLast().reduce("") { "\($0)/\($1)" }
        let folder = StoreIdentity(directory: path)
        return store.owner != geteuid() && folder?.owner == store.owner
    }

    private init(socket: LineSocket, store: StoreIdentity) {
        self.socket = socket
        self.store = store
    }

    /// Asks, and gives each line of the answer but the last to `take`, which may throw to stop listening.
    package consuming func ask<E: Error>(
        _ request: ControlRequest, take: (JSONValue) throws(E) -> Void
    ) throws(E) -> Failure? {
        let line = request.line(for: store)
        guard line.count <= ControlRequest.maximumLength else {
            return .refused(
                "asking the running service: it would not read so many names; name fewer feeds, or none for all")
        }
        guard socket.write(line) else { return .brokenOff }
        while let line = socket.readLine(limit: Self.maximumLine) {
            guard let value = try? JSONParser.parse(line).value else { return .brokenOff }
            if let message = value["error"]?.string, value["feed"] == nil {
                return value["other_store"]?.bool == true ? .otherStore : .refused(message)
            }
            if value["done"]?.bool == true { return nil }
            try take(value)
        }
        return .brokenOff
    }
}
