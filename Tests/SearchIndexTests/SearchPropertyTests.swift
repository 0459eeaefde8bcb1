import FeedModel
import Glibc
import Querying
import TestSupport
import Testing

@testable import ArticleStore
@testable import SearchIndex

private let seeds = UInt64(1)...max(1, getenv("NEWSWIRE_SEEDS").flatMap { UInt64(String(cString: $0)) } ?? 2)

@Suite("The index and the evaluator, over made-up articles and queries")
struct SearchPropertyTests {
    private static let words = [
        "air", "defence", "defensive", "uav", "Łódź", "土耳其", "耳", "s-400", "ёж", "O'Brien", "북한", "strike", "a1", "def",
    ]
    private static let feeds = ["alpha", "beta", "gamma", "delta"]

    /// Articles with versions, copies and what rules have blocked, told by one number.
    struct MadeUp {
        var random: SeededGenerator
        /// Of each article that may get another version: its records.
        private var articles:
            [(first: UInt64, seen: Timestamp, last: UInt64, made: SearchFixture.Made, wasShown: Bool)] = []
        private var next: UInt64 = 0

        init(seed: UInt64) { random = SeededGenerator(seed: seed) }

        mutating func text(_ most: Int) -> String {
            (0..<Int.random(in: 0...most, using: &random)).map { _ in
                SearchPropertyTests.words.randomElement(using: &random)!
                    + ["", " ", " ", ", ", "-", "<br>", "&amp;"].randomElement(using: &random)!
            }.joined()
        }

        /// Stores a few records.
        mutating func store(_ count: Int, in fixture: SearchFixture) throws {
            for _ in 0..<count {
                fixture.pass(seconds: Int.random(in: 0...40_000, using: &random))
                switch Int.random(in: 0..<10, using: &random) {
                case 0..<3 where !articles.isEmpty: try storeVersion(fixture)
                case 3 where !articles.isEmpty: try storeCopy(fixture)
                default: try storeNew(fixture)
                }
            }
        }

        private mutating func content(_ made: inout SearchFixture.Made) {
            made.title = text(4)
            made.body = text(8)
            made.item = ""
            if Bool.random(using: &random) { made.item += #","summary":"\#(text(3))""# }
            if Bool.random(using: &random) { made.item += #","authors":[{"name":"\#(text(2))x"},{"name":"Ann Lee"}]"# }
            let url = "https://\(["www.", "", "a.b."].randomElement(using: &random)!)example.org/air/\(next)-s400"
            if Bool.random(using: &random) { made.item += #","url":"\#(url)""# }
            if Bool.random(using: &random) { made.item += #","tags":["Politics","\#(text(1))"]"# }
            if Bool.random(using: &random) { made.item += #","language":"zh-TW""# }
            if Bool.random(using: &random) { made.item += #","image":"https://example.org/i.png""# }
            if Bool.random(using: &random) { made.item += #","date_published":"2026-11-\#(10 + next % 20)T00:00:00Z""# }
            made.labels = Bool.random(using: &random) ? ["drones"] : []
            made.own = Bool.random(using: &random) ? #","feed_language":"ru""# : ""
        }

        private mutating func storeNew(_ fixture: SearchFixture) throws {
            next += 1
            var made = SearchFixture.Made(article: next, feed: SearchPropertyTests.feeds.randomElement(using: &random)!)
            made.tags = made.feed == "alpha" ? ["defence", "World"] : []
            made.isInitial = Bool.random(using: &random)
            content(&made)
            let isBlocked = Int.random(in: 0..<4, using: &random) == 0
            if isBlocked { made.standing = .blocked(by: "rule", wasShown: false) }
            let seq = try fixture.add(made)
            articles.append((seq, fixture.now, seq, made, !isBlocked))
        }

        private mutating func storeVersion(_ fixture: SearchFixture) throws {
            let place = Int.random(in: 0..<articles.count, using: &random)
            var article = articles[place]
            article.made.kind = .update
            (article.made.first, article.made.firstSeen) = (article.first, article.seen)
            article.made.previous = article.last
            article.made.isInitial = false
            content(&article.made)
            let isBlocked = Int.random(in: 0..<3, using: &random) == 0
            // A copy's versions repeat what the other says, most of them.
            if article.made.duplicateOf == nil {
                article.made.standing =
                    isBlocked
                    ? .blocked(by: "rule", wasShown: article.wasShown) : article.wasShown ? .passed : .released
                if !isBlocked { article.wasShown = true }
            }
            article.last = try fixture.add(article.made)
            articles[place] = article
        }

        private mutating func storeCopy(_ fixture: SearchFixture) throws {
            next += 1
            let other = articles.randomElement(using: &random)!
            var made = SearchFixture.Made(article: next, feed: SearchPropertyTests.feeds.randomElement(using: &random)!)
            made.kind = .duplicate
            made.duplicateOf = other.first
            made.title = text(3)
            if Bool.random(using: &random) { content(&made) }
            let seq = try fixture.add(made)
            articles.append((seq, fixture.now, seq, made, true))
        }

        /// A query, as a person could write it, of what an index can tell.
        mutating func query(depth: Int = 0) -> String {
            switch Int.random(in: 0..<(depth > 2 ? 6 : 11), using: &random) {
            case 0, 1: return word()
            case 2: return ["title:", "body:", "author:", "url:"].randomElement(using: &random)! + phrase()
            case 3: return phrase()
            case 4:
                return [
                    "is:update", "is:initial", "is:blocked", "is:backfill", "has:body", "has:image", "has:attachment",
                    "category:politics", "host:example.org", "host:b.example.org", "lang:zh", "lang:zh-tw", "lang:ru",
                ].randomElement(using: &random)!
            case 5:
                return [
                    "age:>3d", "age:<90h", "age:>20d", "since:2026-11-05", "until:2026-11-09", "since:3d", "feed:alpha",
                    "feed:nowhere", "tag:defence", "tag:DRONES",
                ].randomElement(using: &random)!
            case 6, 7: return "-(" + query(depth: depth + 1) + ")"
            case 8: return "(" + query(depth: depth + 1) + " OR " + query(depth: depth + 1) + ")"
            default: return "(" + query(depth: depth + 1) + " " + query(depth: depth + 1) + ")"
            }
        }

        private mutating func word() -> String {
            let word = SearchPropertyTests.words.randomElement(using: &random)!
            return Bool.random(using: &random) ? word : "\(word)*"
        }

        private mutating func phrase() -> String {
            "\""
                + (0..<Int.random(in: 1...3, using: &random))
                .map { _ in SearchPropertyTests.words.randomElement(using: &random)! }.joined(separator: " ") + "\""
        }

        mutating func request(_ query: Query?, lastSeq: UInt64) -> EntryRequest {
            var request = EntryRequest()
            request.query = query
            request.limit = [1, 5, 50, 1000].randomElement(using: &random)!
            request.countLimit = [0, 10, 1000].randomElement(using: &random)!
            request.offset = [0, 0, 0, 3].randomElement(using: &random)!
            request.order = Bool.random(using: &random) ? .newestFirst : .oldestFirst
            if Int.random(in: 0..<4, using: &random) == 0 {
                request.after = UInt64.random(in: 0...lastSeq, using: &random)
            }
            if Int.random(in: 0..<4, using: &random) == 0 {
                request.before = UInt64.random(in: 0...lastSeq, using: &random)
            }
            let time = Timestamp(year: 2026, month: 11, day: Int.random(in: 1...30, using: &random))
            if Int.random(in: 0..<4, using: &random) == 0 { request.since = time }
            if Int.random(in: 0..<4, using: &random) == 0 { request.until = time.adding(milliseconds: 1) }
            if Int.random(in: 0..<3, using: &random) == 0 {
                request.feeds = Set(
                    SearchPropertyTests.feeds.prefix(Int.random(in: 0...3, using: &random)).map { .init($0) })
            }
            return request
        }
    }

    /// Entries as the articles themselves say them, found in the plainest way.
    struct Plain {
        private let records: [(stored: StoredRecord, original: StoredRecord?)]
        private let now: Timestamp

        init(_ fixture: SearchFixture) throws {
            let reader = try StoreReader(directory: fixture.storePath)
            var records: [(StoredRecord, StoredRecord?)] = []
            try reader.read(after: 0, damage: { Issue.record("\($0)") }) { slice in
                let record = StoredRecord(line: slice.bytes)!
                records.append((record, record.isShort ? try reader.record(seq: record.duplicateOf!) : nil))
                return true
            }
            self.records = records
            now = fixture.now
        }

        private func matching(_ query: Query?) -> Set<UInt64> {
            guard let query else { return Set(records.map { $0.stored.seq! }) }
            let matcher = QueryMatcher([query])
            return Set(
                records.filter { record in
                    matcher.evaluation(of: QueriedArticle(record.stored, original: record.original, now: now)).matches(
                        0)!
                }.map { $0.stored.seq! })
        }

        func found(_ request: EntryRequest) -> [EntryPage.Found] {
            let matching = matching(request.query)
            var versions: [ArticleIdentifier: [StoredRecord]] = [:]
            for (record, _) in records where record.blockedBy == nil && record.duplicateOf == nil {
                versions[record.uid!, default: []].append(record)
            }
            var all: [EntryPage.Found] = []
            for shown in versions.values {
                let (first, last) = (shown[0], shown.last!)
                let entry = IndexedEntry(
                    id: first.seq!, newest: last.seq!, feed: first.feed!, storedAt: first.storedAt!,
                    changedAt: last.storedAt!)
                guard let match = shown.last(where: { matching.contains($0.seq!) })?.seq else { continue }
                if let feeds = request.feeds, !feeds.contains(entry.feed) { continue }
                if let after = request.after, entry.id <= after { continue }
                if let before = request.before, entry.id >= before { continue }
                if let since = request.since, entry.storedAt < since { continue }
                if let until = request.until, entry.storedAt >= until { continue }
                all.append(EntryPage.Found(entry: entry, matched: request.query == nil ? entry.newest : match))
            }
            return all.sorted { request.order == .newestFirst ? $0.entry.id > $1.entry.id : $0.entry.id < $1.entry.id }
        }

        func seqs(_ request: RecordRequest) -> [UInt64] {
            let matching = matching(request.query)
            var seqs: [UInt64] = []
            for (record, _) in records {
                guard let seq = record.seq, matching.contains(seq) else { continue }
                if record.kind == .update, !request.updates, !record.isReleased { continue }
                if record.duplicateOf != nil, !request.duplicates { continue }
                if record.blockedBy != nil, !request.blocked { continue }
                if record.isInitial, !request.initial { continue }
                if let feeds = request.feeds, !feeds.contains(record.feed!) { continue }
                if let after = request.after, seq <= after { continue }
                seqs.append(seq)
            }
            return request.order == .newestFirst ? seqs.reversed() : seqs
        }
    }

    @Test("Of each query the index finds the entries that the evaluator finds", arguments: seeds)
    func entries(seed: UInt64) throws {
        let fixture = SearchFixture()
        var madeUp = MadeUp(seed: seed)
        try madeUp.store(300, in: fixture)
        let search = try fixture.indexed()
        #expect(search.standing.isComplete)
        let plain = try Plain(fixture)
        for number in 0..<120 {
            let text = madeUp.query()
            let request = madeUp.request(number.isMultiple(of: 8) ? nil : try Query(text), lastSeq: 300)
            let expected = plain.found(request)
            let page = try search.entries(request)
            let wanted = Array(expected.dropFirst(request.offset).prefix(request.limit))
            #expect(page.found == wanted, "\(text) \(request)")
            #expect(page.searchedFrom == 0)
            if request.countLimit > 0 {
                #expect(page.count == min(expected.count, request.countLimit), "\(text) \(request)")
                #expect(page.isCountCut == (expected.count > request.countLimit), "\(text) \(request)")
            } else {
                #expect(page.count == nil)
            }
        }
    }

    @Test(
        "Of each query the index finds the records that the evaluator finds, each by itself",
        arguments: seeds)
    func records(seed: UInt64) throws {
        let fixture = SearchFixture()
        var madeUp = MadeUp(seed: seed + 1000)
        try madeUp.store(300, in: fixture)
        let search = try fixture.indexed()
        let plain = try Plain(fixture)
        for _ in 0..<120 {
            let text = madeUp.query()
            var request = RecordRequest()
            request.query = try Query(text)
            request.updates = Bool.random(using: &madeUp.random)
            request.duplicates = Bool.random(using: &madeUp.random)
            request.blocked = Bool.random(using: &madeUp.random)
            request.initial = Bool.random(using: &madeUp.random)
            request.order = Bool.random(using: &madeUp.random) ? .newestFirst : .oldestFirst
            if Bool.random(using: &madeUp.random) {
                request.feeds = [FeedIdentifier("alpha"), FeedIdentifier("gamma")]
            }
            if Bool.random(using: &madeUp.random) { request.after = UInt64.random(in: 0...300, using: &madeUp.random) }
            request.limit = 1000
            request.countLimit = 1
            let page = try search.records(request)
            let expected = plain.seqs(request)
            #expect(page.found == expected, "\(text) \(request)")
            #expect(page.count == min(1, expected.count))
        }
    }

    @Test("An index that followed the store answers as one that was made at the end", arguments: seeds)
    func followedAndRebuilt(seed: UInt64) throws {
        let fixture = SearchFixture()
        var madeUp = MadeUp(seed: seed + 2000)
        var search = fixture.search("followed")
        var stored = 0
        while stored < 300 {
            let count = Int.random(in: 1...40, using: &madeUp.random)
            try madeUp.store(count, in: fixture)
            stored += count
            if Bool.random(using: &madeUp.random) { search = fixture.search("followed") }
            // Now and then it ends before it has everything.
            var steps = Int.random(in: 1...12, using: &madeUp.random)
            try search.bringUp { _, _ in
                steps -= 1
                return steps > 0
            }
        }
        try search.bringUp()
        let rebuilt = try fixture.indexed("rebuilt")
        #expect(search.standing.isComplete && rebuilt.standing.isComplete)
        for _ in 0..<60 {
            let text = madeUp.query()
            let request = madeUp.request(try Query(text), lastSeq: UInt64(stored))
            #expect(try search.entries(request).found == rebuilt.entries(request).found, "\(text)")
        }
        #expect(try search.ids(nil) == rebuilt.ids(nil))
    }

    @Test("While older articles are missing, what is found is all that is newer, and where that begins is said")
    func newestFirst() throws {
        let fixture = SearchFixture()
        var madeUp = MadeUp(seed: 31)
        try madeUp.store(300, in: fixture)
        let plain = try Plain(fixture)
        let search = fixture.search()
        var froms: [UInt64] = []
        let query = try Query("air OR -air")
        try search.bringUp { _, _ in
            let standing = search.standing
            let from = standing.searchedFrom
            froms.append(from)
            #expect(standing.lastSeq == 300)
            #expect(standing.isComplete == (from == 0))
            #expect((standing.searchedSince == nil) == (from == 0))
            var request = EntryRequest()
            request.query = query
            request.limit = 1000
            // What is a later version is found also where the first one is missing.
            let found = try? search.entries(request)
            #expect(found?.searchedFrom == from)
            let ids = found?.found.map(\.entry.id).filter { $0 >= from }
            #expect(ids == plain.found(request).map(\.entry.id).filter { $0 >= from })
            return true
        }
        #expect(froms.first == 285)
        #expect(froms.last == 0)
        #expect(froms == froms.sorted(by: >))
    }
}
