import FeedModel
import Glibc
import Querying
import TestSupport
import Testing

@testable import ArticleStore
@testable import SearchIndex

@Suite("The files of the index can be lost, damaged or of another time: web.md §11.1")
struct SearchFilesTests {
    let fixture = SearchFixture()

    private func fill(_ count: Int = 200) throws {
        for number in 1...count {
            fixture.pass(seconds: 600)
            try fixture.add(
                "Article \(number)", body: "word\(number) common \(number.isMultiple(of: 3) ? "third" : "")")
        }
    }

    private func expectWhole(_ search: ArticleSearch, from: UInt64 = 1, through: UInt64 = 200) throws {
        #expect(search.standing.isComplete)
        #expect(search.standing.searchedFrom == 0)
        #expect(search.standing.lastSeq == through)
        #expect(try search.ids("common") == Array((from...through).reversed()))
        #expect(try search.ids("third") == (from...through).reversed().filter { $0.isMultiple(of: 3) })
        #expect(try search.ids("word\(through)") == [through])
    }

    private var names: [String] { ChildFiles.names(in: fixture.indexPath) }

    @Test("What is complete is sealed, and the last file alone has a log")
    func sealed() throws {
        try fill()
        let search = try fixture.indexed()
        try expectWhole(search)
        let sealed = ["00000000000000000001", "00000000000000000065", "00000000000000000129"].map { "\($0).sealed" }
        #expect(names.filter { $0.contains(".sealed") } == sealed.flatMap { [$0, "\($0).sum"] })
        #expect(names.filter { !$0.contains(".sealed") }.allSatisfy { $0.hasPrefix("00000000000000000193.open") })
        #expect(search.standing.bytes > 0)
    }

    @Test("An index is there at once when the program starts again, before anything is written")
    func reopened() throws {
        try fill()
        _ = try fixture.indexed()
        let search = fixture.search()
        #expect(try search.ids("word7") == [7])
        #expect(search.standing.lastSeq == 200)
        try search.bringUp()
        try expectWhole(search)
    }

    @Test("A file that is missing is made again", arguments: [1, 65, 129, 193])
    func missing(first: Int) throws {
        try fill()
        _ = try fixture.indexed()
        for name in names where name.hasPrefix(SearchSpan(of: UInt64(first), length: 64).digits) {
            unlink("\(fixture.indexPath)/\(name)")
        }
        let search = fixture.search()
        #expect(try search.ids("common") != Array((1...200).reversed()))
        try search.bringUp()
        try expectWhole(search)
    }

    @Test(
        "A file of another version, or that is no index at all, is made again",
        arguments: ["PRAGMA user_version = 7", "DROP TABLE standing", "DELETE FROM standing", "", "rubbish"])
    func foreign(change: String) throws {
        try fill()
        _ = try fixture.indexed()
        let path = "index/00000000000000000065.sealed"
        switch change {
        case "": fixture.folder.write([], to: path)
        case "rubbish": fixture.folder.write([UInt8](repeating: 0x5a, count: 9000), to: path)
        default: try SQLiteConnection(fixture.folder.file(path), .writing).run(change)
        }
        let search = fixture.search()
        #expect(try !search.ids("common").contains(100))
        #expect(search.standing.searchedFrom == 129)
        try search.bringUp()
        try expectWhole(search)
    }

    @Test("A file that is damaged inside is left out by who meets that, and made again", arguments: ["sealed", "open"])
    func damaged(kind: String) throws {
        try fill()
        let search = try fixture.indexed()
        let (name, term) =
            kind == "open" ? ("00000000000000000193.open", "word200") : ("00000000000000000065.sealed", "word100")
        fixture.copy("index", to: "harmed")
        // The log of the open one goes to the file when it is closed.
        try SQLiteConnection(fixture.folder.file("harmed/\(name)"), .writing).run("PRAGMA user_version")
        var bytes = try #require(fixture.folder.read("harmed/\(name)"))
        // The first two pages hold the schema; what is behind is tables and words.
        for index in 4096 * 2..<bytes.count { bytes[index] = 0xff }
        fixture.folder.write(bytes, to: "harmed/\(name)")
        let harmed = fixture.search("harmed")
        let found = try harmed.ids(term)
        #expect(found == [])
        #expect(try search.ids(term) != [])
        var reported: [String] = []
        try harmed.bringUp(report: { reported.append($0) })
        try expectWhole(harmed)
        #expect(!reported.isEmpty)
    }

    @Test("However early the process ends, the index goes on from what it has")
    func endedEarly() throws {
        try fill()
        let search = fixture.search()
        var copies = 0
        try search.bringUp { _, _ in
            copies += 1
            fixture.copy("index", to: "copy\(copies)")
            return true
        }
        #expect(copies > 12)
        for number in 1...copies {
            let copy = fixture.search("copy\(number)")
            #expect(try copy.ids("word200") == [200])
            try copy.bringUp()
            try expectWhole(copy)
        }
    }

    @Test("A process that ended between sealing a file and removing the open one leaves one of them")
    func endedWhileSealing() throws {
        try fill(64)
        let search = fixture.search()
        try search.bringUp { _, _ in
            if names.allSatisfy({ !$0.hasSuffix(".sealed") }) { fixture.copy("index", to: "both") }
            return true
        }
        fixture.copy("index", to: "both")
        fixture.folder.write("half", to: "both/00000000000000000001.making")
        fixture.folder.write("half", to: "both/00000000000000000001.sealed.sum.new")
        // Of a file that was to be sealed, or that retention has removed.
        fixture.folder.write("all", to: "both/00000000000000000065.sealed.sum")
        #expect(ChildFiles.names(in: fixture.folder.file("both")).contains("00000000000000000001.open"))
        let both = fixture.search("both")
        try both.bringUp()
        try expectWhole(both, through: 64)
        #expect(
            ChildFiles.names(in: fixture.folder.file("both")) == [
                "00000000000000000001.sealed", "00000000000000000001.sealed.sum",
            ])
    }

    @Test("What retention removes is not found any more, and its files go with their last record")
    func retention() throws {
        try fill()
        let followed = try fixture.indexed()
        let result = try fixture.store().expire(before: fixture.now.adding(seconds: -600 * 90), now: fixture.now)
        let first = result.lastSeq + 1
        #expect(first > 65 && first < 129)
        try followed.bringUp()
        try expectWhole(followed, from: first)
        #expect(!names.contains { $0.hasPrefix("00000000000000000001") })
        #expect(names.contains("00000000000000000065.sealed"))
        #expect(try followed.entry(first - 1) == nil)
        let rebuilt = try fixture.indexed("rebuilt")
        try expectWhole(rebuilt, from: first)
        #expect(try rebuilt.ids(nil) == followed.ids(nil))
    }

    @Test("Retention that goes beyond all that the index has leaves an index of what came after")
    func retentionBeyond() throws {
        try fill(70)
        let search = try fixture.indexed()
        _ = try fixture.store()
        for number in 71...200 {
            fixture.pass(seconds: 600)
            try fixture.add(
                "Article \(number)", body: "word\(number) common \(number.isMultiple(of: 3) ? "third" : "")")
        }
        let result = try fixture.store().expire(before: fixture.now.adding(seconds: -600 * 90), now: fixture.now)
        let first = result.lastSeq + 1
        #expect(first > 71 && first < 128)
        try search.bringUp()
        try expectWhole(search, from: first)
    }

    @Test("Where another copy of the store was put in its place, what the two do not share is made again")
    func otherStore() throws {
        try fill(100)
        fixture.closeStore()
        fixture.copy("store/articles", to: "articles")
        _ = try fixture.store()
        for number in 101...200 { try fixture.add("First \(number)", body: "common former") }
        let search = try fixture.indexed()
        #expect(try search.ids("former").count == 100)
        // The older copy goes on with other articles.
        fixture.use(store: "older")
        mkdir(fixture.storePath, 0o755)
        fixture.copy("articles", to: "older/articles")
        fixture.folder.write(fixture.folder.read("store/format")!, to: "older/format")
        for number in 101...200 {
            fixture.pass(seconds: 600)
            try fixture.add(
                "Article \(number)", body: "word\(number) common \(number.isMultiple(of: 3) ? "third" : "")")
        }
        let other = fixture.search()
        var reported: [String] = []
        try other.bringUp(report: { reported.append($0) })
        try expectWhole(other)
        #expect(try other.ids("former") == [])
        // The first file is of both.
        #expect(reported.count == 3, "\(reported)")
    }

    @Test("An older copy of the store that is put in its place under a running index is noticed when it has grown")
    func olderStoreMeanwhile() throws {
        try fill(100)
        fixture.closeStore()
        fixture.copy("store/articles", to: "articles")
        for number in 101...120 { try fixture.add("First \(number)", body: "common former") }
        let search = fixture.search()
        mkdir(fixture.indexPath, 0o755)
        var reported: [String] = []
        var keeper = IndexKeeper(
            folder: fixture.indexPath, store: fixture.storePath, options: SearchFixture.options,
            catalogue: search.catalogue, report: { reported.append($0) })
        while try keeper.step() {}
        #expect(try search.ids("former").count == 20)
        fixture.closeStore()
        for name in ChildFiles.names(in: fixture.folder.file("store/articles")) {
            unlink(fixture.folder.file("store/articles/\(name)"))
        }
        for name in ["articles.end", "index/known"] { unlink(fixture.folder.file("store/\(name)")) }
        fixture.copy("articles", to: "store/articles")
        for number in 101...200 {
            fixture.pass(seconds: 600)
            try fixture.add(
                "Article \(number)", body: "word\(number) common \(number.isMultiple(of: 3) ? "third" : "")")
        }
        while try keeper.step() {}
        try expectWhole(search)
        #expect(try search.ids("former") == [])
        #expect(reported.count == 1, "\(reported)")
    }

    @Test("Thrown away, it is made again; what is not its own in the folder stays")
    func discarded() throws {
        try fill()
        let search = try fixture.indexed()
        fixture.folder.write("mine", to: "index/notes.txt")
        try search.discard()
        #expect(names == ["notes.txt"])
        #expect(try search.ids("common") == [])
        try search.bringUp()
        try expectWhole(search)
        #expect(fixture.folder.text("index/notes.txt") == "mine")
    }

    @Test("Without a store there is nothing to find, and no failure")
    func noStore() throws {
        let search = try fixture.indexed()
        #expect(try search.ids("common") == [])
        #expect(search.standing.isComplete)
        #expect(search.standing.lastSeq == 0)
    }
}
