import Glibc
internal import JSONText

/// The folder of a store: the names in it, and what new files in it look like.
///
/// Everything has the folder's group. Files and folders get the bits of the store's own mode (2750: 0640, 2770: 0660,
/// 0700: 0600); where the folder is shared with its group (set-group-ID), `cursors` is writable to the group whatever
/// the rest is. What root makes belongs to the folder's owner.
struct StoreDirectory: Sendable {
    let path: String
    private let mode: mode_t
    private let owner: uid_t
    private let group: gid_t

    /// What a store is, as its file `format` says it.
    enum Format: String {
        /// Of one machine.
        case single = "newswire store 1"
        /// A copy of a fleet's log, to which no newswire writes that knows no fleets.
        case fleet = "newswire store 2"
    }

    var formatFile: String { "\(path)/format" }
    /// How far a fleet's store has followed the log (`FleetPlace`).
    var fleetFile: String { "\(path)/fleet" }
    /// What was cut off from a fleet's store that was not as the log has it.
    var diverged: String { "\(path)/diverged" }
    /// Held by the writer, and open to nobody else (`WriterLock`).
    var writerFile: String { "\(path)/writer.lock" }
    /// Held by the writer for readers to look at.
    var lockFile: String { "\(path)/lock" }
    var endFile: String { "\(path)/articles.end" }
    var articles: String { "\(path)/articles" }
    var identities: String { "\(path)/identities" }
    var cursors: String { "\(path)/cursors" }
    /// The store of events, a whole one of its own.
    var events: String { ArticleStore.eventsFolder(of: path) }
    var states: String { "\(path)/state" }
    var stateFile: String { "\(path)/state/feeds.jsonl" }
    /// The last polls of each feed (`PollHistory`).
    var pollFile: String { "\(path)/state/polls" }
    /// The articles of each feed's document, and those that have gone from it (`FeedContents`).
    var contentsFile: String { "\(path)/state/contents" }
    /// Where an earlier newswire kept that, in two other formats.
    var formerContentsFiles: [String] { ["\(path)/state/seen", "\(path)/state/gone"] }
    /// What waits for the pages of articles (`ArticleStore.keepPages`).
    var pagesFile: String { "\(path)/state/pages" }
    /// When a writer's clock last counted (`TimeMemory`), and how far retention is (`RetentionMemory`).
    var clockFile: String { "\(path)/state/clock" }
    var retentionFile: String { "\(path)/state/retention" }
    var index: String { "\(path)/index" }
    var indexFile: String { "\(path)/index/known" }

    /// The folder as it is; nil where there is none.
    init?(existing path: String) throws(StoreError) {
        var status = stat()
        guard stat(path, &status) == 0 else {
            if errno == ENOENT { return nil }
            throw .system("opening the store", path)
        }
        guard status.st_mode & S_IFMT == S_IFDIR else {
            throw .system("opening the store", path, errno: ENOTDIR, code: .cannotCreate)
        }
        self.path = path
        mode = status.st_mode & 0o7777
        owner = status.st_uid
        group = status.st_gid
    }

    /// The folder of a store that has to be there.
    static func there(_ path: String) throws(StoreError) -> StoreDirectory {
        guard let directory = try StoreDirectory(existing: path) else {
            throw .system(
                "opening the store", path, errno: ENOENT, advice: "name the right [store] directory, or poll first")
        }
        return directory
    }

    /// The folder, which is made if need be, with those on the way to it.
    static func opened(_ path: String, _ files: FileSystem) throws(StoreError) -> StoreDirectory {
        if let directory = try StoreDirectory(existing: path) { return directory }
        for (index, character) in path.utf8.enumerated() where character == UInt8(ascii: "/") && index > 0 {
            _ = mkdir(String(decoding: path.utf8.prefix(index), as: UTF8.self), 0o755)
        }
        guard mkdir(path, 0o750) == 0 || errno == EEXIST, let directory = try StoreDirectory(existing: path) else {
            throw .system("making the store", path, code: .cannotCreate)
        }
        syncParent(of: path, files)
        return directory
    }

    private static func syncParent(of path: String, _ files: FileSystem) {
        guard let slash = path.lastIndex(of: "/") else { return }
        let parent = slash == path.startIndex ? "/" : String(path[..<slash])
        let descriptor = open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        // Best effort: the parent is not ours.
        _ = files.sync(descriptor)
        close(descriptor)
    }

    /// Refuses what a newer newswire wrote; nil where the file is not there.
    func format() throws(StoreError) -> Format? {
        guard let file = try OpenFile.reading(formatFile) else { return nil }
        let text = String(decoding: try file.read(64, at: 0).prefix { $0 != 0x0a }, as: UTF8.self)
        if let format = Format(rawValue: text) { return format }
        // What a full disk may leave of it.
        if text.isEmpty { return nil }
        let prefix = "newswire store "
        guard text.hasPrefix(prefix), UInt32(text.dropFirst(prefix.count)) != nil else {
            throw StoreError(
                .damaged, "opening the store", path, "its file `format` does not say \"\(Format.single.rawValue)\"",
                advice: "name the right [store] directory, or remove that file if the folder is newswire's")
        }
        throw StoreError(
            .newerFormat, "opening the store", path, "it is of a newer format (\(text)) than this newswire knows",
            advice: "use the newswire that wrote it, or a newer one")
    }

    /// Writes what the store is, durably.
    func write(_ format: Format, _ files: FileSystem) throws(StoreError) {
        try replace(
            formatFile, with: Array("\(format.rawValue)\n".utf8), in: path, temporary: "\(formatFile).new", files)
    }

    private func fileMode(in folder: String) -> mode_t {
        folderMode(folder) & 0o666
    }

    private func folderMode(_ folder: String) -> mode_t {
        var mode = mode | 0o700
        if folder == cursors, mode & S_ISGID != 0, mode & 0o050 == 0o050 { mode |= 0o020 }
        return mode
    }

    /// What may be opened by those alone who may write to the store: its owner, and its group where the folder is
    /// writable to it.
    var writersMode: mode_t { mode & 0o020 != 0 ? 0o660 : 0o600 }

    /// Gives a file the folder's group, and its owner where root has it open.
    func adopt(_ descriptor: Int32, mode: mode_t) {
        // Best effort: a file system without owners is no reason to stop, and a member may not be able to do it.
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { return }
        let wantedOwner = geteuid() == 0 ? owner : status.st_uid
        if status.st_gid != group || status.st_uid != wantedOwner {
            _ = fchown(descriptor, wantedOwner, group)
            // It takes the set-group-ID bit away from some.
            _ = fstat(descriptor, &status)
        }
        if status.st_mode & 0o7777 != mode { _ = fchmod(descriptor, mode) }
    }

    /// Makes one of the folders named above if it is missing.
    func makeFolder(_ folder: String, _ files: FileSystem) throws(StoreError) {
        // With its mode from the start: a service that may not set the set-group-ID bit inherits it, and its own chmod
        // would fail or take it away.
        guard mkdir(folder, folderMode(folder) & 0o777) == 0 else {
            if errno == EEXIST { return }
            throw .system("making", folder, code: .cannotCreate)
        }
        // Just made, and no link that somebody has put in its place meanwhile.
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else { throw .system("making", folder, code: .cannotCreate) }
        adopt(descriptor, mode: folderMode(folder))
        close(descriptor)
        try syncFolder(path, files)
    }

    /// As many times as a name is tried that comes and goes.
    private static let attempts = 16

    /// Opens a file of one of the folders for reading and writing; a new one gets its owner and mode. What stands there
    /// and is no regular file is refused and never followed: a member may have put it there.
    ///
    /// - Parameter mode: of a new file; nil for what files in that folder have.
    func openFile(
        _ file: String, in folder: String, flags: Int32 = 0, mode: mode_t? = nil, _ files: FileSystem
    ) throws(StoreError) -> OpenFile {
        let flags = O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | flags
        var attempts = Self.attempts
        while true {
            var descriptor = files.create(file, O_CREAT | O_EXCL | flags, 0o600)
            if descriptor >= 0 {
                adopt(descriptor, mode: mode ?? fileMode(in: folder))
                return OpenFile(descriptor: descriptor, path: file)
            }
            if errno == EEXIST, flags & O_EXCL == 0 {
                descriptor = files.create(file, flags, 0)
                if descriptor >= 0 {
                    let opened = OpenFile(descriptor: descriptor, path: file)
                    try opened.checkIsRegular()
                    return opened
                }
                if errno == ENOENT, attempts > 0 {
                    attempts -= 1
                    continue
                }
            }
            if errno == EINTR { continue }
            throw .opening(file)
        }
    }

    /// Makes the names in a folder durable.
    func syncFolder(_ folder: String, _ files: FileSystem) throws(StoreError) {
        try OpenFile.folder(folder).sync(files)
    }

    /// Makes all that is in the store durable, also what another program has copied there.
    func syncAll(_ files: FileSystem) throws(StoreError) {
        let folder = try OpenFile.folder(path)
        while files.syncAll(folder.descriptor) != 0 {
            if errno != EINTR { throw .system("making durable", path) }
        }
    }

    /// Puts `bytes` in the place of a file, durably: whoever reads it sees all of the old or all of the new.
    ///
    /// - Parameter temporary: a path in the same folder that nobody else writes at the same time.
    func replace(
        _ file: String, with bytes: [UInt8], in folder: String, temporary: String, _ files: FileSystem
    ) throws(StoreError) {
        try replace(file, in: folder, temporary: temporary, files) { new throws(StoreError) in
            try new.write(bytes, at: 0, files)
        }
    }

    /// The same with what `write` puts into the new file.
    func replace(
        _ file: String, in folder: String, temporary: String, _ files: FileSystem,
        _ write: (OpenFile) throws(StoreError) -> Void
    ) throws(StoreError) {
        _ = files.remove(temporary)
        do throws(StoreError) {
            let new = try openFile(temporary, in: folder, flags: O_EXCL, files)
            try write(new)
            try new.sync(files)
            try rename(temporary, to: file, files)
        } catch {
            _ = files.remove(temporary)
            throw error
        }
        try syncFolder(folder, files)
    }

    func rename(_ old: String, to new: String, _ files: FileSystem) throws(StoreError) {
        while files.rename(old, new) != 0 {
            if errno != EINTR { throw .system("replacing", new) }
        }
    }
}

/// A line of JSON that is replaced as a whole, in `state`.
enum SmallFile {
    private static let maximumLength = 4096

    /// Nil where there is none, or where it is damaged: nothing depends on it.
    static func json(_ path: String) -> JSONValue? {
        guard let file = try? OpenFile.reading(path), let bytes = try? file.read(maximumLength, at: 0) else {
            return nil
        }
        return try? JSONParser.parse(bytes).value
    }

    static func write(
        _ line: [UInt8], to path: String, in directory: StoreDirectory, _ files: FileSystem
    ) throws(StoreError) {
        try directory.replace(
            path, with: line + [UInt8(ascii: "\n")], in: directory.states, temporary: "\(path).new", files)
    }
}
