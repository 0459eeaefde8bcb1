import FeedModel
import JSONText
import Testing

@testable import Ingestion

@Suite("Requests to the running service")
struct ControlRequestTests {
    static let requests: [ControlRequest] = [
        .poll(feeds: [FeedIdentifier("a"), FeedIdentifier("b")], selection: .force, isDryRun: true),
        .poll(feeds: [], selection: .due, isDryRun: false), .status, .metrics,
        .pause(feeds: [FeedIdentifier("a")], until: Timestamp(seconds: 1_700_000_000)), .pause(feeds: [], until: nil),
        .resume(feeds: []), .reload,
        .expire(before: Timestamp(milliseconds: 1_700_000_000_123), isByClock: false, isForced: true, isDryRun: false),
        .expire(before: Timestamp(seconds: 1_700_000_000), isByClock: true, isForced: false, isDryRun: true),
    ]

    @Test("What is written is read as it was", arguments: requests)
    func roundTrip(_ request: ControlRequest) throws {
        let line = request.line
        #expect(line.last == UInt8(ascii: "\n"))
        #expect(try ControlRequest(Array(line.dropLast())) == request)
    }

    @Test(
        "Anything else is refused with a reason",
        arguments: [
            "", "status", "{}", "{\"command\":3}", "{\"command\":\"erase\"}", "[\"status\"]",
            "{\"command\":\"poll\",\"selection\":\"some\"}", "{\"command\":\"pause\",\"until\":\"tomorrow\"}",
            "{\"command\":\"expire\"}", "{\"command\":\"expire\",\"before\":\"90d\"}",
        ])
    func refusals(_ line: String) {
        #expect(throws: ControlRequest.Refusal.self) { _ = try ControlRequest(Array(line.utf8)) }
    }

    @Test("A report that came over the socket is the one that was sent")
    func report() throws {
        var report = PollReport(feed: FeedIdentifier("a"), url: "https://example.org/\n", outcome: .failed)
        report.status = 503
        report.newArticles = 1
        report.updatedArticles = 2
        report.duplicateArticles = 3
        report.bytes = 4
        report.durationMilliseconds = 5
        report.nextPoll = Timestamp(seconds: 1_700_000_000)
        report.failure = FeedState.Failure(kind: "status", message: "it says \"503\"")
        report.notes = ["one", "two"]
        var json = JSONWriter()
        report.write(to: &json)
        let sent = json.finish()
        let received = try #require(PollReport(try JSONParser.parse(sent).value))
        var again = JSONWriter()
        received.write(to: &again)
        #expect(again.finish() == sent)
        #expect(received.failure == report.failure && received.notes == report.notes)
        #expect(PollReport(.object([])) == nil)
    }
}
