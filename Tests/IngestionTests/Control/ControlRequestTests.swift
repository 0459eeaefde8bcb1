import Archiving
import FeedModel
import JSONText
import TestSupport
import Testing

@testable import Ingestion

@Suite("Requests to the running service are read and refused")
struct ControlRequestTests {
    static let requests: [ControlRequest] = [
        .poll(feeds: [FeedIdentifier("a"), FeedIdentifier("b")], selection: .force, isDryRun: true),
        .poll(feeds: [], selection: .due, isDryRun: false), .status, .metrics,
        .pause(feeds: [FeedIdentifier("a")], until: Timestamp(seconds: 1_700_000_000)), .pause(feeds: [], until: nil),
        .resume(feeds: []), .reload,
        .expire(before: Timestamp(milliseconds: 1_700_000_000_123), isByClock: false, isForced: true, isDryRun: false),
        .expire(before: Timestamp(seconds: 1_700_000_000), isByClock: true, isForced: false, isDryRun: true), .store,
        .reread(
            places: [
                ArchivePlace(file: ArchiveFileName(begun: Timestamp(seconds: 1_700_000_000), serial: 7), offset: 239)
            ],
            extractor: 3),
    ]
    // Not nil: there is a root.
    private let store = StoreIdentity(directory: "/")!

    @Test("A request to the service is read as it was written", arguments: requests)
    func roundTrip(_ request: ControlRequest) throws {
        let line = request.line(for: store)
        #expect(line.last == UInt8(ascii: "\n"))
        #expect(try ControlRequest(Array(line.dropLast()), for: store) == request)
    }

    @Test("However many feeds are to be polled, no request is longer than the service reads")
    func manyFeeds() {
        #expect(
            ControlRequest.polls(of: [], selection: .due, isDryRun: false)
                == [.poll(feeds: [], selection: .due, isDryRun: false)])
        let end = String(repeating: "x", count: 120)
        let feeds = (0..<20_000).map { FeedIdentifier("\($0)-\(end)") } + [FeedIdentifier("\"\u{1}é")]
        let requests = ControlRequest.polls(of: feeds, selection: .all, isDryRun: true)
        #expect(requests.count == 3)
        #expect(requests.allSatisfy { $0.line(for: store).count <= ControlRequest.maximumLength })
        let asked = requests.flatMap { request in
            if case .poll(let feeds, .all, true) = request { feeds } else { [FeedIdentifier]() }
        }
        #expect(asked == feeds)
    }

    @Test(
        "A line that is no request to the service is refused with a reason",
        arguments: [
            "", "status", "{}", "{\"command\":3}", "{\"command\":\"erase\"}", "[\"status\"]",
            "{\"command\":\"poll\",\"selection\":\"some\"}", "{\"command\":\"pause\",\"until\":\"tomorrow\"}",
            "{\"command\":\"expire\"}", "{\"command\":\"expire\",\"before\":\"90d\"}",
        ])
    func refusals(_ line: String) {
        let named = line.replacing("{\"", with: "{\"store\":\"\(store.text)\",\"")
        #expect(throws: ControlRequest.Refusal.self) { _ = try ControlRequest(Array(named.utf8), for: store) }
    }

    @Test("A request that names another store, or none, is refused, whatever it asks", arguments: requests)
    func otherStore(_ request: ControlRequest) throws {
        let folder = TemporaryDirectory()
        let copy = try #require(StoreIdentity(directory: folder.file("")))
        let refusal = #expect(throws: ControlRequest.Refusal.self) {
            _ = try ControlRequest(Array(request.line(for: copy).dropLast()), for: store)
        }
        #expect(refusal?.isOtherStore == true)
        let line = String(decoding: request.line(for: store), as: UTF8.self)
            .replacing("\"store\":\"\(store.text)\",", with: "")
        let unnamed = #expect(throws: ControlRequest.Refusal.self) {
            _ = try ControlRequest(Array(line.utf8), for: store)
        }
        #expect(unnamed?.isOtherStore == false && unnamed?.message.contains("stat -c %d:%i") == true)
    }

    @Test("Which service listens may be asked without knowing its store, and nothing else")
    func service() throws {
        let line = ControlRequest.service.line(for: nil)
        #expect(line == Array("{\"command\":\"service\"}\n".utf8))
        #expect(try ControlRequest(Array(line.dropLast()), for: store) == .service)
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
        report.failure = FeedState.Failure(word: "status", message: "it says \"503\"")
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
