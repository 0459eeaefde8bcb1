import ArticleStore
import Configuration
import FeedModel
import Ingestion
import JSONText
import Locking
import Scheduling
import TestSupport
import Testing
import newswire

@testable import WebInterface

@Suite("The API says how feeds are, and has the service poll and pause them")
struct FeedOperationTests {
    private static func feeds(_ ids: [String]) -> String {
        ids.map {
            "[[feed]]\nurl = \"https://\($0).example.org/feed.xml\"\nid = \"\($0)\"\ntags = [\"tag-\($0)\", \"all\"]\n"
        }
        .joined(separator: "\n")
    }

    private static func state(_ id: String, _ change: (inout FeedState) -> Void = { _ in }) -> FeedState {
        var state = FeedState(feed: FeedIdentifier(id), url: "https://\(id).example.org/feed.xml")
        state.title = "The \(id)"
        state.lastPoll = WebFixture.moment
        state.lastSuccess = WebFixture.moment
        state.status = 200
        state.articles = 3
        change(&state)
        return state
    }

    private func fixture() throws -> WebFixture {
        try WebFixture(
            states: [
                Self.state("a"),
                Self.state("b") { state in
                    state.failure = .init(word: "http", message: "HTTP 503")
                    state.failures = 4
                    state.schedule.failingSince = WebFixture.moment
                    state.schedule.pause = FeedState.Pause(
                        until: WebFixture.moment.adding(seconds: 600), incidents: 1, since: WebFixture.moment,
                        coversHost: true)
                },
                Self.state("c") { $0.schedule.heldUntil = FeedState.Schedule.forGood },
            ], feeds: Self.feeds(["a", "b", "c", "d"]))
    }

    @Test("The feeds are, byte for byte, what the command prints of each")
    func sameAsCommand() async throws {
        let fixture = try fixture()
        let printed = try await fixture.command("feeds", "--json").split(separator: "\n").map(String.init)
        let text = try fixture.call(.get, "/api/feeds", now: SystemClock.now()).text()
        #expect(text.hasPrefix("{\"feeds\":[\(printed.joined(separator: ","))],\"counts\":"))
        for (id, line) in zip(["a", "b", "c", "d"], printed) {
            #expect(try fixture.call(.get, "/api/feeds/\(id)", now: SystemClock.now()).text() == line + "\n")
        }
    }

    @Test("Feeds are chosen by state and tag, counted, and given in pages")
    func choosing() throws {
        let fixture = try fixture()
        func ids(_ query: [(String, String)]) throws -> [String] {
            try fixture.call(.get, "/api/feeds", query).json()["feeds"]?.array?.compactMap { $0["feed"]?.string } ?? []
        }
        #expect(try ids([("state", "failing")]) == ["b"])
        #expect(try ids([("state", "ok"), ("state", "never")]) == ["a", "d"])
        #expect(try ids([("state", "paused")]) == ["c"])
        #expect(try ids([("tag", "TAG-A")]) == ["a"])
        let page = try fixture.call(.get, "/api/feeds", [("tag", "all"), ("limit", "3")]).json()
        #expect(page["next"]?.string == "?tag=all&limit=3&after=c")
        #expect(page["counts"]?["failing"]?.integer == 1)
        #expect(try ids([("tag", "all"), ("limit", "3"), ("after", "c")]) == ["d"])
    }

    @Test("A feed that there is not is not found, and no start of an id is one", arguments: ["e", "aa", "", "A"])
    func unknown(_ id: String) throws {
        let fixture = try fixture()
        let failure = #expect(throws: WebFailure.self) { try fixture.call(.get, "/api/feeds/\(id)/polls") }
        #expect(failure?.status == 404)
    }

    @Test("Why a feed is polled when it is says what explain prints")
    func explanation() async throws {
        let fixture = try fixture()
        let printed = try await fixture.command("explain", "b")
        let json = try fixture.call(.get, "/api/feeds/b/explain", now: SystemClock.now()).json()
        #expect(json["feed"]?.string == "b")
        let texts = json["rows"]?.array?.compactMap { $0["text"]?.string } ?? []
        #expect(texts.count > 2)
        for text in texts { #expect(printed.contains(text)) }
        #expect(try fixture.call(.get, "/api/feeds/b/polls").json()["polls"]?.array?.isEmpty == true)
    }

    @Test("A feed is shown as it is two seconds later at most, without reading more than what has come")
    func freshness() throws {
        let time = Locked<Int64>(0)
        let folder = try fixture()
        let catalogue = FeedCatalogue(folder.configuration) { SteadyTime(milliseconds: time.withLock { $0 }) }
        func failures() throws -> Int {
            let feeds = try catalogue.snapshot(at: WebFixture.moment)
            return try feeds.state(0)?.failures ?? -1
        }
        #expect(try failures() == 0)
        try folder.store([], states: [Self.state("a") { $0.failures = 7 }])
        time.withLock { $0 = 1900 }
        #expect(try failures() == 0)
        time.withLock { $0 = 2000 }
        #expect(try failures() == 7)
        // What a rewritten file says counts as well.
        for number in 1...200 { try folder.store([], states: [Self.state("a") { $0.failures = number }]) }
        time.withLock { $0 = 4000 }
        #expect(try failures() == 200)
        #expect(try catalogue.snapshot(at: WebFixture.moment).health(1).state == .failing)
    }

    @Test("A list that is kept for a moment is another once a state changes, and once a pause has ended")
    func keptLists() throws {
        let time = Locked<Int64>(0)
        let fixture = try fixture()
        let end = WebFixture.moment.adding(seconds: 600)
        try fixture.store([], states: [Self.state("a") { $0.schedule.heldUntil = end }])
        let catalogue = FeedCatalogue(fixture.configuration) { SteadyTime(milliseconds: time.withLock { $0 }) }
        func paused(at now: Timestamp) throws -> Int? {
            try catalogue.snapshot(at: now).list(FeedQuery()).counts[.paused]
        }
        #expect(try paused(at: end.adding(seconds: -1)) == 2)
        #expect(try paused(at: end.adding(seconds: 1)) == 1)
        // A clock that was put back finds nothing kept of the future.
        #expect(try paused(at: end.adding(seconds: -1)) == 2)
        try fixture.store([], states: [Self.state("a")])
        time.withLock { $0 = 2000 }
        #expect(try paused(at: end.adding(seconds: -1)) == 1)
    }

    @Test(
        "Feeds of a host that wants to be left alone count as paused until it may be asked, also one that has moved there"
    )
    func pausedHosts() throws {
        let end = WebFixture.moment.adding(seconds: 600)
        func state(_ id: String, _ host: String, _ change: (inout FeedState) -> Void = { _ in }) -> FeedState {
            var state = FeedState(feed: FeedIdentifier(id), url: "https://\(host)/\(id).xml")
            state.lastPoll = WebFixture.moment
            change(&state)
            return state
        }
        let hosts = ["busy.example", "busy.example", "calm.example", "calm.example", "calm.example"]
        let states = [
            state("a", hosts[0]) {
                $0.schedule.pause = FeedState.Pause(
                    until: end, incidents: 1, since: WebFixture.moment, coversHost: true)
            },
            state("b", hosts[1]), state("c", hosts[2]),
            state("d", hosts[3]) { $0.move.adopted = "https://busy.example/d" },
            // It is led there, and still asked where it was.
            state("e", hosts[4]) {
                $0.move.candidate = "https://busy.example/e"
                $0.move.polls = 1
            },
        ]
        let fixture = try WebFixture(
            states: states,
            feeds: zip(states, hosts).map { state, host in
                "[[feed]]\nurl = \"https://\(host)/\(state.feed).xml\"\nid = \"\(state.feed)\"\n"
            }.joined(separator: "\n"))
        func paused(at now: Timestamp) throws -> [String] {
            let feeds = try fixture.house.parts.catalogue.snapshot(at: now)
            var query = FeedQuery()
            query.conditions = [.paused]
            query.order = .configuration
            return feeds.list(query).places.map { feeds.feed(Int($0)).id.text }
        }
        #expect(try paused(at: end.adding(seconds: -1)) == ["a", "b", "d"])
        #expect(try paused(at: end) == [])
    }

    @Test("Feeds come in the order that is asked for, and those alike as they are configured")
    func orders() throws {
        let now = WebFixture.moment
        func state(_ id: String, _ change: (inout FeedState) -> Void) -> FeedState {
            Self.state(id) { state in
                state.lastPoll = now
                state.lastSuccess = now
                change(&state)
            }
        }
        let ids = ["a", "b", "c", "d", "e", "f", "g"]
        let gone = FeedState.Failure(kind: .gone, message: "410")
        let states = [
            state("a") {
                $0.title = "Zebra"
                $0.nextPoll = now.adding(seconds: 50)
            },
            state("b") {
                $0.title = "apple"
                $0.nextPoll = now.adding(seconds: 10)
                $0.articles = 7
            },
            state("c") {
                $0.failure = gone
                $0.schedule.failingSince = now.adding(seconds: -100)
            },
            state("d") {
                $0.failure = gone
                $0.schedule.failingSince = now.adding(seconds: -200)
            },
            state("e") {
                $0.failure = FeedState.Failure(kind: .dns, message: "none")
                $0.schedule.failingSince = now.adding(seconds: -9000)
            },
            state("f") {
                $0.schedule.heldUntil = now.adding(seconds: 1000)
                $0.articles = 9
            },
        ]
        let fixture = try WebFixture(
            states: states,
            feeds: ids.map { "[[feed]]\nurl = \"https://example.org/\($0).xml\"\nid = \"\($0)\"\n" }.joined(
                separator: "\n"))
        let feeds = try fixture.house.parts.catalogue.snapshot(at: now)
        func list(_ order: FeedQuery.Order) -> String {
            var query = FeedQuery()
            query.order = order
            return feeds.list(query).places.map { feeds.feed(Int($0)).id.text }.joined()
        }
        #expect(list(.configuration) == "abcdefg")
        #expect(list(.need) == "dcegbaf")
        #expect(list(.nextPoll) == "bacdefg")
        #expect(list(.articles) == "fbacdeg")
        #expect(list(.silence) == "abcdefg")
        #expect(list(.title) == "bgcdefa")
    }

    @Test("Of a list that is asked for in many ways each answer is its own")
    func manyLists() throws {
        let feeds = try fixture().house.parts.catalogue.snapshot(at: WebFixture.moment)
        for _ in 1...2 {
            for tag in ["all", "tag-a", "tag-b", "tag-c", "tag-d", "nothing"] {
                var query = FeedQuery()
                query.tags = [tag]
                #expect(feeds.list(query).places.count == (tag == "all" ? 4 : tag == "nothing" ? 0 : 1))
            }
        }
    }

    @Test("Feeds that have moved to one URL name each other; those that were configured with one twice do not")
    func oneURL() throws {
        let fixture = try WebFixture(
            states: [Self.state("b") { $0.move.adopted = "https://a.example.org/feed.xml" }],
            feeds: Self.feeds(["a", "b", "c"])
                + "\n[[feed]]\nurl = \"https://c.example.org/feed.xml\"\nid = \"twice\"\n")
        func others(_ id: String) throws -> [String] {
            try fixture.call(.get, "/api/feeds/\(id)").json()["same_as"]?.array?.compactMap(\.string) ?? []
        }
        #expect(try others("a") == ["b"])
        #expect(try others("b") == ["a"])
        #expect(try others("c") == [])
        #expect(try others("twice") == [])
    }

    @Test("A configuration that was read anew has its feeds at once")
    func reloaded() throws {
        let fixture = try fixture()
        #expect(try fixture.call(.get, "/api/feeds/a").status == 200)
        fixture.folder.write(
            "contact = \"https://example.org/bot\"\n[store]\ndirectory = \"store\"\n" + Self.feeds(["b", "z"]),
            to: "newswire.toml")
        try fixture.reload()
        #expect(throws: WebFailure.self) { try fixture.call(.get, "/api/feeds/a") }
        #expect(try fixture.call(.get, "/api/feeds/z").json()["state"]?.string == "never")
        #expect(try fixture.call(.get, "/api/feeds/b").json()["failures"]?.integer == 4)
    }

    @Test("A feed goes on with what is known under the id that it had before")
    func formerID() throws {
        let fixture = try WebFixture(
            states: [Self.state("old") { $0.articles = 9 }],
            feeds: "[[feed]]\nurl = \"https://old.example.org/feed.xml\"\nid = \"new\"\nformerly = [\"old\"]\n")
        #expect(try fixture.call(.get, "/api/feeds/new").json()["articles"]?.integer == 9)
        #expect(try fixture.call(.get, "/api/feeds/old").json()["feed"]?.string == "new")
        let listed = try fixture.call(.get, "/api/feeds", [("state", "ok")]).json()["feeds"]?.array ?? []
        #expect(listed.map { $0["feed"]?.string } == ["new"])
    }

    @Test("Without a service the status is what the command shows of the disk")
    func statusOnDisk() async throws {
        let fixture = try fixture()
        let printed = try JSONParser.parse(Array(try await fixture.command("status", "--json").utf8)).value
        // How much room the disk has may change in between.
        func comparable(_ json: JSONValue) -> [String] {
            (json.object ?? []).filter { $0.key != "store" }.map { "\($0.key) \($0.value)" }
        }
        let json = try fixture.call(.get, "/api/status", now: SystemClock.now()).json()
        #expect(comparable(json) == comparable(printed))
        #expect(json["store"]?["last_seq"] == printed["store"]?["last_seq"])
        #expect(comparable(json).count > 2)
        let metrics = try fixture.call(.get, "/api/metrics").text()
        let own = try await fixture.command("status", "--format", "prometheus")
        #expect(metrics.hasPrefix(own.split(separator: "\n").prefix(3).joined(separator: "\n")))
        #expect(metrics.contains("newswire_web_streams 0"))
    }

    @Test("Nothing is polled, paused or resumed where no service runs", arguments: ["poll", "pause", "resume"])
    func withoutService(_ deed: String) throws {
        let fixture = try fixture()
        let failure = #expect(throws: WebFailure.self) { try fixture.call(.post, "/api/feeds/a/\(deed)") }
        #expect(failure?.status == 409)
        #expect(failure?.hint.contains("systemctl start newswire") == true)
    }

    @Test("The running service is told what is to be done, and what it refuses is said")
    func withService() throws {
        let fixture = try fixture()
        let asked = Locked<[ControlRequest]>([])
        let server = try fixture.service { request, reply in
            asked.withLock { $0.append(request) }
            switch request {
            case .poll(let feeds, _, _) where feeds == [FeedIdentifier("c")]: reply.fail("the feed c is paused")
            // It begins at once, and ends when the feed has been polled.
            case .poll: reply.send { $0.string("begins") }
            case .status: reply.send { $0.raw(#"{"version":"9"}"#) }; reply.done()
            case .metrics: reply.send { $0.string("newswire_up 1\n") }; reply.done()
            default: reply.done()
            }
        }
        defer { server.stop() }
        let until = WebFixture.moment.adding(seconds: 3600)
        #expect(try fixture.call(.post, "/api/feeds/a/poll").status == 202)
        #expect(try fixture.call(.post, "/api/feeds/a/pause").status == 202)
        #expect(
            try fixture.call(.post, "/api/feeds/a/pause", body: Array(#"{"until":"2026-11-22T09:00:00Z"}"#.utf8)).status
                == 202)
        #expect(try fixture.call(.post, "/api/feeds/a/resume").status == 202)
        let feed = [FeedIdentifier("a")]
        #expect(
            asked.withLock { $0 } == [
                .poll(feeds: feed, selection: .all, isDryRun: false), .pause(feeds: feed, until: nil),
                .pause(feeds: feed, until: until), .resume(feeds: feed),
            ])
        let failure = #expect(throws: WebFailure.self) { try fixture.call(.post, "/api/feeds/c/poll") }
        #expect(failure?.status == 409)
        #expect(failure?.message == "the feed c is paused")
        #expect(try fixture.call(.get, "/api/status").text() == "{\"version\":\"9\"}\n")
        #expect(try fixture.call(.get, "/api/metrics").text().hasPrefix("newswire_up 1\n# HELP newswire_web"))
    }

    @Test(
        "A pause that is none is refused, and nothing is asked of the service",
        arguments: [
            "x", "[]", #"{"until":5}"#, #"{"until":"soon"}"#, #"{"for":"2h"}"#, #"{"until":"2026-11-22T07:00:00Z"}"#,
        ])
    func wrongPause(_ body: String) throws {
        let fixture = try fixture()
        let failure = #expect(throws: WebFailure.self) {
            try fixture.call(.post, "/api/feeds/a/pause", body: Array(body.utf8))
        }
        #expect(failure?.status == 400)
    }

    @Test("Consumers are shown with their place, and rules with what they match")
    func consumersAndRules() async throws {
        let fixture = try WebFixture(
            [WebArticle("1", title: "A deal"), WebArticle("2", title: "News")],
            options: "[[filter]]\nname = \"no-deals\"\naction = \"block\"\nmatch = \"deal\"\n")
        _ = try await fixture.command("dump", "--new", "--as", "desk", "--limit", "1")
        let consumers = try fixture.call(.get, "/api/consumers").json()["consumers"]?.array ?? []
        #expect(consumers.map { $0["name"]?.string } == ["desk"])
        #expect(consumers.map { $0["seq"]?.integer } == [1])
        #expect(consumers.map { $0["behind"]?.integer } == [1])
        let printed = try await fixture.command("filters", "--json")
        let text = try fixture.call(.get, "/api/filters", now: SystemClock.now()).text()
        #expect(text == "{\"filters\":[\(printed.split(separator: "\n").joined(separator: ","))]}")
    }

    @Test("The feeds as OPML are what export prints, without what may be a secret")
    func opml() async throws {
        let fixture = try fixture()
        let answer = try fixture.call(.get, "/api/opml")
        #expect(try answer.text() == (try await fixture.command("export")))
        let secret = try WebFixture(
            feeds: "[[feed]]\nurl = \"https://example.org/feed.xml?token=abcdefgh12345678\"\nid = \"s\"\n")
        #expect(try secret.call(.get, "/api/opml").text().contains("abcdefgh") == false)
    }
}
