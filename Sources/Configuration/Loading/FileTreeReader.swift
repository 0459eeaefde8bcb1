private import FeedModel
private import Glibc
private import Text

/// Reads the main file and those that it includes, each once.
struct FileTreeReader {
    private let state: LoadingState
    /// What files are taken to hold, by their names; nil for those that are taken to be gone.
    private let replacements: [String: [UInt8]?]
    private var seen: Set<String> = []
    /// The files that are being read, each included by the one before.
    private var open: [String] = []

    init(state: LoadingState, _ replacements: [String: [UInt8]?]) {
        self.state = state
        self.replacements = replacements
    }

    mutating func readMain(_ file: ConfigurationFile) {
        guard let bytes = bytes(of: file, named: nil) else { return }
        read(bytes, ofMain: file)
    }

    /// Reads a text as the main file.
    mutating func read(_ bytes: [UInt8], ofMain file: ConfigurationFile) {
        seen.insert(ConfigurationPath.real(file.path))
        open.append(ConfigurationPath.real(file.path))
        read(bytes, of: file, isMain: true)
    }

    /// Reads a text as if it were in an included file of that name.
    mutating func readAddition(_ bytes: [UInt8], named name: String) {
        read(bytes, of: ConfigurationFile(name: name), isMain: false)
    }

    private mutating func include(_ file: ConfigurationFile, at place: SourcePlace) {
        let real = ConfigurationPath.real(file.path)
        guard !open.contains(real) else {
            return state.error("include: \(file.name) includes itself", at: place)
        }
        guard seen.insert(real).inserted else {
            return state.warning("include: \(file.name) is included twice, and read once", at: place)
        }
        guard open.count < LoadingState.Limit.includeDepth else {
            return state.error(
                "include: files include each other deeper than \(LoadingState.Limit.includeDepth)", at: place)
        }
        guard seen.count <= LoadingState.Limit.files else {
            return state.error("include: more than \(LoadingState.Limit.files) files", at: place)
        }
        guard let bytes = bytes(of: file, named: place) else { return }
        open.append(real)
        defer { open.removeLast() }
        if file.path.hasSuffix(".toml") {
            read(bytes, of: file, isMain: false)
        } else if file.path.hasSuffix(".opml") {
            OPMLListReader(file: file, state: state).read(bytes)
        } else {
            URLListReader(file: file, state: state).read(bytes)
        }
    }

    /// - Parameter place: where the file is named; nil for the main file.
    private func bytes(of file: ConfigurationFile, named place: SourcePlace?) -> [UInt8]? {
        do throws(FileReader.Failure) {
            if let replacement = replacements[file.name] {
                guard let replacement else { throw FileReader.Failure(message: "is to be removed") }
                return replacement
            }
            let content = try FileReader.read(file.path, limit: LoadingState.Limit.fileBytes)
            state.sources.add(file.path, content.stamp)
            return content.bytes
        } catch {
            state.sources.add(file.path, ConfigurationSources.Stamp(path: file.path))
            if let place {
                state.error("include: \(file.name) \(error.message)", at: place)
            } else {
                state.error("the configuration \(error.message)", file: file.name)
            }
            return nil
        }
    }

    private mutating func read(_ bytes: [UInt8], of file: ConfigurationFile, isMain: Bool) {
        let document: TOMLDocument
        do {
            document = try TOMLDocument(bytes)
        } catch {
            if isMain { state.brokenMain = (bytes, error.line) }
            return state.error(SyntaxMessage.text(error, in: bytes), at: file.place(error.line))
        }
        guard let root = document.root else { return }
        let reader = SettingsReader(file: file, state: state)
        if isMain { reader.readProgram(root) } else { refuseSettings(root, of: file) }
        reader.readHostsFeedsAndFilters(root)
        for include in isMain ? state.top.includes : reader.includes(of: root) { readInclude(include, of: file) }
    }

    /// An included file holds feeds, hosts and rules; what is set for the whole program stands in one place.
    private func refuseSettings(_ root: TOMLNode, of file: ConfigurationFile) {
        let allowed = ["include", "host", "feed", "filter"]
        for child in root.children where !allowed.contains(child.key) {
            let place = file.place(child.keyLine)
            if Options.keys(of: .top).contains(child.key) {
                state.error(
                    "\(child.key): belongs in the main file; an included one may hold [[feed]], [[filter]], [host] and "
                        + "include",
                    at: place)
            } else {
                let advice = Options.advice(forUnknown: child.key, among: allowed)
                state.error("\(TOMLText.quoted(child.key)): there is no such key; \(advice)", at: place)
            }
        }
    }

    private mutating func readInclude(_ include: TopSettings.Include, of file: ConfigurationFile) {
        let pattern = IncludeResolver.pattern(include.entry, in: file.directory)
        if let pattern { state.includePatterns.append(pattern) }
        switch IncludeResolver.resolve(include.entry, in: file.directory) {
        case .failed(let reason):
            state.error("include: \(TOMLText.quoted(include.entry)) \(reason)", at: include.place)
        case .files(let paths):
            if let pattern { state.sources.add(paths, matching: pattern) }
            for path in paths {
                let included = file.including(path)
                // A pattern finds what is there, and one that is gone would not be.
                if IncludeResolver.isPattern(include.entry), case .some(nil) = replacements[included.name] { continue }
                self.include(included, at: include.place)
            }
        }
    }
}

extension Configuration {
    /// Tells whether a file that is about to come would be included by a pattern.
    ///
    /// - Parameter path: an absolute path.
    package func wouldInclude(_ path: String) -> Bool {
        let folder = Self.real(folder: Path.directory(of: path))
        let name = path.split(separator: "/").last.map(String.init) ?? ""
        return includePatterns.contains { pattern in
            if fnmatch(pattern, path, FNM_PATHNAME | FNM_PERIOD) == 0 { return true }
            // The folder may be written otherwise, or be reached by a link.
            guard let slash = pattern.utf8.lastIndex(of: UInt8(ascii: "/")) else { return false }
            let last = String(pattern[pattern.utf8.index(after: slash)...])
            return Self.real(folder: IncludeResolver.unescaped(pattern[..<slash])) == folder
                && fnmatch(last, name, FNM_PATHNAME | FNM_PERIOD) == 0
        }
    }

    /// The path without links, also where the last folder of it is still to be made.
    private static func real(folder: String) -> String {
        let real = ConfigurationPath.real(folder)
        if real != folder || ConfigurationPath.fileExists(folder) { return real }
        let parent = Path.directory(of: folder)
        return Path.join(ConfigurationPath.real(parent), String(folder.dropFirst(parent.count + 1)))
    }
}

/// Finds the files that an `include` entry means.
enum IncludeResolver {
    enum Resolution {
        /// Absolute paths, sorted by their bytes.
        case files([String])
        case failed(String)
    }

    /// A plain name means one file, whether it is there or not; a pattern means what matches it, which may be nothing.
    static func resolve(_ entry: String, in directory: String) -> Resolution {
        guard !entry.isEmpty else { return .failed("names no file") }
        guard entry.utf8.count <= 4095, !entry.utf8.contains(where: { $0 < 0x20 || $0 == 0x7f }) else {
            return .failed("is no path: it holds a control character or is too long")
        }
        guard let pattern = pattern(entry, in: directory) else { return .files([Path.join(directory, entry)]) }
        return matches(of: pattern)
    }

    /// The pattern with the path of the folder before it; nil for a plain name.
    static func pattern(_ entry: String, in directory: String) -> String? {
        // What stands before the entry is a folder's name, though it may look like a pattern.
        isPattern(entry) ? entry.hasPrefix("/") ? entry : Path.join(escaped(directory), entry) : nil
    }

    static func isPattern(_ entry: String) -> Bool { entry.utf8.contains(where: isWildcard) }

    static func matches(of pattern: String) -> Resolution {
        var found = glob_t()
        defer { globfree(&found) }
        switch glob(pattern, 0, nil, &found) {
        case 0: break
        case GLOB_NOMATCH: return .files([])
        case GLOB_NOSPACE: return .failed("matches more files than memory can hold")
        default: return .failed("cannot be looked for: \(String(cString: strerror(errno)))")
        }
        let count = Int(clamping: found.gl_pathc)
        guard count <= LoadingState.Limit.files else {
            return .failed("matches \(count) files; \(LoadingState.Limit.files) are read at most")
        }
        let paths = (0..<count).compactMap { found.gl_pathv[$0].map { String(cString: $0) } }
        return .files(paths.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) })
    }

    static func unescaped(_ pattern: Substring) -> String {
        var result = ""
        var isEscaped = false
        for character in pattern.unicodeScalars {
            if character == "\\", !isEscaped {
                isEscaped = true
            } else {
                result.unicodeScalars.append(character)
                isEscaped = false
            }
        }
        return result
    }

    private static func escaped(_ directory: String) -> String {
        var result = ""
        for character in directory.unicodeScalars {
            if character == "\\" || "*?[]".unicodeScalars.contains(character) { result += "\\" }
            result.unicodeScalars.append(character)
        }
        return result
    }

    private static func isWildcard(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "*") || byte == UInt8(ascii: "?") || byte == UInt8(ascii: "[")
    }
}

/// `FileReader` reads whole files of bounded size.
///
/// It follows links: configurations, secrets and certificates are often reached that way.
package enum FileReader {
    /// `Content` is what was read.
    package struct Content {
        /// The bytes are all that the file holds.
        package var bytes: [UInt8]
        /// The mode holds the permission bits of the file.
        package var mode: UInt32
        /// What the kernel said of the file before it was read.
        let stamp: ConfigurationSources.Stamp
    }

    /// `Failure` says why a file was not read.
    package struct Failure: Error {
        /// The message goes on where the name of the file ends: `cannot be read: No such file or directory`.
        package var message: String
        /// Tells whether there is no such file.
        package var isMissing = false
    }

    /// `Kind` says what may be read.
    package enum Kind {
        /// Opened without waiting, so that a pipe in a folder of configuration holds up no reload.
        case regularFile
        /// Also a pipe or a terminal, which is waited for: somebody has named it on the command line.
        case stream
    }

    /// Reads a file to its end, on the thread of the caller, which waits for its file system.
    ///
    /// - Parameter limit: bytes; a longer file is a failure.
    package static func read(
        _ path: String, limit: Int, _ kind: Kind = .regularFile
    ) throws(Failure) -> Content {
        // A path with a NUL in it would end there for the kernel, and name another file.
        guard !path.utf8.contains(0) else { throw Failure(message: "cannot be read: there is a NUL in its name") }
        let flags = O_RDONLY | O_CLOEXEC | O_NOCTTY | (kind == .regularFile ? O_NONBLOCK : 0)
        var descriptor = open(path, flags)
        while descriptor < 0, errno == EINTR { descriptor = open(path, flags) }
        guard descriptor >= 0 else { throw failure(errno) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw failure(errno) }
        let type = status.st_mode & S_IFMT
        guard type != S_IFDIR else { throw failure(EISDIR) }
        guard kind == .stream || type == S_IFREG else {
            throw Failure(message: "cannot be read: it is no regular file")
        }
        let expected = min(max(Int(status.st_size), 0), limit)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(expected + 1)
        while true {
            let wanted = max(expected + 1 - bytes.count, 65_536)
            let start = bytes.count
            bytes.append(contentsOf: repeatElement(0, count: wanted))
            let count = bytes.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress! + start, wanted) }
            let reason = errno
            bytes.removeLast(wanted - max(count, 0))
            if count == 0 {
                return Content(
                    bytes: bytes, mode: UInt32(status.st_mode & 0o7777), stamp: ConfigurationSources.Stamp(status))
            }
            if count < 0, reason != EINTR { throw failure(reason) }
            guard bytes.count <= limit else {
                throw Failure(message: "is larger than \(ByteSize.text(limit)), the most that is read")
            }
        }
    }

    private static func failure(_ code: Int32) -> Failure {
        Failure(message: "cannot be read: \(String(cString: strerror(code)))", isMissing: code == ENOENT)
    }
}
