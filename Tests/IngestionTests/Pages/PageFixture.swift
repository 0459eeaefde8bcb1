import ArticleStore
import Configuration
import Digest
import Dispatch
import FeedModel
import FeedParsing
import Fetching
import Locking
import Logging
import Scheduling
import TestSupport
import Testing

@testable import Ingestion

/// A store with one article, two servers on hosts of their own, and what fetches the article's page from them. Hosts may
/// always be asked unless a test says otherwise, and the clock stands until it is moved.
final class PageFixture {
    let folder = TemporaryDirectory()
    let server = LoopbackServer()
    let other = LoopbackServer(address: "127.0.0.2")
    let store: ArticleStore
    let engine: FetchEngine
    let clock: PollClock
    let writer: StoreWriter
    let health = HostHealth(at: PageFixture.start)
    let robots = RobotsCache()
    private let time = Locked(PageFixture.start)
    private let fleet: TerritoryFixture?
    private let visited = Locked<(hosts: [String], left: [Leave])>(([], []))
    private let noted = Locked<[String]>([])
    /// What the gate answers in place of letting a page in, by how many it has been asked for before.
    let refusals = Locked<[Int: HostGate.Answer]>([:])

    /// How a visit of a host has ended.
    struct Leave: Sendable {
        var key: String
        var isGood: Bool
        var verdict: HostVerdict
    }

    static let start = Timestamp(rfc3339: "2026-11-22T08:00:00Z") ?? Timestamp(seconds: 0)
    static let robotsText = "text/plain"

    /// - Parameter fleet: of which the machine is one that fetches pages; nil for a machine alone.
    init(fleet: TerritoryFixture? = nil) throws {
        self.fleet = fleet
        let time = time
        clock = PollClock { time.withLock { $0 } }
        store = try ArticleStore.open(
            at: folder.file("store"), options: StoreOptions { time.withLock { $0 } }
        ) { _ in }
        engine = try FetchEngine()
        writer = StoreWriter(store)
    }

    func close() async {
        await engine.shutdown()
        store.close()
    }

    func pass(seconds: Int) { time.withLock { $0 = $0.adding(seconds: seconds) } }

    var now: Timestamp { clock.now() }

    var gate: HostGate {
        let (visited, refusals, noted, fleet) = (visited, refusals, noted, fleet)
        @Sendable func note(_ step: String) {
            if let fleet { noted.withLock { $0.append("\(step) after \(fleet.now - TerritoryFixture.start)") } }
        }
        return HostGate(
            visit: { host in
                let number = visited.withLock { visited in
                    visited.hosts.append(host)
                    return visited.hosts.count - 1
                }
                if let refusal = refusals.withLock({ $0[number] }) { return refusal }
                note("\(host) taken")
                return .go(key: host)
            },
            leave: { key, isGood, verdict in
                visited.withLock { $0.left.append(Leave(key: key, isGood: isGood, verdict: verdict)) }
                note("\(key) left")
            })
    }

    /// In a fleet, the hosts that pages have taken and left, in order, and how many milliseconds had passed by its clock.
    var steps: [String] { noted.withLock { $0 } }

    /// The hosts that pages were let in to, in order.
    var visits: [String] { visited.withLock { $0.hosts } }
    var leaves: [Leave] { visited.withLock { $0.left } }

    /// - Parameter tables: further tables of the file.
    func configuration(options: String = "fulltext = \"always\"", tables: String = "") throws -> Configuration {
        let text = """
            contact = "https://example.org/bot"
            [fetch]
            private_networks = "allow"
            host_delay = "0s"
            connect_timeout = "5m"
            timeout = "5m"
            \(tables)
            [[feed]]
            id = "feed"
            url = "\(server.url("/feed"))"
            \(options)
            """
        return try ConfigurationLoader.load(
            path: folder.write(text, to: "newswire.toml"), environment: ["HOME": "/nonexistent"])
    }

    /// Stores an article that links to a page, or a further version of it with another title.
    ///
    /// - Returns: the record's number.
    @discardableResult
    func article(
        _ number: UInt64, at url: String, text: String = "<p>A word of the feed.</p>", version: UInt32 = 1,
        title: String? = nil
    ) throws -> UInt64 {
        let title = title ?? "Word \(number)" + (version > 1 ? " (\(version))" : "")
        let changed = version > 1 ? ",\"changed\":[\"title\"]" : ""
        let prefix = """
            {"id":"\(number)","url":"\(url)","title":"\(title)","content_html":"\(text)",\
            "_newswire":{"feed_url":"\(server.url("/feed"))","feed_tags":["naval"],"content_from":"content"\(changed)
            """
        let record = PendingRecord(
            prefix: Array(prefix.utf8), uid: Self.uid(number), kind: version > 1 ? .update : .new, version: version,
            isInitial: false, contentHash: .init(high: UInt64(version), low: number))
        return try store.commit([FeedCommit(feed: FeedIdentifier("feed"), records: [record], state: nil)]).firstSeq
    }

    static func uid(_ number: UInt64) -> ArticleIdentifier {
        ArticleIdentifier((0..<20).map { UInt8(truncatingIfNeeded: number &+ $0) })
    }

    /// The page's text is its bytes, its title the first line, and its quality what it says of itself. A line `next N URL` names
    /// its page of that number.
    static let reading: PageReading = { bytes, _, url, settings, _ in
        let text = String(decoding: bytes, as: UTF8.self)
        if text.contains("no article") { return .failure(.noArticle) }
        if text.contains("no HTML") { return .failure(.notHTML) }
        if text == "wall" { return .failure(.refused) }
        var page = PageContent(
            quality: text.contains("doubtful") ? 0.2 : 0.9, html: "<p>\(text)</p>", text: text, extractor: 3)
        page.title = text.split(separator: "\n").first.map(String.init)
        page.authors = ["Ann Author"]
        for line in text.split(separator: "\n") where line.hasPrefix("next ") {
            let words = line.split(separator: " ")
            if let number = Int(words[1]) { page.furtherPages[number] = String(words[2]) }
        }
        page.warnings = ([settings.container].compactMap { $0 } + settings.remove).map(\.description)
        return .success(page)
    }

    func fetcher(_ configuration: Configuration) -> PageFetcher {
        PageFetcher(
            engine: engine, requests: RequestBuilder(configuration, version: "test", environment: [:]),
            allowances: HostAllowances(configuration),
            limiter: HostRateLimiter(clock: clock, territory: fleet?.territory), health: health, robots: robots,
            obeysRobots: configuration.fullText.robots, clock: clock)
    }

    /// Fetches the page of an article.
    ///
    /// - Parameter tries: so many have failed before.
    func fetch(
        _ seq: UInt64, options: String = "fulltext = \"always\"", tables: String = "", tries: Int = 0,
        extractor: Int = 3, archive: PageArchive? = nil
    ) async throws -> PageTask.Outcome {
        let configuration = try configuration(options: options, tables: tables)
        var waiting = FeedPages.Waiting(seq: seq, host: server.address, due: now)
        waiting.tries = tries
        return await PageTask(
            next: .init(feed: FeedIdentifier("feed"), page: waiting),
            feed: try #require(configuration.feeds.first { $0.id.text == "feed" }), store: store,
            writer: writer, fetcher: fetcher(configuration), reading: Self.reading, extractor: extractor, gate: gate,
            disk: DispatchQueue(label: "test"), clock: clock, archive: archive
        ).run()
    }

    /// The folder in which `archive` keeps pages.
    var archiveFolder: String { folder.file("store/archive") }

    /// Keeps pages below the store.
    func archive(tables: String = "[fulltext]\nkeep_pages = true") throws -> PageArchive {
        let archive = PageArchive(store: store.path, version: "test", logger: Logger(label: "test"), clock: clock)
        archive.adopt(try configuration(tables: tables))
        return archive
    }

    /// The pages that are kept, oldest first.
    func keptPages() throws -> [KeptPage] {
        let pages = KeptPages(in: archiveFolder)
        var kept: [KeptPage] = []
        try pages.read(try pages.files(), damage: { Issue.record("\($0)") }, progress: { _ in }) { kept.append($0) }
        return kept
    }

    /// The records of the store of that kind.
    func records(_ kind: RecordKind = .fulltext) throws -> [StoredRecord] {
        var records: [StoredRecord] = []
        try StoreReader(directory: store.path).read(after: 0, damage: { _ in }) { slice in
            if slice.envelope.kind == kind, let record = StoredRecord(line: slice.bytes) { records.append(record) }
            return true
        }
        return records
    }
}

extension LoopbackServer {
    /// Answers requests for a path with a page.
    func page(_ path: String, _ text: String) {
        on(path, LoopbackResponse(headers: [("Content-Type", "text/html; charset=utf-8")], body: text))
    }
}
