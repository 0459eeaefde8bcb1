import Digest
import FeedModel

/// `IndexBuilder` makes an index anew from records, however many. It writes the table once, from front to back: what
/// records mean for keys is first sorted by regions of the table, into a temporary file, and then each region is made
/// in memory.
final class IndexBuilder {
    /// `Region` holds the changes of keys whose hashes begin alike, in the order of their records.
    private struct Region {
        /// The changes that are still in memory.
        var bytes: [UInt8] = []
        /// The offsets in the temporary file at which pieces of the other changes begin.
        var pieces: [UInt64] = []
    }

    private let directory: StoreDirectory
    private let files: FileSystem
    private let progress: ReadingProgress
    private let salt: Hash128
    private let pieceSize: Int
    /// The regions by the first bits of the hash. Of 200 million changes each region has 50 MB in the file, and takes
    /// 100 MB of memory while it is made.
    private var regions = [Region](repeating: Region(), count: 1 << regionBits)
    private var spool: OpenFile?
    private var spooled: UInt64 = 0
    private var count: UInt64 = 0

    private static let regionBits = 8
    /// The bytes of a change: its slot, and one that says whether it is an alias.
    private static let changeSize = IndexSlot.size + 1

    /// - Parameter pieceChanges: how many changes of a region gather in memory before they are written to the file.
    init(_ directory: StoreDirectory, _ files: FileSystem, _ progress: ReadingProgress, pieceChanges: Int = 1000) {
        self.directory = directory
        self.files = files
        self.progress = progress
        pieceSize = pieceChanges * Self.changeSize
        salt = IndexHeader.newSalt()
    }

    /// Takes in the next record.
    func add(_ envelope: RecordEnvelope) throws(StoreError) {
        guard let entry = ArticleIndex.Entry(envelope) else { return }
        try add(entry)
    }

    func add(_ entry: ArticleIndex.Entry) throws(StoreError) {
        try entry.forEachChange { change throws(StoreError) in try put(change) }
    }

    private func put(_ change: IndexChange) throws(StoreError) {
        let number = Int(IndexHeader.hash(of: change.key, salt) >> (64 - Self.regionBits))
        withUnsafeTemporaryAllocation(byteCount: IndexSlot.size, alignment: 64) { bytes in
            IndexSlot(key: change.key, content: change.content).write(to: bytes)
            regions[number].bytes.append(contentsOf: bytes)
        }
        regions[number].bytes.append(change.isAlias ? 1 : 0)
        count += 1
        if regions[number].bytes.count >= pieceSize { try spool(number) }
    }

    private func spool(_ number: Int) throws(StoreError) {
        let file = try openSpool()
        try file.write(regions[number].bytes, at: spooled, files)
        regions[number].pieces.append(spooled)
        regions[number].bytes.removeAll(keepingCapacity: true)
        spooled += UInt64(pieceSize)
    }

    /// Returns the temporary file. Its name is removed at once, so that it is gone with the process.
    private func openSpool() throws(StoreError) -> OpenFile {
        if let spool { return spool }
        let path = "\(directory.indexFile).parts"
        let file = try directory.openFile(path, in: directory.index, files)
        guard files.remove(path) == 0 else { throw .system("removing", path) }
        spool = file
        return file
    }

    /// Makes the index in a file beside the one in use, whose place it takes with `install` or `adopt`.
    func finish() throws(StoreError) -> ArticleIndex {
        let table = try IndexFile(
            creating: "\(directory.indexFile).new", in: directory,
            capacity: max(IndexFile.smallestCapacity, count * 2), salt: salt, files)
        var writer = IndexFileWriter(table)
        for number in regions.indices {
            progress.goOn()
            let waiting = try changes(of: number)
            for place in waiting.inOrder() {
                let change = waiting.change(place)
                try writer.put(IndexSlot(key: change.key, content: change.content))
            }
        }
        spool = nil
        return ArticleIndex(try writer.finish(), in: directory, files)
    }

    /// Puts a region's changes together, and gives up its memory.
    private func changes(of number: Int) throws(StoreError) -> WaitingEntries {
        var waiting = WaitingEntries(salt: salt, sharedBits: Self.regionBits)
        let region = regions[number]
        regions[number] = Region()
        for piece in region.pieces { try add(openSpool().read(pieceSize, at: piece), to: &waiting) }
        try add(region.bytes, to: &waiting)
        return waiting
    }

    private func add(_ bytes: [UInt8], to waiting: inout WaitingEntries) throws(StoreError) {
        let isWhole = bytes.withUnsafeBytes { bytes in
            for start in stride(from: 0, to: bytes.count, by: Self.changeSize) {
                let slot = UnsafeRawBufferPointer(rebasing: bytes[start..<start + IndexSlot.size])
                guard case .slot(let slot) = IndexSlot.read(slot) else { return false }
                let isAlias = bytes[start + IndexSlot.size] == 1
                waiting.add(IndexChange(key: slot.key, content: slot.content, isAlias: isAlias))
            }
            return true
        }
        if !isWhole {
            throw .damagedIndex(directory.indexFile, "what was put down for it is not what can be read of that")
        }
    }
}
