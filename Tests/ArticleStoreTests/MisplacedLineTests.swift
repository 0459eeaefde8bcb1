import FeedModel
import TestSupport
import Testing

@testable import ArticleStore

/// Lines that stand where they do not belong hide none of those that do.
@Suite struct MisplacedLineTests {
    private let fixture = StoreFixture()
    private let segment = "store/articles/00000000000000000001.jsonl"

    struct Order: Sendable, CustomTestStringConvertible {
        let testDescription: String
        /// Numbers of lines, as they stand.
        let lines: [Int]
        /// Of them, those that are told to be out of place.
        let told: [UInt64]
        /// Whether numbers are missing where a line was taken away.
        var gaps = false
    }

    static let orders = [
        Order(
            testDescription: "a block is there twice, the first time in front of its place",
            lines: [1, 2, 7, 8, 9, 3, 4, 5, 6, 7, 8, 9, 10], told: [7, 8, 9]),
        Order(
            testDescription: "a line is there twice, the first time at the very front",
            lines: [10, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10], told: [10]),
        Order(
            testDescription: "a block is there twice, the second time far behind its place",
            lines: [1, 2, 3, 4, 5, 6, 7, 8, 2, 3, 4, 9, 10], told: [2, 3, 4]),
        Order(
            testDescription: "a block is there twice, the second time at the end",
            lines: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 4, 5], told: [4, 5]),
        Order(
            testDescription: "two lines have changed places", lines: [1, 2, 4, 3, 5, 6, 7, 8, 9, 10], told: [4],
            gaps: true),
        Order(
            testDescription: "a line stands far in front of its place", lines: [1, 9, 2, 3, 4, 5, 6, 7, 8, 10],
            told: [9], gaps: true),
        Order(
            testDescription: "the last line stands in front", lines: [10, 1, 2, 3, 4, 5, 6, 7, 8, 9], told: [10]),
    ]

    private func write(_ order: [Int]) throws {
        let store = try fixture.open()
        _ = try store.commit([StoreFixture.commit(1...10)])
        store.close()
        let lines = fixture.lines()
        fixture.folder.write(order.map { lines[$0 - 1] + "\n" }.joined(), to: segment)
    }

    @Test("A reader hands out every whole line once and in order, and reports those out of place", arguments: orders)
    func reading(_ order: Order) throws {
        try write(order.lines)
        for after in 0...10 as ClosedRange<UInt64> {
            #expect(try fixture.read(after: after).seqs == (after < 10 ? Array(after + 1...10) : []), "after \(after)")
        }
        let damage = try fixture.read().damage
        #expect(damage.allSatisfy { $0.kind == .order })
        #expect(Set(damage.compactMap(\.seq)).isSuperset(of: order.told))
        #expect(try fixture.reader().lastSeq() == 10)
    }

    @Test("store verify reports the lines that are out of place, and no others", arguments: orders)
    func verifying(_ order: Order) async throws {
        try write(order.lines)
        var damage: [StoreDamage] = []
        let result = try await StoreVerifier(directory: fixture.path).run { damage.append($0) }
        #expect(damage.filter { $0.kind == .order }.compactMap(\.seq) == order.told)
        #expect(damage.contains { $0.kind == .gap } == order.gaps)
        #expect(!result.isWhole)
    }

    @Test("An index that is made from a segment with lines out of place has all articles", arguments: orders)
    func index(_ order: Order) throws {
        try write(order.lines)
        unlinkIfThere(fixture.folder.file("store/index/known"))
        let store = try fixture.open()
        for number in 1...10 as ClosedRange<UInt64> {
            #expect(try store.known(StoreFixture.uid(number))?.seq == number)
        }
        #expect(try store.commit([StoreFixture.commit(11...11)]).firstSeq == 11)
        #expect(try fixture.read().seqs == Array(1...11))
    }

    @Test("A block far from its place in a long segment leads no search astray", arguments: [0, 1500, 2999])
    func longSegments(_ place: Int) throws {
        let store = try fixture.open()
        _ = try store.commit([StoreFixture.commit(1...3000)])
        store.close()
        var lines = fixture.lines()
        let block = Array(lines[498..<900])
        lines.insert(contentsOf: block, at: place)
        fixture.folder.write(lines.map { $0 + "\n" }.joined(), to: segment)
        for after in [0, 400, 498, 499, 500, 550, 619, 620, 700, 1499, 1600, 2998] as [UInt64] {
            #expect(try fixture.read(after: after).seqs == Array(after + 1...3000), "after \(after)")
        }
        #expect(try fixture.reader().lastSeq() == 3000)
        #expect(try fixture.reader().line(seq: 555)?.starts(with: #"{"id":"555""#.utf8) == true)
    }

    @Test("A line that belongs to a later segment hides none of those between")
    func otherSegment() throws {
        let store = try fixture.open(segmentSize: 2048)
        _ = try store.commit([StoreFixture.commit(1...20)])
        store.close()
        let directory = try #require(try StoreDirectory(existing: fixture.path))
        let segments = try Segment.all(in: directory)
        let last = "store/articles/" + String(segments[segments.count - 1].path.suffix(26))
        let strange = try #require(fixture.lines(last).last)
        let lines = fixture.lines()
        fixture.folder.write(([lines[0], strange] + lines[1...]).map { $0 + "\n" }.joined(), to: segment)
        #expect(try fixture.read().seqs == Array(1...20))
        #expect(try fixture.read().damage.map(\.kind) == [.order])
    }
}
