internal import Configuration
package import Glibc
package import JSONText

/// `ControlClient` is the side of the control socket that asks: a connection to a running service, good for one
/// request. It blocks its thread while it waits.
package struct ControlClient: ~Copyable {
    /// `Failure` says why a request was not answered to its end.
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
    private let store: StoreIdentity?

    /// Finds the service that has that store; what listens where services do is asked whether it has.
    ///
    /// - Parameters:
    ///   - candidates: where the socket may be, the likeliest first.
    ///   - limit: seconds that each line of an answer may take; nil for as long as it takes, once the service has said
    ///     which store it has.
    /// - Returns: nil where no service that has the store listens at any of them.
    /// - Throws: `refused` where one listens that may be it, but not to this user, or cannot tell.
    package static func connect(
        _ candidates: [ControlPath.Candidate], store: StoreIdentity, limit: Int? = nil
    ) throws(Failure) -> ControlClient? {
        for candidate in candidates {
            guard let first = try open(candidate, store) else { continue }
            first.socket.setPatience(limit ?? patience)
            switch first.ask(.store, take: { _ in }) {
            // A connection is for one request.
            case nil:
                if let second = try open(candidate, store) {
                    if let limit { second.socket.setPatience(limit) }
                    return second
                }
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

    /// Asks whatever listens at the candidates by which configuration it runs.
    ///
    /// - Returns: the services that answer, in the order of the candidates. Which of them are meant is for the caller to
    ///   say.
    package static func services(_ candidates: [ControlPath.Candidate]) -> [ServiceSite] {
        candidates.compactMap { candidate in
            guard let socket = try? UnixSocket.connect(to: candidate.path) else { return nil }
            let client = ControlClient(socket: LineSocket(socket), store: nil)
            client.socket.setPatience(patience)
            var site: ServiceSite?
            let failure = client.ask(.service) { site = site ?? ServiceSite($0) }
            return failure == nil ? site : nil
        }
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

    private init(socket: LineSocket, store: StoreIdentity?) {
        self.socket = socket
        self.store = store
    }

    /// The service's process; nil where it cannot be seen from here.
    package var process: pid_t? { UnixSocket.listener(socket.descriptor) }

    /// Asks, and gives each line of the answer but the last to `take`, which may throw to stop listening. Returns what
    /// went wrong; nil where all was answered.
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

    /// Asks, and waits only until the service has begun to do it, which it goes on with when nobody waits. Returns what went
    /// wrong; nil where it has begun.
    package consuming func begin(_ request: ControlRequest) -> Failure? {
        guard socket.write(request.line(for: store)), let first = socket.readLine(limit: Self.maximumLine) else {
            return .brokenOff
        }
        // A refusal that needs a look at the feeds comes right behind the first line.
        for line in [first, socket.readLine(limit: Self.maximumLine, within: 100)] {
            guard let line else { continue }
            guard let value = try? JSONParser.parse(line).value else { return .brokenOff }
            if let message = value["error"]?.string, value["feed"] == nil {
                return value["other_store"]?.bool == true ? .otherStore : .refused(message)
            }
            if value["done"]?.bool == true { return nil }
        }
        return nil
    }

    /// Asks for what is to be held, and gives the first line of the answer with the connection, which holds it.
    package consuming func hold(_ request: ControlRequest) throws(Failure) -> (
        answer: JSONValue, connection: ControlHold
    ) {
        guard socket.write(request.line(for: store)), let line = socket.readLine(limit: Self.maximumLine),
            let value = try? JSONParser.parse(line).value
        else { throw .brokenOff }
        if let message = value["error"]?.string {
            throw value["other_store"]?.bool == true ? .otherStore : .refused(message)
        }
        return (value, ControlHold(socket))
    }
}

/// `ControlHold` is a connection to the running service that holds what was asked for until it is closed, by its last reference.
package final class ControlHold: Sendable {
    private let socket: LineSocket

    fileprivate init(_ socket: LineSocket) { self.socket = socket }

    /// Tells whether the service holds it no longer: it has said so, or ended.
    package var isLost: Bool {
        var descriptor = pollfd(fd: socket.descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&descriptor, 1, 0) > 0
    }

    /// What the service has said of it; nil where it has just ended.
    package func reason() -> String? {
        socket.readLine(limit: 1 << 20).flatMap { try? JSONParser.parse($0).value["error"]?.string }
    }
}

/// `ServiceSite` says where a running service works.
package struct ServiceSite: Sendable, Equatable {
    /// The path is that of the configuration's main file, absolute.
    package var configuration: String
    /// The store lies in this folder.
    package var store: String

    /// Puts together what a service says of itself.
    package init(configuration: String, store: String) {
        self.configuration = configuration
        self.store = store
    }

    /// Reads the answer to `ControlRequest.service`; nil for anything else.
    init?(_ json: JSONValue) {
        guard let configuration = json["configuration"]?.string, let store = json["store"]?.string else { return nil }
        self.init(configuration: configuration, store: store)
    }

    /// Returns a handler that says by itself which service this is, and gives all other requests to another: whoever looks for
    /// the service finds it, however long its loop is busy.
    func handler(_ other: @escaping ControlServer.Handler) -> ControlServer.Handler {
        { [self] request, reply in
            guard request == .service else { return other(request, reply) }
            reply.send { json in
                json.beginObject()
                json.member("configuration", configuration)
                json.member("store", store)
                json.endObject()
            }
            reply.done()
        }
    }

    /// Tells whether the service runs by the configuration with that main file, whatever links lead to it.
    package func runs(by path: String) -> Bool {
        ConfigurationPath.real(configuration) == ConfigurationPath.real(path)
    }
}

/// `ControlPath` says where a service listens, and where a command looks for it (contract.md §1).
package enum ControlPath {
    /// `Candidate` is a place where a service may listen.
    package struct Candidate: Sendable, Equatable {
        /// The socket lies at this path.
        package var path: String
        /// Tells whether whatever listens there is meant; else it may as well be the service of another store.
        package var isNamed: Bool
    }

    /// Folders of services that are looked at below one of the folders for what runs.
    private static let mostFolders = 64

    /// Returns where the service of that store listens: `$RUNTIME_DIRECTORY/control`, else STORE/control.
    package static func ofService(store: String, environment: [String: String]) -> String {
        runtimeDirectory(environment).map { "\($0)/control" } ?? "\(store)/control"
    }

    /// systemd separates several with colons; the first is the service's own.
    private static func runtimeDirectory(_ environment: [String: String]) -> Substring? {
        environment["RUNTIME_DIRECTORY"]?.split(separator: ":").first.flatMap { $0.hasPrefix("/") ? $0 : nil }
    }

    /// Returns where the service of that store may listen: in the service's own variable, in the store itself, and in
    /// the folders that services of that name have below `/run` and the runtime directories of the user and of the
    /// store's owner. Nothing in the store leads anywhere else: a copy of the store has the same files.
    ///
    /// - Parameters:
    ///   - store: nil where it is not known.
    ///   - owner: of the store; nil where that is not known.
    ///   - root: `/run`.
    package static func candidates(
        store: String?, owner: uid_t?, environment: [String: String], root: String = "/run"
    ) -> [Candidate] {
        var candidates: [Candidate] = []
        if let runtime = runtimeDirectory(environment) {
            candidates.append(Candidate(path: "\(runtime)/control", isNamed: true))
        }
        var status = stat()
        if let store, lstat("\(store)/control", &status) == 0, status.st_mode & S_IFMT == S_IFSOCK {
            candidates.append(Candidate(path: "\(store)/control", isNamed: true))
        }
        var folders = [root]
        if let user = environment["XDG_RUNTIME_DIR"], user.hasPrefix("/") { folders.append(user) }
        if let owner, owner != 0 { folders.append("\(root)/user/\(owner)") }
        for folder in folders {
            for runtime in directories(like: "\(folder)/newswire*") {
                let candidate = Candidate(path: "\(runtime)/control", isNamed: false)
                if !candidates.contains(where: { $0.path == candidate.path }) { candidates.append(candidate) }
            }
        }
        return candidates
    }

    private static func directories(like pattern: String) -> [String] {
        var found = glob_t()
        defer { globfree(&found) }
        guard glob(pattern, GLOB_ONLYDIR, nil, &found) == 0, let paths = found.gl_pathv else { return [] }
        return (0..<min(Int(found.gl_pathc), mostFolders)).compactMap { paths[$0].map { String(cString: $0) } }
    }

    /// Takes away the link that an earlier newswire left in a store: with it, a copy of the store led to the service.
    /// Does nothing where it cannot: no command follows the link.
    package static func removeLink(store: String) {
        var status = stat()
        guard lstat("\(store)/control", &status) == 0, status.st_mode & S_IFMT == S_IFLNK else { return }
        unlink("\(store)/control")
    }
}

/// `StoreIdentity` says which store is meant, by the device and the inode of its directory. A copy has another one,
/// wherever it lies; the same directory has the same one by whatever path and mount it is seen.
package struct StoreIdentity: Sendable, Equatable {
    private let device: UInt64
    private let inode: UInt64
    /// This user owns the directory.
    package let owner: uid_t
    /// The directory belongs to this group.
    package let group: gid_t

    /// Looks at the directory; nil where there is none, or where it cannot be looked at.
    package init?(directory: String) {
        var status = stat()
        guard stat(directory, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else { return nil }
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
        owner = status.st_uid
        group = status.st_gid
    }

    /// The identity is written as `stat -c %d:%i` prints it.
    package var text: String { "\(device):\(inode)" }
}
