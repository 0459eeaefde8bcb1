import FeedModel
import Glibc
import JSONText
import TestSupport
import Testing

@testable import ArticleStore

@Suite("What is remembered of feeds is followed beside the writer")
struct FeedStateFollowerTests {
    private let folder = TemporaryDirectory()
    private let file = "store/state/feeds.jsonl"

    private func state(_ number: Int, failures: Int = 0) -> FeedState {
        var state = FeedState(feed: FeedIdentifier("feed-\(number)"), url: "https://h.example/\(number)")
        state.failures = failures
        return state
    }

    private func text(_ states: [FeedState]) -> String {
        var bytes: [UInt8] = []
        var json = JSONWriter()
        for state in states { FeedStates.append(PackedFeedState(state), of: state.feed, seq: 1, &json, to: &bytes) }
        return String(decoding: bytes, as: UTF8.self)
    }

    private func follow(_ follower: inout FeedStateFollower) throws -> (began: Bool, found: [FeedStateFollower.Place]) {
        var began = false
        var places: [FeedStateFollower.Place] = []
        try follower.follow(begin: { began = true }, take: { places.append($1) })
        return (began, places)
    }

    /// Writes zeros over all of the file, without making it another one.
    private func wipe() {
        let descriptor = open(folder.file(file), O_WRONLY)
        var status = stat()
        fstat(descriptor, &status)
        let zeros = [UInt8](repeating: 0, count: Int(status.st_size))
        pwrite(descriptor, zeros, zeros.count, 0)
        close(descriptor)
    }

    @Test("What was read is not read again while the file grows, and all of another file is")
    func growth() throws {
        var follower = FeedStateFollower(store: folder.file("store"))
        #expect(try follow(&follower).found == [] && follower.file == nil)
        folder.write(text([state(1), state(2)]), to: file)
        let first = try follow(&follower)
        #expect(first.began && first.found.count == 2)
        let known = try #require(follower.file)
        #expect(try first.found.map { try known.state(at: $0) } == [state(1), state(2)])
        folder.write(text([state(1), state(2), state(1, failures: 3)]), to: "new")
        rename(folder.file("new"), folder.file(file))
        let second = try follow(&follower)
        #expect(second.began && second.found.count == 3)
        #expect(try follower.file?.state(at: second.found[2]) == state(1, failures: 3))
        // What a place names stays in the file that it is of.
        #expect(try known.state(at: first.found[1]) == state(2))
    }

    @Test("States that were looked at last are not read from the disk again, and no more are kept than a list shows")
    func recent() throws {
        let count = FeedStateFollower.File.mostRecent + 1
        folder.write(text((0..<count).map { state($0) }), to: file)
        var follower = FeedStateFollower(store: folder.file("store"))
        let places = try follow(&follower).found
        let known = try #require(follower.file)
        for (number, place) in places.enumerated() { #expect(try known.state(at: place) == state(number)) }
        wipe()
        #expect(try known.state(at: places[count - 1]) == state(count - 1))
        #expect(try places.filter { try known.state(at: $0) != nil }.count <= FeedStateFollower.File.mostRecent)
        #expect(try known.state(at: places[0]) == nil)
    }
}
