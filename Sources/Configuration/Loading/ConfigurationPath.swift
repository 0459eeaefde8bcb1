private import Glibc

/// `ConfigurationPath` is where the configuration was found, or where it was looked for in vain (contract.md §1).
package enum ConfigurationPath: Sendable, Equatable {
    case found(String)
    /// No file at any of these.
    case missing(tried: [String])

    /// Returns a path that does not hang on the current folder; what is configured is compared by its files' paths.
    package static func absolute(_ path: String) -> String { Path.absolute(path) }

    /// Returns the path without links, by which a file is known that has several; the path itself where nothing is there.
    package static func real(_ path: String) -> String {
        guard let resolved = realpath(path, nil) else { return path }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    /// Returns `option` (--config) as it is; else the first that exists of `$NEWSWIRE_CONFIG`, the user's folder and
    /// /etc.
    package static func find(
        option: String?, environment: [String: String], fileExists: (String) -> Bool = Self.fileExists
    ) -> ConfigurationPath {
        if let option { return .found(option) }
        var candidates: [String] = []
        if let path = environment["NEWSWIRE_CONFIG"], !path.isEmpty { candidates.append(path) }
        if let home = XDG.directory("XDG_CONFIG_HOME", below: ".config", environment: environment) {
            candidates.append("\(home)/newswire/newswire.toml")
        }
        candidates.append("/etc/newswire/newswire.toml")
        for candidate in candidates where fileExists(candidate) { return .found(candidate) }
        return .missing(tried: candidates)
    }

    /// Tells whether the configuration is the system's, and so the service's, and not that of a person.
    package static func isOfSystem(_ path: String) -> Bool { Path.absolute(path).hasPrefix("/etc/") }

    /// Tells whether there is anything under that path, a link that leads nowhere not counted.
    package static func fileExists(_ path: String) -> Bool {
        access(path, F_OK) == 0
    }
}

/// A file of the configuration: how people call it, and what relative paths in it are relative to.
struct ConfigurationFile {
    /// The name of the file in messages.
    var name: String
    /// The absolute path of the file.
    var path: String
    /// The absolute path of the folder that the file lies in.
    var directory: String

    init(name: String) {
        self.name = name
        path = Path.absolute(name)
        directory = Path.directory(of: path)
    }

    /// A file that this one includes; `path` is absolute.
    func including(_ path: String) -> ConfigurationFile {
        var file = ConfigurationFile(name: path)
        // Where the first file was named relative to the working folder, so are those it includes.
        if !name.hasPrefix("/"), path.hasPrefix(directory + "/") {
            let folder = Path.directory(of: name)
            let rest = String(path.dropFirst(directory.count + 1))
            file.name = folder.isEmpty ? rest : Path.join(folder, rest)
        }
        return file
    }

    func place(_ line: Int) -> SourcePlace {
        SourcePlace(file: name, line: line)
    }
}

/// The XDG base directories.
enum XDG {
    /// The folder that a variable names, else one below the home; relative ones are ignored, as XDG wants it.
    static func directory(_ variable: String, below: String, environment: [String: String]) -> String? {
        if let path = environment[variable], path.hasPrefix("/") { return path }
        guard let home = environment["HOME"], home.hasPrefix("/") else { return nil }
        return home == "/" ? "/\(below)" : "\(home)/\(below)"
    }
}

/// Paths as text; nothing here looks at the file system but `absolute`, which asks for the working folder.
enum Path {
    static func absolute(_ path: String) -> String {
        guard !path.hasPrefix("/"), let raw = getcwd(nil, 0) else { return path }
        defer { free(raw) }
        return join(String(cString: raw), path)
    }

    /// `path`, seen from `directory`.
    static func join(_ directory: String, _ path: String) -> String {
        if path.hasPrefix("/") { return path }
        var path = path[...]
        while path.hasPrefix("./") { path = path.dropFirst(2) }
        if path.isEmpty || path == "." { return directory }
        return directory.hasSuffix("/") ? directory + path : "\(directory)/\(path)"
    }

    /// The folder that a file lies in; empty for a bare name.
    static func directory(of path: String) -> String {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "" }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
}

/// Finds the place of the store where the configuration names none (contract.md §2).
enum StoreLocation {
    /// `$STATE_DIRECTORY`; else /var/lib/newswire for a configuration under /etc; else a folder of
    /// `$XDG_STATE_HOME`. nil where the last needs a home and there is none.
    ///
    /// - Parameter name: whose folder it is, if not newswire's.
    static func standard(
        named name: String = "newswire", configuration path: String, environment: [String: String]
    ) -> String? {
        // systemd separates several with colons; the first is the service's own.
        if let directory = environment["STATE_DIRECTORY"]?.split(separator: ":").first, directory.hasPrefix("/") {
            return String(directory)
        }
        if ConfigurationPath.isOfSystem(path) { return "/var/lib/\(name)" }
        return XDG.directory("XDG_STATE_HOME", below: ".local/state", environment: environment).map { "\($0)/\(name)" }
    }
}
