package import Glibc

/// Where a service listens, and where a command looks for it (contract.md §1).
package enum ControlPath {
    /// A place where a service may listen.
    package struct Candidate: Sendable, Equatable {
        package var path: String
        /// Whether whatever listens there is meant; else it may as well be the service of another store.
        package var isNamed: Bool
    }

    /// Folders of services that are looked at below one of the folders for what runs.
    private static let mostFolders = 64

    /// `$RUNTIME_DIRECTORY/control`, else STORE/control.
    package static func ofService(store: String, environment: [String: String]) -> String {
        runtimeDirectory(environment).map { "\($0)/control" } ?? "\(store)/control"
    }

    /// systemd separates several with colons; the first is the service's own.
    private static func runtimeDirectory(_ environment: [String: String]) -> Substring? {
        environment["RUNTIME_DIRECTORY"]?.split(separator: ":").first.flatMap { $0.hasPrefix("/") ? $0 : nil }
    }

    /// The service's own variable, the store itself, and the folders that services of that name have below `/run` and the
    /// runtime directories of the user and of the store's owner. Nothing in the store leads anywhere else: a copy of the
    /// store has the same files.
    ///
    /// - Parameters:
    ///   - owner: of the store.
    ///   - root: `/run`.
    package static func candidates(
        store: String, owner: uid_t, environment: [String: String], root: String = "/run"
    ) -> [Candidate] {
        var candidates: [Candidate] = []
        if let runtime = runtimeDirectory(environment) {
            candidates.append(Candidate(path: "\(runtime)/control", isNamed: true))
        }
        var status = stat()
        if lstat("\(store)/control", &status) == 0, status.st_mode & S_IFMT == S_IFSOCK {
            candidates.append(Candidate(path: "\(store)/control", isNamed: true))
        }
        var folders = [root]
        if let user = environment["XDG_RUNTIME_DIR"], user.hasPrefix("/") { folders.append(user) }
        if owner != 0 { folders.append("\(root)/user/\(owner)") }
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

    /// Takes away the link that an earlier newswire left in a store: with it, a copy of the store led to the service. Best
    /// effort: no command follows it.
    package static func removeLink(store: String) {
        var status = stat()
        guard lstat("\(store)/control", &status) == 0, status.st_mode & S_IFMT == S_IFLNK else { return }
        unlink("\(store)/control")
    }
}
