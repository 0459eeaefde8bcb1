import Glibc
import JSONText
import TestSupport
import Testing

@Suite("When feeds are polled, and why")
struct ScheduleTests {
    private func feed(_ headers: [(name: String, value: String)] = []) -> LoopbackResponse {
        .init(headers: [("ETag", "\"v1\"")] + headers, body: Publisher.rss([("1", "One")]))
    }

    @Test("explain shows every term of the decision and the polls before it")
    func explain() async throws {
        let desk = Desk()
        desk.server.on("/feed", feed([("Cache-Control", "max-age=7200"), ("Age", "120")]))
        _ = try await desk.poll()
        let text = await desk.run("explain", "feed")
        #expect(text.status == 0)
        #expect(text.output.contains("7200 s − age 120 s = 7080 s"))
        #expect(text.output.contains("its server says that the answer is fresh until then"))
        #expect(text.output.contains("host allowance  127.0.0.1: 8 at a time, 0.0 s from start to start"))
        #expect(text.output.contains("new 200, 1 of 1 new"))
        #expect(await desk.run("explain", "nonsense").status == 64)
        let never = Desk()
        #expect(await never.run("explain", "fee").output.contains("it was never polled"))
    }

    @Test("A number that is a feed's id and a record's is explained as both")
    func explainNumber() async throws {
        let desk = Desk(feeds: ["/1", "/2024"])
        desk.server.on("/1", feed())
        let empty = await desk.run("explain", "2024")
        #expect(empty.status == 0 && empty.output.contains("it was never polled"))
        _ = try await desk.poll()
        let both = await desk.run("explain", "1")
        #expect(both.status == 0)
        #expect(both.output.contains("host allowance") && both.output.contains("record 1"))
        #expect(await desk.run("explain", "7").status == 64)
    }

    @Test("feeds says when each is polled next, how often and why")
    func feeds() async throws {
        let desk = Desk()
        desk.server.on("/feed", feed([("Cache-Control", "max-age=7200")]))
        _ = try await desk.poll()
        let line = try #require(await desk.run("feeds", "--json").lines.first)
        let json = try JSONParser.parse(Array(line.utf8)).value
        #expect(json["state"]?.string == "ok")
        #expect(json["interval_seconds"]?.integer == 3600)
        #expect(json["reason"]?.string == "freshness")
        #expect(await desk.run("feeds", "feed").output.contains("every 1 h: its server says"))
    }

    @Test("contract.md §1: --all passes over what is fresh and what is paused, --force does not, still with validators")
    func heldBack() async throws {
        let desk = Desk(feeds: ["/busy", "/other"])
        let text = desk.folder.text("newswire.toml") ?? ""
        desk.folder.write(
            text.replacing("[store]", with: "[host.\"127.0.0.1\"]\npause_scope = \"host\"\nconcurrency = 1\n[store]"),
            to: "newswire.toml")
        desk.server.on("/other", feed())
        desk.server.on("/busy", feed())
        #expect(await desk.run("poll", "--all").status == 0)
        desk.server.on("/busy", .init(status: 429, headers: [("Retry-After", "3600")]))
        let round = await desk.run("poll", "busy", "other", "--json").lines.map {
            try? JSONParser.parse(Array($0.utf8)).value
        }
        // Of the host's feeds those that come after the refusal are left alone in the same round.
        #expect(round.compactMap { $0?["outcome"]?.string } == ["failed", "skipped"], "\(round)")
        let states = await desk.run("feeds", "--json").lines
        #expect(states.first { $0.contains("\"other\"") }?.contains("\"state\":\"paused\"") == true)
        #expect(states.first { $0.contains("\"busy\"") }?.contains("\"state\":\"failing\"") == true)
        desk.server.on("/busy") { $1.send(.conditional($0, etag: "\"v1\"", body: Publisher.rss([("1", "One")]))) }
        let before = desk.server.requests.count
        #expect(await desk.run("poll", "--all").status == 0)
        #expect(desk.server.requests.count == before)
        #expect(await desk.run("poll", "--force").status == 0)
        #expect(desk.server.requests(to: "/busy").last?.header("If-None-Match") == "\"v1\"")
    }

    @Test("polling.md §8, §9: a host that is left alone is not come to by a redirect either, unless by force")
    func redirectToPausedHost() async throws {
        let other = LoopbackServer(address: "127.0.0.2")
        let desk = Desk(feeds: ["/moved"])
        let text = desk.folder.text("newswire.toml") ?? ""
        desk.folder.write(
            text.replacing("[store]", with: "[host.\"127.0.0.2\"]\npause_scope = \"host\"\n[store]")
                + "[[feed]]\nurl = \"\(other.url("/busy"))\"\nid = \"busy\"\n", to: "newswire.toml")
        desk.server.on("/moved", .init(status: 302, headers: [("Location", other.url("/feed"))]))
        other.on("/busy", .init(status: 429, headers: [("Retry-After", "3600")]))
        other.on("/feed", feed())
        await desk.run("poll", "busy")
        let line = try #require(await desk.run("poll", "moved", "--json").lines.first)
        #expect(try JSONParser.parse(Array(line.utf8)).value["error_class"]?.string == "paused")
        #expect(other.requests(to: "/feed").isEmpty)
        #expect(await desk.run("poll", "moved", "--force").status == 0)
        #expect(other.requests(to: "/feed").count == 1)
    }

    @Test("A feed that is gone is shown so, confirmed, and not asked again")
    func gone() async throws {
        let desk = Desk()
        desk.server.on("/feed", .init(status: 410))
        #expect(try await desk.poll()["outcome"]?.string == "gone")
        #expect(await desk.run("feeds", "--json").output.contains("\"state\":\"gone\""))
        #expect(await desk.run("feeds", "--failing").output.contains("gone"))
    }

    @Test("report politeness counts what was polite, by host")
    func report() async throws {
        let desk = Desk()
        desk.server.on("/feed") { $1.send(.conditional($0, etag: "\"v1\"", body: Publisher.rss([("1", "One")]))) }
        #expect(await desk.run("report", "politeness").output.contains("no polls are kept yet"))
        for _ in 0..<3 { _ = try await desk.poll() }
        let line = try #require(await desk.run("report", "politeness", "--json").lines.first)
        let json = try JSONParser.parse(Array(line.utf8)).value
        #expect(json["host"]?.string == "127.0.0.1")
        #expect(json["requests"]?.integer == 3 && json["not_modified"]?.integer == 2)
        #expect(json["violations"]?.integer == 0)
        #expect(json["criteria"]?["conditional"]?["checked"]?.integer == 2)
        #expect(json["criteria"]?["exact_validators"]?["checked"]?.integer == 2)
        #expect(await desk.run("report", "politeness").output.contains("100.0 %  2 of 2"))
    }

    @Test("simulate runs the configured feeds, or made-up ones beside other rules, and asks nobody")
    func simulate() async throws {
        let desk = Desk(feeds: ["/feed", "/other"])
        let text = await desk.run("simulate", "--days", "2")
        #expect(text.status == 0)
        #expect(text.output.contains("newswire: 2 feeds of 1 hosts, 2 days"))
        #expect(desk.server.requests.isEmpty)
        let lines = await desk.plain("simulate", "--feeds", "20", "--days", "1", "--compare", "--json").lines
        let rules = try lines.map { try JSONParser.parse(Array($0.utf8)).value["rule"]?.string ?? "" }
        #expect(rules == ["newswire", "every 15 min", "every 60 min", "entry_frequency", "stormcrawler"])
        #expect(await desk.plain("simulate", "--days", "0").status == 64)
    }

    @Test("A disk that does not take the history keeps no poll from being made")
    func historyOnAFullDisk() async throws {
        let desk = Desk()
        desk.server.on("/feed", feed())
        _ = try await desk.poll()
        // A folder where the file should be.
        unlink(desk.folder.file("store/state/polls"))
        mkdir(desk.folder.file("store/state/polls"), 0o700)
        #expect(try await desk.poll()["outcome"]?.string == "unchanged")
    }

    /// The script that judges the service by a server that keeps its time; nil where there is no Python.
    static let script: String? = {
        let hasPython = access("/usr/bin/python3", X_OK) == 0 || access("/usr/local/bin/python3", X_OK) == 0
        return hasPython ? "\(Checkout.root)/.ci/politeness" : nil
    }()

    @Test(
        "polling.md §11: hours of the service's life against a server that keeps the same time",
        .enabled(if: ScheduleTests.script != nil))
    func accelerated() async throws {
        let script = try #require(Self.script)
        let folder = TemporaryDirectory()
        let run = await ChildProcess(
            "/usr/bin/env",
            [
                "python3", script, "--newswire", Desk.binary, "--days", "0.2", "--feeds", "40", "--scale", "800",
                "--slack", "450", "--keep", folder.file("run"),
            ],
            environment: ["PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": "/nonexistent", "LC_ALL": "C.UTF-8"]
        ).wait()
        #expect(run.status == 0, "\(run.output)\(run.errors)")
        #expect(run.output.contains("unconditional only at first"))
    }
}
