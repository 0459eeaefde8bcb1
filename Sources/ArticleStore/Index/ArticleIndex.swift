import Digest
import FeedModel
import Locking

/// The known articles, by uid and by further keys; reached by several threads, changed by the one writer.
///
/// Its memory does not grow with the articles. New entries wait in memory, where they are found at once, until so many
/// have gathered that a page of the table takes several of them. What cannot be written because the disk is full or fails
/// goes on waiting: the articles are durable already, and forgetting them would store them twice.
final class ArticleIndex: Sendable {
    /// What a record means for the index.
    struct Entry: Sendable {
        var kind: RecordKind
        var known: KnownArticle
        var keys: [Hash128]
    }

    private struct State {
        var table: IndexFile
        var waiting: WaitingEntries
    }

    private let state: Locked<State>
    private let directory: StoreDirectory
    private let files: FileSystem

    /// How many keys may wait in memory before storing articles is refused.
    static let waitingLimit = 400_000
    /// The size in bytes from which on the system may not have the whole file in memory.
    private static let largeSize: UInt64 = 256 << 20
    /// How many keys are put into the table at a time: whoever asks for a key waits for no more than these.
    private static let step = 4096
    /// The percentage of slots taken at which the table grows to twice its size, a small one to four times.
    private static let growingLoad: UInt64 = 60
    /// The percentage of slots taken beyond which searches would take long: articles wait until the table could grow.
    private static let highestLoad: UInt64 = 90

    init(_ table: IndexFile, in directory: StoreDirectory, _ files: FileSystem) {
        state = Locked(State(table: table, waiting: WaitingEntries(salt: table.header.salt)))
        self.directory = directory
        self.files = files
    }

    /// The article that is known by the key, itself or through a link.
    func find(_ key: Hash128) throws(StoreError) -> KnownArticle? {
        try state.withLock { state throws(StoreError) in
            switch try Self.content(key, state) {
            case .article(let known): return known
            case .link(let uid, _):
                guard case .article(let known) = try Self.content(uid.key, state), known.uid == uid else { return nil }
                return known
            case nil: return nil
            }
        }
    }

    /// The record that has said last what the key means.
    func record(_ key: Hash128) throws(StoreError) -> UInt64? {
        try state.withLock { state throws(StoreError) in
            switch try Self.content(key, state) {
            case .article(let known): known.seq
            case .link(_, let seq): seq
            case nil: nil
            }
        }
    }

    private static func content(_ key: Hash128, _ state: State) throws(StoreError) -> IndexSlot.Content? {
        if let content = state.waiting.find(key) { return content }
        return try state.table.find(key)?.content
    }

    /// Whether so much is in the file that the system may not have it in memory.
    var readsAhead: Bool { state.withLock { $0.table.size } >= Self.largeSize }

    /// Begins to read where the keys stand. Nobody waits for it.
    func prefetch(_ keys: [Hash128]) { state.withLock { $0.table }.prefetch(keys) }

    /// Makes records known that are durable, in their order; `writeWaiting` puts them into the table.
    ///
    /// - Parameter replaying: they may be there already.
    func add(_ entries: some Sequence<Entry>, replaying: Bool = false) {
        state.withLock { state in
            let complete = state.table.header.complete.seq
            for entry in entries {
                precondition(entry.known.seq > complete, "I6: the index lacks no record up to where it is complete")
                state.waiting.add(entry, replaying: replaying)
            }
        }
    }

    /// How many keys wait to be put into the table.
    var waitingCount: Int { state.withLock { $0.waiting.count } }

    /// Puts what waits into the table; for one caller at a time, while nothing is added.
    ///
    /// - Returns: why some of it is only in memory, if so.
    /// - Throws: where the table is damaged.
    func writeWaiting() throws(StoreError) -> StoreError? {
        let order = state.withLock { $0.waiting.inOrder() }
        if order.isEmpty { return nil }
        var failure: StoreError?
        let room = try state.withLock { state throws(StoreError) in
            do throws(StoreError) {
                try makeRoom(for: order.count, &state)
            } catch {
                if error.isDamagedIndex { throw error }
                failure = error
            }
            return min(order.count, state.table.room(upTo: Self.highestLoad))
        }
        var left: [UInt32] = []
        for start in stride(from: 0, to: room, by: Self.step) {
            let step = order[start..<min(start + Self.step, room)]
            let (table, changes) = state.withLock { state in
                (state.table, step.map { state.waiting.change($0) })
            }
            // Nobody waits for the disk with the lock.
            table.prefetch(changes)
            try state.withLock { state throws(StoreError) in
                left += try state.table.put(changes, &failure).map { step[start + $0] }
            }
        }
        left += order[room...]
        state.withLock { $0.waiting.keep(left) }
        return failure
    }

    private func makeRoom(for count: Int, _ state: inout State) throws(StoreError) {
        var capacity = state.table.header.capacity
        while state.table.load(with: count, of: capacity) >= Self.growingLoad { capacity *= capacity < 1 << 17 ? 4 : 2 }
        if capacity > state.table.header.capacity { try grow(to: capacity, &state) }
    }

    private func grow(to capacity: UInt64, _ state: inout State) throws(StoreError) {
        let path = "\(directory.indexFile).larger"
        do throws(StoreError) {
            var larger = try state.table.grown(to: capacity, at: path, in: directory)
            try larger.checkpoint(larger.header.complete)
            try larger.move(to: state.table.path, in: directory)
            state.table = larger
        } catch {
            _ = files.remove(path)
            throw error
        }
    }

    /// Whether so much waits in memory that no more articles should come.
    var isOverfull: Bool { waitingCount >= Self.waitingLimit }

    /// Makes it durable, complete up to `position`; does nothing while there are entries that are only in memory.
    func checkpoint(_ position: StorePosition) throws(StoreError) {
        try state.withLock { state throws(StoreError) in
            guard state.waiting.count == 0 else { return }
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
        try other.install()
        let new = other.state.withLock { $0 }
        state.withLock { $0 = new }
    }

    /// Moves a table that was made beside the index's place into that place.
    func install() throws(StoreError) {
        try state.withLock { state throws(StoreError) in
            try state.table.move(to: directory.indexFile, in: directory)
        }
    }
}
