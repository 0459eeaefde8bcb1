import FeedModel
import Glibc
import TestSupport
import Testing

@testable import Fetching

@Suite("A local file is read as a response is")
struct LocalFileTests {
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

    @Test("A local file comes in blocks, like a response")
    func aFileComesInBlocksLikeAResponse() async {
        let body = text(count: 150_000)
        let result = await fetch(folder.write(body, to: "feed.xml"))
        #expect(result.head?.status == 200)
        #expect(result.body == body)
        #expect(result.failure == nil)
        #expect(result.outcome.decodedBytes == 150_000)
    }

    @Test("A file URL may be percent-encoded and name localhost")
    func percentEncodingAndLocalhostAreUnderstood() async {
        folder.write("x", to: "a feed%.xml")
        #expect(await fetch("\(folder.path)/a%20feed%25.xml").text == "x")
        #expect(await fetch("localhost\(folder.path)/a%20feed%25.xml").text == "x")
    }

    @Test("security.md §1: a local file is read only where a person wrote its URL")
    func onlyFromTheConfiguration() async {
        let path = folder.write("x", to: "feed.xml")
        let result = await engine.fetch("file://\(path)")
        #expect(result.failure?.kind == .invalidRequest)
        #expect(result.head == nil)
    }

    @Test("A local file that cannot be read fails the fetch")
    func whatCannotBeReadIsAFailure() async {
        for path in [
            "/nowhere/feed.xml", folder.path, "/dev/zero", "relative.xml", "otherhost/feed.xml", "/a%00b", "/a%zz",
        ] {
            let result = await fetch(path)
            #expect(result.failure?.kind == .localFile)
            #expect(result.body.isEmpty)
        }
    }

    @Test("security.md §4: a local file larger than max_body is not taken whole")
    func moreThanTheLimitIsNotTaken() async {
        let path = folder.write(text(count: 100_000), to: "feed.xml")
        #expect(await fetch(path, limit: 99_999).failure?.kind == .tooLarge)
        #expect(await fetch(path, limit: 100_000).failure == nil)
    }

    @Test("A file is closed when its end or its failure is known, however long the transfer is kept")
    func closed() async throws {
        let path = folder.write(text(count: 200_000), to: "feed.xml")
        for limit in [1 << 20, 150_000] {
            let transfer = engine.start(
                request("file://\(path)") {
                    $0.allowsLocalFile = true
                    $0.limits.maxBody = limit
                })
            while await transfer.nextChunk() != nil {}
            #expect(try descriptors(of: path) == 0)
            #expect(await transfer.outcome().failure?.kind == (limit < 200_000 ? .tooLarge : nil))
        }
    }

    /// How many of this process lead to the file.
    private func descriptors(of path: String) throws -> Int {
        let folder = try #require(opendir("/proc/self/fd"))
        defer { closedir(folder) }
        var count = 0
        var target = [CChar](repeating: 0, count: 4096)
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            let length = readlink("/proc/self/fd/\(name)", &target, target.count)
            if length > 0, String(decoding: target[..<length].map(UInt8.init(bitPattern:)), as: UTF8.self) == path {
                count += 1
            }
        }
        return count
    }
}
