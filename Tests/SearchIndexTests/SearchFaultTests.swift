import FeedModel
import Glibc
import Locking
import Querying
import TestSupport
import Testing

@testable import ArticleStore
@testable import SearchIndex

@Suite("The index goes on answering while something goes wrong: web.md §11")
struct SearchFaultTests {
    let fixture = SearchFixture()

    private func fill(_ count: Int = 200, from first: Int = 1) throws {
        for number in first..<first + count {
            fixture.pass(seconds: 600)
            try fixture.add("Article \(number)", body: "word\(number) common")
        }
    }

    private func inode(_ path: String) -> UInt64 {
        var status = stat()
        return stat(path, &status) == 0 ? UInt64(status.st_ino) : 0
    }

    @Test("A file that the system does not let be opened is no damaged one: it is kept, and taken in once it can be")
    func refused() throws {
        try fill()
        _ = try fixture.indexed()
        let path = fixture.folder.file("index/00000000000000000065.sealed")
        let before = inode(path)
        rename(path, "\(path).aside")
        // Nobody can follow that.
        symlink(path, path)
        let search = fixture.search()
        #expect(try search.ids("common") == (129...200).reversed() + (1...64).reversed())
        #expect(search.standing.searchedFrom == 129)
        do {
            try search.bringUp()
            Issue.record("it was brought up")
        } catch {
            #expect(error.message.contains(path))
        }
        unlink(path)
        rename("\(path).aside", path)
        try search.bringUp()
        #expect(search.standing.isComplete)
        #expect(try search.ids("common") == Array((1...200).reversed()))
        #expect(inode(path) == before && before > 0)
    }

    @Test("Whoever goes through articles while retention removes the oldest gets all that were there when he began")
    func retentionMeanwhile() throws {
        try fill()
        let search = try fixture.indexed()
        var ids: [UInt64] = []
        var first: UInt64 = 0
        try search.forEachEntry { id, _, _ in
            ids.append(id)
            if id == 20 {
                do {
                    first =
                        try fixture.store().expire(before: fixture.now.adding(seconds: -600 * 90), now: fixture.now)
                        .lastSeq
                        + 1
                    try search.bringUp()
                } catch {
                    Issue.record("\(error)")
                }
            }
            return true
        }
        #expect(ids == Array(1...200))
        #expect(first > 65)
        #expect(try search.ids(nil) == (first...200).reversed())
    }

    @Test("Fifty who ask at once while articles come, and files are sealed, have each what was there when they began")
    func together() async throws {
        try fill(60)
        let search = try fixture.indexed()
        let asked = Locked(0)
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<50 {
                group.addTask {
                    await BlockingCall.run {
                        for _ in 0..<8 {
                            let known = search.standing.lastSeq
                            do {
                                let query = ["common", "common -word7", "arti*", "\"article \(number + 1)\""][
                                    number % 4]
                                let found = try search.ids(query)
                                let wanted: [UInt64] =
                                    number % 4 == 3
                                    ? [UInt64(number + 1)] : (1...known).filter { number % 4 != 1 || $0 != 7 }
                                let missing = Set(wanted).subtracting(found)
                                #expect(missing.isEmpty, "\(query)")
                                #expect(found == Array(Set(found)).sorted(by: >), "\(query)")
                            } catch {
                                Issue.record("\(error)")
                            }
                            asked.withLock { $0 += 1 }
                        }
                    }
                }
            }
            do {
                for run in 0..<10 {
                    try fill(20, from: 61 + run * 20)
                    try search.bringUp()
                }
            } catch {
                Issue.record("\(error)")
            }
        }
        #expect(asked.withLock { $0 } == 400)
        #expect(search.standing.isComplete && search.standing.lastSeq == 260)
    }

    @Test("SQLite is stopped also within one of its steps: many words of which only the beginning is told")
    func interruptedWithinAStep() throws {
        let connection = try SQLiteConnection(fixture.folder.file("words"), .writing)
        try connection.run(SearchSchema.creation)
        try connection.run(
            """
            BEGIN;
            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)
            INSERT INTO words(rowid, body) SELECT i, replace(hex(zeroblob(100)), '0', 'a' || i || ' ') FROM n;
            COMMIT
            """)
        let words = Array(repeating: "\"a\" *", count: 400).joined(separator: " AND ")
        // So that SQLite could not stop it by itself: there is one step, and no row to look at between two.
        let statement = "SELECT rowid FROM words WHERE words MATCH '\(words)' LIMIT 1"
        connection.stop(at: SearchDeadline(.now + .milliseconds(20), isClosed: Locked(false)))
        do {
            _ = try connection.number(statement)
            Issue.record("it was not stopped")
        } catch {
            #expect(error.code == .tooSlow)
        }
        // Whoever uses the connection next is not disturbed.
        connection.stop(at: nil)
        #expect(try connection.number("SELECT count(*) FROM words WHERE words MATCH 'a7'") == 1)
    }

    @Test("No more files than one are waiting to be sealed while older articles are taken in")
    func sealedOneByOne() throws {
        try fill(300)
        let search = fixture.search()
        var most = 0
        try search.bringUp { _, _ in
            let open = ChildFiles.names(in: fixture.indexPath).filter { $0.hasSuffix(".open") }
            // The newest, which is not full, the one that is, and the one that is being filled.
            most = max(most, open.count)
            return true
        }
        #expect(most == 2)
        #expect(search.standing.isComplete)
    }
}
