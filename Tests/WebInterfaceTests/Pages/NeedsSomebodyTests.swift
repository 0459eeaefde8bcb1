import FeedModel
import Testing

@testable import WebInterface

@Suite struct NeedsSomebodyTests {
    private let now = Timestamp(year: 2026, month: 11, day: 28, hour: 15)

    private func ago(_ seconds: Int) -> Timestamp { now.adding(seconds: -seconds) }

    /// The needs of a situation in which all is well, but for what a test changes.
    private func needs(_ change: (inout Situation) -> Void) -> [Need] {
        var situation = Situation(now: now)
        situation.isRunning = true
        situation.lastPoll = ago(10)
        change(&situation)
        return NeedsSomebody.needs(situation, PageLinks())
    }

    private func feed(_ id: String, since: Timestamp? = nil, _ detail: String = "") -> Situation.OfFeed {
        Situation.OfFeed(id: FeedIdentifier(id), title: nil, since: since, detail: detail)
    }

    @Test func `nothing needs anybody where all is well`() {
        #expect(needs { _ in }.isEmpty)
    }

    @Test func `a service that has given no sign for two minutes needs somebody, one that is just starting does not`() {
        func silent(_ seconds: Int?) -> [Need] {
            needs {
                $0.isRunning = false
                $0.lastPoll = seconds.map { ago($0) }
            }
        }
        #expect(silent(119).isEmpty)
        #expect(silent(120).map(\.what.text) == ["The service is not running"])
        #expect(silent(120).first?.since == ago(120))
        #expect(silent(nil).count == 1)
    }

    @Test func `a service that does not answer needs somebody at once`() {
        let found = needs {
            $0.isRunning = false
            $0.serviceTrouble = "it has not answered in time"
        }
        #expect(found.map(\.why?.text) == ["it has not answered in time"])
    }

    @Test func `a store that takes nothing needs somebody`() {
        let found = needs { $0.storeFailure = "No space left on device" }
        #expect(found.map(\.why?.text) == ["No space left on device"])
        #expect(found.first?.rank == .everything)
    }

    @Test func `room for less than a day at this week's rate needs somebody`() {
        func room(_ free: UInt64, _ week: UInt64?) -> [String] {
            needs {
                $0.freeBytes = free
                $0.bytesOfWeek = week
            }.map(\.what.text)
        }
        #expect(room(99, 700) == ["The disk is full in less than a day"])
        #expect(room(100, 700).isEmpty)
        #expect(room(1, nil).isEmpty, "what was not counted says nothing")
        #expect(room(1, 0).isEmpty)
    }

    @Test func `feeds that fail are one line for each way, the most first, with a link to them`() {
        let found = needs { situation in
            situation.failing = [
                .init(kind: .dns, count: 1, since: ago(90_000)),
                .init(kind: .httpStatus, count: 12, since: ago(50_000)),
            ]
        }
        #expect(found.map(\.what.text) == ["12 feeds fail: server error", "1 feed fails: host not found"])
        #expect(
            found.map(\.link) == ["/feeds?state=failing&class=http_status", "/feeds?state=failing&class=dns"])
        #expect(found.map(\.since) == [ago(50_000), ago(90_000)])
    }

    @Test func `a feed that is gone needs somebody`() {
        let found = needs { $0.gone = [feed("a", since: ago(5))] }
        #expect(found.map(\.link) == ["/feeds/a"])
        #expect(found.first?.what.text.hasSuffix("is gone") == true)
    }

    @Test func `a feed that has never answered needs somebody, with the reason`() {
        let found = needs { $0.neverAnswered = [feed("a", since: ago(90_000), "the host is not found")] }
        #expect(found.map(\.why?.text) == ["the host is not found"])
    }

    @Test func `a feed that has moved needs somebody, with the line to change`() {
        let found = needs { $0.moved = [feed("a", "write url = \"https://b\" at newswire.toml:3")] }
        #expect(found.map(\.why?.text) == ["write url = &quot;https://b&quot; at newswire.toml:3"])
        #expect(found.map(\.rank) == [.upkeep])
    }

    @Test func `a feed that is silent needs somebody`() {
        #expect(needs { $0.silent = [feed("a", since: ago(900_000))] }.map(\.since) == [ago(900_000)])
    }

    @Test func `articles that may have been lost need somebody`() {
        #expect(needs { $0.gaps = [feed("a", since: ago(600))] }.map(\.rank) == [.loss])
    }

    @Test func `a feed that rules block whole needs somebody`() {
        let found = needs { $0.blockedWhole = [feed("a", "all 20 articles were blocked by no-deals")] }
        #expect(found.map(\.rank) == [.loss])
    }

    @Test func `a consumer needs somebody where something has waited for a day and its cursor has not moved for one`() {
        func consumer(moved: Int, oldest: Int?) -> [Need] {
            needs {
                $0.consumers = [
                    .init(
                        name: "mailer", movedAt: ago(moved), oldestWaiting: oldest.map { ago($0) }, waiting: 12,
                        failure: "410 Gone")
                ]
            }
        }
        let found = consumer(moved: 90_000, oldest: 90_000)
        #expect(found.map(\.what.text) == ["Consumer mailer takes nothing"])
        #expect(found.first?.why?.text == "12 records wait for it. Its deliveries fail: 410 Gone.")
        #expect(consumer(moved: 3600, oldest: 90_000).isEmpty, "it is at work")
        #expect(consumer(moved: 90_000, oldest: 60).isEmpty, "nothing came for a day")
        #expect(consumer(moved: 90_000, oldest: nil).isEmpty)
    }

    @Test func `the worst comes first`() {
        let found = needs { situation in
            situation.moved = [feed("m")]
            situation.failing = [.init(kind: .dns, count: 1, since: nil)]
            situation.gaps = [feed("g")]
            situation.storeFailure = "x"
        }
        #expect(found.map(\.rank) == [.everything, .loss, .delay, .upkeep])
    }

    @Test func `of more than five feeds one line with a link to all is said`() {
        let found = needs { $0.gone = (0..<6).map { feed("f\($0)", since: ago(100 + $0)) } }
        #expect(found.count == 1)
        #expect(found.first?.what.text == "6 feeds are gone")
        #expect(found.first?.link == "/feeds?state=gone")
        #expect(found.first?.since == ago(105), "since when the first of them is so")
        #expect(needs { $0.gone = (0..<5).map { feed("f\($0)") } }.count == 5)
    }

    @Test func `names of feeds are text`() {
        let found = needs { $0.gone = [.init(id: FeedIdentifier("a"), title: "<script>", since: nil)] }
        #expect(found.first?.what.text.contains("<script>") == false)
    }
}
