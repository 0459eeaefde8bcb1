import FeedModel
import Glibc
import TestSupport
import Testing

@testable import ArticleStore

@Suite struct DocumentationTests {
    private static let python: String? = ["/usr/bin/python3", "/usr/local/bin/python3"].first { (path: String) in
        access(path, X_OK) == 0
    }

    /// The program in docs/store.md.
    private func program() throws -> String {
        let text = try #require(Checkout.text("docs/store.md"))
        let start = try #require(text.firstRange(of: "```python\n"))
        let end = try #require(text[start.upperBound...].firstRange(of: "```"))
        return String(text[start.upperBound..<end.lowerBound])
    }

    /// The program's exit status over the segments of the store.
    private func run(_ fixture: StoreFixture) throws -> Int32 {
        let directory = try #require(try StoreDirectory(existing: fixture.path))
        let script = fixture.folder.write(try program(), to: "verify.py")
        let words = [try #require(Self.python), script] + (try Segment.all(in: directory).map(\.path))
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        defer { arguments.forEach { free($0) } }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for descriptor in [1, 2] as [Int32] {
            posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_WRONLY, 0)
        }
        var pid = pid_t()
        let spawned = posix_spawn(&pid, words[0], &actions, nil, &arguments, environ)
        #expect(spawned == 0)
        var status: Int32 = 0
        waitpid(pid, &status, 0)
        return status
    }

    @Test("docs/store.md: another program can check the chain", .enabled(if: python != nil))
    func documentedCheckWorks() throws {
        let fixture = StoreFixture()
        let store = try fixture.open(segmentSize: 4096)
        _ = try store.commit([StoreFixture.commit(1...30)])
        store.close()
        #expect(try run(fixture) == 0)
        let segment = "store/articles/00000000000000000001.jsonl"
        let text = try #require(fixture.folder.text(segment))
        fixture.folder.write(text.replacing("Article 3", with: "Article X"), to: segment)
        #expect(try run(fixture) != 0)
    }
}
