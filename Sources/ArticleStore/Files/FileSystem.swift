import CShims
import Glibc
import Locking

/// The system calls that change files. A test puts one that fails in the place of any of them; each returns -1 and sets
/// `errno` as the call itself does.
struct FileSystem: Sendable {
    var create: @Sendable (_ path: String, _ flags: Int32, _ mode: mode_t) -> Int32 = {
        Glibc.open($0, $1 | O_CLOEXEC, $2)
    }
    /// Uses the file's position: nobody else writes to a file meanwhile.
    var write: @Sendable (_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer, _ offset: Int) -> Int = {
        Glibc.lseek($0, $2, SEEK_SET) < 0 ? -1 : Glibc.write($0, $1.baseAddress, $1.count)
    }
    var syncData: @Sendable (_ descriptor: Int32) -> Int32 = { Glibc.fdatasync($0) }
    var sync: @Sendable (_ descriptor: Int32) -> Int32 = { Glibc.fsync($0) }
    /// Makes all durable that is on the file system of a folder, whoever has written it.
    var syncAll: @Sendable (_ descriptor: Int32) -> Int32 = { newswire_sync_file_system($0) }
    var truncate: @Sendable (_ descriptor: Int32, _ size: Int) -> Int32 = { Glibc.ftruncate($0, $1) }
    var allocate: @Sendable (_ descriptor: Int32, _ size: Int) -> Int32 = {
        var number = Glibc.posix_fallocate($0, 0, $1)
        // It gives back what `errno` is for others, and a signal ends it as it ends them.
        while number == EINTR { number = Glibc.posix_fallocate($0, 0, $1) }
        if number == 0 { return 0 }
        errno = number
        return -1
    }
    var rename: @Sendable (_ old: String, _ new: String) -> Int32 = { Glibc.rename($0, $1) }
    var remove: @Sendable (_ path: String) -> Int32 = { Glibc.unlink($0) }
}

/// The names in a folder, in no order; none where there is no such folder.
///
/// - Parameter limit: the most names that are taken. More are an error where others may make as many as they like.
func fileNames(in folder: String, limit: Int = .max) throws(StoreError) -> [String] {
    guard let stream = opendir(folder) else {
        if errno == ENOENT { return [] }
        throw .system("listing", folder)
    }
    defer { closedir(stream) }
    var names: [String] = []
    while true {
        errno = 0
        guard let entry = readdir(stream) else {
            if errno != 0 { throw .system("listing", folder) }
            return names
        }
        let name = name(of: entry)
        if name == "." || name == ".." { continue }
        guard names.count < limit else {
            throw StoreError(
                .inputOutput, "listing", folder, "it holds more than \(limit) names",
                advice: "remove what does not belong there")
        }
        names.append(name)
    }
}

/// Reads the name where it stands, up to its NUL: a record of readdir(3) is only as long as its name, and the last one
/// may end with the buffer, so that the member's 256 bytes must not be copied.
private func name(of entry: UnsafePointer<dirent>) -> String {
    // Not nil: it is a stored member.
    let start = UnsafeRawPointer(entry) + MemoryLayout<dirent>.offset(of: \dirent.d_name)!
    let bytes = start.assumingMemoryBound(to: CChar.self)
    return String(decoding: UnsafeRawBufferPointer(start: start, count: strlen(bytes)), as: UTF8.self)
}

/// What the disk does not take, and what was said about it: each thing once when it begins, and once when it is over.
final class DiskTrouble: Sendable {
    enum Part {
        case articles, index, states, end

        fileprivate func event(_ error: StoreError) -> StoreEvent {
            switch self {
            case .articles: .cannotWrite(error)
            case .index: .indexNotWritten(error)
            case .states: .statesNotWritten(error)
            case .end: .endNotPublished(error)
            }
        }
    }

    private struct State {
        /// The latest.
        var error: StoreError
        var parts: Set<Part>
    }

    private let report: @Sendable (StoreEvent) -> Void
    private let state = Locked<State?>(nil)

    init(_ report: @escaping @Sendable (StoreEvent) -> Void) {
        self.report = report
    }

    /// The latest reason; nil where the disk takes everything.
    var current: StoreError? { state.withLock { $0?.error } }

    /// Whether it did not take that.
    func has(_ part: Part) -> Bool { state.withLock { $0?.parts.contains(part) ?? false } }

    /// Keeps in mind what the disk did not take, and says so where that is new.
    func record(_ error: StoreError, of part: Part) {
        let isNew = state.withLock { state in
            var parts = state?.parts ?? []
            defer { state = State(error: error, parts: parts) }
            return parts.insert(part).inserted
        }
        if isNew { report(part.event(error)) }
    }

    /// The disk takes everything again.
    func end() {
        let had = state.withLock { state in
            defer { state = nil }
            return state != nil
        }
        if had { report(.writesAgain) }
    }
}
