import Digest
import FeedModel
import Locking
import TestSupport
import Testing

@testable import WebInterface

@Suite struct FeedNumbersTests {
    private let folder = TemporaryDirectory()
    private let said = Locked<[String]>([])

    private func open() throws -> FeedNumbers {
        let said = said
        return try FeedNumbers(stateDirectory: folder.file("web")) { text in said.withLock { $0.append(text) } }
    }

    private func hash(_ text: String) -> UInt32 {
        var text = text
        return UInt32(truncatingIfNeeded: text.withUTF8 { XXH3.hash64(UnsafeRawBufferPointer($0)) }) & 0x7fff_ffff
    }

    @Test func `a feed's number is the low bits of its id's hash and stays over a restart`() throws {
        let numbers = try open().numbers(of: [FeedIdentifier("one"), FeedIdentifier("two")])
        #expect(numbers == [hash("one"), hash("two")])
        let again = try open()
        #expect(again.feed(hash("two")) == FeedIdentifier("two"))
        #expect(try again.numbers(of: [FeedIdentifier("two")]) == [hash("two")])
        #expect(again.feed(hash("three")) == nil)
    }

    @Test func `a number that is taken leaves the next one that is free`() throws {
        let number = hash("late")
        folder.write("feed \(number) early\nfeed \(number + 1) other\n", to: "web/numbers")
        let numbers = try open()
        #expect(try numbers.numbers(of: [FeedIdentifier("late")]) == [number + 2])
        #expect(try open().feed(number + 2) == FeedIdentifier("late"))
    }

    @Test func `behind the largest number comes 1, because readers take 0 for none`() throws {
        #expect(FeedNumbers.next(after: FeedNumbers.largest) == 1)
        #expect(FeedNumbers.next(after: 0) == 1)
        folder.write("feed \(FeedNumbers.largest) last\nfeed 0 nothing\n", to: "web/numbers")
        let numbers = try open()
        #expect(numbers.feed(FeedNumbers.largest) == FeedIdentifier("last"))
        #expect(numbers.feed(0) == nil)
        #expect(said.withLock { $0.count } == 1)
    }

    @Test func `feeds, tags and accounts of one name have numbers of their own kind`() throws {
        let numbers = try open()
        let tag = try numbers.numbers(ofTags: ["world", "World"])
        #expect(tag == [hash("world"), hash("world")])
        #expect(try numbers.numbers(of: [FeedIdentifier("world")]) == [hash("world")])
        #expect(try numbers.number(ofAccount: "world") == hash("world"))
    }

    @Test(arguments: ["with blank", "100%", "line\nend", "日本", "tab\there", ""])
    func `any name comes back as it was`(name: String) throws {
        let number = try open().numbers(of: [FeedIdentifier(name)])[0]
        #expect(try open().feed(number) == FeedIdentifier(name))
        #expect(said.withLock { $0 } == [])
    }

    @Test func `a torn line is said, and what follows is kept behind it`() throws {
        _ = try open().numbers(of: [FeedIdentifier("one"), FeedIdentifier("two")])
        let bytes = try #require(folder.read("web/numbers"))
        for length in 0..<bytes.count {
            folder.write(Array(bytes[..<length]), to: "web/numbers")
            let numbers = try open()
            #expect(
                try numbers.numbers(of: [FeedIdentifier("three"), FeedIdentifier("one")]) == [
                    hash("three"), hash("one"),
                ])
            #expect(try open().feed(hash("three")) == FeedIdentifier("three"), "\(length)")
        }
        #expect(said.withLock { !$0.isEmpty })
    }

    @Test func `a line that cannot be read loses its number alone`() throws {
        folder.write("feed 7 seven\nnothing\nfeed x y\nfeed 7 again\ntag 8 eight\n", to: "web/numbers")
        let numbers = try open()
        #expect(numbers.feed(7) == FeedIdentifier("seven"))
        #expect(try numbers.numbers(ofTags: ["eight"]) == [8])
        #expect(said.withLock { $0.first?.contains("3 lines") } == true)
    }
}
