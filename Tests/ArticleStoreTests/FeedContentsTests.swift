import Digest
import FeedModel
import Glibc
import Locking
import TestSupport
import Testing

@testable import ArticleStore

/// A feed whose documents go into a store without being fetched.
private final class DocumentedFeed {
    let fixture = StoreFixture()
    let store: ArticleStore
    private var contents: FeedContents
    var state: FeedState

    init(files: FileSystem = FileSystem(), report: @escaping @Sendable (StoreEvent) -> Void = { _ in }) throws {
        store = try fixture.open()
        contents = try FeedContents(directory: fixture.path, files: files, report: report)
        state = StoreFixture.state()
        state.schedule.historyBlock = 3
    }

    func restart() throws { contents = try FeedContents(directory: fixture.path) { _ in } }

    /// A document with these articles.
    ///
    /// - Parameters:
    ///   - isLost: it is not kept which articles it has.
    ///   - waits: it is not written before the next.
    func document(
        _ numbers: some Sequence<UInt64>, at seconds: Int64, isLost: Bool = false, waits: Bool = false
    ) throws {
        let numbers = Array(numbers)
        let previous = state
        state.bodyHash = numbers.withUnsafeBytes { XXH3.hash128($0) }
        state.lastSuccess = Timestamp(seconds: seconds)
        if !isLost { contents.stage(numbers.map(StoreFixture.uid), of: state, after: previous) }
        if !waits { try save() }
    }

    /// A 304.
    func unchanged(at seconds: Int64) throws {
        state.lastSuccess = Timestamp(seconds: seconds)
        try save()
    }

    func save() throws {
        _ = try store.commit([FeedCommit(feed: state.feed, records: [], state: state)])
        contents.write()
    }

    func sighting(_ number: UInt64, stored: Int64? = nil) throws -> Sighting? {
        try fixture.reader().sighting(
            of: StoreFixture.uid(number), in: state.feed, stored: stored.map { Timestamp(seconds: $0) })
    }

    func still(at seconds: Int64) -> Sighting {
        let time = Timestamp(seconds: seconds)
        return Sighting(isInDocument: true, documentTime: time, lastSeen: time)
    }

    func gone(at seconds: Int64, lastSeen: Int64?) -> Sighting {
        Sighting(
            isInDocument: false, documentTime: Timestamp(seconds: seconds),
            lastSeen: lastSeen.map { Timestamp(seconds: $0) })
    }

    /// Bytes of the feed's block that are in the file.
    var length: Int { (fixture.folder.read("store/state/contents")?.count ?? 0) - 3 * ContentsBlock.size }
}

@Suite("identity.md §8: what has gone from its feed's document, and when it was last seen there")
struct FeedContentsTests {
    private let file = "store/state/contents"

    @Test("identity.md §8: what has gone was last seen at the answer before, even at one without a document")
    func disappearance() throws {
        let feed = try DocumentedFeed()
        try feed.document([1, 2], at: 100)
        #expect(try feed.sighting(1) == feed.still(at: 100))
        try feed.unchanged(at: 200)
        #expect(try feed.sighting(1) == feed.still(at: 200))
        try feed.document([2, 3], at: 300)
        #expect(try feed.sighting(1) == feed.gone(at: 300, lastSeen: 200))
        #expect(try feed.sighting(2) == feed.still(at: 300))
        try feed.restart()
        try feed.document([2, 3, 4], at: 400)
        #expect(try feed.sighting(1) == feed.gone(at: 400, lastSeen: 200))
        try feed.document([1, 2, 3], at: 500)
        #expect(try feed.sighting(1) == feed.still(at: 500))
        try feed.document([2], at: 600)
        #expect(try feed.sighting(1) == feed.gone(at: 600, lastSeen: 500))
        #expect(try feed.sighting(3) == feed.gone(at: 600, lastSeen: 500))
        #expect(try feed.sighting(9) == feed.gone(at: 600, lastSeen: nil))
    }

    @Test("identity.md §8: a document that is older than the article says nothing of it")
    func olderDocument() throws {
        let feed = try DocumentedFeed()
        try feed.document([1], at: 100)
        #expect(try feed.sighting(2, stored: 101) == nil)
        #expect(try feed.sighting(2, stored: 100) == feed.gone(at: 100, lastSeen: nil))
        #expect(try feed.sighting(1, stored: 101) == feed.still(at: 100))
    }

    @Test("Nothing is told of a feed without a document, of another feed, or of a document beyond the limit")
    func nothingKnown() throws {
        let feed = try DocumentedFeed()
        #expect(try feed.sighting(1) == nil)
        try feed.document(0..<UInt64(ContentsBlock.mostArticles) + 1, at: 100)
        #expect(try feed.sighting(1) == nil)
        try feed.document([1], at: 200)
        #expect(
            try feed.fixture.reader().sighting(of: StoreFixture.uid(1), in: FeedIdentifier("other"), stored: nil)
                == nil)
    }

    @Test("identity.md §8: the last thousand that have gone from the largest document are remembered, and no more")
    func limits() throws {
        let feed = try DocumentedFeed()
        let most = UInt64(ContentsBlock.mostArticles)
        try feed.document(0..<most, at: 100)
        for number in stride(from: 0, to: most, by: 97) { #expect(try feed.sighting(number) == feed.still(at: 100)) }
        try feed.document(1...most, at: 200)
        #expect(try feed.sighting(0) == feed.gone(at: 200, lastSeen: 100))
        for turn in 2...10 as ClosedRange<UInt64> {
            try feed.document(turn * 200..<turn * 200 + most, at: Int64(turn) * 100)
            #expect(feed.length <= ContentsBlock.size)
        }
        #expect(try feed.sighting(0) == feed.gone(at: 1000, lastSeen: nil))
        #expect(try feed.sighting(999) == feed.gone(at: 1000, lastSeen: nil))
        for number in 1000..<2000 as Range<UInt64> where number.isMultiple(of: 77) {
            #expect(try feed.sighting(number) == feed.gone(at: 1000, lastSeen: 100 * (Int64(number) / 200)))
        }
        #expect(try feed.sighting(2000) == feed.still(at: 1000))
    }

    @Test("An article that comes and goes with every document is remembered once, and displaces no other")
    func flapping() throws {
        let feed = try DocumentedFeed()
        try feed.document([1, 2, 3], at: 10)
        try feed.document([1, 2], at: 20)
        for turn in 1...1100 as ClosedRange<Int64> {
            try feed.document([1], at: 100 * turn, waits: true)
            try feed.document([1, 2], at: 100 * turn + 50, waits: true)
        }
        try feed.document([1], at: 200_000)
        #expect(feed.length == ContentsBlock.headerSize + 8 + 2 * 16)
        #expect(try feed.sighting(2) == feed.gone(at: 200_000, lastSeen: 110_050))
        #expect(try feed.sighting(3) == feed.gone(at: 200_000, lastSeen: 10))
    }

    @Test("A feed's block of contents that is damaged or cut off is reported, and begins anew with its next document")
    func damage() throws {
        for harm in [0, 9, 17, 25, 33, 37, 41, 50, 70] {
            let reports = Locked<[StoreEvent]>([])
            let feed = try DocumentedFeed { event in reports.withLock { $0.append(event) } }
            try feed.document([1, 2, 3], at: 50)
            try feed.document([1, 2], at: 100)
            var bytes = try #require(feed.fixture.folder.read(file))
            bytes[3 * ContentsBlock.size + harm] ^= 0x40
            overwrite(feed.fixture.path + "/state/contents", bytes)
            #expect(try feed.sighting(1) == nil, "byte \(harm)")
            try feed.document([2], at: 200)
            #expect(try feed.sighting(1) == feed.gone(at: 200, lastSeen: nil))
            #expect(try feed.sighting(2) == feed.still(at: 200))
            #expect(
                reports.withLock { $0 }
                    == [.contentsForgotten(path: feed.fixture.path + "/state/contents", feeds: 1)])
            #expect(feed.store.lastSeq == 0 && feed.fixture.noted.isEmpty, "nothing else suffers")
        }
        let feed = try DocumentedFeed()
        try feed.document([1, 2], at: 100)
        for length in [50, 20] {
            cut(feed.fixture.path + "/state/contents", to: 3 * ContentsBlock.size + length)
            #expect(try feed.sighting(1) == nil)
        }
        try feed.document([1, 2], at: 200)
        #expect(try feed.sighting(1) == feed.still(at: 200))
    }

    @Test("A block of contents of another feed is passed over, and taken by the feed that has its number")
    func otherFeed() throws {
        let reports = Locked<[StoreEvent]>([])
        let feed = try DocumentedFeed { event in reports.withLock { $0.append(event) } }
        try feed.document([1, 2], at: 200)
        feed.state = StoreFixture.state(FeedIdentifier("other"))
        feed.state.schedule.historyBlock = 3
        try feed.save()
        #expect(try feed.sighting(1) == nil)
        try feed.document([2], at: 300)
        #expect(try feed.sighting(2) == feed.still(at: 300))
        #expect(try feed.sighting(1) == feed.gone(at: 300, lastSeen: nil))
        #expect(reports.withLock { $0.isEmpty })
    }

    @Test("A sighting speaks of the document before where the last one was not kept")
    func lostDocument() throws {
        let feed = try DocumentedFeed()
        try feed.document([1, 2], at: 100)
        try feed.document([2], at: 200, isLost: true)
        #expect(try feed.sighting(1) == feed.still(at: 100))
        try feed.unchanged(at: 300)
        #expect(try feed.sighting(1) == feed.still(at: 100))
        try feed.document([2, 3], at: 400)
        #expect(try feed.sighting(1) == feed.gone(at: 400, lastSeen: 100))
    }

    @Test("Documents of one feed that wait together are written as if one after the other")
    func severalAtOnce() throws {
        let feed = try DocumentedFeed()
        try feed.document([1, 2], at: 100)
        try feed.document([2, 3], at: 200, waits: true)
        try feed.document([3, 2, 3], at: 250, waits: true)
        try feed.document([3, 4], at: 300)
        #expect(try feed.sighting(1) == feed.gone(at: 300, lastSeen: 100))
        #expect(try feed.sighting(2) == feed.gone(at: 300, lastSeen: 250))
        #expect(try feed.sighting(3) == feed.still(at: 300))
        #expect(try feed.sighting(4) == feed.still(at: 300))
        try feed.document([3], at: 400, waits: true)
        try feed.document([3], at: 500)
        #expect(try feed.sighting(4) == feed.gone(at: 500, lastSeen: 300))
    }

    @Test("A new document with the same articles writes no more than the header of its feed's block")
    func sameArticles() throws {
        let written = Locked<[Int]>([])
        var files = FileSystem()
        let write = files.write
        files.write = { descriptor, bytes, offset in
            written.withLock { $0.append(bytes.count) }
            return write(descriptor, bytes, offset)
        }
        let feed = try DocumentedFeed(files: files)
        try feed.document([1, 2], at: 100)
        try feed.document([2, 1], at: 200)
        #expect(try feed.sighting(1) == feed.still(at: 200))
        #expect(written.withLock { $0 } == [ContentsBlock.headerSize + 16, ContentsBlock.headerSize])
    }

    @Test("A disk that takes no contents is reported once, and documents after it are kept")
    func failingDisk() throws {
        let (isFull, reports) = (Locked(false), Locked<[String]>([]))
        var files = FileSystem()
        let write = files.write
        files.write = { descriptor, bytes, offset in
            if isFull.withLock({ $0 }) {
                errno = ENOSPC
                return -1
            }
            return write(descriptor, bytes, offset)
        }
        let feed = try DocumentedFeed(files: files) { event in reports.withLock { $0.append(event.description) } }
        try feed.document([1, 2], at: 100)
        isFull.withLock { $0 = true }
        for time in 2...5 as ClosedRange<Int64> { try feed.document([UInt64(time)], at: 100 * time) }
        #expect(reports.withLock { $0.count } == 1)
        #expect(reports.withLock { $0.first?.contains("the polls go on") } == true)
        #expect(try feed.sighting(1) == feed.still(at: 100))
        isFull.withLock { $0 = false }
        try feed.document([6], at: 600)
        #expect(try feed.sighting(1) == feed.gone(at: 600, lastSeen: 100))
        isFull.withLock { $0 = true }
        try feed.document([7], at: 700)
        #expect(reports.withLock { $0.count } == 2)
    }

    @Test("The contents of documents that wait for a slow disk are bounded")
    func waiting() throws {
        let fixture = StoreFixture()
        try fixture.open().close()
        let written = Locked(0)
        var files = FileSystem()
        let write = files.write
        files.write = { descriptor, bytes, offset in
            written.withLock { $0 += 1 }
            return write(descriptor, bytes, offset)
        }
        let contents = try FeedContents(directory: fixture.path, files: files) { _ in }
        let articles = (0..<2000 as Range<UInt64>).map(StoreFixture.uid)
        var state = StoreFixture.state()
        state.lastSuccess = Timestamp(seconds: 1)
        state.bodyHash = Hash128(high: 1, low: 1)
        for block in 0..<300 as Range<UInt32> {
            state.schedule.historyBlock = block
            contents.stage(articles, of: state, after: StoreFixture.state())
        }
        contents.write()
        #expect(written.withLock { $0 } == FeedContents.mostWaiting / 2000 + 1)
        contents.write()
        #expect(written.withLock { $0 } == FeedContents.mostWaiting / 2000 + 1)
    }

    @Test("The two files in which an earlier newswire kept contents are removed, which is reported once")
    func formerFiles() throws {
        let fixture = StoreFixture()
        try fixture.open().close()
        let reports = Locked<[StoreEvent]>([])
        for name in ["seen", "gone"] { fixture.folder.write([1, 2, 3], to: "store/state/\(name)") }
        for _ in 0..<2 {
            _ = try FeedContents(directory: fixture.path) { event in reports.withLock { $0.append(event) } }
        }
        let removed = ["seen", "gone"].map { "\(fixture.path)/state/\($0)" }
        #expect(reports.withLock { $0 } == [.formerContentsRemoved(paths: removed)])
        #expect(removed.allSatisfy { access($0, F_OK) != 0 })
    }
}
