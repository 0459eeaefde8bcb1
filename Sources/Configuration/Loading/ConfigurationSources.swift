import Glibc

/// `ConfigurationSources` are the files that a configuration was read from, as they were then: whoever goes by it for long
/// learns from them, without reading anything, that another one is in force now (contract.md §4).
package struct ConfigurationSources: Sendable, Equatable {
    /// What the kernel says of a file; any change of its content changes that.
    struct Stamp: Sendable, Equatable {
        private let device: UInt64
        private let inode: UInt64
        private let size: Int64
        private let modified: [Int]
        private let changed: [Int]

        /// Takes what the kernel said of a file that is open.
        init(_ status: stat) {
            device = UInt64(status.st_dev)
            inode = UInt64(status.st_ino)
            size = Int64(status.st_size)
            modified = [status.st_mtim.tv_sec, status.st_mtim.tv_nsec]
            changed = [status.st_ctim.tv_sec, status.st_ctim.tv_nsec]
        }

        /// Looks at the file of a path; nil where there is none that can be looked at.
        init?(path: String) {
            var status = stat()
            guard stat(path, &status) == 0 else { return nil }
            self.init(status)
        }
    }

    /// The files by their paths; nil for one that was not there.
    private var files: [String: Stamp?] = [:]
    /// What each pattern of an `include` matched.
    private var matches: [String: [String]] = [:]

    /// The sources of a configuration of which nothing was read.
    package init() {}

    mutating func add(_ path: String, _ stamp: Stamp?) { files[path] = .some(stamp) }

    mutating func add(_ paths: [String], matching pattern: String) { matches[pattern] = paths }

    /// Returns whether the files are not what was read; true also of no sources, where it is not known what was read.
    ///
    /// Asks the file system for each file and each pattern, and waits for it, on the thread of the caller.
    package func haveChanged() -> Bool {
        if files.isEmpty { return true }
        return files.contains { path, stamp in Stamp(path: path) != stamp }
            || matches.contains { pattern, paths in
                if case .files(let now) = IncludeResolver.matches(of: pattern) { now != paths } else { true }
            }
    }
}
