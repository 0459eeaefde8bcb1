import Digest
import FeedModel

/// The index on disk: an open-addressing hash table of fixed slots, reached by pread and pwrite.
///
/// It holds nothing that the segments do not hold, and is made again from them where anything in it is wrong: reading and
/// putting throw an error of the code `damagedIndex` then, of others where the disk fails.
struct IndexFile {
    var header: IndexHeader
    let file: OpenFile
    /// Where the file is: what is made beside the index moves into its place.
    private(set) var path: String
    let files: FileSystem
    /// What stood in places whose slot a failing disk has taken by half: it counts until the slot is written.
    var torn: [UInt64: IndexSlot?] = [:]

    static let smallestCapacity: UInt64 = 1024
    /// Slots read at a time: 512 bytes, in which most searches end.
    static let blockSlots = 8

    /// Makes a new file at `path`, with room for `capacity` slots and the disk space for them taken.
    init(creating path: String, in directory: StoreDirectory, capacity: UInt64, salt: Hash128, _ files: FileSystem)
        throws(StoreError)
    {
        try directory.makeFolder(directory.index, files)
        _ = files.remove(path)
        file = try directory.openFile(path, in: directory.index, files)
        self.path = path
        self.files = files
        header = IndexHeader(capacity: capacity, salt: salt)
        guard let length = Int(exactly: size), files.allocate(file.descriptor, length) == 0 else {
            throw .system("making room for", path)
        }
    }

    /// The file as it is; nil where there is none or its header is not right.
    init?(existing path: String, writable: Bool, in directory: StoreDirectory, _ files: FileSystem) throws(StoreError) {
        guard let readable = try OpenFile.reading(path) else { return nil }
        guard let header = (try? readable.read(128, at: 0)).flatMap(IndexHeader.init),
            try readable.size() >= UInt64(IndexHeader.size) + header.capacity * UInt64(IndexSlot.size)
        else { return nil }
        self.header = header
        self.path = path
        self.files = files
        file = writable ? try directory.openFile(path, in: directory.index, files) : readable
    }

    /// Returns up to where the store's index says that it is complete, which was durable before it said so; nil where
    /// there is no index.
    static func complete(in directory: StoreDirectory) throws(StoreError) -> StorePosition? {
        guard let file = try OpenFile.reading(directory.indexFile) else { return nil }
        return (try? file.read(128, at: 0)).flatMap(IndexHeader.init)?.complete
    }

    /// How full a table of a capacity would be with so many more slots, in percent.
    func load(with more: Int, of capacity: UInt64) -> UInt64 {
        let count = header.count + UInt64(more)
        return count >= capacity ? 100 : count * 100 / capacity
    }

    /// How many slots may still be taken until it is as full as that, in percent.
    func room(upTo load: UInt64) -> Int {
        let most = header.capacity * load / 100
        return most > header.count ? Int(most - header.count) : 0
    }

    /// The size of the file in bytes.
    var size: UInt64 { offset(header.capacity) }

    func damage(_ reason: String) -> StoreError { .damagedIndex(path, reason) }

    /// Moves the file to another path, in the place of what is there.
    mutating func move(to path: String, in directory: StoreDirectory) throws(StoreError) {
        try directory.rename(self.path, to: path, files)
        self.path = path
    }

    func offset(_ slot: UInt64) -> UInt64 { UInt64(IndexHeader.size) + slot * UInt64(IndexSlot.size) }

    /// Where a key stands, or the empty place where it would.
    private func search(_ key: Hash128) throws(StoreError) -> (place: UInt64, slot: IndexSlot?) {
        var place = header.home(of: key)
        var left = header.capacity
        // On the stack: searching is what most polls do.
        return try withUnsafeTemporaryAllocation(byteCount: Self.blockSlots * IndexSlot.size, alignment: 64) {
            block throws(StoreError) -> (place: UInt64, slot: IndexSlot?) in
            while left > 0 {
                let count = min(UInt64(Self.blockSlots), header.capacity - place, left)
                let bytes = try read(count, from: place, into: block)
                for index in 0..<Int(count) {
                    switch reading(bytes, index, at: place + UInt64(index)) {
                    case .empty: return (place + UInt64(index), nil)
                    case .slot(let slot) where slot.key == key: return (place + UInt64(index), slot)
                    case .slot: continue
                    case .damaged: throw damage("a slot of it is damaged")
                    }
                }
                place = place + count == header.capacity ? 0 : place + count
                left -= count
            }
            throw damage("it is full")
        }
    }

    /// Reads slots into the beginning of `block`, which has room for them.
    func read(
        _ count: UInt64, from place: UInt64, into block: UnsafeMutableRawBufferPointer
    ) throws(StoreError) -> UnsafeRawBufferPointer {
        let bytes = UnsafeMutableRawBufferPointer(rebasing: block[..<(Int(count) * IndexSlot.size)])
        let length: Int
        do throws(StoreError) {
            length = try file.read(into: bytes, at: offset(place))
        } catch {
            // What a disk does not give back can be made again, elsewhere on it.
            throw damage("it cannot be read: \(error.reason)")
        }
        guard length == bytes.count else { throw damage("it is shorter than it was made") }
        return UnsafeRawBufferPointer(bytes)
    }

    /// What stands at a place, whose bytes are those of slot number `index` in `block`.
    func reading(_ block: UnsafeRawBufferPointer, _ index: Int, at place: UInt64) -> IndexSlot.Read {
        if !torn.isEmpty, let before = torn[place] { return before.map(IndexSlot.Read.slot) ?? .empty }
        let range = (index * IndexSlot.size)..<((index + 1) * IndexSlot.size)
        return IndexSlot.read(UnsafeRawBufferPointer(rebasing: block[range]))
    }

    func find(_ key: Hash128) throws(StoreError) -> IndexSlot? {
        try search(key).slot
    }

    /// Puts a slot in the place of the one with its key, or where there is room.
    mutating func put(_ change: IndexChange) throws(StoreError) {
        let (place, old) = try search(change.key)
        guard let content = change.applied(to: old?.content) else { return }
        if old == nil, header.count + 1 >= header.capacity { throw damage("it is full") }
        do throws(StoreError) {
            try withUnsafeTemporaryAllocation(byteCount: IndexSlot.size, alignment: 64) {
                bytes throws(StoreError) in
                IndexSlot(key: change.key, content: content).write(to: bytes)
                try file.write(UnsafeRawBufferPointer(bytes), at: offset(place), files)
            }
        } catch {
            torn[place] = .some(old)
            throw error
        }
        if !torn.isEmpty { torn[place] = nil }
        if old == nil || change.countsOld { header.count = min(header.count + 1, header.capacity) }
    }

    /// Makes all slots durable, and after them says that they are complete up to `position`.
    mutating func checkpoint(_ position: StorePosition) throws(StoreError) {
        precondition(position.seq >= header.complete.seq, "I6: the index does not become less complete")
        try file.syncData(files)
        header.complete = position
        try file.write(header.bytes, at: 0, files)
    }

    /// Reads all slots in the order of the file, or those of some places.
    func forEach(
        in places: Range<UInt64>? = nil, _ body: (_ place: UInt64, IndexSlot) throws(StoreError) -> Void
    ) throws(StoreError) {
        let blockSlots: UInt64 = 4096
        let block = UnsafeMutableRawBufferPointer.allocate(byteCount: Int(blockSlots) * IndexSlot.size, alignment: 64)
        defer { block.deallocate() }
        var place = places?.lowerBound ?? 0
        let end = places?.upperBound ?? header.capacity
        while place < end {
            let count = min(blockSlots, end - place)
            let bytes = try read(count, from: place, into: block)
            for index in 0..<Int(count) {
                switch reading(bytes, index, at: place + UInt64(index)) {
                case .empty: continue
                case .slot(let slot): try body(place + UInt64(index), slot)
                case .damaged: throw damage("a slot of it is damaged")
                }
            }
            place += count
        }
    }
}

/// The first 4096 bytes of the index's file, of which 128 are used, little endian:
///
///      0  "newswire index 1"  16  slots (8)  24  slots taken (8)  32, 40  salt  48  seq (8)  56  chain (32)
///     88  segment (8)  96  offset (8)  120  XXH3-64 of the 120 bytes before (8)
///
/// All slots of records up to `complete` are on disk; later ones may be.
struct IndexHeader: Equatable, Sendable {
    static let size = 4096
    private static let magic: StaticString = "newswire index 1"

    var capacity: UInt64
    /// How many slots are taken, at most.
    var count: UInt64
    /// Goes into the hash, so that no publisher can choose ids that crowd one place of the file.
    var salt: Hash128
    var complete: StorePosition

    init(capacity: UInt64, salt: Hash128) {
        self.capacity = capacity
        self.salt = salt
        count = 0
        complete = StorePosition()
    }

    static func newSalt() -> Hash128 {
        var generator = SystemRandomNumberGenerator()
        return Hash128(high: generator.next(), low: generator.next())
    }

    /// Where a key's slot would stand if nothing stood there yet.
    func home(of key: Hash128) -> UInt64 { Self.hash(of: key, salt).multipliedFullWidth(by: capacity).high }

    /// The hash by which keys are placed: the homes of keys have the order of their hashes, in a table of any size.
    static func hash(of key: Hash128, _ salt: Hash128) -> UInt64 {
        let product = (key.high ^ salt.high).multipliedFullWidth(by: (key.low ^ salt.low) | 1)
        return product.high ^ product.low ^ key.low
    }

    init?(_ bytes: [UInt8]) {
        guard bytes.count >= 128, bytes[..<16].elementsEqual(Self.magicBytes) else { return nil }
        func number(_ offset: Int) -> UInt64 {
            bytes.withUnsafeBytes { UInt64(littleEndian: $0.loadUnaligned(fromByteOffset: offset, as: UInt64.self)) }
        }
        let checksum = bytes.withUnsafeBytes { XXH3.hash64(UnsafeRawBufferPointer(rebasing: $0[..<120])) }
        guard number(120) == checksum, number(16) > 0, number(16) <= 1 << 40, number(24) <= number(16) else {
            return nil
        }
        capacity = number(16)
        count = number(24)
        salt = Hash128(high: number(32), low: number(40))
        complete = StorePosition(
            seq: number(48), chain: Array(bytes[56..<88]), segment: number(88), offset: number(96))
    }

    private static var magicBytes: UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(start: magic.utf8Start, count: magic.utf8CodeUnitCount)
    }

    var bytes: [UInt8] {
        var bytes = Array(Self.magicBytes)
        func put(_ value: UInt64) { withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) } }
        put(capacity)
        put(count)
        put(salt.high)
        put(salt.low)
        put(complete.seq)
        bytes.append(contentsOf: complete.chain)
        put(complete.segment)
        put(complete.offset)
        put(0)
        put(0)
        put(bytes.withUnsafeBytes { XXH3.hash64($0) })
        return bytes
    }
}
