import Archiving
import ArticleStore
import FeedModel
import Fetching
import Glibc
import JSONText
import TestSupport
import Testing

@testable import Ingestion

@Suite("Pages are kept as they came", .serialized)
struct PageArchiveTests {
    private let long = "The headline\n" + String(repeating: "word ", count: 100)

    @Test("A page is in the archive before its record is stored, which names the place, as it came and whose it is")
    func kept() async throws {
        let fixture = try PageFixture()
        fixture.server.on(
            "/a",
            LoopbackResponse(
                headers: [("Content-Type", "text/html"), ("Set-Cookie", "id=s3cret"), ("ETag", "\"1\"")], body: long))
        let seq = try fixture.article(1, at: fixture.server.url("/a?token=s3cret"))
        let archive = try fixture.archive()
        #expect(try await fixture.fetch(seq, archive: archive) == .stored(isLonger: true))
        let record = try #require(try fixture.records().first)
        let place = try #require(record.page?["archive"]?.string.flatMap { ArchivePlace($0) })
        let page = try #require(try KeptPage.at(place, in: fixture.archiveFolder))
        #expect(page.feed.text == "feed" && page.uid == PageFixture.uid(1) && page.article == seq)
        #expect(page.response.body == Array(long.utf8) && page.response.status == 200)
        #expect(page.response.field("ETag") == "\"1\"" && page.response.field("Set-Cookie") == nil)
        #expect(page.url == fixture.server.url("/a?token=***") && page.date == fixture.now)
        let (response, metadata) = try ArchiveReader.records(at: place, in: ArchiveFolder(fixture.archiveFolder))
        #expect(response?.header["WARC-IP-Address"] == fixture.server.address)
        #expect(response.map { !String(decoding: $0.block, as: UTF8.self).contains("s3cret") } == true)
        let fields = try #require(metadata.map { WARCFields($0.block[...]) })
        #expect(
            fields["outcome"] == "found" && fields["extractor"] == "\(PageContent.extractor)"
                && fields["version"] == "1")
        await fixture.close()
    }

    @Test("A page in which nothing was found is kept, too, with the redirects that led there")
    func notFound() async throws {
        let fixture = try PageFixture()
        fixture.server.page("/b", "no article")
        fixture.server.on("/a", .redirect(302, to: fixture.server.url("/b")))
        let seq = try fixture.article(1, at: fixture.server.url("/a"))
        let archive = try fixture.archive()
        #expect(try await fixture.fetch(seq, archive: archive) == .failed(.init(kind: .noArticle)))
        #expect(try fixture.records().isEmpty)
        let page = try #require(try fixture.keptPages().first)
        let (_, metadata) = try ArchiveReader.records(at: page.place, in: ArchiveFolder(fixture.archiveFolder))
        let fields = try #require(metadata.map { WARCFields($0.block[...]) })
        #expect(fields["outcome"] == "no_article" && fields["hop"] == "302 \(fixture.server.url("/b"))")
        await fixture.close()
    }

    @Test("Without keep_pages no folder is made, and no record names a place")
    func off() async throws {
        let fixture = try PageFixture()
        fixture.server.page("/a", long)
        let seq = try fixture.article(1, at: fixture.server.url("/a"))
        let archive = try fixture.archive(tables: "")
        let running = Task { await archive.run() }
        #expect(try await fixture.fetch(seq, archive: archive) == .stored(isLonger: true))
        running.cancel()
        await running.value
        archive.close()
        #expect(access(fixture.archiveFolder, F_OK) != 0 && archive.figures == nil)
        #expect(try fixture.records().first?.page?["archive"] == nil)
        await fixture.close()
    }

    @Test("An archive that cannot be written keeps no page from being stored")
    func broken() async throws {
        let fixture = try PageFixture()
        fixture.server.page("/a", long)
        let seq = try fixture.article(1, at: fixture.server.url("/a"))
        fixture.folder.write("no folder", to: "store/archive")
        let archive = try fixture.archive()
        #expect(try await fixture.fetch(seq, archive: archive) == .stored(isLonger: true))
        #expect(try fixture.records().first?.page?["archive"] == nil)
        #expect(
            archive.figures?.trouble?.contains("name another [archive] directory") == true && archive.figures?.lost == 1
        )
        await fixture.close()
    }

    @Test(
        "A page that was kept when the process was killed before its record is kept again, and the record names the second"
    )
    func killedBetween() async throws {
        let fixture = try PageFixture()
        fixture.server.page("/a", long)
        let seq = try fixture.article(1, at: fixture.server.url("/a"))
        let article = try #require(try StoreReader(directory: fixture.store.path).record(seq: seq))
        let page = FetchedPage(
            url: fixture.server.url("/a"), status: 200, bytes: Array(long.utf8), fetchedAt: fixture.now)
        let first = try fixture.archive()
        #expect(await first.keep(page, .failure(.noArticle), of: article) != nil)
        first.close()
        let second = try fixture.archive()
        #expect(try await fixture.fetch(seq, archive: second) == .stored(isLonger: true))
        let kept = try fixture.keptPages()
        #expect(kept.count == 2 && kept[0].place.file.serial == 1)
        #expect(try fixture.records().map { $0.page?["archive"]?.string } == ["\(kept[1].place)"])
        await fixture.close()
    }
}
