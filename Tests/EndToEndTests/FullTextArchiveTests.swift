import Archiving
import ArticleStore
import Digest
import FeedModel
import Glibc
import Ingestion
import JSONText
import TestSupport
import Testing

@Suite("Pages that were kept are read again (newswire extract --archive)", .serialized)
struct FullTextArchiveTests {
    private static let sentence =
        "The ministry said on Tuesday that the new trainer aircraft, which were ordered four years ago, had arrived. "

    private static func page(_ number: Int) -> String {
        let paragraphs = (1...6).map { "<p>Paragraph \($0) of \(number). \(sentence)\(sentence)</p>" }.joined()
        return """
            <!doctype html><html lang="en"><head><title>Article \(number)</title></head><body><nav><a href="/">Home</a></nav>
            <article><h1>Article \(number)</h1>\(paragraphs)</article><footer>Imprint</footer></body></html>
            """
    }

    private func desk() -> Desk {
        let desk = Desk(options: "fulltext = \"always\"")
        let text = String(decoding: desk.folder.read("newswire.toml") ?? [], as: UTF8.self)
        desk.folder.write("\(text)[fulltext]\nkeep_pages = true\n", to: "newswire.toml")
        let items = (1...3).map {
            "<item><guid>\($0)</guid><title>Article \($0)</title><link>\(desk.server.url("/\($0)"))</link>"
                + "<description>Short.</description></item>"
        }.joined()
        desk.server.on(
            "/feed", LoopbackResponse(body: "<rss version=\"2.0\"><channel><title>T</title>\(items)</channel></rss>"))
        for number in 1...3 {
            desk.server.on(
                "/\(number)",
                LoopbackResponse(headers: [("Content-Type", "text/html; charset=utf-8")], body: Self.page(number)))
        }
        return desk
    }

    /// Runs the service until three pages are stored.
    private func fetch(_ desk: Desk) async {
        let service = desk.service()
        _ = await desk.run("dump", "--fulltext", "only", "--follow", "--limit", "3")
        service.send(SIGTERM)
        _ = await service.wait()
    }

    /// Gives an article's page another title, as if other rules had read it, and half of its text.
    private func alter(_ desk: Desk, _ id: String) async throws -> UInt64 {
        let pages = try await desk.dump("--fulltext", "only").map { StoredRecord($0) }
        let record = try #require(pages.last { $0.id == id })
        let altered = record.changing(
            item: { member in
                guard member.key == "content_text", let text = member.value.string else { return member }
                return .init(key: member.key, value: .string(String(text.prefix(text.count / 2))))
            },
            own: { members in
                let written: Set = [
                    "commit", "index", "feed", "uid", "version", "initial", "hash", "stored_at", "kind", "seq",
                    "changed",
                    "previous",
                ]
                return members.filter { !written.contains($0.key) }.map { member in
                    guard member.key == "page", let page = member.value.object else { return member }
                    return .init(
                        key: "page",
                        value: .object(
                            page.map { $0.key == "title" ? .init(key: "title", value: .string("Old title")) : $0 }))
                }
            })
        var json = JSONWriter()
        altered.json.write(to: &json)
        let store = try ArticleStore.open(
            at: desk.folder.file("store"), options: StoreOptions { Timestamp(seconds: 1_795_881_600) }
        ) { _ in }
        defer { store.close() }
        let uid = try #require(record.uid)
        let pending = PendingRecord(
            // Without the braces at its end, behind which the store writes on.
            prefix: Array(json.finish().dropLast(2)), uid: uid, kind: .fulltext, version: 1,
            isInitial: record.isInitial,
            contentHash: .init(high: 1, low: 1), keys: [PageKey.of(uid)])
        let commit = FeedCommit(feed: FeedIdentifier("feed"), records: [pending], state: nil)
        return try store.commit([commit]).firstSeq
    }

    @Test("Nothing differs by the same rules; what differs is shown, stored on demand, and the same from then on")
    func lifecycle() async throws {
        let desk = desk()
        await fetch(desk)
        let same = await desk.run("extract", "--archive")
        #expect(same.status == 0 && same.output.isEmpty && same.errors.contains("3 pages read again: nothing differs"))
        #expect(await desk.run("status").output.contains("archive   \(desk.folder.file("store/archive")): "))
        let altered = try await alter(desk, "2")
        let shown = await desk.run("extract", "--archive")
        #expect(shown.status == 0 && shown.errors.contains("1 differs"))
        let cells = try #require(shown.lines.first).split(separator: "\t")
        #expect(shown.lines.count == 1 && cells[0] == "feed" && cells[3].contains("title Old title → Article 2"))
        #expect(cells[3].hasPrefix("text +"))
        // Read once more it is the same, and nothing has been stored.
        #expect(await desk.run("extract", "--archive").output == shown.output)
        let json = try #require(await desk.run("extract", "--archive", "--json").lines.first)
        let object = try JSONParser.parse(Array(json.utf8)).value
        #expect(object["change"]?.string == "differs" && object["fields"]?["title"]?["found"]?.string == "Article 2")
        #expect(object["words"]?["removed"] != nil && object["stored"] == nil)
        let written = await desk.run("extract", "--archive", "--write")
        #expect(written.status == 0 && written.errors.contains("1 record stored"))
        #expect(written.output.contains("stored as \(altered + 1)"))
        let records = try await desk.dump("--fulltext", "only").map { StoredRecord($0) }
        let last = try #require(records.last)
        #expect(last.seq == altered + 1 && last.previous == altered && last.changed == ["title", "content_text"])
        #expect(last.contentText == records.first { $0.id == "2" }?.contentText)
        #expect(await desk.run("extract", "--archive", "--write").errors.contains("nothing differs"))
        #expect(await desk.run("store", "verify").status == 0)
        // Without a network: what was fetched had been fetched by the service.
        #expect(desk.server.requests(to: "/2").count == 1)
    }

    @Test("Beside the running service it is the service that stores what differs")
    func service() async throws {
        let desk = desk()
        await fetch(desk)
        let altered = try await alter(desk, "3")
        let service = desk.service()
        let before = await desk.run("dump", "--fulltext", "only", "--follow", "--limit", "4")
        #expect(before.lines.count == 4)
        let written = await desk.run("extract", "--archive", "--write", "--json")
        #expect(written.status == 0 && written.errors.contains("1 record stored"))
        let object = try JSONParser.parse(Array(try #require(written.lines.first).utf8)).value
        #expect(object["stored"]?.integer == Int64(altered) + 1)
        #expect(await desk.run("extract", "--archive", "--write").errors.contains("nothing differs"))
        service.send(SIGTERM)
        #expect(await service.wait().status == 0)
        #expect(await desk.run("store", "verify").status == 0)
    }

    @Test("Feeds and times choose the pages, an unknown feed is refused, and no archive is said to be none")
    func choice() async throws {
        let desk = desk()
        #expect(await desk.run("extract", "--archive").status != 0)
        await fetch(desk)
        #expect(await desk.run("extract", "--archive", "--feed", "feed").errors.contains("3 pages"))
        #expect(await desk.run("extract", "--archive", "--feed", "nobody").status == 64)
        #expect(await desk.run("extract", "--archive", "--until", "2001-01-01").errors.contains("0 pages"))
        #expect(await desk.run("extract", "--archive", "page.html").status == 64)
        #expect(await desk.run("extract", "--write", "page.html").status == 64)
        for name in try #require(try? ArchiveFolder(desk.folder.file("store/archive")).files()).map(\.fileName) {
            #expect(unlink(desk.folder.file("store/archive/\(name)")) == 0)
        }
        let none = await desk.run("extract", "--archive")
        #expect(none.status == 0 && none.errors.contains("no page is kept"))
    }

    @Test("A damaged file is told with the byte, the pages that can be read are compared, and the status is 65")
    func damaged() async throws {
        let desk = desk()
        await fetch(desk)
        let folder = ArchiveFolder(desk.folder.file("store/archive"))
        let name = try #require(try folder.files().first).fileName
        var bytes = try #require(desk.folder.read("store/archive/\(name)"))
        bytes[bytes.count / 2] ^= 0xff
        desk.folder.write(bytes, to: "store/archive/\(name)")
        let told = await desk.run("extract", "--archive")
        #expect(told.status == 65 && told.errors.contains("\(name) is damaged from byte"))
        #expect(told.errors.contains("2 pages read again"))
    }
}
