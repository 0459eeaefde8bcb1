import Digest
import FeedModel
import Glibc
import Locking
import TestSupport
import Testing

@testable import ArticleStore

/// A feed whose documents go into a store without being fetched.
private final class SeenFeed {
    let fixture = StoreFixture()
    let store: ArticleStore
    private var seen: SeenArticles
    var state: FeedState

    init(files: FileSystem = FileSystem(), report: @escaping @Sendable (StoreEvent) -> Void = { _ in }) throws {
        store = try fixture.open()
        seen = try SeenArticles(directory: fixture.path, files: files, report: report)
        state = StoreFixture.state()
        state.schedule.historyBlock = 3
    }

    func restart() throws { seen = try SeenArticles(directory: fixture.path) { _ in } }

    /// A document with these articles, of which those that came before are known.
    ///
    /// - Parameter waits: it is not written before the next.
    func document(
        _ numbers: some Sequence<UInt64>, at seconds: Int64, known: Set<UInt64> = [], isLost: Bool = false,
        waits: Bool = false
    ) throws {
        let numbers = Array(numbers)
        let previous = state
        state.bodyHash = numbers.withUnsafeBytes { XXH3.hash128($0) }
        state.lastSuccess = Timestamp(seconds: seconds)
        let articles = SeenSet(numbers.map { (uid: StoreFixture.uid($0), isKnown: known.contains($0)) })
        if !isLost { seen.note(articles, of: state, after: previous) }
        if !waits { try save() }
    }

    /// A 304.
    func unchanged(at seconds: Int64) throws {
        state.lastSuccess = Timestamp(seconds: seconds)
        try save()
    }

    func save() throws {
        _ = try store.commit([FeedCommit(feed: state.feed, records: [], state: state)])
        seen.write()
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

    var goneBytes: Int { fixture.folder.read("store/state/gone")?.count ?? 0 }
}

@Suite("identity.md §8: what has disappeared from its feed's document, and when it was last seen there")
struct SeenArticlesTests {
    private let seenFile = "store/state/seen"
    private let goneFile = "store/state/gone"

    @Test("identity.md §8: what is gone is last seen at the answer before, even one without a document")
    func goneAndBack() throws {
        let feed = try SeenFeed()
        try feed.document([1, 2], at: 100)
        #expect(try feed.sighting(1) == feed.still(at: 100))
        try feed.unchanged(at: 200)
        #expect(try feed.sighting(1) == feed.still(at: 200))
        try feed.document([2, 3], at: 300)
        #expect(try feed.sighting(1) == feed.gone(at: 300, lastSeen: 200))
        #expect(try feed.sighting(2) == feed.still(at: 300))
        try feed.restart()
        try feed.unchanged(at: 400)
        #expect(try feed.sighting(1) == feed.gone(at: 400, lastSeen: 200))
        try feed.document([1, 2, 3], at: 500, known: [1, 2, 3])
        #expect(try feed.sighting(1) == feed.still(at: 500))
        try feed.document([2], at: 600, known: [2])
        #expect(try feed.sighting(1) == feed.gone(at: 600, lastSeen: 500))
        #expect(try feed.sighting(3) == feed.gone(at: 600, lastSeen: 500))
        #expect(try feed.sighting(9) == feed.gone(at: 600, lastSeen: nil))
    }

    @Test("identity.md §8: a document that is older than the article says nothing of it")
    func olderThanTheArticle() throws {
        let feed = try SeenFeed()
        try feed.document([1], at: 100)
        #expect(try feed.sighting(2, stored: 101) == nil)
        #expect(try feed.sighting(2, stored: 100) == feed.gone(at: 100, lastSeen: nil))
        #expect(try feed.sighting(1, stored: 101) == feed.still(at: 100))
    }

    @Test("Nothing is known without a store's files, of another feed, or of a document beyond the limit")
    func unknown() throws {
        let feed = try SeenFeed()
        #expect(try feed.sighting(1) == nil)
        try feed.document(0..<UInt64(SeenBlock.mostArticles) + 1, at: 100)
        #expect(try feed.sighting(1) == nil)
        try feed.document([1], at: 200)
        #expect(
            try feed.fixture.reader().sighting(of: StoreFixture.uid(1), in: FeedIdentifier("other"), stored: nil)
                == nil)
    }

    @Test("The most articles that a document may have fit; small documents touch one page of the disk")
    func largest() throws {
        let feed = try SeenFeed()
        let most = UInt64(SeenBlock.mostArticles)
        #expect(most >= 2000)
        try feed.document(0..<most, at: 100)
        for number in stride(from: 0, to: most, by: 97) { #expect(try feed.sighting(number) == feed.still(at: 100)) }
        #expect(feed.fixture.folder.read(seenFile)?.count == 4 * SeenBlock.size)
        try feed.document(1..<most + 1, at: 200)
        #expect(try feed.sighting(0) == feed.gone(at: 200, lastSeen: 100))
        #expect(feed.goneBytes == GoneLog.entrySize)
        try feed.document([5], at: 300)
        #expect(feed.goneBytes == GoneLog.entrySize * Int(most))
        #expect(try feed.sighting(most) == feed.gone(at: 300, lastSeen: 200))
        #expect(try feed.sighting(5) == feed.still(at: 300))
    }

    @Test("A block that is damaged, cut off or another feed's is passed over, and written anew with the next document")
    func damage() throws {
        for harm in [0, 9, 17, 25, 33, 37, 41, 50] {
            let feed = try SeenFeed()
            try feed.document([1, 2], at: 100)
            var bytes = try #require(feed.fixture.folder.read(seenFile))
            bytes[3 * SeenBlock.size + harm] ^= 0x40
            overwrite(feed.fixture.path + "/state/seen", bytes)
            #expect(try feed.sighting(1) == nil, "byte \(harm)")
            try feed.document([2], at: 200)
            #expect(try feed.sighting(1) == feed.gone(at: 200, lastSeen: nil))
            #expect(try feed.sighting(2) == feed.still(at: 200))
        }
        let feed = try SeenFeed()
        try feed.document([1, 2], at: 100)
        cut(feed.fixture.path + "/state/seen", to: 3 * SeenBlock.size + 50)
        #expect(try feed.sighting(1) == nil)
        cut(feed.fixture.path + "/state/seen", to: 3 * SeenBlock.size + 20)
        #expect(try feed.sighting(1) == nil)
        try feed.document([1, 2], at: 200)
        feed.state = StoreFixture.state(FeedIdentifier("other"))
        feed.state.schedule.historyBlock = 3
        try feed.save()
        #expect(try feed.sighting(1) == nil)
        try feed.document([2], at: 300)
        #expect(feed.goneBytes == 0)
        #expect(try feed.sighting(2) == feed.still(at: 300))
    }

    @Test("Where a document was not kept, what is told is told of the one before")
    func lostDocument() throws {
        let feed = try SeenFeed()
        try feed.document([1, 2], at: 100)
        try feed.document([2], at: 200, isLost: true)
        #expect(try feed.sighting(1) == feed.still(at: 100))
        try feed.unchanged(at: 300)
        #expect(try feed.sighting(1) == feed.still(at: 100))
        try feed.document([2, 3], at: 400)
        #expect(try feed.sighting(1) == feed.gone(at: 400, lastSeen: 100))
    }

    @Test("Documents of one feed that wait together are taken one after the other")
    func severalAtOnce() throws {
        let feed = try SeenFeed()
        try feed.document([1, 2], at: 100)
        try feed.document([2, 3], at: 200, waits: true)
        try feed.document([3, 2], at: 250, known: [2, 3], waits: true)
        try feed.document([3, 4], at: 300, known: [3])
        #expect(try feed.sighting(1) == feed.gone(at: 300, lastSeen: 100))
        #expect(try feed.sighting(2) == feed.gone(at: 300, lastSeen: 250))
        #expect(try feed.sighting(3) == feed.still(at: 300))
        #expect(try feed.sighting(4) == feed.still(at: 300))
        #expect(feed.goneBytes == 2 * GoneLog.entrySize)
        try feed.document([3], at: 400, known: [3], waits: true)
        try feed.document([3], at: 500, known: [3])
        #expect(try feed.sighting(4) == feed.gone(at: 500, lastSeen: 300))
    }

    @Test("A new document with the same articles is told of, and costs the header of the block")
    func sameArticles() throws {
        let written = Locked<[Int]>([])
        var files = FileSystem()
        let write = files.write
        files.write = { descriptor, bytes, offset in
            written.withLock { $0.append(bytes.count) }
            return write(descriptor, bytes, offset)
        }
        let feed = try SeenFeed(files: files)
        try feed.document([1, 2], at: 100)
        try feed.document([2, 1], at: 200, known: [1, 2])
        #expect(try feed.sighting(1) == feed.still(at: 200))
        #expect(written.withLock { $0 } == [SeenBlock.headerSize + 16, SeenBlock.headerSize])
    }
}

@Suite("identity.md §8: the entries of what has gone")
struct GoneLogTests {
    private let goneFile = "store/state/gone"

    @Test("What comes and goes with every document keeps one entry, also in a file that has grown meanwhile")
    func flapping() throws {
        let feed = try SeenFeed()
        try feed.document([1, 2], at: 10)
        for turn in 1...20 as ClosedRange<Int64> {
            try feed.restart()
            try feed.document([1], at: 100 * turn, known: [1])
            try feed.document([1, 2, UInt64(1000 + turn)], at: 100 * turn + 50, known: [1, 2])
        }
        try feed.document([1], at: 9000, known: [1])
        // Each turn one new article has gone for good.
        #expect(feed.goneBytes == GoneLog.entrySize * (1 + 20))
        #expect(try feed.sighting(2) == feed.gone(at: 9000, lastSeen: 2050))
        #expect(try feed.sighting(1003) == feed.gone(at: 9000, lastSeen: 350))
    }

    @Test("Beyond the window an article gets another entry, of which the last counts")
    func beyondTheWindow() throws {
        let feed = try SeenFeed()
        try feed.document([1, 2], at: 10)
        try feed.document([1], at: 20, known: [1])
        let others = [UInt8](repeating: 0, count: GoneLog.window / GoneLog.entrySize * GoneLog.entrySize)
        let one = try #require(feed.fixture.folder.read(goneFile))
        feed.fixture.folder.write(one + others, to: goneFile)
        try feed.restart()
        try feed.document([1, 2], at: 30, known: [1, 2])
        try feed.document([1], at: 40, known: [1])
        #expect(feed.goneBytes == GoneLog.window / GoneLog.entrySize * GoneLog.entrySize + 2 * GoneLog.entrySize)
        #expect(try feed.sighting(2) == feed.gone(at: 40, lastSeen: 30))
    }

    @Test("A damaged entry is passed over, and a torn one at the end written over")
    func damage() throws {
        for harm in 0..<GoneLog.entrySize {
            let feed = try SeenFeed()
            try feed.document([1, 2], at: 10)
            try feed.document([1], at: 20)
            var bytes = try #require(feed.fixture.folder.read(goneFile))
            bytes[harm] ^= 1
            feed.fixture.folder.write(bytes + [1, 2, 3], to: goneFile)
            #expect(try feed.sighting(2) == feed.gone(at: 20, lastSeen: nil), "byte \(harm)")
            try feed.restart()
            try feed.document([], at: 30)
            #expect(feed.goneBytes == 2 * GoneLog.entrySize)
            #expect(try feed.sighting(1) == feed.gone(at: 30, lastSeen: 20))
        }
    }

    @Test("An entry of another feed does not count")
    func otherFeed() throws {
        let feed = try SeenFeed()
        try feed.document([1, 2], at: 10)
        try feed.document([1], at: 20)
        feed.state = StoreFixture.state(FeedIdentifier("other"))
        feed.state.schedule.historyBlock = 4
        try feed.document([1], at: 30)
        #expect(try feed.sighting(2) == feed.gone(at: 30, lastSeen: nil))
    }

    @Test("A disk that takes nothing is reported once, later documents are kept, and what was told stays told")
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
        let feed = try SeenFeed(files: files) { event in reports.withLock { $0.append(event.description) } }
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

    @Test("What waits for a slow disk is bounded")
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
        let seen = try SeenArticles(directory: fixture.path, files: files) { _ in }
        let articles = SeenSet((0..<2000 as Range<UInt64>).map { (uid: StoreFixture.uid($0), isKnown: false) })
        var state = StoreFixture.state()
        state.lastSuccess = Timestamp(seconds: 1)
        state.bodyHash = Hash128(high: 1, low: 1)
        for block in 0..<300 as Range<UInt32> {
            state.schedule.historyBlock = block
            seen.note(articles, of: state, after: StoreFixture.state())
        }
        seen.write()
        #expect(written.withLock { $0 } == SeenArticles.mostWaiting / 2000 + 1)
        seen.write()
        #expect(written.withLock { $0 } == SeenArticles.mostWaiting / 2000 + 1)
    }
}
