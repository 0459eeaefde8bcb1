import Digest
import FeedModel

/// The index on disk: an open-addressing hash table of fixed slots, reached by pread and pwrite.
///
/// It holds nothing that the segments do not hold, and is made again from them where anything in it is wrong.
struct IndexFile {
    enum Failure: Error {
        /// A slot that is neither empty nor what its checksum says, or a table without room: make the index again.
        case damage(String)
        case system(StoreError)
    }

    private(set) var header: IndexHeader
    let file: OpenFile
    private let files: FileSystem
    /// What stood in places whose slot a failing disk has taken by half: it counts until the slot is written.
    private var torn: [UInt64: IndexSlot?] = [:]

    static let smallestCapacity: UInt64 = 1024
    /// Slots read at a time: 512 bytes, in which most searches end.
    private static let blockSlots = 8
    /// Slots of a page of the file, behind the header's.
    private static let pageSlots = 64
    private static let pageSize = pageSlots * IndexSlot.size

    /// Makes a new file at `path`, with room for `capacity` slots and the disk space for them taken.
    init(creating path: String, in directory: StoreDirectory, capacity: UInt64, salt: Hash128?, _ files: FileSystem)
        throws(StoreError)
    {
        try directory.makeFolder(directory.index, files)
        _ = files.remove(path)
        file = try directory.openFile(path, in: directory.index, files)
        self.files = files
        var generator = SystemRandomNumberGenerator()
        header = IndexHeader(
            capacity: capacity, salt: salt ?? Hash128(high: generator.next(), low: generator.next()))
        let size = UInt64(IndexHeader.size) + capacity * UInt64(IndexSlot.size)
        guard let length = Int(exactly: size), files.allocate(file.descriptor, length) == 0 else {
            throw .system("making room for", path)
        }
    }

    /// The file as it is; nil where there is none or its header is not right.
    init?(existing path: String, writable: Bool, in directory: StoreDirectory, _ files: FileSystem) throws(StoreError) {
        guard let readable = try OpenFile.reading(path) else { return nil }
        guard let header = IndexHeader(try readable.read(128, at: 0)),
            try readable.size() >= UInt64(IndexHeader.size) + header.capacity * UInt64(IndexSlot.size)
        else { return nil }
        self.header = header
        self.files = files
        file = writable ? try directory.openFile(path, in: directory.index, files) : readable
    }

    /// How full it is with so many more slots, in percent.
    func load(with more: Int) -> UInt64 {
        let count = header.count + UInt64(more)
        return count >= header.capacity ? 100 : count * 100 / header.capacity
    }

    /// How many slots may still be taken until it is as full as that, in percent.
    func room(upTo load: UInt64) -> Int {
        let most = header.capacity * load / 100
        return most > header.count ? Int(most - header.count) : 0
    }

    private func offset(_ slot: UInt64) -> UInt64 { UInt64(IndexHeader.size) + slot * UInt64(IndexSlot.size) }

    /// Where a key stands, or the empty place where it would.
    private func search(_ key: Hash128) throws(Failure) -> (place: UInt64, slot: IndexSlot?) {
        var place = header.home(of: key)
        var left = header.capacity
        // On the stack: searching is what most polls do.
        return try withUnsafeTemporaryAllocation(byteCount: Self.blockSlots * IndexSlot.size, alignment: 64) {
            block throws(Failure) -> (place: UInt64, slot: IndexSlot?) in
            while left > 0 {
                let count = min(UInt64(Self.blockSlots), header.capacity - place, left)
                let bytes = try read(count, from: place, into: block)
                for index in 0..<Int(count) {
                    switch reading(bytes, index, at: place + UInt64(index)) {
                    case .empty: return (place + UInt64(index), nil)
                    case .slot(let slot) where slot.key == key: return (place + UInt64(index), slot)
                    case .slot: continue
                    case .damaged: throw .damage("a slot of it is damaged")
                    }
                }
                place = place + count == header.capacity ? 0 : place + count
                left -= count
            }
            throw .damage("it is full")
        }
    }

    /// Reads slots into the beginning of `block`, which has room for them.
    private func read(
        _ count: UInt64, from place: UInt64, into block: UnsafeMutableRawBufferPointer
    ) throws(Failure) -> UnsafeRawBufferPointer {
        let bytes = UnsafeMutableRawBufferPointer(rebasing: block[..<(Int(count) * IndexSlot.size)])
        do throws(StoreError) {
            guard try file.read(into: bytes, at: offset(place)) == bytes.count else {
                throw StoreError.system("reading", file.path, errno: 0)
            }
        } catch {
            throw .system(error)
        }
        return UnsafeRawBufferPointer(bytes)
    }

    /// What stands at a place, whose bytes are those of slot number `index` in `block`.
    private func reading(_ block: UnsafeRawBufferPointer, _ index: Int, at place: UInt64) -> IndexSlot.Read {
        if !torn.isEmpty, let before = torn[place] { return before.map(IndexSlot.Read.slot) ?? .empty }
        let range = (index * IndexSlot.size)..<((index + 1) * IndexSlot.size)
        return IndexSlot.read(UnsafeRawBufferPointer(rebasing: block[range]))
    }

    func find(_ key: Hash128) throws(Failure) -> IndexSlot? {
        try search(key).slot
    }

    /// Puts a slot in the place of the one with its key, or where there is room.
    mutating func put(_ change: IndexChange) throws(Failure) {
        let (place, old) = try search(change.key)
        guard let content = change.applied(to: old?.content) else { return }
        if old == nil, header.count + 1 >= header.capacity { throw .damage("it is full") }
        var failure: StoreError?
        withUnsafeTemporaryAllocation(byteCount: IndexSlot.size, alignment: 64) { bytes in
            IndexSlot(key: change.key, content: content).write(to: bytes)
            do throws(StoreError) {
                try file.write(UnsafeRawBufferPointer(bytes), at: offset(place), files)
            } catch {
                failure = error
            }
        }
        if let failure {
            torn[place] = .some(old)
            throw .system(failure)
        }
        if !torn.isEmpty { torn[place] = nil }
        if old == nil || change.countsOld { header.count = min(header.count + 1, header.capacity) }
    }

    /// Puts many slots. Those of one page share a read and a write; of two of one key the later counts.
    ///
    /// - Returns: those that the disk did not take; then `failure` says why.
    mutating func put(_ changes: [IndexChange], _ failure: inout StoreError?) throws(Failure) -> [IndexChange] {
        var order: [(home: UInt64, index: Int)] = []
        order.reserveCapacity(changes.count)
        for (index, change) in changes.enumerated() { order.append((header.home(of: change.key), index)) }
        order.sort { ($0.home, $0.index) < ($1.home, $1.index) }
        // The rest of the changes of a page: those whose slot stands in the next one.
        var single: [IndexChange] = []
        // The page, and what it was before.
        let pages = UnsafeMutableRawBufferPointer.allocate(byteCount: 2 * Self.pageSize, alignment: 64)
        defer { pages.deallocate() }
        var start = 0
        while start < order.count {
            let number = order[start].home / UInt64(Self.pageSlots)
            var end = start + 1
            while end < order.count, order[end].home / UInt64(Self.pageSlots) == number { end += 1 }
            // One alone need not read a page; what a failing disk has taken by half is looked at slot by slot.
            if end - start > 1, torn.isEmpty, failure == nil {
                do throws(Failure) {
                    try put(order[start..<end], of: changes, pages, number, &single)
                } catch .system(let error) {
                    failure = error
                    single += order[start..<end].map { changes[$0.index] }
                }
            } else {
                single += order[start..<end].map { changes[$0.index] }
            }
            start = end
        }
        var left: [IndexChange] = []
        for change in single {
            do throws(Failure) { try put(change) } catch .system(let error) {
                failure = error
                left.append(change)
            }
        }
        return left
    }

    /// - Parameter single: gets those that have no place in the page.
    private mutating func put(
        _ order: ArraySlice<(home: UInt64, index: Int)>, of changes: [IndexChange],
        _ pages: UnsafeMutableRawBufferPointer, _ number: UInt64, _ single: inout [IndexChange]
    ) throws(Failure) {
        let first = number * UInt64(Self.pageSlots)
        let count = Int(min(UInt64(Self.pageSlots), header.capacity - first))
        let bytes = try read(UInt64(count), from: first, into: pages)
        let before = UnsafeMutableRawBufferPointer(rebasing: pages[Self.pageSize...])
        before.copyMemory(from: bytes)
        // A bit for each slot of the page.
        var changed: UInt64 = 0
        var added: UInt64 = 0
        for (home, index) in order {
            let change = changes[index]
            var place = Int(home - first)
            var old: IndexSlot?
            search: while place < count {
                switch reading(bytes, place, at: first + UInt64(place)) {
                case .empty: break search
                case .slot(let slot) where slot.key == change.key:
                    old = slot
                    break search
                case .slot: place += 1
                case .damaged: throw .damage("a slot of it is damaged")
                }
            }
            if place == count {
                single.append(change)
                continue
            }
            guard let content = change.applied(to: old?.content) else { continue }
            if old == nil, header.count + added + 1 >= header.capacity { throw .damage("it is full") }
            changed |= 1 << UInt64(place)
            let range = (place * IndexSlot.size)..<((place + 1) * IndexSlot.size)
            IndexSlot(key: change.key, content: content)
                .write(to: UnsafeMutableRawBufferPointer(rebasing: pages[range]))
            if old == nil || change.countsOld { added += 1 }
        }
        if changed == 0 { return }
        let lowest = changed.trailingZeroBitCount
        let range = (lowest * IndexSlot.size)..<((64 - changed.leadingZeroBitCount) * IndexSlot.size)
        do throws(StoreError) {
            try file.write(UnsafeRawBufferPointer(rebasing: bytes[range]), at: offset(first + UInt64(lowest)), files)
        } catch {
            for place in 0..<count where changed & 1 << UInt64(place) != 0 {
                let range = (place * IndexSlot.size)..<((place + 1) * IndexSlot.size)
                let slot = IndexSlot.read(UnsafeRawBufferPointer(rebasing: before[range]))
                if case .slot(let old) = slot {
                    torn[first + UInt64(place)] = .some(old)
                } else {
                    torn[first + UInt64(place)] = .some(nil)
                }
            }
            throw .system(error)
        }
        header.count = min(header.count + added, header.capacity)
    }

    /// Makes all slots durable, and after them says that they are complete up to `position`.
    mutating func checkpoint(_ position: StorePosition) throws(StoreError) {
        try file.syncData(files)
        header.complete = position
        try file.write(header.bytes, at: 0, files)
    }

    /// Reads all slots in the order of the file.
    func forEach(_ body: (_ place: UInt64, IndexSlot) throws(Failure) -> Void) throws(Failure) {
        let blockSlots: UInt64 = 4096
        let block = UnsafeMutableRawBufferPointer.allocate(byteCount: Int(blockSlots) * IndexSlot.size, alignment: 64)
        defer { block.deallocate() }
        var place: UInt64 = 0
        while place < header.capacity {
            let count = min(blockSlots, header.capacity - place)
            let bytes = try read(count, from: place, into: block)
            for index in 0..<Int(count) {
                switch reading(bytes, index, at: place + UInt64(index)) {
                case .empty: continue
                case .slot(let slot): try body(place + UInt64(index), slot)
                case .damaged: throw .damage("a slot of it is damaged")
                }
            }
            place += count
        }
    }

    /// A larger copy at `path`. As places follow the hash, both files are gone through from front to back.
    func grown(to capacity: UInt64, at path: String, in directory: StoreDirectory) throws(Failure) -> IndexFile {
        var larger: IndexFile
        do throws(StoreError) {
            larger = try IndexFile(creating: path, in: directory, capacity: capacity, salt: header.salt, files)
        } catch {
            throw .system(error)
        }
        var window = SlotWindow(capacity: capacity)
        // Slots that had been moved on past the end of the file, or far past where they belong: few.
        var late: [IndexSlot] = []
        try forEach { place, slot throws(Failure) in
            if header.home(of: slot.key) > place { return late.append(slot) }
            let home = larger.header.home(of: slot.key)
            while true {
                switch window.put(slot, home: home) {
                case .done: return
                case .behind: return late.append(slot)
                case .ahead: try larger.flush(&window, upTo: min(home, window.start + UInt64(SlotWindow.size / 2)))
                }
            }
        }
        try larger.flush(&window, upTo: capacity)
        larger.header.count = window.count
        for slot in late {
            try larger.put(IndexChange(key: slot.key, content: slot.content, isAlias: true))
        }
        larger.header.complete = header.complete
        return larger
    }

    private func flush(_ window: inout SlotWindow, upTo place: UInt64) throws(Failure) {
        var failure: StoreError?
        while failure == nil, window.start < place {
            window.advance(to: place) { bytes, start in
                do throws(StoreError) {
                    try file.write(bytes, at: offset(start), files)
                } catch {
                    failure = error
                }
            }
        }
        if let failure { throw .system(failure) }
    }
}
