import FeedModel
import TestSupport
import Testing

@testable import Fetching

@Suite struct LocalFileTests {
    let folder = TemporaryDirectory()
    let engine: FetchEngine

    init() throws {
        engine = try FetchEngine()
    }

    private func fetch(_ path: String, limit: Int = 1 << 20) async -> Fetched {
        await engine.fetch("file://\(path)") {
            $0.allowsLocalFile = true
            $0.limits.maxBody = limit
        }
    }

    @Test func aFileComesInBlocksLikeAResponse() async {
        let body = text(count: 150_000)
        let result = await fetch(folder.write(body, to: "feed.xml"))
        #expect(result.head?.status == 200)
        #expect(result.body == body)
        #expect(result.failure == nil)
        #expect(result.outcome.decodedBytes == 150_000)
    }

    @Test func percentEncodingAndLocalhostAreUnderstood() async {
        folder.write("x", to: "a feed%.xml")
        #expect(await fetch("\(folder.path)/a%20feed%25.xml").text == "x")
        #expect(await fetch("localhost\(folder.path)/a%20feed%25.xml").text == "x")
    }

    @Test("security.md §1: only where a person wrote it")
    func onlyFromTheConfiguration() async {
        let path = folder.write("x", to: "feed.xml")
        let result = await engine.fetch("file://\(path)")
        #expect(result.failure?.kind == .invalidRequest)
        #expect(result.head == nil)
    }

    @Test func whatCannotBeReadIsAFailure() async {
        for path in [
            "/nowhere/feed.xml", folder.path, "/dev/zero", "relative.xml", "otherhost/feed.xml", "/a%00b", "/a%zz",
        ] {
            let result = await fetch(path)
            #expect(result.failure?.kind == .localFile)
            #expect(result.body.isEmpty)
        }
    }

    @Test func moreThanTheLimitIsNotTaken() async {
        let path = folder.write(text(count: 100_000), to: "feed.xml")
        #expect(await fetch(path, limit: 99_999).failure?.kind == .tooLarge)
        #expect(await fetch(path, limit: 100_000).failure == nil)
    }
}
