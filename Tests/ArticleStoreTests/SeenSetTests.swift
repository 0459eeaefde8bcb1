import FeedModel
import Testing

@testable import ArticleStore

@Suite("identity.md §8: the articles of two documents, one after the other")
struct SeenSetTests {
    private func set(_ numbers: some Sequence<UInt64>, known: Set<UInt64> = []) -> SeenSet {
        SeenSet(numbers.map { (uid: StoreFixture.uid($0), isKnown: known.contains($0)) })
    }

    private func marks(_ numbers: [UInt64]) -> [UInt64] {
        numbers.map { SeenSet.mark(StoreFixture.uid($0)) }.sorted()
    }

    @Test("An article counts once, in whatever order they come", arguments: [0, 1, 2, 3, 100] as [UInt64])
    func unique(count: UInt64) {
        let once = set(0..<count)
        #expect(once.count == Int(count))
        #expect(set((0..<count).reversed()) == once)
        #expect(set(Array(0..<count) + Array(0..<count)) == once)
        for number in 0..<count { #expect(once.contains(StoreFixture.uid(number))) }
        for number in count..<count + 50 { #expect(!once.contains(StoreFixture.uid(number))) }
    }

    @Test("What only the old one has is gone; what both have is not, whether it has been away or not")
    func gone() {
        let change = set([2, 3, 4], known: [2, 3]).change(from: set([1, 2, 3]))
        #expect(change.gone == marks([1]))
        #expect(!change.isNone)
        #expect(change.articles == set([2, 3, 4]))
        #expect(set([]).change(from: set([1, 2])).gone == marks([1, 2]))
        #expect(set([1, 2]).change(from: set([])).gone == [])
    }

    @Test("Where both have the same nothing has changed")
    func same() {
        let change = set([1, 2], known: [1, 2]).change(from: set([2, 1]))
        #expect(change.isNone)
        #expect(change.gone.isEmpty)
        #expect(!set([1]).change(from: set([2])).isNone)
        #expect(!set([1]).change(from: set([1, 2])).isNone)
        #expect(!set([1, 2]).change(from: set([1])).isNone)
    }

    @Test("A known article that the old one has not has been away, and stays so; of the first document none has")
    func back() {
        let returned = set([1, 2], known: [1, 2]).change(from: set([1])).articles
        #expect(returned == set([1, 2], known: [2]))
        #expect(set([1, 2], known: [1, 2]).change(from: returned).articles == returned)
        #expect(set([1]).change(from: returned).gone == marks([2]).map { $0 | SeenSet.hasBeenAway })
        #expect(set([1, 2], known: [1, 2]).change(from: nil).articles == set([1, 2]))
    }
}
