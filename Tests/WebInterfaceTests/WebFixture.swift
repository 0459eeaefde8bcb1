import ArticleStore
import Configuration
import Digest
import FeedModel
import Glibc
import Ingestion
import JSONText
import Logging
import SearchIndex
import TestSupport
import Web

@testable import WebInterface

/// An article that a test puts into the store without any poll.
struct WebArticle: Sendable {
    var id: String
    var title: String?
    var feed = "example"
    var kind = RecordKind.new
    var version: UInt32 = 1
    var isInitial = false
    /// The record that a duplicate repeats.
    var duplicateOf: UInt64?
    /// What an edit changed.
    var changed: [String] = []
    /// The record before this one of the same article.
    var previous: UInt64?
    /// The first record of the same article.
    var first: UInt64?
    /// The tags that its feed had when it was stored.
    var tags: [String] = []
    /// The rule that blocks it; nil for one that is let through.
    var blockedBy: String?
    var stored = WebFixture.moment
    var article = Article()

    init(_ id: String, title: String? = nil, feed: String = "example") {
        self.id = id
        self.title = title ?? "Article \(id)"
        self.feed = feed
    }

    func with(_ change: (inout WebArticle) -> Void) -> WebArticle {
        var copy = self
        change(&copy)
        return copy
    }

    /// The same for every version of it.
    var uid: ArticleIdentifier {
        var digest = MessageDigest(.sha256)
        digest.update(feed + "\n" + id)
        return ArticleIdentifier(digest.finish())
    }

    var record: PendingRecord {
        var article = article
        article.id = id
        article.title = title
        if article.url == nil { article.url = "https://example.org/\(id)" }
        if article.contentHTML == nil, article.contentText == nil { article.contentHTML = "<p>About \(id)</p>" }
        var json = JSONWriter()
        json.beginObject()
        article.writeItemMembers(to: &json, id: id)
        json.key("_newswire")
        json.beginObject()
        json.member("feed_url", "https://example.org/\(feed).xml")
        json.member("feed_title", "The \(feed) feed")
        json.member("feed_tags", tags)
        article.writeExtensionMembers(to: &json)
        json.member("duplicate_of", duplicateOf)
        json.member("changed", changed)
        json.member("previous", previous)
        json.member("first", first)
        var record = PendingRecord(
            prefix: json.bytes, uid: uid, kind: kind, version: version, isInitial: isInitial,
            contentHash: Hash128(high: 1, low: UInt64(version)))
        if let blockedBy { record.standing = .blocked(by: blockedBy, wasShown: false) }
        return record
    }
}

/// A configuration, a store with articles, and the house of handlers over them, without any socket.
final class WebFixture: Sendable {
    /// The store's clock stands here unless an article says otherwise.
    static let moment = Timestamp(year: 2026, month: 11, day: 22, hour: 8)

    let folder = TemporaryDirectory()
    /// As it was read first, with all feeds.
    let configuration: Configuration
    let house: WebHouse

    /// - Parameters:
    ///   - articles: stored one after the other, numbered from 1.
    ///   - states: what the store remembers of feeds; those with articles are remembered anyway.
    ///   - feeds: the `[[feed]]` tables; without any, one for each feed that has an article.
    ///   - options: TOML for the top of the configuration, in front of `[store]`.
    ///   - segmentSize: bytes after which the store begins a new segment.
    ///   - parts: what the house is made of, where a test wants others than the usual.
    init(
        _ articles: [WebArticle] = [], states: [FeedState] = [], feeds: String? = nil, options: String = "",
        segmentSize: UInt64 = 64 << 20, parts change: (inout WebHouse.Parts) -> Void = { _ in }
    ) throws {
        var ids: [String] = []
        for article in articles where !ids.contains(article.feed) { ids.append(article.feed) }
        let tables =
            feeds
            ?? ids.map { "[[feed]]\nurl = \"https://example.org/\($0).xml\"\nid = \"\($0)\"\n" }.joined(separator: "\n")
        folder.write(
            """
            contact = "https://example.org/bot"
            \(options)
            [store]
            directory = "store"

            \(tables)
            """, to: "newswire.toml")
        configuration = try Self.load(folder)
        try Self.store(articles, states: states, segmentSize: segmentSize, in: folder)
        var parts = WebHouse.Parts(
            catalogue: FeedCatalogue(configuration), service: ServiceLink(environment: [:]), search: nil,
            marks: AccountMarks(stateDirectory: folder.file("web"), report: { _ in }),
            numbers: try FeedNumbers(stateDirectory: folder.file("web"), report: { _ in }))
        change(&parts)
        house = WebHouse(configuration: configuration, parts: parts, logger: Logger(label: "test"))
    }

    private static func load(_ folder: TemporaryDirectory) throws -> Configuration {
        try ConfigurationLoader.load(path: folder.file("newswire.toml"), environment: [:])
    }

    /// Reads the configuration again, which the test has changed.
    func reload() throws { house.adopt(try Self.load(folder)) }

    /// The feeds as they are in force.
    func feeds() throws -> [FeedConfiguration] {
        try house.parts.catalogue.snapshot(at: Self.moment).configuration.feeds
    }

    /// Stores more articles, as the running service would.
    func store(_ articles: [WebArticle], states: [FeedState] = [], segmentSize: UInt64 = 64 << 20) throws {
        try Self.store(articles, states: states, segmentSize: segmentSize, in: folder)
    }

    private static func store(
        _ articles: [WebArticle], states: [FeedState], segmentSize: UInt64, in folder: TemporaryDirectory
    ) throws {
        func open(at time: Timestamp) throws -> ArticleStore {
            var options = StoreOptions { time }
            options.segmentSize = segmentSize
            return try ArticleStore.open(at: folder.file("store"), options: options) { _ in }
        }
        for run in runs(of: articles) {
            let store = try open(at: run[0].stored)
            for article in run {
                let feed = FeedIdentifier(article.feed)
                let state = store.state(of: feed) ?? FeedState(feed: feed, url: "https://example.org/\(feed).xml")
                _ = try store.commit([FeedCommit(feed: feed, records: [article.record], state: state)])
            }
            store.close()
        }
        if articles.isEmpty || !states.isEmpty {
            let store = try open(at: moment)
            for state in states { _ = store.stage(state) }
            store.writeStates()
            store.close()
        }
    }

    /// The articles in pieces of one time each: a store that is open has one clock.
    private static func runs(of articles: [WebArticle]) -> [[WebArticle]] {
        var runs: [[WebArticle]] = []
        for article in articles {
            if runs.last?[0].stored == article.stored {
                runs[runs.count - 1].append(article)
            } else {
                runs.append([article])
            }
        }
        return runs
    }

    /// The lines of the store, with their line feeds.
    func line(_ seq: UInt64) throws -> [UInt8] {
        guard let line = try StoreReader(directory: folder.file("store")).line(seq: seq) else { throw Missing() }
        return line
    }

    struct Missing: Error {}

    /// Beside the test binary, where the package manager puts it.
    private static let binary: String = {
        var buffer = [CChar](repeating: 0, count: 4096)
        let length = readlink("/proc/self/exe", &buffer, buffer.count - 1)
        let path = String(decoding: buffer[..<max(0, length)].map(UInt8.init(bitPattern:)), as: UTF8.self)
        return path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
            + "/newswire"
    }()

    /// What the command prints on this configuration.
    func command(_ arguments: String...) async throws -> String { try await run(arguments) }

    func run(_ arguments: [String]) async throws -> String {
        let ending = await ChildProcess(
            Self.binary, arguments + ["--config", folder.file("newswire.toml")],
            environment: ["PATH": "/usr/bin:/bin", "HOME": "/nonexistent", "LC_ALL": "C.UTF-8"]
        ).wait()
        guard ending.status == 0 else { throw CommandFailed(errors: ending.errors) }
        return ending.output
    }

    /// The names of the store's segments, the first of which begins with the number of its first record.
    func segments() throws -> [String] {
        guard let folder = opendir(self.folder.file("store/articles")) else { throw Missing() }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name.hasSuffix(".jsonl") { names.append(name) }
        }
        return names.sorted()
    }

    /// Removes a segment, as retention does.
    func remove(segment name: String) { unlink(folder.file("store/articles/\(name)")) }

    /// Gives a file or folder of the test another name.
    func move(_ name: String, to other: String) { rename(folder.file(name), folder.file(other)) }

    /// A service of this store, as far as it answers what it is asked; the caller stops it.
    func service(_ handler: @escaping ControlServer.Handler) throws -> ControlServer {
        guard let store = StoreIdentity(directory: folder.file("store")) else { throw Missing() }
        return try ControlServer(at: folder.file("store/control"), store: store, handler: handler)
    }

    struct CommandFailed: Error {
        var errors: String
    }

    /// Calls what answers at a path, as the site does once it has found out who asks.
    ///
    /// - Parameters:
    ///   - path: decoded, without a query.
    ///   - right: of who asks.
    /// - Throws: what the handler throws; `Missing` where nothing answers there.
    func call(
        _ method: WebRequest.Method, _ path: String, _ query: [(String, String)] = [], headers: [(String, String)] = [],
        body: [UInt8] = [], as account: String? = nil, right: WebRight = .manage, now: Timestamp = moment,
        of endpoints: [WebEndpoint] = WebSite.endpoints
    ) throws -> WebAnswer {
        let segments = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map(String.init)
        let request = WebRequest(
            method: method, path: path, segments: segments,
            query: WebFields(query.map { WebFields.Field($0.0, $0.1) }),
            headers: WebFields(headers.map { WebFields.Field($0.0, $0.1) }), body: body, receivedAt: now)
        for endpoint in endpoints where endpoint.method == method || endpoint.method == .get && method == .head {
            guard let parameters = Self.parameters(of: segments, by: endpoint.pattern) else { continue }
            let caller = WebCaller(account: account, right: right)
            return try endpoint.handler(
                WebCall(request: request, caller: caller, parameters: parameters, house: house))
        }
        throw Missing()
    }

    private static func parameters(of segments: [String], by pattern: String) -> [String: String]? {
        var parameters: [String: String] = [:]
        let parts = pattern.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map(String.init)
        for (index, part) in parts.enumerated() {
            if part.hasSuffix("...}") {
                parameters[String(part.dropFirst().dropLast(4))] = segments.dropFirst(index).joined(separator: "/")
                return parameters
            }
            guard index < segments.count else { return nil }
            if part.hasPrefix("{") {
                parameters[String(part.dropFirst().dropLast())] = segments[index]
            } else if part != segments[index] {
                return nil
            }
        }
        return segments.count == parts.count ? parameters : nil
    }
}

extension WebAnswer {
    /// All of the body; of a stream, what has come until now.
    func bytes() throws -> [UInt8] {
        switch body {
        case .bytes(let bytes): return bytes
        case .pieces(let pieces):
            var all: [UInt8] = []
            while let piece = try pieces.next() { all += piece }
            return all
        case .events(let events): return try events.news().bytes
        }
    }

    func text() throws -> String { String(decoding: try bytes(), as: UTF8.self) }

    func json() throws -> JSONValue { try JSONParser.parse(try bytes()).value }
}
