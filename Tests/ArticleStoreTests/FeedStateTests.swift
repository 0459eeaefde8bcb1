import Digest
import FeedModel
import TestSupport
import Testing

@testable import ArticleStore

@Suite struct FeedStateTests {
    let fixture = StoreFixture()
    let file = "store/state/feeds.jsonl"

    private func state(_ name: String, failures: Int = 0) -> FeedState {
        var state = StoreFixture.state(FeedIdentifier(name))
        state.failures = failures
        return state
    }

    private func commit(_ states: FeedState...) -> [FeedCommit] {
        states.map { FeedCommit(feed: $0.feed, records: [], state: $0) }
    }

    @Test("The latest state of each feed is the one that counts")
    func latestCounts() throws {
        let store = try fixture.open()
        _ = try store.commit(commit(state("b"), state("a")))
        _ = try store.commit(commit(state("a", failures: 2)))
        #expect(store.allStates() == [state("a", failures: 2), state("b")])
        store.close()
        #expect(try fixture.reader().states() == [state("a", failures: 2), state("b")])
        #expect(try fixture.open().allStates() == [state("a", failures: 2), state("b")])
    }

    @Test("A poll that brought nothing writes no article and no segment")
    func statesAlone() throws {
        let store = try fixture.open()
        #expect(try store.commit(commit(state("a"))).count == 0)
        #expect(try fileNames(in: "\(fixture.path)/articles").isEmpty)
    }

    @Test("The file of feed states is written anew when most of it is dead")
    func compaction() throws {
        let store = try fixture.open()
        for round in 1...500 { _ = try store.commit(commit(state("a", failures: round), state("b"))) }
        let lines = try #require(fixture.folder.text(file)).split(separator: "\n").count
        #expect(lines <= 66)
        store.close()
        #expect(try fixture.open().allStates() == [state("a", failures: 500), state("b")])
    }

    @Test("contract.md §5: states cut off at any byte cost polls only")
    func cutAtEveryByte() throws {
        let store = try fixture.open()
        _ = try store.commit(commit(state("a")))
        _ = try store.commit(commit(state("b", failures: 3)))
        store.close()
        let whole = try #require(fixture.folder.read(file))
        let firstLine = try #require(whole.firstIndex(of: 0x0a)) + 1
        for size in 0..<whole.count {
            fixture.folder.write(Array(whole[..<size]), to: file)
            let store = try fixture.open()
            #expect(store.allStates() == (size >= firstLine ? [state("a")] : []))
            _ = try store.commit(commit(state("c")))
            store.close()
            #expect(try fixture.open().state(of: FeedIdentifier("c")) == state("c"))
        }
    }

    @Test("A damaged line of the feed states is passed over and reported")
    func damagedLine() throws {
        let store = try fixture.open()
        _ = try store.commit(commit(state("a")))
        _ = try store.commit(commit(state("b")))
        store.close()
        var bytes = try #require(fixture.folder.read(file))
        bytes[12] ^= 1
        fixture.folder.write(bytes, to: file)
        #expect(try fixture.open().allStates() == [state("b")])
        #expect(fixture.noted == [.stateLinesSkipped(path: fixture.folder.file(file), count: 1)])
    }

    @Test("polling.md §2.7: validators go where the articles that came with them are gone")
    func validatorsGoWithTheArticles() throws {
        let store = try fixture.open()
        _ = try store.commit(commit(state("early")))
        _ = try store.commit([StoreFixture.commit(1...2)])
        store.close()
        unlinkIfThere(fixture.folder.file("store/articles/00000000000000000001.jsonl"))
        for _ in 0..<2 {
            let again = try fixture.open()
            #expect(again.state(of: FeedIdentifier("early"))?.validators != nil)
            #expect(again.state(of: StoreFixture.feed)?.validators == nil)
            // Later articles take the old numbers.
            _ = try again.commit([
                FeedCommit(feed: FeedIdentifier("new"), records: [StoreFixture.record(9)], state: state("new"))
            ])
            _ = try again.commit([
                FeedCommit(feed: FeedIdentifier("new"), records: [StoreFixture.record(10)], state: state("new"))
            ])
            again.close()
        }
    }
}

extension FeedStateTests {
    @Test("A feed state that was only staged is known at once, and in the file with the next commit")
    func notedStates() throws {
        let store = try fixture.open()
        #expect(store.stage(state("a", failures: 1)))
        #expect(!store.stage(state("b")))
        #expect(store.state(of: FeedIdentifier("a")) == state("a", failures: 1))
        #expect(try fixture.reader().states().isEmpty)
        _ = try store.commit(commit(state("c")))
        #expect(try fixture.reader().states() == [state("a", failures: 1), state("b"), state("c")])
        #expect(store.stage(state("a", failures: 2)))
        store.writeStates()
        #expect(try fixture.reader().states().first == state("a", failures: 2))
    }

    @Test("A feed state that the disk did not take goes out with the next, and the disk's trouble is known")
    func notedStatesOfAFullDisk() throws {
        let files = FaultyFileSystem()
        let store = try fixture.open(files: files.calling)
        _ = store.stage(state("a"))
        files.fail(at: 1, sticky: true, .noSpace)
        store.writeStates()
        #expect(store.trouble != nil)
        files.heal()
        try store.recoverFromTrouble()
        #expect(store.trouble == nil)
        #expect(try fixture.reader().states() == [state("a")])
    }
}
