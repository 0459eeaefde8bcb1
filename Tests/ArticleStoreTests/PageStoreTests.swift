import Digest
import FeedModel
import Glibc
import TestSupport
import Testing

@testable import ArticleStore

@Suite("Records that are pages of articles (docs/store.md)")
struct PageStoreTests {
    private let fixture = StoreFixture()

    private func page(of number: UInt64, _ key: Hash128, text: String = "a") -> PendingRecord {
        StoreFixture.record(number, kind: .fulltext, body: text, keys: [key])
    }

    private func key(_ number: UInt64) -> Hash128 { Hash128(high: 77, low: number) }

    private func stored(pages: [UInt64], articles: Int = 3) throws -> ArticleStore {
        let store = try fixture.open()
        _ = try store.commit([StoreFixture.commit((1...articles).map(UInt64.init))])
        for number in pages {
            _ = try store.commit(
                [FeedCommit(feed: StoreFixture.feed, records: [page(of: number, key(number))], state: nil)])
        }
        return store
    }

    @Test("A page changes nothing that is known of its article, and is found by its key")
    func known() throws {
        let store = try stored(pages: [2, 2])
        let known = try #require(try store.known(StoreFixture.uid(2)))
        #expect(known.seq == 2 && known.version == 1)
        #expect(try store.record(key: key(2)) == 5)
        #expect(try store.record(key: key(1)) == nil)
        #expect(try fixture.reader().records(of: StoreFixture.uid(2), upTo: 9) == [2])
        store.close()
        #expect(try fixture.reader().known(StoreFixture.uid(2))?.seq == 2)
    }

    @Test("An index that is made anew says the same, and so does the store's verification")
    func rebuilt() async throws {
        try stored(pages: [1, 3]).close()
        let verifier = try StoreVerifier(directory: fixture.path)
        let result = try await verifier.run { _ in }
        #expect(result.isWhole && result.kinds[.fulltext] == 2)
        #expect(unlink(fixture.folder.file("store/index/known")) == 0)
        let store = try fixture.open()
        #expect(try store.record(key: key(3)) == 5)
        #expect(try store.known(StoreFixture.uid(3))?.seq == 3)
        store.close()
        #expect(try await StoreVerifier(directory: fixture.path).run { _ in }.isWhole)
    }

    @Test("A reader finds pages with the index, without it, and behind what it is complete with")
    func lookup() throws {
        let store = try stored(pages: [1])
        var lookup = try KeyLookup(try fixture.reader())
        try lookup.refresh(try fixture.reader())
        #expect(try lookup.record(key: key(1)) == 4)
        _ = try store.commit([
            FeedCommit(feed: StoreFixture.feed, records: [page(of: 1, key(1), text: "b")], state: nil)
        ])
        #expect(try lookup.record(key: key(1)) == 4)
        try lookup.refresh(try fixture.reader())
        #expect(try lookup.record(key: key(1)) == 5)
        #expect(lookup.seen == 5)
        store.close()
        var closed = try KeyLookup(try fixture.reader())
        try closed.refresh(try fixture.reader())
        #expect(try closed.record(key: key(1)) == 5)
        #expect(unlink(fixture.folder.file("store/index/known")) == 0)
        var bare = try KeyLookup(try fixture.reader())
        try bare.refresh(try fixture.reader())
        #expect(try bare.record(key: key(1)) == 5)
        #expect(try bare.record(key: key(2)) == nil)
    }

    @Test("What waits for pages is kept as it was given, and forgotten when nobody wants it")
    func waiting() throws {
        let store = try stored(pages: [])
        #expect(try fixture.reader().keptPages() == nil)
        try store.keepPages(Array("one\n".utf8))
        try store.keepPages(Array("two\n".utf8))
        #expect(try fixture.reader().keptPages() == Array("two\n".utf8))
        store.forgetPages()
        #expect(try fixture.reader().keptPages() == nil)
        store.close()
    }

    @Test("What waits for pages is put aside under names of its own, none over another, and found there")
    func aside() throws {
        let store = try stored(pages: [])
        let now = Timestamp(seconds: 1_800_000_000)
        #expect(throws: StoreError.self) { try store.setPagesAside(at: now) }
        var paths: [String] = []
        for text in ["one\n", "two\n", "three\n"] {
            try store.keepPages(Array(text.utf8))
            paths.append(try store.setPagesAside(at: now))
            #expect(try fixture.reader().keptPages() == nil)
        }
        #expect(Set(paths).count == 3 && paths.allSatisfy { $0.contains("/state/pages.damaged-1800000000") })
        #expect(try fixture.reader().pagesAside().sorted() == paths.sorted())
        #expect(
            fixture.folder.read(String(paths[0].dropFirst(fixture.folder.path.utf8.count + 1))) == Array("one\n".utf8))
        store.close()
    }

    @Test("What cannot be read of what waits is told apart from nothing")
    func unreadable() throws {
        let store = try stored(pages: [])
        #expect(mkdir(fixture.folder.file("store/state/pages"), 0o755) == 0)
        #expect(throws: StoreError.self) { try fixture.reader().keptPages() }
        store.close()
    }
}
