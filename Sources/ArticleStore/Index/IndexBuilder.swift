import Digest
import FeedModel

/// Makes an index anew from records, however many. It writes the table once, from front to back: the changes that records
/// mean are first sorted into regions of the table, in a file of their own, and then each region is made in memory.
final class IndexBuilder {
    /// Changes of keys whose hashes begin alike, in the order of their records.
    private struct Region {
        /// Those that are in memory.
        var bytes: [UInt8] = []
        /// Where in the file the others begin, a piece of them each.
        var pieces: [UInt64] = []
    }

    private let directory: StoreDirectory
    private let files: FileSystem
    private let progress: ReadingProgress
    private let salt: Hash128
    private let pieceSize: Int
    /// By the first bits of the hash: of 200 million changes each has 50 MB in the file and, in its turn, 100 in memory.
    private var regions = [Region](repeating: Region(), count: 1 << regionBits)
    private var spool: OpenFile?
    private var spooled: UInt64 = 0
    private var count: UInt64 = 0

    private static let regionBits = 8
    /// The slot, and what else a change says.
    private static let changeSize = IndexSlot.size + 1

    /// - Parameter pieceChanges: as many changes of a region are in memory before they are written to a file.
    init(_ directory: StoreDirectory, _ files: FileSystem, _ progress: ReadingProgress, pieceChanges: Int = 1000) {
        self.directory = directory
        self.files = files
        self.progress = progress
        pieceSize = pieceChanges * Self.changeSize
        salt = IndexHeader.newSalt()
    }

    /// Takes a record, in their order.
    func add(_ envelope: RecordEnvelope) throws(StoreError) {
        guard let entry = ArticleIndex.Entry(envelope) else { return }
        try add(entry)
    }

    func add(_ entry: ArticleIndex.Entry) throws(StoreError) {
        var failure: StoreError?
        entry.forEachChange { change in
            do throws(StoreError) { try put(change) } catch { failure = error }
        }
        if let failure { throw failure }
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

    /// A file without a name, which is gone with the process.
    private func openSpool() throws(StoreError) -> OpenFile {
        if let spool { return spool }
        let path = "\(directory.indexFile).parts"
        let file = try directory.openFile(path, in: directory.index, files)
        guard files.remove(path) == 0 else { throw .system("removing", path) }
        spool = file
        return file
    }

    /// The index, in a file beside the one in use, which it takes the place of with `install` or `adopt`.
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

    /// What the changes of a region come to. They are not needed again.
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
