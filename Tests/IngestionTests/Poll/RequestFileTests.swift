import Configuration
import FeedModel
import Glibc
import TestSupport
import Testing

@testable import Ingestion

@Suite("Requests read the files that they need (security.md §17)")
struct RequestFileTests {
    private let fixture: PollerFixture

    init() throws { fixture = try PollerFixture() }

    @Test("A ca_file that is a pipe fails its own feed at once, and keeps no transfer waiting")
    func pipe() async throws {
        fixture.server.on("/feed", .init(body: Array(PollerFixture.rss().utf8)))
        let path = fixture.folder.file("authorities.pem")
        #expect(mkfifo(path, 0o600) == 0)
        let report = try await fixture.poll(options: "ca_file = \"\(path)\"")
        #expect(report.failure?.kind == .configuration)
        #expect(report.failure?.message.contains("authorities.pem: it is no regular file; check ca_file") == true)
        #expect(fixture.server.requests.isEmpty)
        #expect(try await fixture.poll().outcome == .new)
        await fixture.close()
    }

    @Test("A ca_file that is not there does not fail a feed over http")
    func missing() async throws {
        fixture.server.on("/feed", .init(body: Array(PollerFixture.rss().utf8)))
        let path = fixture.folder.file("none.pem")
        #expect(try await fixture.poll(options: "ca_file = \"\(path)\"").outcome == .new)
        await fixture.close()
    }
}
