import FeedModel
import Locking
import TestSupport
import Testing

@testable import ArticleStore

/// docs/store.md: what retention leaves stays in few files, whole, wherever it is cut short.
@Suite struct IdentityFilesTests {
    private let fixture = StoreFixture()
    private let clock = Locked(StoreFixture.moment)

    private func moment(_ day: Int64) -> Timestamp {
        Timestamp(milliseconds: StoreFixture.moment.milliseconds + day * 86_400_000)
    }

    private func open(_ fixture: StoreFixture? = nil, files: FileSystem = StoreFixture.files) throws -> ArticleStore {
        let fixture = fixture ?? self.fixture
        let clock = clock
        var options = StoreOptions { clock.withLock { $0 } }
        options.segmentAge = .seconds(86_400)
        options.files = files
        let events = fixture.events
        return try ArticleStore.open(at: fixture.path, options: options) { event in events.withLock { $0.append(event) }
        }
    }

    /// Three records a day, each day in a segment.
    private func fill(_ store: ArticleStore, days: Range<Int64>) throws {
        for day in days {
            clock.withLock { $0 = moment(day) }
            let first = UInt64(day) * 3 + 1
            _ = try store.commit([StoreFixture.commit(first...first + 2)])
        }
    }

    /// As an earlier newswire left it: a file for each segment.
    private func expireUnjoined(_ fixture: StoreFixture? = nil, segments count: Int) throws {
        let fixture = fixture ?? self.fixture
        let directory = try #require(try StoreDirectory(existing: fixture.path))
        let extract = IdentityExtract(directory, StoreFixture.files)
        for segment in try Segment.all(in: directory).prefix(count) {
            _ = try extract.write(segment) { _ in true }
            unlinkIfThere(segment.path)
        }
    }

    private func names(_ fixture: StoreFixture? = nil) throws -> [String] {
        try fileNames(in: "\((fixture ?? self.fixture).path)/identities").sorted()
    }

    private func expectWhole(_ fixture: StoreFixture, days: Int64, removed: UInt64) async throws {
        let directory = try #require(try StoreDirectory(existing: fixture.path))
        let (index, records) = try IndexRebuild(directory, StoreFixture.files, ReadingProgress { _, _ in }).run(
            upTo: StorePosition(segment: .max - 1))
        #expect(records == UInt64(days) * 3 - removed)
        for number in 1...UInt64(days) * 3 { #expect(try index.find(StoreFixture.uid(number).key)?.seq == number) }
        let result = try await StoreVerifier(directory: fixture.path).run { Issue.record("\($0)") }
        #expect(result.isWhole)
        #expect(result.removedRecords == removed)
    }

    @Test("Files of identities are joined like digits of a binary number, and none grows without limit")
    func choice() {
        #expect(IdentityFiles.choice([]) == nil)
        #expect(IdentityFiles.choice([5]) == nil)
        #expect(IdentityFiles.choice([5, 5]) == 0..<2)
        #expect(IdentityFiles.choice([10, 5]) == nil)
        #expect(IdentityFiles.choice([10, 5, 5]) == 0..<3)
        #expect(IdentityFiles.choice([100, 10, 5, 5]) == 1..<4)
        let large = IdentityFiles.largest
        #expect(IdentityFiles.choice([large, large]) == nil)
        // Many small ones behind which a full one stands are joined all the same.
        #expect(IdentityFiles.choice([7, 7, large, 5]) == 0..<2)
        #expect(IdentityFiles.choice(Array(repeating: 1, count: 3000)) == 3000 - IdentityFiles.most..<3000)
    }

    @Test("Eight removed segments a day for a year leave few files of identities, each byte written a few times")
    func year() {
        var sizes: [UInt64] = []
        var written: UInt64 = 0
        for _ in 0..<2900 {
            sizes.append(10_000)
            while let range = IdentityFiles.choice(sizes) {
                let sum = sizes[range].reduce(0, +)
                written += sum
                sizes.replaceSubrange(range, with: [sum])
            }
        }
        #expect(sizes.count < 14)
        #expect(sizes.reduce(0, +) == 29_000_000)
        #expect(written < 29_000_000 * 14)
    }

    @Test("Retention day by day leaves few files of identities, in which everything is found and verified")
    func dayByDay() async throws {
        let store = try open()
        for day in 0..<40 as Range<Int64> {
            try fill(store, days: day..<day + 1)
            _ = try store.expire(before: moment(day - 1))
        }
        #expect(try names().count < 7)
        #expect(try fixture.reader().mark(of: 50) != nil)
        store.close()
        #expect(fixture.noted.isEmpty)
        try await expectWhole(fixture, days: 40, removed: 38 * 3)
        for name in ["index/known", "articles.end"] { unlinkIfThere("\(fixture.path)/\(name)") }
        let again = try open()
        for number in 1...120 as ClosedRange<UInt64> {
            #expect(try again.known(StoreFixture.uid(number))?.seq == number)
        }
    }

    @Test("An older newswire's many files of identities are joined when the store is opened, and nothing else changes")
    func manyFiles() async throws {
        let store = try open()
        try fill(store, days: 0..<60)
        store.close()
        try expireUnjoined(segments: 50)
        #expect(try names().count == 50)
        let before = try names().map { fixture.folder.text("store/identities/\($0)") ?? "" }.joined()
        try open().close()
        #expect(try names() == ["00000000000000000001.jsonl"])
        #expect(fixture.folder.text("store/identities/00000000000000000001.jsonl") == before)
        try await expectWhole(fixture, days: 60, removed: 150)
    }

    @Test(
        "No identity is lost or counts twice wherever the joining of files is cut short or the disk fails",
        arguments: [FaultyFileSystem.Fault.inputOutput, .shortThenNoSpace])
    func everyCallFails(_ fault: FaultyFileSystem.Fault) async throws {
        let folder = TemporaryDirectory()
        var call = 1
        var isDone = false
        while !isDone {
            let fixture = StoreFixture(in: folder, name: "store\(call)")
            let store = try open(fixture)
            try fill(store, days: 0..<6)
            store.close()
            try expireUnjoined(fixture, segments: 4)
            let directory = try #require(try StoreDirectory(existing: fixture.path))
            let disk = FaultyFileSystem()
            disk.fail(at: call, sticky: true, fault)
            _ = try? IdentityFiles(directory, disk.calling).joinSome(before: 13)
            isDone = !disk.hasFailed
            // As if the process had died here.
            try await expectWhole(fixture, days: 6, removed: 12)
            try open(fixture).close()
            #expect(try names(fixture) == ["00000000000000000001.jsonl"])
            try await expectWhole(fixture, days: 6, removed: 12)
            call += 1
        }
        #expect(call > 6)
    }

    @Test("A damaged line of identities stays damaged in a joined file, is reported, and takes no other with it")
    func damage() async throws {
        let store = try open()
        try fill(store, days: 0..<6)
        store.close()
        try expireUnjoined(segments: 4)
        // The last line of a file, with its line feed.
        let name = "store/identities/00000000000000000004.jsonl"
        let text = try #require(fixture.folder.text(name))
        fixture.folder.write(String(text.dropLast(5)), to: name)
        let again = try open()
        again.close()
        #expect(try names().count == 1)
        var damage: [StoreDamage] = []
        let result = try await StoreVerifier(directory: fixture.path).run { damage.append($0) }
        #expect(damage.map(\.kind) == [.line])
        #expect(damage.first?.seq == 6)
        #expect(result.removedRecords == 11)
    }

    @Test("A segment's extract that does not follow on the one before breaks the chain, also inside a joined file")
    func foreignExtract() async throws {
        let store = try open()
        try fill(store, days: 0..<6)
        store.close()
        try expireUnjoined(segments: 4)
        let other = StoreFixture(in: fixture.folder, name: "other")
        let foreign = try open(other)
        for day in 0..<6 as Range<Int64> {
            clock.withLock { $0 = moment(day) }
            let first = UInt64(day) * 3 + 1
            _ = try foreign.commit([StoreFixture.commit(1000 + first...1000 + first + 2)])
        }
        foreign.close()
        try expireUnjoined(other, segments: 4)
        let name = "identities/00000000000000000004.jsonl"
        fixture.folder.write(try #require(other.folder.read("other/\(name)")), to: "store/\(name)")
        try open().close()
        #expect(try names().count == 1)
        var damage: [StoreDamage] = []
        _ = try await StoreVerifier(directory: fixture.path).run { damage.append($0) }
        #expect(damage.filter { $0.kind == .chain }.compactMap(\.seq) == [4, 7])
    }

    @Test("Articles of an older copy that was put back count before what retention left of them, and are removed again")
    func articlesPutBack() async throws {
        let store = try open()
        try fill(store, days: 0..<8)
        store.close()
        let names = try fileNames(in: "\(fixture.path)/articles").sorted()
        let copies = names.map { ($0, fixture.folder.read("store/articles/\($0)") ?? []) }
        let again = try open()
        _ = try again.expire(before: moment(6))
        again.close()
        for (name, bytes) in copies.dropFirst(2) { fixture.folder.write(bytes, to: "store/articles/\(name)") }
        try await expectWhole(fixture, days: 8, removed: 6)
        let last = try open()
        #expect(try last.expire(before: moment(6)).lastSeq == 18)
        last.close()
        try await expectWhole(fixture, days: 8, removed: 18)
    }
}
