import FeedModel
import Glibc
import Locking
import Querying
import TestSupport
import Testing

@testable import ArticleStore
@testable import SearchIndex

@Suite("Articles are found by words, feed and time")
struct ArticleSearchTests {
    let fixture = SearchFixture()

    private func failure(_ body: () throws -> Void) -> SearchFailure? {
        do {
            try body()
            return nil
        } catch {
            return error as? SearchFailure
        }
    }

    /// An article with three versions, of which the second was edited away.
    private func versions() throws -> ArticleSearch {
        try fixture.add("Another", body: "quiet")
        let seen = fixture.now
        let first = try fixture.add(.init(article: 7, title: "Strike", body: "one tank"))
        fixture.pass(seconds: 60)
        let second = try fixture.add(
            .init(
                article: 7, title: "Strike", body: "two tanks", kind: .update, first: first, previous: first,
                firstSeen: seen))
        fixture.pass(seconds: 60)
        try fixture.add(
            .init(
                article: 7, title: "Strike", body: "no such", kind: .update, first: first, previous: second,
                firstSeen: seen))
        return try fixture.indexed()
    }

    @Test("All versions of an article are one entry, with its newest one; what was edited away is found")
    func grouped() throws {
        let search = try versions()
        var request = EntryRequest()
        request.query = try Query("strike")
        let all = try search.entries(request).found
        #expect(all.count == 1)
        #expect(all.first?.entry.id == 2)
        #expect(all.first?.entry.newest == 4)
        #expect(all.first?.matched == 4)
        #expect(all.first?.isEarlierVersion == false)
        #expect(all.first?.entry.changedAt == all.first?.entry.storedAt.adding(seconds: 120))
        request.query = try Query("tanks")
        let edited = try search.entries(request).found
        #expect(edited.map(\.entry.id) == [2])
        #expect(edited.first?.matched == 3)
        #expect(edited.first?.isEarlierVersion == true)
    }

    @Test("An entry is had by its id and by each of its records")
    func lookedUp() throws {
        let search = try versions()
        let entry = try #require(try search.entry(2))
        for seq in [2, 3, 4] as [UInt64] { #expect(try search.entry(ofRecord: seq) == entry) }
        #expect(try search.entry(3) == nil)
        #expect(try search.entry(9) == nil)
        #expect(try search.entry(0) == nil)
        #expect(try search.entry(ofRecord: 9) == nil)
        #expect(try search.entries(ids: [9, 2, 1, .max]).map(\.id) == [2, 1])
    }

    @Test("An entry that rules have let through late begins with the version that they let through")
    func released() throws {
        try fixture.add(.init(article: 7, title: "a", standing: .blocked(by: "r", wasShown: false)))
        try fixture.add(
            .init(
                article: 7, title: "b", kind: .update, first: 1, previous: 1,
                standing: .blocked(by: "r", wasShown: false)))
        try fixture.add(.init(article: 7, title: "c", kind: .update, first: 1, previous: 2, standing: .released))
        try fixture.add(
            .init(
                article: 7, title: "d", kind: .update, first: 1, previous: 3,
                standing: .blocked(by: "r", wasShown: true)))
        try fixture.add(.init(article: 7, title: "e", kind: .update, first: 1, previous: 4))
        for name in ["one", "two"] {
            let search = try fixture.indexed(name)
            #expect(try search.ids(nil) == [3])
            #expect(try search.entry(3)?.newest == 5)
            #expect(try search.entry(ofRecord: 5)?.id == 3)
            #expect(try search.entry(ofRecord: 4) == nil)
            #expect(try search.ids("title:a OR title:d") == [])
        }
    }

    @Test("A copy of what another feed had is no entry, but a record that can be found")
    func copies() throws {
        try fixture.add("Strike", body: "drones at night", feed: "one")
        try fixture.add(.init(article: 8, feed: "two", title: "Strike!", kind: .duplicate, duplicateOf: 1))
        let search = try fixture.indexed()
        #expect(try search.ids("drones") == [1])
        #expect(try search.entry(ofRecord: 2) == nil)
        var request = RecordRequest()
        request.query = try Query("drones")
        #expect(try search.records(request).found == [1])
        request.duplicates = true
        // Its content stands in the other record.
        #expect(try search.records(request).found == [2, 1])
    }

    @Test("Words do not stand side by side over the end of a piece of text, nor over that of a column")
    func pieces() throws {
        try fixture.add(
            .init(
                article: 1, title: "air", body: "<p>defence of</p>",
                item: #","summary":"the city","authors":[{"name":"Ann"},{"name":"Lee"}]"#))
        let search = try fixture.indexed()
        for query in ["\"air defence\"", "\"of the\"", "author:\"ann lee\"", "title:city"] {
            #expect(try search.ids(query) == [], "\(query)")
        }
        for query in ["\"defence of\"", "\"the city\"", "author:lee", "air defence", "author:an*", "body:cit*"] {
            #expect(try search.ids(query) == [1], "\(query)")
        }
    }

    @Test("A feed whose id was another before is found by the one that it has now, and shown under it")
    func successors() throws {
        try fixture.add("one", feed: "old")
        try fixture.add("two", feed: "new")
        try fixture.add("three", feed: "other")
        let search = try fixture.indexed()
        #expect(try search.ids(nil) { $0.feeds = [FeedIdentifier("new")] } == [2])
        search.adopt(successors: [FeedIdentifier("old"): FeedIdentifier("new")])
        #expect(try search.ids(nil) { $0.feeds = [FeedIdentifier("new")] } == [2, 1])
        #expect(try search.ids("feed:new") == [2, 1])
        #expect(try search.ids("feed:old") == [])
        #expect(try search.entry(1)?.feed == FeedIdentifier("new"))
        var feeds: [String] = []
        try search.forEachEntry { _, feed, _ in
            feeds.append(feed.text)
            return true
        }
        #expect(feeds == ["new", "new", "other"])
    }

    @Test("All entries are gone through in both orders, within bounds and for some feeds alone")
    func forEach() throws {
        for number in 1...150 {
            fixture.pass(seconds: 1)
            try fixture.add("Article", feed: "feed\(number % 30)")
        }
        let search = try fixture.indexed()
        func ids(
            _ feeds: Set<FeedIdentifier>? = nil, after: UInt64 = 0, before: UInt64? = nil,
            _ order: EntryRequest.Order = .oldestFirst, stop: UInt64 = 0
        ) throws -> [UInt64] {
            var ids: [UInt64] = []
            try search.forEachEntry(feeds: feeds, after: after, before: before, order: order) { id, feed, time in
                #expect(feed.text == "feed\(id % 30)")
                #expect(time == Timestamp(year: 2026, month: 11, day: 1).adding(seconds: Int(id)))
                ids.append(id)
                return id != stop
            }
            return ids
        }
        #expect(try ids() == Array(1...150))
        #expect(try ids(after: 60, before: 70) == Array(61...69))
        #expect(try ids(.none, .newestFirst) == Array((1...150).reversed()))
        #expect(try ids(.none, .newestFirst, stop: 149) == [150, 149])
        let two: Set = [FeedIdentifier("feed3"), FeedIdentifier("feed4"), FeedIdentifier("nowhere")]
        #expect(try ids(two, after: 30) == [33, 34, 63, 64, 93, 94, 123, 124])
        let many = Set((0..<20).map { FeedIdentifier("feed\($0)") })
        #expect(try ids(many, .newestFirst) == (1...150).reversed().filter { $0 % 30 < 20 })
        #expect(try search.ids(nil) { $0.feeds = many } == (1...150).reversed().filter { $0 % 30 < 20 })
        #expect(try search.ids("article") { $0.feeds = many } == (1...150).reversed().filter { $0 % 30 < 20 })
    }

    @Test("Counting ends when its time is over, with what was counted, and the page is whole")
    func countedForAWhile() throws {
        for number in 1...40 { try fixture.add("Article \(number)") }
        let search = try fixture.indexed()
        var request = EntryRequest()
        request.query = try Query("article")
        (request.limit, request.countLimit) = (5, 1000)
        request.countPatience = .zero
        let cut = try search.entries(request)
        #expect(cut.found.map(\.entry.id) == [40, 39, 38, 37, 36])
        #expect(cut.count == 5 && cut.isCountCut)
        request.countPatience = .seconds(60)
        let whole = try search.entries(request)
        #expect(whole.found == cut.found)
        #expect(whole.count == 40 && !whole.isCountCut)
    }

    @Test("What takes longer than it may ends with advice")
    func tooSlow() throws {
        let search = try versions()
        let failure = failure { _ = try search.entries(EntryRequest(), deadline: .now) }
        #expect(failure?.code == .tooSlow)
        #expect(failure?.advice.contains("narrow") == true)
    }

    @Test("SQLite is stopped in the middle of what it does when the time is over")
    func interrupted() throws {
        _ = try versions()
        let file = SearchFile(SearchSpan(of: 1, length: 64), isSealed: false, in: fixture.indexPath)
        let failure = failure {
            try file.read(until: SearchDeadline(.now + .milliseconds(20), isClosed: Locked(false))) {
                (connection) throws(SearchFailure) in
                _ = try connection.number(
                    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n")
            }
        }
        #expect(failure?.code == .tooSlow)
    }

    @Test("A /regex/ is refused, wherever it stands")
    func pattern() throws {
        let search = try versions()
        let failure = failure { _ = try search.ids("strike -(title:/a/ OR b)") }
        #expect(failure?.code == .unsearchable)
        #expect(throws: QueryIssue.self) { try Query("strike /a/", for: .searching) }
    }

    @Test("Closed, it answers nobody, and who follows it goes")
    func closed() async throws {
        let search = try versions()
        async let followed: Void = BlockingCall.run { search.follow() }
        search.close()
        await followed
        #expect(failure { _ = try search.ids("strike") }?.code == .closed)
    }

    @Test("What is stored while somebody follows is found")
    func follows() async throws {
        let search = fixture.search()
        async let followed: Void = BlockingCall.run { search.follow() }
        try fixture.add("first")
        let end = ContinuousClock.now + .seconds(60)
        while search.standing.lastSeq < 1, ContinuousClock.now < end { sched_yield() }
        for _ in 0..<30 { try fixture.add("second") }
        while search.standing.lastSeq < 31, ContinuousClock.now < end { sched_yield() }
        #expect(try search.ids("second").count == 30)
        search.close()
        await followed
    }

    @Test("What keeps the index from being written is said, and that it is over too")
    func trouble() throws {
        fixture.folder.write("a file", to: "index")
        try fixture.add("one")
        let search = fixture.search()
        let failure = failure { try search.bringUp() }
        #expect(failure != nil)
        #expect("\(failure!)".contains(fixture.indexPath))
    }

    @Test("No token has a byte at which SQLite would cut it, and none is what stands between two pieces")
    func tokens() {
        var separators = 0
        for start in stride(from: UInt32(0), to: 0x11_0000, by: 4096) {
            let scalars = (start..<start + 4096).compactMap(Unicode.Scalar.init)
            let text = scalars.map { "\($0) " }.joined() + scalars.map { "\($0)" }.joined()
            for token in Tokenizer.tokens(of: text) {
                let isOne = token.allSatisfy { byte in
                    byte >= 0x80 || (0x30...0x39).contains(byte) || (0x61...0x7a).contains(byte)
                }
                if !isOne || token == RecordTerms.boundary { separators += 1 }
            }
        }
        #expect(separators == 0)
    }
}
