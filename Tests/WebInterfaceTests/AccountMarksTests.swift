import FeedModel
import Glibc
import Locking
import TestSupport
import Testing

@testable import WebInterface

@Suite struct AccountMarksTests {
    private let folder = TemporaryDirectory()
    private let said = Locked<[String]>([])
    private let now = Timestamp(year: 2026, month: 11, day: 30)

    /// As the program has them when it has just started.
    private func open(
        _ account: String = "desk", first: UInt64 = 1, floor: UInt64 = 11, last: UInt64 = 100, now: Timestamp? = nil
    ) throws -> MarkedAccount {
        let said = said
        let marks = AccountMarks(stateDirectory: folder.file("web")) { text in said.withLock { $0.append(text) } }
        return try marks.account(account, now: now ?? self.now) {
            AccountMarks.Bounds(first: first, floor: floor, last: last)
        }
    }

    private func read(_ account: MarkedAccount, _ range: ClosedRange<UInt64>) -> [UInt64] {
        let marks = account.marks
        return range.filter { marks.isRead($0) }
    }

    @Test func `a new account has read what is before the floor and nothing else`() throws {
        #expect(read(try open(), 1...30) == Array(1...10))
    }

    @Test func `what is marked stays marked over a restart`() throws {
        let account = try open()
        try account.mark([12, 30, 99], read: true, upTo: 100)
        try account.mark([30], read: false, upTo: 100)
        try account.star([5, 40, 7], true)
        try account.star([7], false)
        let again = try open()
        #expect(read(again, 11...100) == [12, 99])
        #expect(again.marks.starred == [5, 40])
        #expect(said.withLock { $0 } == [])
    }

    @Test func `what is before the floor stays read`() throws {
        let account = try open()
        try account.mark([3, 12], read: false, upTo: 100)
        #expect(read(account, 1...20) == Array(1...10))
    }

    @Test func `no number behind the last that there can be is marked, nor does the file grow for it`() throws {
        let account = try open()
        try account.mark([101, 1 << 60, .max], read: true, upTo: 100)
        #expect(read(account, 11...200) == [])
        #expect(try #require(folder.read("web/accounts/desk/read")).count == ReadBits.headerBytes)
    }

    @Test func `marking all leaves unread what comes behind it`() throws {
        let account = try open()
        try account.markAll(upTo: 57)
        #expect(read(account, 11...100) == Array(11...57))
        #expect(read(try open(), 11...100) == Array(11...57))
    }

    @Test(arguments: [11, 12, 16, 18, 19, 26, 27] as [UInt64])
    func `marking all ends at any bit of a byte`(last: UInt64) throws {
        let account = try open()
        try account.markAll(upTo: last)
        #expect(read(account, 11...100) == Array(11...last))
    }

    @Test func `marks that were taken before do not change with what is marked later`() throws {
        let account = try open()
        let before = account.marks
        try account.mark([20], read: true, upTo: 100)
        #expect(!before.isRead(20))
        #expect(account.marks.isRead(20))
    }

    @Test func `two accounts share nothing`() throws {
        let marks = AccountMarks(stateDirectory: folder.file("web")) { _ in }
        let bounds = AccountMarks.Bounds(first: 1, floor: 11, last: 100)
        let one = try marks.account("one", now: now) { bounds }
        let other = try marks.account("other", now: now) { bounds }
        try one.mark([20], read: true, upTo: 100)
        try one.star([21], true)
        #expect(read(other, 11...100) == [])
        #expect(other.marks.starred == [])
    }

    @Test(arguments: [".", ".."]) func `no account keeps marks outside of its folder`(name: String) throws {
        #expect(throws: WebFailure.self) { try open(name) }
    }

    // MARK: - The floor

    @Test func `the floor follows once a day and the marks behind it stay`() throws {
        let said = said
        let marks = AccountMarks(stateDirectory: folder.file("web")) { text in said.withLock { $0.append(text) } }
        func account(_ hours: Int, floor: UInt64) throws -> MarkedAccount {
            try marks.account("desk", now: now.adding(seconds: hours * 3600)) {
                AccountMarks.Bounds(first: 1, floor: floor, last: 100)
            }
        }
        try account(0, floor: 11).mark([40, 50], read: true, upTo: 100)
        #expect(try account(23, floor: 35).marks.floor == 11)
        let later = try account(24, floor: 45)
        #expect(later.marks.floor == 45)
        #expect(read(later, 30...60) == Array(30...44) + [50])
        #expect(try #require(folder.read("web/accounts/desk/read")).count < ReadBits.headerBytes + 3)
        #expect(read(try open(floor: 11), 30...60) == Array(30...44) + [50])
    }

    @Test func `a floor never goes back, so that what was too old once stays read`() throws {
        _ = try open(floor: 45)
        #expect(try open(floor: 11).marks.floor == 45)
    }

    @Test func `stars of what the store has no more go`() throws {
        try open().star([5, 40], true)
        #expect(try open(first: 6).marks.starred == [40])
    }

    @Test func `where the store has gone back the marks behind its end are lost and that is said`() throws {
        try open().mark([20, 60, 99], read: true, upTo: 100)
        try open().star([20, 60], true)
        let again = try open(last: 59)
        #expect(read(again, 11...100) == [20])
        #expect(again.marks.starred == [20])
        #expect(said.withLock { $0.count } == 1)
        // Also after the numbers have been given anew.
        #expect(read(try open(), 11...100) == [20])
    }

    @Test func `where the store has gone back before the floor everything begins anew`() throws {
        try open().mark([20], read: true, upTo: 100)
        let again = try open(floor: 1, last: 5)
        #expect(again.marks.floor == 1)
        #expect(read(again, 1...100) == [])
        #expect(said.withLock { $0.count } == 1)
    }

    // MARK: - Damage

    @Test func `a file cut anywhere loses marks and nothing else`() throws {
        try open().mark([12, 30, 99], read: true, upTo: 100)
        let whole = try #require(folder.read("web/accounts/desk/read"))
        for length in 0..<whole.count {
            folder.write(Array(whole[..<length]), to: "web/accounts/desk/read")
            let account = try open()
            #expect(Set(read(account, 11...100)).isSubset(of: [12, 30, 99]), "\(length)")
            #expect(account.marks.floor == 11)
            try account.mark([31], read: true, upTo: 100)
            #expect(try open().marks.isRead(31), "\(length)")
        }
    }

    @Test func `a damaged head is said and loses the marks`() throws {
        try open().mark([12], read: true, upTo: 100)
        var bytes = try #require(folder.read("web/accounts/desk/read"))
        bytes[18] ^= 4
        folder.write(bytes, to: "web/accounts/desk/read")
        #expect(read(try open(), 11...100) == [])
        #expect(said.withLock { $0.first?.contains("damaged") } == true)
    }

    @Test func `a file of another version is said and loses the marks`() throws {
        _ = try open()
        folder.write("newswire-read 2\nwhatever", to: "web/accounts/desk/read")
        #expect(read(try open(), 11...100) == [])
        #expect(said.withLock { $0.first?.contains("another version") } == true)
    }

    @Test func `stars that cannot be read are said, and the others stay`() throws {
        _ = try open()
        folder.write("12\nx\n40\n", to: "web/accounts/desk/starred")
        #expect(try open().marks.starred == [12, 40])
        #expect(said.withLock { $0.count } == 1)
    }

    @Test func `no account has more stars than can be kept, and is told so`() throws {
        let account = try open(last: 200_000)
        try account.star(Array(1...UInt64(MarkedAccount.mostStars)), true)
        #expect(throws: WebFailure.self) { try account.star([150_000], true) }
        #expect(account.marks.starred.count == MarkedAccount.mostStars)
        try account.star([1], false)
        try account.star([150_000], true)
        #expect(account.marks.isStarred(150_000))
    }

    @Test func `what cannot be written is not marked`() throws {
        let account = try open()
        #expect(unlinkFolder("web/accounts/desk"))
        #expect(throws: WebFailure.self) { try account.mark([20], read: true, upTo: 100) }
        #expect(throws: WebFailure.self) { try account.star([20], true) }
        #expect(!account.marks.isRead(20))
        #expect(!account.marks.isStarred(20))
    }

    private func unlinkFolder(_ path: String) -> Bool {
        unlink(folder.file("\(path)/read"))
        return rmdir(folder.file(path)) == 0
    }
}
