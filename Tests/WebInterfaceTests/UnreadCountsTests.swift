import ArticleStore
import FeedModel
import Glibc
import JSONText
import Logging
import TestSupport
import Testing

@testable import SearchIndex
@testable import WebInterface

/// What is kept of counts says what counting everything says, whatever has happened in between.
@Suite struct UnreadCountsTests {
    private static let feeds = ["alpha", "beta", "gamma", "gone"]

    /// A store that grows, its index of short files, and an account.
    private final class Reader {
        let web: WebFixture
        let house: WebHouse
        let search: ArticleSearch
        var random: SeededGenerator
        var last: UInt64 = 0

        init(seed: UInt64) throws {
            random = SeededGenerator(seed: seed)
            let tables = UnreadCountsTests.feeds.dropLast().map { id in
                "[[feed]]\nurl = \"https://example.org/\(id).xml\"\nid = \"\(id)\"\n"
            }
            web = try WebFixture(feeds: tables.joined(separator: "\n"))
            var options = SearchOptions()
            (options.spanLength, options.runLength) = (64, 16)
            search = ArticleSearch(
                folder: web.folder.file("index"), store: web.folder.file("store"), options: options,
                clock: { DialectFixture.now })
            var parts = web.house.parts
            parts.search = search
            house = WebHouse(configuration: web.configuration, parts: parts, logger: Logger(label: "test"))
        }

        deinit { search.close() }

        func store(_ count: Int) throws {
            let options = StoreOptions { WebFixture.moment }
            let store = try ArticleStore.open(at: web.folder.file("store"), options: options) { _ in }
            defer { store.close() }
            for _ in 0..<count {
                last += 1
                var article = WebArticle("\(last)", feed: UnreadCountsTests.feeds.randomElement(using: &random)!)
                if Int.random(in: 0..<8, using: &random) == 0 { article.blockedBy = "rule" }
                _ = try store.commit([
                    FeedCommit(feed: FeedIdentifier(article.feed), records: [article.record], state: nil)
                ])
            }
        }

        func desk(days: Int = 0) throws -> ReaderDesk {
            let request = WebRequest(
                method: .get, path: "/", segments: [], query: WebFields(), headers: WebFields(), body: [],
                receivedAt: DialectFixture.now.adding(seconds: days * 86_400))
            return try ReaderDesk(
                WebCall(request: request, caller: WebCaller(account: "desk", right: .mark), house: house))
        }

        /// Marks what a person could mark.
        func mark() throws {
            let account = try desk().marked
            let some = (0..<Int.random(in: 1...12, using: &random)).map { _ in
                UInt64.random(in: 1...last, using: &random)
            }
            switch Int.random(in: 0..<6, using: &random) {
            case 0: try account.markAll(upTo: UInt64.random(in: 1...last, using: &random))
            case 1, 2: try account.mark(some, read: false, upTo: last)
            default: try account.mark(some, read: true, upTo: last)
            }
        }

        func expectExact(_ comment: Comment) throws {
            let desk = try desk()
            var (unread, all): ([String: Int], [String: Int]) = ([:], [:])
            var newest: [String: UInt64] = [:]
            var ids: [UInt64] = []
            try search.forEachEntry { id, feed, _ in
                let feed = UnreadCountsTests.feeds.dropLast().contains(feed.text) ? feed.text : "gone"
                all[feed, default: 0] += 1
                if id >= desk.marks.floor { newest[feed] = id }
                if !desk.marks.isRead(id) {
                    unread[feed, default: 0] += 1
                    ids.append(id)
                }
                return true
            }
            let most = [0, 3, 4096].randomElement(using: &random)!
            let counts = try UnreadCounts.counted(desk, mostChanges: most)
            let totals = try EntryTotals.counted(desk)
            for (place, feed) in UnreadCountsTests.feeds.dropLast().enumerated() {
                #expect(counts.feeds[place].unread == unread[feed] ?? 0, comment)
                #expect(counts.feeds[place].newest == newest[feed] ?? 0, comment)
                #expect(totals.feeds[place] == all[feed] ?? 0, comment)
            }
            #expect(counts.others.unread == unread["gone"] ?? 0, comment)
            #expect(counts.all.unread == ids.count, comment)
            #expect(totals.all == all.values.reduce(0, +), comment)
            for isRead in [nil, true] as [Bool?] {
                var selection = EntrySelection()
                (selection.isRead, selection.limit, selection.countLimit) = (isRead, 5, .max)
                let wanted = totals.all - (isRead == true ? ids.count : 0)
                #expect(try selection.result(desk).count == wanted, comment)
                selection.feeds = [FeedIdentifier("beta")]
                let ofFeed = (all["beta"] ?? 0) - (isRead == true ? unread["beta"] ?? 0 : 0)
                #expect(try selection.result(desk).count == ofFeed, comment)
            }
            for order in [EntryRequest.Order.oldestFirst, .newestFirst] {
                var selection = EntrySelection()
                (selection.isRead, selection.order, selection.limit, selection.countLimit) = (false, order, 20, .max)
                let result = try selection.result(desk)
                let wanted = order == .oldestFirst ? ids : ids.reversed()
                #expect(result.entries.map(\.id) == Array(wanted.prefix(20)), comment)
                #expect(result.count == ids.count, comment)
                #expect(result.hasMore == (ids.count > 20), comment)
            }
        }
    }

    @Test(arguments: UInt64(1)...6)
    func `counts are exact after any marks, articles and files that are made again`(seed: UInt64) throws {
        let reader = try Reader(seed: seed)
        try reader.store(40)
        try reader.search.bringUp()
        for number in 0..<40 {
            switch Int.random(in: 0..<10, using: &reader.random) {
            case 0..<3:
                try reader.store(Int.random(in: 1...40, using: &reader.random))
                // Now and then not all of it is in the index yet.
                var steps = Int.random(in: 1...4, using: &reader.random)
                try reader.search.bringUp { _, _ in
                    steps -= 1
                    return steps > 0
                }
            case 3:
                try reader.search.discard()
                try reader.search.bringUp()
            case 4:
                // Of other ids the index speaks of other feeds.
                let other = UnreadCountsTests.feeds.randomElement(using: &reader.random)!
                reader.search.adopt(successors: [FeedIdentifier("alpha"): FeedIdentifier(other)])
            default: try reader.mark()
            }
            try reader.expectExact("seed \(seed), change \(number)")
        }
    }

    @Test func `what becomes too old to be unread is counted no more`() throws {
        let reader = try Reader(seed: 9)
        try reader.store(50)
        try reader.search.bringUp()
        #expect(try UnreadCounts.counted(try reader.desk()).all.unread > 0)
        #expect(try UnreadCounts.counted(try reader.desk(days: 40)).all.unread == 0)
    }

    @Test(arguments: [0, 3, 100] as [UInt64], [0, 7, 64] as [UInt64])
    func `behind all that was ever read what is unread is one range`(read: UInt64, behind: UInt64) {
        var bits = ReadBits(base: 10)
        if read > 0 { _ = bits.set(from: 10, through: 9 + read) }
        // The first number of which there is no bit.
        let first = 10 + UInt64(bits.bytes.count) * 8 + behind
        #expect(bits.unread(from: first, through: 1_000_000, gap: 3) == first...1_000_000)
    }

    @Test(arguments: UInt64(1)...20)
    func `ranges of unread numbers leave out none`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let base = UInt64.random(in: 1...20, using: &random)
        var bits = ReadBits(base: base)
        for _ in 0..<Int.random(in: 0...6, using: &random) {
            let first = UInt64.random(in: base...300, using: &random)
            _ = bits.set(from: first, through: min(400, first + UInt64.random(in: 0...150, using: &random)))
        }
        _ = bits.set((0..<4).map { _ in UInt64.random(in: base...400, using: &random) }, false)
        let first = UInt64.random(in: base...200, using: &random)
        let last = UInt64.random(in: first...450, using: &random)
        var covered: [UInt64] = []
        var next = first
        while next <= last, let range = bits.unread(from: next, through: last, gap: 3) {
            covered += Array(range)
            next = range.upperBound + 1
        }
        #expect(covered == covered.sorted() && Set(covered).count == covered.count)
        #expect(covered.allSatisfy { $0 >= first && $0 <= last })
        #expect(Set((first...last).filter { !bits[$0] }).isSubset(of: covered))
        // What is left out is what makes it worth while.
        let read = (first...last).filter { bits[$0] }
        if read.count == Int(last - first) + 1 { #expect(covered.isEmpty) }
    }
}
