import Digest
import FeedModel
import Locking

/// The known articles, by uid and by further keys; reached by several threads, changed by the one writer.
///
/// Its memory does not grow with the articles. What cannot be written because the disk is full or fails is kept in
/// memory and tried again: the articles are durable already, and forgetting them would store them twice.
final class ArticleIndex: Sendable {
    /// What a record means for the index.
    struct Entry: Sendable {
        var kind: RecordKind
        var known: KnownArticle
        var keys: [Hash128]
    }

    private struct State {
        var table: IndexFile
        /// Where the table's file is.
        var path: String
        /// Entries that the disk did not take, by key; the newest.
        var unwritten: [Hash128: IndexSlot.Content] = [:]
        /// False while what comes is to be kept in memory alone.
        var isWritable = true
    }

    private let state: Locked<State>
    private let directory: StoreDirectory
    private let files: FileSystem

    /// As many entries as are kept in memory before storing articles is refused.
    static let unwrittenLimit = 100_000
    /// In percent of the slots: then the table grows to twice its size, a small one to four times.
    private static let growingLoad: UInt64 = 60
    /// Beyond this searches would take long, and articles are not stored until the table could grow.
    private static let highestLoad: UInt64 = 90

    init(_ table: IndexFile, in directory: StoreDirectory, _ files: FileSystem) {
        state = Locked(State(table: table, path: table.file.path))
        self.directory = directory
        self.files = files
    }

    /// The article that is known by the key, itself or through a link.
    func find(_ key: Hash128) throws(IndexFile.Failure) -> KnownArticle? {
        try state.withLock { state throws(IndexFile.Failure) in
            switch try Self.content(key, state) {
            case .article(let known): return known
            case .link(let uid, _):
                guard case .article(let known) = try Self.content(uid.key, state), known.uid == uid else { return nil }
                return known
            case nil: return nil
            }
        }
    }

    private static func content(_ key: Hash128, _ state: State) throws(IndexFile.Failure) -> IndexSlot.Content? {
        if let content = state.unwritten[key] { return content }
        return try state.table.find(key)?.content
    }

    /// Takes records in, in their order.
    ///
    /// - Parameter replaying: the entries may be there already.
    /// - Returns: why some of them are only in memory, if so.
    func apply(_ entries: [Entry], replaying: Bool = false) throws(IndexFile.Failure) -> StoreError? {
        try state.withLock { state throws(IndexFile.Failure) in
            var failure: StoreError?
            do throws(IndexFile.Failure) {
                try retry(&state)
            } catch .system(let error) {
                failure = error
            }
            for entry in entries {
                if state.table.load >= Self.growingLoad {
                    do throws(IndexFile.Failure) {
                        try grow(&state)
                    } catch .system(let error) {
                        failure = error
                    }
                }
                try put(entry, &state, replaying: replaying, &failure)
            }
            return failure
        }
    }

    /// Takes records in without touching the table, which is damaged and could not be made again.
    func keep(_ entries: [Entry]) {
        state.withLock { state in
            state.isWritable = false
            defer { state.isWritable = true }
            var failure: StoreError?
            // Cannot throw: only the table does.
            for entry in entries { try? put(entry, &state, replaying: false, &failure) }
        }
    }

    private func put(
        _ entry: Entry, _ state: inout State, replaying: Bool, _ failure: inout StoreError?
    ) throws(IndexFile.Failure) {
        let known = entry.known
        let isAlias = entry.kind == .alias
        if !isAlias {
            let isFirst = replaying && entry.kind != .update
            try put(known.uid.key, &state, countingOld: isFirst, &failure) { old in
                // Replaying meets entries that are newer than the record.
                if case .article(let there) = old, there.uid == known.uid, there.seq > known.seq { return nil }
                return .article(known)
            }
        }
        for key in entry.keys where key != known.uid.key {
            try put(key, &state, countingOld: replaying, &failure) { old in
                switch old {
                // An article's own place is only given up for an alias, which says that it is another article.
                case .article(let there) where !isAlias || there.seq > known.seq: return nil
                case .link(_, let seq) where seq > known.seq: return nil
                default: return .link(to: known.uid, seq: known.seq)
                }
            }
        }
    }

    private func put(
        _ key: Hash128, _ state: inout State, countingOld: Bool, _ failure: inout StoreError?,
        _ change: (IndexSlot.Content?) -> IndexSlot.Content?
    ) throws(IndexFile.Failure) {
        if let waiting = state.unwritten[key] {
            if let content = change(waiting) { state.unwritten[key] = content }
            return
        }
        if state.isWritable, state.table.load < Self.highestLoad {
            do throws(IndexFile.Failure) {
                return try state.table.put(key, countingOld: countingOld, change)
            } catch .system(let error) {
                failure = error
            }
        }
        if let content = change(try? state.table.find(key)?.content) { state.unwritten[key] = content }
    }

    /// Writes what could not be written before.
    private func retry(_ state: inout State) throws(IndexFile.Failure) {
        if state.unwritten.isEmpty { return }
        if state.table.load >= Self.growingLoad { try grow(&state) }
        for (key, content) in state.unwritten {
            guard state.table.load < Self.highestLoad else { return }
            try state.table.put(key, countingOld: false) { _ in content }
            state.unwritten[key] = nil
        }
    }

    private func grow(_ state: inout State) throws(IndexFile.Failure) {
        let path = "\(directory.indexFile).larger"
        let capacity = state.table.header.capacity
        do throws(IndexFile.Failure) {
            let factor: UInt64 = capacity < 1 << 17 ? 4 : 2
            var larger = try state.table.grown(to: capacity * factor, at: path, in: directory)
            do throws(StoreError) {
                try larger.checkpoint(larger.header.complete)
                try directory.rename(path, to: state.path, files)
            } catch {
                throw .system(error)
            }
            state.table = larger
        } catch {
            _ = files.remove(path)
            throw error
        }
    }

    /// Whether so much waits in memory that no more articles should come.
    var isOverfull: Bool { state.withLock { $0.unwritten.count >= Self.unwrittenLimit } }

    /// Makes it durable, complete up to `position`; does nothing while there are entries that the disk did not take.
    func checkpoint(_ position: StorePosition) throws(StoreError) {
        try state.withLock { state throws(StoreError) in
            guard state.unwritten.isEmpty else { return }
            try state.table.checkpoint(position)
        }
    }

    var complete: StorePosition { state.withLock { $0.table.header.complete } }
    /// Slots taken, at least; and slots there are.
    var size: (count: UInt64, capacity: UInt64) {
        state.withLock { ($0.table.header.count, $0.table.header.capacity) }
    }

    /// Takes over the table of another, which was made anew beside this one's file, and that file's place.
    func adopt(_ other: ArticleIndex) throws(StoreError) {
        let new = other.state.withLock { $0 }
        try state.withLock { state throws(StoreError) in
            try directory.rename(new.path, to: directory.indexFile, files)
            state = new
            state.path = directory.indexFile
        }
    }

    /// Moves a table that was made beside the index's place into that place.
    func install() throws(StoreError) {
        try state.withLock { state throws(StoreError) in
            try directory.rename(state.path, to: directory.indexFile, files)
            state.path = directory.indexFile
        }
    }
}
