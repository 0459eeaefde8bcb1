import Testing

@testable import ArticleStore

@Suite struct LongestRowTests {
    @Test("SegmentOrder finds the longest ascending row, and what is out of order is not in it")
    func row() {
        #expect(longestRow([Int?]()) { $0 < $1 } == [])
        #expect(
            longestRow([5, 1, nil, 2, 9, 3, 3]) { $0 < $1 }
                == [false, true, false, true, false, false, true])
        #expect(
            longestRow([5, 1, nil, 2, 9, 3, 3]) { $0 <= $1 }
                == [false, true, false, true, false, true, true])
    }

    @Test("SegmentOrder's longest row is as long as the best of all ascending rows")
    func rowOfAll() {
        var state: UInt64 = 1
        for _ in 0..<200 {
            let values = (0..<9).map { _ -> Int in
                state = state &* 6_364_136_223_846_793_005 &+ 1
                return Int(state >> 60)
            }
            var best = 0
            for mask in 0..<512 {
                let row = values.indices.filter { mask & 1 << $0 != 0 }.map { values[$0] }
                if zip(row, row.dropFirst()).allSatisfy(<) { best = max(best, row.count) }
            }
            let row = zip(values, longestRow(values) { $0 < $1 }).filter(\.1).map(\.0)
            #expect(row.count == best && zip(row, row.dropFirst()).allSatisfy(<), "\(values)")
        }
    }
}
