import Digest
import FeedModel
import Locking
import TestSupport
import Testing

@testable import ArticleStore

@Suite struct IndexTests {
    let fixture = StoreFixture()

    @Test("identity.md §8: what is known of an article is its newest version")
    func knownIsTheNewestVersion() throws {
        let store = try fixture.open()
        _ = try store.commit([StoreFixture.commit(1...9)])
        var update = StoreFixture.record(3, kind: .update, version: 2)
        update.recentChanges = 7
        _ = try store.commit([FeedCommit(feed: StoreFixture.feed, records: [update], state: StoreFixture.state())])
        let expected = KnownArticle(
            uid: update.uid, seq: 10, version: 2, contentHash: update.contentHash, modified: update.modified,
            recentChanges: 7)
        #expect(try store.known(update.uid) == expected)
        #expect(try store.known(StoreFixture.uid(100)) == nil)
    }

    @Test("identity.md §3: an alias and further keys lead to the article")
    func keysLeadToTheArticle() throws {
        let store = try fixture.open()
        let key = Hash128(high: 1, low: 1)
        var alias = StoreFixture.record(1, kind: .alias)
        alias.keys = [StoreFixture.uid(50).key]
        let records = [StoreFixture.record(1, keys: [key]), StoreFixture.record(2), alias]
        _ = try store.commit([FeedCommit(feed: StoreFixture.feed, records: records, state: StoreFixture.state())])
        for _ in 0..<2 {
            #expect(try store.known(key: key)?.uid == StoreFixture.uid(1))
            #expect(try store.known(StoreFixture.uid(50))?.uid == StoreFixture.uid(1))
            // An alias is no version of the article.
            #expect(try store.known(StoreFixture.uid(1))?.seq == 1)
        }
        store.close()
        unlinkIfThere(fixture.folder.file("store/index/known"))
        let again = try fixture.open()
        #expect(try again.known(key: key)?.uid == StoreFixture.uid(1))
        #expect(try again.known(StoreFixture.uid(50))?.uid == StoreFixture.uid(1))
    }

    @Test("The index grows and forgets no article")
    func growing() throws {
        let store = try fixture.open()
        for start in stride(from: UInt64(1), to: 40_000, by: 1000) {
            _ = try store.commit([StoreFixture.commit(start..<start + 1000)])
        }
        for number in 1...40_000 as ClosedRange<UInt64> {
            let known = try store.known(StoreFixture.uid(number))
            guard known?.seq == number else {
                Issue.record("\(number) is not known")
                return
            }
        }
        store.close()
        let again = try fixture.open()
        #expect(try again.known(StoreFixture.uid(39_999))?.seq == 39_999)
        #expect(fixture.noted.isEmpty)
    }

    @Test("A slot of the index holds all that is known of an article")
    func slotsAreReadBack() throws {
        let uid = ArticleIdentifier((0..<20).map { UInt8($0 * 11) })
        for modified in [nil, Timestamp(milliseconds: -1), Timestamp(milliseconds: .max)] {
            let known = KnownArticle(
                uid: uid, seq: .max, version: .max, contentHash: Hash128(high: 3, low: .max), modified: modified,
                recentChanges: 255)
            for slot in [
                IndexSlot(key: uid.key, content: .article(known)),
                IndexSlot(key: Hash128(high: 0, low: 0), content: .link(to: uid, seq: 9)),
            ] {
                var bytes = [UInt8](repeating: 0xff, count: IndexSlot.size)
                bytes.withUnsafeMutableBytes { slot.write(to: $0) }
                #expect(bytes.withUnsafeBytes { IndexSlot.read($0) } == .slot(slot))
                for index in bytes.indices {
                    bytes[index] ^= 0x40
                    #expect(bytes.withUnsafeBytes { IndexSlot.read($0) } == .damaged)
                    bytes[index] ^= 0x40
                }
            }
        }
        #expect([UInt8](repeating: 0, count: 64).withUnsafeBytes { IndexSlot.read($0) } == .empty)
    }

    enum Harm: CaseIterable {
        case missing, empty, headerGarbage, slotGarbage, shortened, otherStore, noEnd
    }

    @Test(
        "contract.md §5: an index that is lost or damaged is made again, and no article comes twice",
        arguments: Harm.allCases)
    func harmedIndexIsMadeAgain(_ harm: Harm) throws {
        let store = try fixture.open(segmentSize: 4096)
        _ = try store.commit([StoreFixture.commit(1...30)])
        store.close()
        let index = "store/index/known"
        var bytes = try #require(fixture.folder.read(index))
        switch harm {
        case .missing: unlinkIfThere(fixture.folder.file(index))
        case .empty: fixture.folder.write("", to: index)
        case .headerGarbage:
            bytes[50] ^= 1
            fixture.folder.write(bytes, to: index)
        case .slotGarbage:
            for place in stride(from: IndexHeader.size, to: bytes.count, by: 61) { bytes[place] ^= 0x55 }
            fixture.folder.write(bytes, to: index)
        case .shortened: fixture.folder.write(Array(bytes.dropLast(64)), to: index)
        case .otherStore:
            let other = StoreFixture()
            let store = try other.open(segmentSize: 4096)
            _ = try store.commit([StoreFixture.commit(1...31)])
            store.close()
            fixture.folder.write(try #require(other.folder.read(index)), to: index)
        case .noEnd: unlinkIfThere(fixture.folder.file("store/articles.end"))
        }
        let again = try fixture.open(segmentSize: 4096)
        for number in 1...30 as ClosedRange<UInt64> {
            #expect(try again.known(StoreFixture.uid(number))?.seq == number)
        }
        #expect(try again.known(StoreFixture.uid(31)) == nil)
        let known = try again.known(StoreFixture.uid(6))
        #expect(known?.modified == Timestamp(milliseconds: 6000))
        #expect(known?.recentChanges == 1)
        let rebuilds = fixture.noted.filter { if case .indexRebuilt = $0 { true } else { false } }
        #expect(rebuilds.count == 1)
    }

    @Test("A slot that is damaged while the store is open does not make an article new")
    func damageWhileOpen() throws {
        let store = try fixture.open()
        _ = try store.commit([StoreFixture.commit(1...100)])
        var bytes = try #require(fixture.folder.read("store/index/known"))
        for place in stride(from: IndexHeader.size + 3, to: bytes.count, by: 64) { bytes[place] ^= 0x55 }
        overwrite(fixture.folder.file("store/index/known"), bytes)
        for number in 1...100 as ClosedRange<UInt64> {
            #expect(try store.known(StoreFixture.uid(number))?.seq == number)
        }
        overwrite(fixture.folder.file("store/index/known"), bytes)
        _ = try store.commit([StoreFixture.commit(101...200)])
        #expect(try store.known(StoreFixture.uid(200))?.seq == 200)
        #expect(try store.known(StoreFixture.uid(1))?.seq == 1)
    }

    @Test(
        "An index that is cut short while the store is open is made again, which is said once, and polls go on",
        arguments: [0, 100, 4096, 5000, 20_000])
    func cutWhileOpen(_ size: Int) throws {
        let store = try fixture.open()
        _ = try store.commit([StoreFixture.commit(1...100)])
        _ = try store.commit([StoreFixture.commit(101...101)])
        cut(fixture.folder.file("store/index/known"), to: size)
        let reader = try fixture.reader()
        for number in 1...101 as ClosedRange<UInt64> {
            #expect(try reader.known(StoreFixture.uid(number))?.seq == number, "a reader looks through the articles")
        }
        for number in 1...101 as ClosedRange<UInt64> {
            #expect(try store.known(StoreFixture.uid(number))?.seq == number)
        }
        #expect(try store.known(StoreFixture.uid(102)) == nil)
        _ = try store.commit([StoreFixture.commit(102...200)])
        #expect(try store.known(StoreFixture.uid(200))?.seq == 200)
        #expect(store.trouble == nil)
        #expect(fixture.noted == [.indexRebuilt(reason: "it is shorter than it was made", records: 101)])
    }

    @Test("A commit that meets a damaged index stores its articles, and the index is made again behind it")
    func cutBeforeCommit() throws {
        let store = try fixture.open()
        _ = try store.commit([StoreFixture.commit(1...100)])
        cut(fixture.folder.file("store/index/known"), to: 4096)
        for number in 101...104 as ClosedRange<UInt64> {
            #expect(try store.commit([StoreFixture.commit(number...number)]).count == 1)
        }
        #expect(fixture.noted.count == 1)
        for number in 1...104 as ClosedRange<UInt64> {
            #expect(try store.known(StoreFixture.uid(number))?.seq == number)
        }
    }

    @Test("Commits go on while the index is made again, and what they store is in it")
    func commitsGoOn() throws {
        let fixture = fixture
        let opened = Locked<ArticleStore?>(nil)
        let committed = Locked<UInt64>(0)
        var options = fixture.options()
        options.progress = { _, _ in
            guard let store = opened.withLock({ $0 }), committed.withLock({ $0 }) == 0 else { return }
            committed.withLock { $0 = 500 }
            _ = try? store.commit([StoreFixture.commit(500...510)])
        }
        let events = fixture.events
        let store = try ArticleStore.open(at: fixture.path, options: options) { event in
            events.withLock { $0.append(event) }
        }
        _ = try store.commit([StoreFixture.commit(1...100)])
        _ = try store.commit([StoreFixture.commit(101...101)])
        opened.withLock { $0 = store }
        cut(fixture.folder.file("store/index/known"), to: 4096)
        #expect(try store.known(StoreFixture.uid(7))?.seq == 7)
        opened.withLock { $0 = nil }
        #expect(committed.withLock { $0 } == 500)
        #expect(try store.known(StoreFixture.uid(505))?.seq == 107)
        #expect(store.lastSeq == 112)
        store.close()
        let again = try fixture.open()
        #expect(try again.known(StoreFixture.uid(510))?.seq == 112)
        #expect(fixture.noted.count == 1)
    }

    @Test("Nothing is polled while the disk has no room for a new index, which is made later")
    func noRoomForIndex() throws {
        let disk = FaultyFileSystem()
        let store = try fixture.open(files: disk.calling)
        _ = try store.commit([StoreFixture.commit(1...100)])
        _ = try store.commit([StoreFixture.commit(101...101)])
        cut(fixture.folder.file("store/index/known"), to: 4096)
        disk.fail(at: 1, sticky: true, .noSpace)
        #expect(throws: StoreError.self) { try store.known(StoreFixture.uid(1)) }
        #expect(store.trouble != nil)
        #expect(throws: StoreError.self) { try store.recoverFromTrouble() }
        disk.heal()
        try store.recoverFromTrouble()
        #expect(store.trouble == nil)
        #expect(try store.known(StoreFixture.uid(1))?.seq == 1)
        #expect(fixture.noted.filter { if case .indexRebuilt = $0 { true } else { false } }.count == 1)
    }
}

@Suite struct ArticleIdentifierTextTests {
    @Test("identity.md §2: the text of an identifier is base32 of its bytes, in both directions")
    func textOfIdentifiers() {
        for number in 0..<100 as Range<UInt64> {
            let uid = StoreFixture.uid(number)
            var text: [UInt8] = []
            uid.appendDescription(to: &text)
            #expect(String(decoding: text, as: UTF8.self) == uid.description)
            #expect(text.withUnsafeBytes { ArticleIdentifier(text: $0) } == uid)
            text[Int(number % 32)] = UInt8(ascii: "1")
            #expect(text.withUnsafeBytes { ArticleIdentifier(text: $0) } == nil)
        }
    }
}
