import FeedModel
import Glibc
import TestSupport
import Testing

@testable import ArticleStore

@Suite("What keeps a consumer from getting on is written down beside its cursor")
struct DeliveryFailureTests {
    private let failure = DeliveryFailure(
        since: Timestamp(seconds: 1_700_000_000), attempts: 7, first: 3, last: 5, reason: "the command ended with \"1\""
    )

    private func cursors(_ fixture: StoreFixture) throws -> Cursors {
        let store = try fixture.open()
        _ = try store.commit([StoreFixture.commit(1...9)])
        store.close()
        return try Cursors(directory: fixture.path)
    }

    @Test("A failure is read as it was written, replaced, and forgotten")
    func roundTrip() throws {
        let fixture = StoreFixture()
        let cursors = try cursors(fixture)
        try cursors.advance("x", to: 2)
        #expect(cursors.failure(of: "x") == nil)
        try cursors.note(failure, of: "x")
        #expect(cursors.failure(of: "x") == failure && cursors.failure(of: "y") == nil)
        var worse = failure
        worse.attempts = 8
        try cursors.note(worse, of: "x")
        #expect(cursors.failure(of: "x") == worse)
        try cursors.note(nil, of: "x")
        #expect(cursors.failure(of: "x") == nil)
        #expect(try cursors.list().map(\.name) == ["x"])
        #expect(throws: StoreError.self) { try cursors.note(failure, of: "../x") }
    }

    @Test("A failure with a batch that the cursor was moved past does not count")
    func passed() throws {
        let fixture = StoreFixture()
        let cursors = try cursors(fixture)
        try cursors.advance("x", to: 4)
        try cursors.note(failure, of: "x")
        #expect(cursors.failure(of: "x") == failure)
        try cursors.advance("x", to: 5)
        #expect(cursors.failure(of: "x") == nil)
    }

    @Test("Whatever else stands in its place is no failure, and no link is followed")
    func hostile() throws {
        let fixture = StoreFixture()
        let cursors = try cursors(fixture)
        try cursors.advance("x", to: 2)
        for text in ["", "{}", "{\"since\":\"now\"}", String(repeating: "x", count: 10_000)] {
            fixture.folder.write(text, to: "store/cursors/.x.failure")
            #expect(cursors.failure(of: "x") == nil)
        }
        unlink(fixture.folder.file("store/cursors/.x.failure"))
        fixture.folder.write("kept", to: "other")
        #expect(symlink(fixture.folder.file("other"), fixture.folder.file("store/cursors/.x.failure.new")) == 0)
        try cursors.note(failure, of: "x")
        #expect(cursors.failure(of: "x") == failure && fixture.folder.text("other") == "kept")
    }
}
