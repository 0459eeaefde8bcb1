import Testing

@testable import newswire

@Suite("Which pages were given with their articles")
struct GivenPagesTests {
    private var given = GivenPages()

    @Test("An article of a batch that was full has had the pages that there were then, and none that came later")
    mutating func fullBatch() {
        given.begin(after: 0)
        given.pass(from: 0, through: 2, withPagesTo: 6)
        given.begin(after: 2)
        #expect([1, 2, 3].map(given.pages) == [6, 6, 0])
        given.pass(from: 2, through: 4, withPagesTo: 8)
        given.begin(after: 4)
        #expect([1, 2, 3, 4, 5].map(given.pages) == [6, 6, 8, 8, 0])
    }

    @Test("Articles from before the first pass are not known, nor those that somebody has passed over")
    mutating func unknown() {
        given.begin(after: 500)
        given.pass(from: 500, through: 600, withPagesTo: 900)
        given.begin(after: 600)
        #expect([500, 501, 600].map(given.pages) == [0, 900, 900])
        given.begin(after: 700)
        given.pass(from: 700, through: 710, withPagesTo: 900)
        given.begin(after: 710)
        #expect([501, 650, 701].map(given.pages) == [0, 0, 900])
    }

    @Test("What was looked at and not given in the end is not taken for given")
    mutating func notGiven() {
        given.pass(from: 0, through: 5, withPagesTo: 9)
        given.begin(after: 3)
        #expect([3, 4].map(given.pages) == [9, 0])
        given.begin(after: 0)
        #expect(given.pages(of: 1) == 0)
        given.pass(from: 0, through: 2, withPagesTo: 9)
        given.begin(after: 2)
        #expect(given.pages(of: 2) == 9)
    }

    @Test("What has no page to come any more is forgotten")
    mutating func forgotten() {
        for seq in stride(from: UInt64(0), to: 1000, by: 10) {
            given.begin(after: seq)
            given.pass(from: seq, through: seq + 10, withPagesTo: seq + 25)
        }
        given.begin(after: 1000)
        #expect(given.pages(of: 971) == 0 && given.pages(of: 981) == 1005)
        #expect(given.spanCount == 2)
    }
}
