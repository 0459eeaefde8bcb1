import FeedModel
import JSONText
import Testing

@testable import Ingestion

@Suite("The metrics are what Prometheus reads")
struct PrometheusTests {
    /// Everything that can be in them.
    static let full: StatusFigures = {
        var figures = StatusFigures()
        var service = ServiceFigures(
            version: "1.0", libcurl: "7.88", libxml2: "2.9", pid: 1, startedAt: Timestamp(seconds: 1_700_000_000))
        for outcome in PollReport.Outcome.allCases {
            var report = PollReport(feed: FeedIdentifier("a"), url: "https://example.org/", outcome: outcome)
            if outcome == .failed { report.failure = .init(kind: .dns, message: "no such host") }
            report.durationMilliseconds = 1500
            report.newArticles = outcome == .new ? 3 : 0
            service.polls.add(report)
        }
        service.polls.began(lateBy: 20)
        let reload = Timestamp(seconds: 1_700_000_100)
        service.lastReload = .init(time: reload, failure: .init(since: reload, reason: "it is wrong"))
        figures.service = service
        figures.feeds = [.ok: 5, .failing: 1]
        var pages = PageFigures()
        pages.count(.stored(isLonger: true))
        for _ in 0..<2 { pages.count(.failed(.init(kind: .notFound))) }
        pages.waiting = 7
        figures.pages = pages
        figures.fleet = Self.fleet
        figures.nextPoll = Timestamp(milliseconds: 1_700_000_000_500)
        figures.store.freeBytes = 1 << 40
        figures.store.syncs = DurationSum()
        figures.consumers = [
            .init(name: "default", seq: 3, behind: 2), .init(name: "odd\"\\\n", seq: 1, behind: 4),
            .init(name: "damaged", seq: nil, behind: nil),
        ]
        return figures
    }()

    /// A machine whose lease lasts 14.5 s, 2 entries behind, and whose engine has answered for a minute.
    private static let fleet: FleetStatus = {
        var figures = FleetFigures(name: "news1")
        figures.run = "run"
        figures.beat = 7
        figures.until = 114_500
        figures.answersSince = 40_000
        figures.shards = 341
        figures.machines = 3
        figures.position = 12
        figures.applied = 10
        figures.appends.overtaken = 4
        figures.appends.durations.add(milliseconds: 20)
        figures.timesPutOut = 1
        figures.visits = 5
        return FleetStatus(figures, steady: 100_000, time: Timestamp(seconds: 1_700_000_000))
    }()

    private struct Family {
        var type: String
        var hasHelp: Bool
        var samples: [(name: String, labels: String)] = []
    }

    /// By name, in a form that promtool would take: help, then type, then the samples, each family once.
    private func families(_ text: String) throws -> [String: Family] {
        var result: [String: Family] = [:]
        var current = ""
        var helped = ""
        #expect(text.hasSuffix("\n"))
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ", maxSplits: 3).map(String.init)
            if line.hasPrefix("# HELP ") {
                helped = words[2]
                #expect(!words[3].isEmpty)
            } else if line.hasPrefix("# TYPE ") {
                current = words[2]
                #expect(result[current] == nil, "\(current) stands twice")
                result[current] = Family(type: words[3], hasHelp: helped == current)
            } else {
                let name = String(line.prefix { $0 != "{" && $0 != " " })
                let isSummary = result[current]?.type == "summary"
                #expect(name == current || isSummary && [current + "_sum", current + "_count"].contains(name))
                let value = try #require(line.split(separator: " ").last)
                #expect(Double(value) != nil, "\(line)")
                result[current]?.samples.append((name, String(line.dropFirst(name.count).dropLast(value.count))))
            }
        }
        return result
    }

    @Test("The metrics' names, units and types follow the conventions that promtool checks")
    func conventions() throws {
        let families = try families(Self.full.prometheus)
        #expect(families.count > 20)
        for (name, family) in families {
            #expect(family.hasHelp, "\(name) has no help")
            #expect(name.hasPrefix("newswire_"))
            #expect(name.allSatisfy { $0.isLowercase || $0 == "_" || $0.isNumber })
            #expect((family.type == "counter") == name.hasSuffix("_total"), "\(name) is a \(family.type)")
            #expect(!["milliseconds", "_ms", "kilobytes", "minutes", "hours"].contains { name.contains($0) })
            #expect(!name.hasSuffix("_count") && !name.hasSuffix("_sum") && !name.hasSuffix("_bucket"))
            let labels = family.samples.map { $0.name + $0.labels }
            #expect(Set(labels).count == labels.count, "\(name) has a sample twice")
        }
    }

    @Test("The metrics have their values in base units, and their labels are escaped")
    func values() {
        let text = Self.full.prometheus
        #expect(text.contains("\nnewswire_polls_total{outcome=\"not_modified\"} 1\n"))
        #expect(text.contains("\nnewswire_poll_failures_total{class=\"dns\"} 1\n"))
        #expect(text.contains("\nnewswire_articles_total{kind=\"new\"} 3\n"))
        #expect(text.contains("\nnewswire_poll_duration_seconds_sum 7.5\nnewswire_poll_duration_seconds_count 5\n"))
        #expect(text.contains("\nnewswire_schedule_lag_seconds_max 0.02\n"))
        #expect(text.contains("\nnewswire_next_poll_timestamp_seconds 1700000000.5\n"))
        #expect(text.contains("\nnewswire_last_reload_successful 0\n"))
        #expect(text.contains("\nnewswire_consumer_lag_records{consumer=\"odd\\\"\\\\\\n\"} 4\n"))
        #expect(!text.contains("damaged"))
        #expect(text.contains("\nnewswire_feeds{state=\"never\"} 0\n"))
    }

    @Test("The metrics have the figures of the disk alone where no service runs")
    func diskOnly() throws {
        var figures = Self.full
        figures.service = nil
        let families = try families(figures.prometheus)
        #expect(families["newswire_polls_total"] == nil)
        #expect(families["newswire_store_last_seq"] != nil)
    }

    @Test("Pages are counted by what came of them, where any feed has some")
    func pages() {
        let text = Self.full.prometheus
        #expect(text.contains("newswire_pages_total{result=\"stored\"} 1\n"))
        #expect(text.contains("newswire_pages_total{result=\"not_found\"} 2\n"))
        #expect(text.contains("newswire_pages_waiting 7\n"))
        #expect(!StatusFigures().prometheus.contains("newswire_pages"))
        #expect(text.contains("newswire_pages_files_aside 0\n"))
        // Also where no service runs that fetches any.
        var figures = StatusFigures()
        figures.damagedPages = ["/a/pages.damaged-1", "/a/pages.damaged-2"]
        #expect(figures.prometheus.contains("newswire_pages_files_aside 2\n"))
        var json = JSONWriter()
        Self.full.write(to: &json)
        let written = String(decoding: json.finish(), as: UTF8.self)
        #expect(written.contains("\"fulltext\":{\"waiting\":7,") && written.contains("\"not_found\":2"))
    }

    @Test("A machine of a fleet has the figures of its lease, its shards, the log and the engine; one alone has none")
    func fleet() {
        let text = Self.full.prometheus
        for line in [
            "lease_seconds 14.5", "machines 3", "shards 341", "log_position 10", "log_behind 2",
            "appends_total{outcome=\"overtaken\"} 4", "append_seconds_sum 0.02",
            "put_out_total{machine=\"this\"} 1", "put_out_total{machine=\"others\"} 0", "engine_up 1", "visits_total 5",
        ] {
            #expect(text.contains("\nnewswire_fleet_\(line)\n"), "\(line)")
        }
        #expect(!StatusFigures().prometheus.contains("newswire_fleet"))
        var json = JSONWriter()
        Self.full.write(to: &json)
        let fleet = (try? JSONParser.parse(json.finish()).value)?["fleet"]
        #expect(fleet?["machine"]?.string == "news1" && fleet?["joined"]?.bool == true)
        #expect(fleet?["beat"]?.integer == 7 && fleet?["lease_seconds"]?.double == 14.5)
        #expect(fleet?["behind"]?.integer == 2 && fleet?["appends"]?["overtaken"]?.integer == 4)
        // 60 s before the moment at which the clock said 1700000000.
        #expect(fleet?["engine_since"]?.string == "2023-11-14T22:12:20Z" && fleet?["engine_reachable"]?.bool == true)
        #expect(fleet?["trouble"] == nil)
    }

    @Test("A machine that is not in its fleet has no lease, and since when the engine does not answer")
    func fleetAway() {
        var figures = FleetFigures(name: "news1")
        figures.until = 200_000
        figures.awaySince = 95_000
        var full = StatusFigures()
        full.fleet = FleetStatus(figures, steady: 100_000, time: Timestamp(seconds: 1_700_000_000))
        #expect(full.prometheus.contains("\nnewswire_fleet_lease_seconds 0\n"))
        #expect(full.prometheus.contains("\nnewswire_fleet_engine_up 0\n"))
        var json = JSONWriter()
        full.write(to: &json)
        let fleet = (try? JSONParser.parse(json.finish()).value)?["fleet"]
        #expect(fleet?["joined"]?.bool == false && fleet?["engine_reachable"]?.bool == false)
        #expect(fleet?["engine_since"]?.string == "2023-11-14T22:13:15Z")
        #expect(
            fleet?["trouble"]?.string == "the fleet's engine has not answered for 5 s; nothing is polled")
    }
}
