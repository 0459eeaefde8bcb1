import FeedModel
import TestSupport
import Testing

@testable import Configuration
@testable import Ingestion

@Suite("Of which articles the page is fetched (docs/fulltext-feeds.md)")
struct PageWishTests {
    private let folder = TemporaryDirectory()
    private let now = Timestamp(rfc3339: "2026-11-22T08:00:00Z")

    private func feed(
        _ options: String = "fulltext = \"always\"", url: String = "https://www.example.org/feed"
    ) throws -> FeedConfiguration {
        let text = """
            contact = "https://example.org/bot"
            [[feed]]
            id = "feed"
            url = "\(url)"
            \(options)
            """
        return try ConfigurationLoader.load(
            path: folder.write(text, to: "newswire.toml"), environment: ["HOME": "/nonexistent"]
        ).feeds[0]
    }

    private func wish(
        _ record: StoredRecord, _ options: String = "fulltext = \"always\"", pages: FeedPages = FeedPages()
    ) throws -> PageWish { PageWish(record, of: try feed(options), pages: pages, now: now) }

    private func reason(_ record: StoredRecord, _ options: String = "fulltext = \"always\"") throws -> PageWish.Reason?
    {
        if case .unwanted(let reason) = try wish(record, options) { return reason }
        return nil
    }

    @Test("Without the option no page is fetched, and with \"always\" that of every article")
    func modes() throws {
        let record = try PageRecordText.record(text: PageRecordText.long(5000))
        #expect(try reason(record, "") == .mode)
        #expect(
            try wish(record) == .wanted(.init(url: "https://example.org/story", host: "example.org", isProbe: false)))
    }

    @Test("A site's host is its feed's, with or without www.; other hosts have to be named, with all below them")
    func hosts() throws {
        let own = try PageRecordText.record(url: "https://example.org/a")
        let other = try PageRecordText.record(url: "https://news.other.example/a")
        #expect(try reason(own) == nil)
        #expect(try reason(other) == .otherHost)
        let options = "fulltext = \"always\"\nfulltext_hosts = [\"other.example\"]"
        #expect(try reason(other, options) == nil)
        let look = try PageRecordText.record(url: "https://another.example/a")
        #expect(try reason(look, options) == .otherHost)
    }

    @Test("What has no link that could be asked for has no page")
    func links() throws {
        #expect(try reason(PageRecordText.record(url: nil)) == .noLink)
        let long = "https://example.org/" + String(repeating: "a", count: 5000)
        #expect(try reason(PageRecordText.record(url: long)) == .longLink)
        #expect(PageWish.Reason.longLink.sentence.contains("4 KiB"))
        let longest = "https://example.org/" + String(repeating: "a", count: 4096 - 20)
        #expect(longest.utf8.count == 4096)
        #expect(try reason(PageRecordText.record(url: longest)) == nil)
    }

    @Test(
        "What is about a file has no page to read",
        arguments: [
            "\"attachments\":[{\"url\":\"https://example.org/a.mp3\",\"mime_type\":\"audio/mpeg\"}],",
            "\"attachments\":[{\"url\":\"https://example.org/story\",\"mime_type\":\"text/html\"}],",
        ])
    func files(item: String) throws {
        #expect(try reason(PageRecordText.record(item: item)) == .media)
        #expect(try reason(PageRecordText.record(url: "https://example.org/report.PDF?x=1")) == .media)
        let picture = "\"attachments\":[{\"url\":\"https://example.org/a.jpg\",\"mime_type\":\"image/jpeg\"}],"
        #expect(try reason(PageRecordText.record(item: picture)) == nil)
    }

    @Test("Of what is older than 30 days no page is fetched, unless the clock is in doubt")
    func age() throws {
        let old = try PageRecordText.record(item: "\"date_published\":\"2026-10-01T00:00:00Z\",")
        #expect(try reason(old) == .old)
        #expect(try reason(PageRecordText.record(item: "\"date_published\":\"2026-11-01T00:00:00Z\",")) == nil)
        guard case .wanted = PageWish(old, of: try feed(), pages: FeedPages(), now: nil) else {
            Issue.record("an age by a doubtful clock counts")
            return
        }
    }

    @Test("An update is fetched again where its link or title has changed, and what rules block or repeats never is")
    func kinds() throws {
        let update = try PageRecordText.record(kind: "update", own: "\"changed\":[\"content_html\"],")
        #expect(try reason(update) == .sameLink)
        #expect(try reason(PageRecordText.record(kind: "update", own: "\"changed\":[\"title\"],")) == nil)
        #expect(try reason(PageRecordText.record(kind: "duplicate")) == .kind)
        #expect(try reason(PageRecordText.record(own: "\"blocked\":\"rule\",")) == .blocked)
    }

    @Test(
        "With \"auto\" a page is fetched where the feed's text breaks off, is short, or is a description",
        arguments: [
            ("\(PageRecordText.long(2000))<p>and so on […]</p>", ""),
            ("\(PageRecordText.long(2000))<p>Read more »</p>", ""),
            ("\(PageRecordText.long(2000))<p>so ...</p><p>The post A appeared first on B.</p>", ""),
            ("\(PageRecordText.long(2000))<p>Weiterlesen</p>", ""), (PageRecordText.long(300), ""),
            (PageRecordText.long(2000), "\"content_from\":\"description\","),
        ])
    func auto(text: String, own: String) throws {
        #expect(try wish(PageRecordText.record(text: text, own: own), "fulltext = \"auto\"").isPlainlyWanted)
    }

    @Test("With \"auto\" the first three pages of a feed with whole texts show whether its pages say more")
    func probes() throws {
        let record = try PageRecordText.record(text: PageRecordText.long(2000), own: "\"content_from\":\"content\",")
        var pages = FeedPages()
        func wished() throws -> PageWish { try wish(record, "fulltext = \"auto\"", pages: pages) }
        for seq in 1...3 as ClosedRange<UInt64> {
            guard case .wanted(let wanted) = try wished(), wanted.isProbe else {
                Issue.record("page \(seq) is not tried")
                return
            }
            var page = FeedPages.Waiting(seq: seq, host: "example.org", due: Timestamp(seconds: 0))
            page.isProbe = true
            _ = pages.add(page, initialLimit: 20)
        }
        #expect(try wished() == .unwanted(.whole))
        for seq in 1...3 as ClosedRange<UInt64> { pages.succeeded(seq, isLonger: seq > 1) }
        #expect(try wished().isPlainlyWanted)
        var poor = FeedPages()
        for seq in 1...3 as ClosedRange<UInt64> {
            var page = FeedPages.Waiting(seq: seq, host: "example.org", due: Timestamp(seconds: 0))
            page.isProbe = true
            _ = poor.add(page, initialLimit: 20)
            poor.succeeded(seq, isLonger: seq == 1)
        }
        #expect(try wish(record, "fulltext = \"auto\"", pages: poor) == .unwanted(.whole))
    }
}

extension PageWish {
    fileprivate var isPlainlyWanted: Bool { if case .wanted(let wanted) = self { !wanted.isProbe } else { false } }
}
