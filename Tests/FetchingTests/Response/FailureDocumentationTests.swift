import FeedModel
import Glibc
import TestSupport
import Testing

@testable import Fetching

@Suite struct FailureDocumentationTests {
    @Test("docs/fetching.md says of every class of failure what it means")
    func classes() throws {
        let root = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(4).joined(separator: "/")
        let descriptor = open("\(root)/docs/fetching.md", O_RDONLY | O_CLOEXEC)
        try #require(descriptor >= 0)
        defer { close(descriptor) }
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        let text = String(decoding: buffer[..<max(0, read(descriptor, &buffer, buffer.count))], as: UTF8.self)
        let rows = text.split(separator: "\n").filter { $0.hasPrefix("| `") }
        // Whoever cancels a poll knows why, and what another version means it says itself.
        for kind in FailureKind.allCases where kind != .cancelled && kind != .unknown {
            #expect(rows.contains { $0.contains("`\(kind.rawValue)`") }, "\(kind.rawValue)")
        }
    }
}
