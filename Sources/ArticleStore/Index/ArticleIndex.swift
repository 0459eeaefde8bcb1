import Digest
import FeedModel
import Locking

/// The known articles, by uid and by further keys; reached by several threads, changed by the one writer.
///
/// Its memory does not grow with the articles. New entries wait in memory, where they are found at once, for a time at
/// which the disk works anyway. What cannot be written because the disk is full or fails is kept there and tried again:
/// the articles are durable already, and forgetting them would store them twice.
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
        /// Entries that are to be written, in their order, and what they say by key.
        var waiting: [Entry] = []
        var newest: [Hash128: IndexSlot.Content] = [:]
        /// Entries that the disk did not take, by key; older than those that wait.
        var unwritten: [Hash128: IndexSlot.Content] = [:]
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
        if let content = state.newest[key] ?? state.unwritten[key] { return content }
        return try state.table.find(key)?.content
    }

    /// Makes records known that are durable; `writeWaiting` puts them into the table.
    func add(_ entries: [Entry]) {
        state.withLock { state in
            state.waiting.append(contentsOf: entries)
            for entry in entries {
                entry.forEachChange { change in
                    if let content = change.applied(to: state.newest[change.key]) { state.newest[change.key] = content }
                }
            }
        }
    }

    /// How many records wait to be put into the table.
    var waitingCount: Int { state.withLock { $0.waiting.count } }

    /// Writes what waits, and what the disk has not taken before.
    ///
    /// - Returns: why some of it is only in memory, if so.
    func writeWaiting() throws(IndexFile.Failure) -> StoreError? {
        try state.withLock { state throws(IndexFile.Failure) in
            if state.waiting.isEmpty, state.unwritten.isEmpty { return nil }
            // Where this throws they go on waiting, and may be met again.
            let failure = try apply(state.waiting, &state, replaying: false)
            state.waiting = []
            state.newest = [:]
            return failure
        }
    }

    /// Takes records in, in their order, which may be there already.
    ///
    /// - Returns: why some of them are only in memory, if so.
    func replay(_ entries: [Entry]) throws(IndexFile.Failure) -> StoreError? {
        try state.withLock { state throws(IndexFile.Failure) in try apply(entries, &state, replaying: true) }
    }

    private func apply(
        _ entries: [Entry], _ state: inout State, replaying: Bool
    ) throws(IndexFile.Failure) -> StoreError? {
        var failure: StoreError?
        do throws(IndexFile.Failure) {
            try retry(&state)
        } catch .system(let error) {
            failure = error
        }
        var changes: [IndexChange] = []
        changes.reserveCapacity(entries.count * 4)
        for entry in entries { entry.forEachChange(replaying: replaying) { changes.append($0) } }
        try put(changes, &state, &failure)
        return failure
    }

    /// - Parameter failure: why some of them are only in memory, if so.
    private func put(
        _ changes: [IndexChange], _ state: inout State, _ failure: inout StoreError?
    ) throws(IndexFile.Failure) {
        do throws(IndexFile.Failure) {
            while state.table.load(with: changes.count) >= Self.growingLoad { try grow(&state) }
        } catch .system(let error) {
            failure = error
        }
        var changes = changes
        if !state.unwritten.isEmpty {
            changes.removeAll { change in
                guard let there = state.unwritten[change.key] else { return false }
                if let content = change.applied(to: there) { state.unwritten[change.key] = content }
                return true
            }
        }
        let room = state.table.room(upTo: Self.highestLoad)
        var left = changes.count > room ? Array(changes[room...]) : []
        if changes.count > room { changes.removeLast(changes.count - room) }
        left = try state.table.put(changes, &failure) + left
        for change in left {
            let there = state.unwritten[change.key] ?? (try? state.table.find(change.key)?.content)
            if let content = change.applied(to: there) { state.unwritten[change.key] = content }
        }
    }

    /// Writes what could not be written before.
    private func retry(_ state: inout State) throws(IndexFile.Failure) {
        if state.unwritten.isEmpty { return }
        let changes = state.unwritten.map { IndexChange(key: $0.key, content: $0.value, isAlias: true) }
        state.unwritten = [:]
        var failure: StoreError?
        try put(changes, &state, &failure)
        if let failure { throw .system(failure) }
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
    var isOverfull: Bool { state.withLock { $0.unwritten.count + $0.newest.count >= Self.unwrittenLimit } }

    /// Makes it durable, complete up to `position`; does nothing while there are entries that are only in memory.
    func checkpoint(_ position: StorePosition) throws(StoreError) {
        try state.withLock { state throws(StoreError) in
            guard state.waiting.isEmpty, state.unwritten.isEmpty else { return }
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
