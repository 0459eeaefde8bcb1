import Glibc
package import JSONText

/// The asking side of the control socket.
package struct ControlClient: ~Copyable {
    package enum Failure: Error, Equatable {
        /// The service, or what came over the socket, says why not.
        case refused(String)
        /// The service ended before it had answered.
        case brokenOff
    }

    /// Bytes that one line of an answer may have.
    private static let maximumLine = 64 << 20
    private let socket: LineSocket

    /// - Parameter paths: where the socket may be, the likeliest first.
    /// - Returns: nil where no service listens at any of them.
    /// - Throws: `refused` where one listens, but not to this user.
    package static func connect(_ paths: [String]) throws(Failure) -> ControlClient? {
        for path in paths {
            do throws(UnixSocket.Failure) {
                return ControlClient(socket: LineSocket(try UnixSocket.connect(to: path)))
            } catch {
                guard error.code == EACCES || error.code == EPERM else { continue }
                throw .refused(
                    "asking the running service through \(path): permission denied; be a member of the group newswire, "
                        + "or root")
            }
        }
        return nil
    }

    private init(socket: LineSocket) {
        self.socket = socket
    }

    /// Asks, and gives each line of the answer but the last to `take`, which may throw to stop listening.
    package consuming func ask<E: Error>(
        _ request: ControlRequest, take: (JSONValue) throws(E) -> Void
    ) throws(E) -> Failure? {
        guard socket.write(request.line) else { return .brokenOff }
        while let line = socket.readLine(limit: Self.maximumLine) {
            guard let value = try? JSONParser.parse(line).value else { return .brokenOff }
            if let message = value["error"]?.string, value["feed"] == nil { return .refused(message) }
            if value["done"]?.bool == true { return nil }
            try take(value)
        }
        return .brokenOff
    }
}

/// Where a store's service listens (contract.md §1).
package enum ControlPath {
    /// `$RUNTIME_DIRECTORY/control`, else STORE/control.
    package static func ofService(store: String, environment: [String: String]) -> String {
        paths(store: store, environment: environment)[0]
    }

    /// Where a command looks for it. The service leaves a link in its store, so that whoever knows the store finds it
    /// without systemd's variable.
    package static func paths(store: String, environment: [String: String]) -> [String] {
        let inStore = "\(store)/control"
        // systemd separates several with colons; the first is the service's own.
        guard let runtime = environment["RUNTIME_DIRECTORY"]?.split(separator: ":").first, runtime.hasPrefix("/") else {
            return [inStore]
        }
        return ["\(runtime)/control", inStore]
    }

    /// Leaves the link. Best effort: where the store's folder cannot be written, polling has other problems.
    package static func link(store: String, to path: String) {
        let inStore = "\(store)/control"
        if path == inStore { return }
        unlink(inStore)
        _ = symlink(path, inStore)
    }
}
