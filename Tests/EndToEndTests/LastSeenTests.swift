import Glibc
import JSONText
import TestSupport
import Testing

@Suite("What has disappeared from its feed, as history and explain tell it", .serialized)
struct LastSeenTests {
    private let desk = Desk()

    private func publish(_ ids: String...) {
        desk.server.on("/feed", .init(body: Publisher.rss(ids.map { ($0, "Title \($0)") })))
    }

    private func lines(_ arguments: String...) async -> [String] {
        await desk.run(arguments).lines
    }

    @Test("identity.md §8: disappeared is last seen and never deleted; reappeared is not new")
    func disappearance() async throws {
        publish("1", "2")
        _ = try await desk.poll()
        let uid = try #require(try await desk.dump()[0]["_newswire"]?["uid"]?.string)
        let still = await lines("history", uid)
        #expect(still[0] == uid)
        #expect(still[1].hasPrefix("still in its feed, as of 20"))
        let time = still[1].suffix(20)
        #expect(await lines("explain", "1").contains("  seen      still in its feed, as of \(time)"))

        publish("2", "3")
        #expect(try await desk.poll()["new"]?.integer == 1)
        let gone = await lines("history", "1")
        #expect(gone[1].hasPrefix("gone from its feed, as of 20"))
        #expect(gone[1].hasSuffix("; last seen there \(time)"))
        #expect(gone[2...] == still[2...])
        #expect(await lines("explain", "1").contains { $0.hasPrefix("  seen      gone from its feed, as of ") })
        #expect(await lines("explain", "2").contains { $0.hasPrefix("  seen      still in its feed") })
        #expect(try await desk.ids() == ["1", "2", "3"])

        publish("1", "2", "3")
        let back = try await desk.poll()
        #expect(back["new"]?.integer == 0 && back["updated"]?.integer == 0)
        #expect(await lines("history", "1")[1].hasPrefix("still in its feed"))
        #expect(try await desk.ids() == ["1", "2", "3"])
        #expect(await desk.run("store", "verify").status == 0)
    }

    @Test("identity.md §8: history --json says it in in_feed and last_seen")
    func json() async throws {
        publish("1", "2")
        _ = try await desk.poll()
        let before = try JSONParser.parse(Array(await lines("history", "1", "--json")[0].utf8)).value
        #expect(before["in_feed"]?.bool == true)
        let seen = try #require(before["last_seen"]?.string)
        publish("2")
        _ = try await desk.poll()
        let after = try JSONParser.parse(Array(await lines("history", "1", "--json")[0].utf8)).value
        #expect(after["in_feed"]?.bool == false)
        #expect(after["last_seen"]?.string == seen)
    }

    @Test("Where it is not known, nothing is said of it; where nothing can be kept, polls go on")
    func unknown() async throws {
        publish("1", "2")
        _ = try await desk.poll()
        unlink(desk.folder.file("store/state/contents"))
        let history = await desk.run("history", "1", "--json")
        #expect(history.status == 0 && !history.output.contains("in_feed"))
        #expect(await desk.run("explain", "1").status == 0)
        // A folder where the file should be.
        mkdir(desk.folder.file("store/state/contents"), 0o700)
        publish("2", "3")
        let poll = await desk.run("poll", "--all")
        #expect(poll.status == 0)
        #expect(poll.errors.contains("which articles have gone from their feeds is not kept"))
        #expect(try await desk.ids() == ["1", "2", "3"])
    }

    @Test("What had gone before anybody looked was last seen nobody knows when")
    func goneBefore() async throws {
        publish("1", "2")
        _ = try await desk.poll()
        unlink(desk.folder.file("store/state/contents"))
        publish("2", "3")
        _ = try await desk.poll()
        let line = await lines("history", "1")[1]
        #expect(line.hasPrefix("gone from its feed, as of 20"))
        #expect(line.hasSuffix("; when it was last seen there is not known"))
        let json = try JSONParser.parse(Array(await lines("history", "1", "--json")[0].utf8)).value
        #expect(json["in_feed"]?.bool == false && json["last_seen"] == nil)
    }
}
