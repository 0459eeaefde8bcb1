import Configuration
import FeedModel
import Glibc
import JSONText
import Logging
import SearchIndex
import TestSupport
import Text
import Web

@testable import WebInterface

/// A store with articles of three feeds, its index, two accounts, and the site that answers for them; no socket.
final class DialectFixture {
    /// Requests come an hour after the first articles of the day.
    static let now = WebFixture.moment.adding(seconds: 3600)

    let web: WebFixture
    let house: WebHouse
    private let search: ArticleSearch

    /// Articles 1 to 12, of the feeds `notes`, `wire` and `news` in turn, each a minute after the one before; the first is so
    /// old that it counts as read, and the last has the id that `news` had before. 13 is an edit of 2, 14 a duplicate of 3, and 15 was blocked by a rule.
    ///
    /// - Parameters:
    ///   - index: makes the index in a folder.
    ///   - begin: takes into it what is to be there from the beginning.
    init(
        index make: (TemporaryDirectory) -> ArticleSearch = { folder in
            ArticleSearch(folder: folder.file("index"), store: folder.file("store")) { DialectFixture.now }
        }, begin: (ArticleSearch) throws -> Void = { try $0.bringUp() }
    ) throws {
        var articles = (1...12).map { Self.article($0) }
        articles.append(
            Self.article(2).with {
                $0.kind = .update
                $0.version = 2
                $0.title = "Story 2, corrected"
                $0.previous = 2
                $0.first = 2
                $0.changed = ["title"]
                $0.stored = WebFixture.moment.adding(seconds: 13 * 60)
            })
        articles.append(
            Self.article(14).with {
                $0.feed = "wire"
                $0.kind = .duplicate
                $0.duplicateOf = 3
            })
        articles.append(
            Self.article(15).with {
                $0.feed = "notes"
                $0.blockedBy = "no-deals"
            })
        web = try WebFixture(
            articles,
            feeds: """
                [[feed]]
                url = "https://example.org/notes.xml"
                id = "notes"
                title = "Defence Notes"
                tags = ["defence"]

                [[feed]]
                url = "https://example.org/wire.xml?token=s3cret"
                id = "wire"
                title = "World Wire"
                tags = ["world", "late"]

                [[feed]]
                url = "https://example.org/news.xml"
                id = "news"
                formerly = ["olds"]

                [[filter]]
                name = "drones"
                action = "label"
                label = "drones"
                match = "drone*"
                """)
        search = make(web.folder)
        var parts = web.house.parts
        parts.catalogue = FeedCatalogue(web.configuration, index: search)
        parts.search = search
        parts.access = Self.access()
        house = WebHouse(configuration: web.configuration, parts: parts, logger: Logger(label: "test"))
        try begin(search)
    }

    deinit { search.close() }

    /// Takes into the index what the store has.
    func index() throws { try search.bringUp() }

    static func article(_ number: Int) -> WebArticle {
        let feed = number == 12 ? "olds" : ["notes", "wire", "news"][(number - 1) % 3]
        return WebArticle("\(number)", title: "Story \(number)", feed: feed).with {
            $0.stored = WebFixture.moment.adding(seconds: number == 1 ? -40 * 86_400 : number * 60)
            $0.article.published = $0.stored.adding(seconds: -30)
            $0.article.authors = [Author(name: "Desk")]
            $0.article.contentHTML = "<p>Body of <b>\(number)</b> 土耳其<script>alert(1)</script></p>"
            if number == 3 {
                $0.article.attachments = [
                    Attachment(url: "https://example.org/3.mp3", mimeType: "audio/mpeg", sizeInBytes: 1234)
                ]
            }
        }
    }

    private static func access() -> WebAccess {
        var web = WebSettings()
        for (name, rights) in [("desk", .manage), ("other", .mark), ("guest", .read)]
            as [(String, WebAccountSettings.Rights)]
        {
            var account = WebAccountSettings(source: SourcePlace(file: "newswire.toml", line: 1))
            account.name = name
            account.rights = rights
            web.accounts.append(account)
        }
        return WebAccess(
            web,
            secrets: [
                "desk": .init(password: "secret", token: "tok-123"), "other": .init(password: "o", token: "tok-o"),
                "guest": .init(password: "g", token: "tok-g"),
            ])
    }

    // MARK: - Asking

    struct Answer {
        var status: Int
        var contentType: String
        var bytes: [UInt8]

        var text: String { String(decoding: bytes, as: UTF8.self) }
        var json: JSONValue { (try? JSONParser.parse(bytes).value) ?? .null }
    }

    func send(
        _ method: WebRequest.Method, _ target: String, headers: [(String, String)], body: String = "",
        at time: Timestamp = now
    ) throws -> Answer {
        let fields = [("host", "127.0.0.1")] + headers
        return try answer(to: method.rawValue, target, fields, body: body, at: time)
    }

    private func answer(
        to method: String, _ target: String, _ headers: [(String, String)], body: String, at time: Timestamp
    ) throws -> Answer {
        let site = WebSite()
        let head = WebSite.Head(
            method: method, target: target, headers: WebFields(headers.map { WebFields.Field($0.0, $0.1) }),
            peer: .address(.v4(0x7f00_0001)), receivedAt: time)
        let answer = site.answer(site.reception(of: head, house), body: Array(body.utf8), house)
        return Answer(status: answer.status, contentType: answer.contentType, bytes: try answer.bytes())
    }

    /// Asks in the Google Reader dialect, with the key of a login.
    func google(
        _ method: WebRequest.Method, _ path: String, body: String = "", as account: String = "desk",
        password: String = "secret", at time: Timestamp = now
    ) throws -> Answer {
        let proof = house.parts.readerKey.proof(account: account, password: password)
        return try send(
            method, "/greader/reader/api/0/\(path)", headers: [("authorization", "GoogleLogin auth=\(proof)")],
            body: body,
            at: time)
    }

    /// Asks in the Miniflux dialect, with a token.
    func miniflux(
        _ method: WebRequest.Method, _ path: String, body: String = "", token: String = "tok-123",
        at time: Timestamp = now
    ) throws -> Answer {
        try send(method, "/v1\(path)", headers: [("x-auth-token", token)], body: body, at: time)
    }

    /// Sends what a client has sent, as it came over the wire.
    func replay(_ recorded: String) throws -> Answer {
        let parts = recorded.split(separator: "\n\n", maxSplits: 1, omittingEmptySubsequences: false)
        var lines = parts[0].split(separator: "\n")
        let words = lines.removeFirst().split(separator: " ")
        let headers = lines.map { line -> (String, String) in
            let pair = line.split(separator: ":", maxSplits: 1)
            return (pair[0].lowercased(), String(pair[1].drop { $0 == " " }))
        }
        return try answer(
            to: String(words[0]), String(words[1]), headers, body: String(parts.count > 1 ? parts[1] : ""), at: Self.now
        )
    }

    func number(_ feed: String) throws -> UInt32 { try house.parts.numbers.numbers(of: [FeedIdentifier(feed)])[0] }

    func number(ofTag tag: String) throws -> UInt32 { try house.parts.numbers.numbers(ofTags: [tag])[0] }

    // MARK: - What came

    /// The numbers of the entries of `stream/items/ids`.
    func ids(_ query: String, as account: String = "desk", password: String = "secret") throws -> [UInt64] {
        let answer = try google(.get, "stream/items/ids?\(query)", as: account, password: password)
        return answer.json["itemRefs"]?.array?.compactMap { $0["id"]?.string.flatMap { UInt64($0) } } ?? []
    }

    /// The numbers of the entries of `/entries`.
    func entries(_ path: String) throws -> [UInt64] {
        try miniflux(.get, path).json["entries"]?.array?.compactMap { $0["id"]?.integer.flatMap(UInt64.init(exactly:)) }
            ?? []
    }
}
