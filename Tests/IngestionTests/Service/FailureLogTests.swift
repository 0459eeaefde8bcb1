import FeedModel
import Scheduling
import Testing

@testable import Ingestion

@Suite("The log tells of feeds that fail now and then")
struct FailureLogTests {
    private let start = Timestamp(seconds: 1_000_000)
    private func hours(_ hours: Int64) -> Timestamp { Timestamp(seconds: 1_000_000 + hours * 3600) }

    private func news(_ feed: String, _ kind: FailureKind = .dns, at site: String? = nil) -> FailureLog.News {
        FailureLog.News(
            feed: FeedIdentifier(feed), site: site ?? feed, failure: .init(kind: kind, message: "it failed"),
            url: "https://\(feed).example/")
    }

    @Test("A feed's first failure, and one of another kind, are said at once")
    func changes() {
        var log = FailureLog()
        #expect(log.failed(news("x"), at: start) == .begins(news("x")))
        #expect(log.failed(news("x"), at: hours(1)) == nil)
        #expect(log.failed(news("x", .httpStatus), at: hours(2)) == .begins(news("x", .httpStatus)))
        #expect(log.failed(news("y", .httpStatus), at: hours(2)) == .begins(news("y", .httpStatus)))
    }

    @Test("A failure that goes on the same way is said once a day, with how often it came")
    func daily() {
        var log = FailureLog()
        var said: [Int64: [FailureLog.Line]] = [:]
        for hour: Int64 in 0...72 {
            let lines = [log.failed(news("x"), at: hours(hour))].compactMap { $0 } + log.due(at: hours(hour))
            if !lines.isEmpty { said[hour] = lines }
        }
        func goesOn(_ failures: Int) -> [FailureLog.Line] { [.goesOn(news("x"), failures: failures, since: start)] }
        #expect(said == [0: [.begins(news("x"))], 24: goesOn(25), 48: goesOn(49), 72: goesOn(73)])
    }

    @Test("A clock that is put back does not silence the log of failures")
    func clock() {
        var log = FailureLog()
        _ = log.failed(news("x"), at: start)
        #expect(log.failed(news("x"), at: hours(-1)) == .goesOn(news("x"), failures: 2, since: start))
        #expect(log.failed(news("x"), at: hours(0)) == nil)
    }

    @Test("A feed that is well again is said to be so once")
    func recovery() {
        var log = FailureLog()
        let feed = FeedIdentifier("x")
        #expect(log.succeeded(feed, at: start) == nil)
        _ = log.failed(news("x"), at: start)
        _ = log.failed(news("x"), at: hours(1))
        #expect(log.succeeded(feed, at: hours(2)) == .wellAgain(feed, failures: 2, since: start))
        #expect(log.succeeded(feed, at: hours(2)) == nil)
    }

    @Test(
        "Feeds of one site that fail in the same way are one line after the first, one a day, and one when they are well"
    )
    func together() {
        var log = FailureLog()
        let feeds = (0..<300).map { news("f\($0)", .notFound, at: "platform.example") }
        var lines: [FailureLog.Line] = []
        for hour: Int64 in 0..<50 {
            for feed in feeds { if let line = log.failed(feed, at: hours(hour)) { lines.append(line) } }
            lines += log.due(at: hours(hour))
        }
        #expect(
            lines == [
                .begins(feeds[0]), .many(feeds[0], count: 300, since: start, isNew: true),
                .many(feeds[0], count: 300, since: start, isNew: false),
                .many(feeds[0], count: 300, since: start, isNew: false),
            ])
        let well = feeds.compactMap { log.succeeded($0.feed, at: hours(50)) } + log.due(at: hours(50))
        #expect(well == [.manyWellAgain(site: "platform.example", feed: feeds[299].feed, count: 300, left: 0)])
    }

    @Test("Of feeds that fail together those that stay so are named when the others are well again")
    func some() {
        var log = FailureLog()
        for feed in ["a", "b", "c"] { _ = log.failed(news(feed, at: "site"), at: start) }
        #expect(log.due(at: hours(1)).count == 1)
        for feed in ["a", "b"] { #expect(log.succeeded(FeedIdentifier(feed), at: hours(2)) == nil) }
        #expect(log.due(at: hours(3)) == [.manyWellAgain(site: "site", feed: FeedIdentifier("b"), count: 2, left: 1)])
        #expect(log.due(at: hours(25)) == [.many(news("c", at: "site"), count: 1, since: start, isNew: false)])
    }

    @Test("Failures at one site in other ways, and at other sites, are told apart")
    func apart() {
        var log = FailureLog()
        let all = [news("a", .dns, at: "s"), news("b", .tls, at: "s"), news("c", .dns, at: "t")]
        #expect(all.compactMap { log.failed($0, at: start) } == all.map { .begins($0) })
    }

    @Test("What fails and is well again many times a day is told twice, and then once a day with how often it was")
    func unsteady() {
        var log = FailureLog()
        var lines: [FailureLog.Line] = []
        for minute: Int64 in stride(from: 0, to: 26 * 60, by: 20) {
            let time = start.adding(seconds: Int(minute * 60))
            let line =
                minute % 40 == 0 ? log.failed(news("x"), at: time) : log.succeeded(FeedIdentifier("x"), at: time)
            lines += [line].compactMap { $0 } + log.due(at: time)
        }
        try? #require(lines.count == 3)
        #expect(lines[0] == .begins(news("x")))
        guard case .wellAgain = lines[1], case .nowAndThen(_, times: let times, _) = lines[2] else {
            Issue.record("\(lines)")
            return
        }
        #expect(times == 36)
    }

    @Test("What fails again within a day and stays so is told within an hour")
    func again() {
        var log = FailureLog()
        _ = log.failed(news("x"), at: start)
        _ = log.succeeded(FeedIdentifier("x"), at: hours(1))
        #expect(log.failed(news("x"), at: hours(2)) == nil)
        #expect(log.due(at: hours(2)) == [])
        #expect(log.due(at: hours(3)) == [.begins(news("x"))])
        #expect(log.succeeded(FeedIdentifier("x"), at: hours(4)) != nil)
    }

    @Test("The log forgets the failures of feeds that are not configured any more")
    func forgets() {
        var log = FailureLog()
        _ = log.failed(news("x"), at: start)
        log.keep { $0 != FeedIdentifier("x") }
        #expect(log.failed(news("x"), at: start) == .begins(news("x")))
    }

    @Test(
        "A site is what somebody has registered, as far as the name of the host tells",
        arguments: [
            ("https://a.tumblr.example/rss", "tumblr.example"), ("https://tumblr.example/x", "tumblr.example"),
            ("https://feeds.bbc.co.uk/x", "bbc.co.uk"), ("http://127.0.0.1:8080/x", "127.0.0.1"),
            ("http://[::1]/x", "::1"), ("file:///srv/x.xml", "this machine"),
        ])
    func site(_ url: String, _ site: String) {
        let found = FailureSite.of(url: url)
        #expect(found == site || found == "[\(site)]")
    }
}

@Suite("The log repeats a remark once a day")
struct RemarkLogTests {
    private func hours(_ hours: Int64) -> Timestamp { Timestamp(seconds: 1_000_000 + hours * 3600) }

    @Test("The same remark is made once a day, with how often it could have been, and another one at once")
    func daily() {
        var log = RemarkLog<String>()
        let said = [
            log.tell("x", "a", at: hours(0)), log.tell("x", "a", at: hours(1)), log.tell("x", "a", at: hours(24)),
            log.tell("x", "b", at: hours(25)), log.tell("y", "b", at: hours(25)), log.tell("x", "b", at: hours(20)),
        ]
        #expect(said == [1, nil, 2, 1, 1, 1])
    }

    @Test("What is spoken of no more is forgotten")
    func forgets() {
        var log = RemarkLog<String>()
        _ = log.tell("x", "a", at: hours(0))
        log.keep { $0 != "x" }
        #expect(log.tell("x", "a", at: hours(0)) == 1)
    }
}
