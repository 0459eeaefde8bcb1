import ArticleStore
import FeedModel
import Glibc
import Ingestion
import JSONText
import TestSupport
import Testing

@Suite(
    "newswire run in a fleet",
    .enabled(if: PostgreSQLServer.isPossible, "PostgreSQL is not installed: apt install postgresql"), .serialized)
struct FleetServiceTests {
    @Test("A consumer goes on at another machine where the first has let it go, and has every article once")
    func consumers() async throws {
        let (one, two) = try await FleetDesk.pair()
        let first = await one.service()
        let second = await two.service()
        let begun = await one.desk.run("dump", "--new", "--as", "index", "--limit", "1")
        #expect(begun.status == 0 && begun.lines.count == 1, "\(begun.errors)")
        #expect(one.sql("SELECT seq, run IS NULL, holder FROM newswire.consumer") == ["1|t|one"])
        let rest = await two.desk.run("dump", "--new", "--as", "index")
        #expect(rest.status == 0 && rest.lines.count == 1, "\(rest.errors)")
        #expect(rest.errors.contains("has had consumer index up to 1"), "\(rest.errors)")
        let none = await one.desk.run("dump", "--new", "--as", "index")
        #expect(none.status == 0 && none.lines.isEmpty, "\(none.errors)")
        #expect(await two.desk.run("ack", "index", "0").status == 0)
        #expect(await one.desk.run("dump", "--new", "--as", "index").lines.count == 2)
        #expect(await one.desk.run("consumers", "--remove", "index").status == 0)
        #expect(one.sql("SELECT count(*) FROM newswire.consumer") == ["0"])
        for service in [first, second] { service.send(SIGTERM) }
        for service in [first, second] { #expect(await service.wait().status == 0) }
        #expect(one.sql("SELECT count(*) FROM newswire.node") == ["0"])
    }

    @Test("The status and the metrics of a service say how it stands in its fleet")
    func status() async throws {
        let (one, _) = try await FleetDesk.pair()
        let first = await one.service()
        // What the table shows, the machine sees with its next look.
        #expect(
            await PublishDesk.waits {
                let metrics = await one.desk.run("status", "--format", "prometheus").output
                return metrics.contains("\nnewswire_fleet_shards 1024\n")
            })
        let metrics = await one.desk.run("status", "--format", "prometheus").output
        for line in ["engine_up 1", "machines 1", "log_behind 0", "put_out_total{machine=\"this\"} 0"] {
            #expect(metrics.contains("\nnewswire_fleet_\(line)\n"), "\(line)")
        }
        let fleet = try JSONParser.parse(Array(await one.desk.run("status", "--json").output.utf8)).value["fleet"]
        #expect(fleet?["machine"]?.string == "one" && fleet?["shards"]?.integer == 1024)
        #expect(try #require(fleet?["lease_seconds"]?.double) > 0)
        let text = await one.desk.run("status").output
        #expect(text.contains("\nfleet     one, of 1 machine: 1024 shards, its lease lasts "), "\(text)")
        #expect(text.contains("has the whole log, the engine has answered for "), "\(text)")
        first.send(SIGTERM)
        #expect(await first.wait().status == 0)
        #expect(try JSONParser.parse(Array(await one.desk.run("status", "--json").output.utf8)).value["fleet"] == nil)
    }

    @Test("A consumer that another machine's delivery has is refused with its name")
    func held() async throws {
        let (one, two) = try await FleetDesk.pair()
        let first = await one.service()
        let second = await two.service()
        let delivery = one.desk.start(
            ["deliver", "--as", "index", "--config", one.desk.folder.file("newswire.toml"), "--", "/bin/cat"])
        #expect(await PublishDesk.waits { one.sql("SELECT seq FROM newswire.consumer") == ["2"] })
        let refused = await two.desk.run("dump", "--new", "--as", "index")
        #expect(refused.status == 75 && refused.errors.contains("one takes them"), "\(refused.errors)")
        delivery.send(SIGKILL)
        _ = await delivery.wait()
        // What is killed lets it go as well.
        #expect(await PublishDesk.waits { await two.desk.run("dump", "--new", "--as", "index").status == 0 })
        for service in [first, second] { service.send(SIGTERM) }
        for service in [first, second] { #expect(await service.wait().status == 0) }
    }

    @Test("What a clock that was ahead has left of a feed is put right once, by the machine that polls it, for all")
    func setRight() async throws {
        let feed = """

            [[feed]]
            url = "http://127.0.0.1:1/feed"
            id = "example"
            interval = "1h"
            """
        let one = FleetDesk(node: "one", more: feed)
        // By it the clock is believed.
        try one.desk.store([StoredArticle("a").with { $0.stored = SystemClock.now() }])
        let store = try ArticleStore.open(
            at: one.desk.folder.file("store"), options: StoreOptions { SystemClock.now() }
        ) { _ in }
        var state = FeedState(feed: FeedIdentifier("example"), url: "http://127.0.0.1:1/feed")
        state.lastPoll = SystemClock.now().adding(seconds: 20 * 86_400)
        state.nextPoll = state.lastPoll?.adding(seconds: 3600)
        _ = try store.commit([FeedCommit(feed: state.feed, records: [], state: state)])
        store.close()
        try #require(await one.fleet("init").status == 0)
        let first = await one.service()
        // The feed is due in an hour: nothing else is there to be said of it.
        #expect(await PublishDesk.waits { one.sql("SELECT count(*) FROM newswire.log") == ["1"] })
        let entry = one.sql("SELECT convert_from(body, 'UTF8') FROM newswire.log")?.joined(separator: "\n") ?? ""
        let line = entry.split(separator: "\n").first { $0.contains("\"feed\":\"example\"") }
        let said = try JSONParser.parse(Array(try #require(line).utf8)).value
        let last = try #require(said["last_poll"]?.string.flatMap { Timestamp(rfc3339: $0) })
        #expect(last <= SystemClock.now())
        first.send(SIGTERM)
        #expect(await first.wait().status == 0)
    }

    @Test("What a machine polled that is killed is polled by another, and every store has the same articles once")
    func takesOver() async throws {
        let (one, two) = try await FleetDesk.pair()
        let publisher = one.desk.server
        publisher.on("/feed", FleetDesk.document(2))
        let feed = FleetDesk.schedule + FleetDesk.feed(publisher.url("/feed"), id: "wire")
        one.configure(more: feed)
        two.configure(more: feed)
        let first = await one.service()
        #expect(await one.has(4))
        // It begins with what the log has told of the feed.
        let second = await two.service()
        #expect(await two.has(4))
        first.send(SIGKILL)
        _ = await first.wait()
        publisher.on("/feed", FleetDesk.document(3))
        #expect(await two.has(5))
        let again = await one.service()
        #expect(await one.has(5))
        for service in [second, again] { service.send(SIGTERM) }
        for service in [second, again] { #expect(await service.wait().status == 0) }
        let heads = [await one.desk.run("store", "verify"), await two.desk.run("store", "verify")]
        #expect(heads.allSatisfy { $0.status == 0 })
        #expect(heads[0].lines.last == heads[1].lines.last)
        let same = await one.desk.shell("diff -r $DIR/store/articles \(two.desk.folder.path)/store/articles")
        #expect(same.status == 0, "\(same.output)")
    }
}
