import Glibc
import TestSupport
import Testing

@testable import ArticleStore

@Suite("Waiting for new articles")
struct ArticleWatchTests {
    private let fixture = StoreFixture()

    private func hasNews(_ watch: ArticleWatch) -> Bool {
        var descriptor = pollfd(fd: watch.descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&descriptor, 1, 0) == 1
    }

    @Test("A reader that waits is told of a commit at once, and of nothing more once it has looked")
    func commit() throws {
        let store = try fixture.open()
        let watch = ArticleWatch(directory: fixture.path)
        watch.arm()
        #expect(!hasNews(watch))
        _ = try store.commit([StoreFixture.commit(1...3)])
        #expect(hasNews(watch))
        watch.arm()
        #expect(!hasNews(watch))
        _ = try store.commit([StoreFixture.commit(4...4)])
        #expect(hasNews(watch))
        store.close()
    }

    @Test("A reader that waits is told of an article that is copied into a store without a writer")
    func copied() throws {
        let store = try fixture.open()
        _ = try store.commit([StoreFixture.commit(1...3)])
        store.close()
        let watch = ArticleWatch(directory: fixture.path)
        watch.arm()
        fixture.folder.write("", to: "store/articles/00000000000000000009.jsonl")
        #expect(hasNews(watch))
    }

    @Test("A store that does not exist yet is watched from the reader's next look on")
    func later() throws {
        let watch = ArticleWatch(directory: fixture.path)
        watch.arm()
        let store = try fixture.open()
        #expect(!hasNews(watch))
        watch.arm()
        _ = try store.commit([StoreFixture.commit(1...3)])
        #expect(hasNews(watch))
        store.close()
    }
}
