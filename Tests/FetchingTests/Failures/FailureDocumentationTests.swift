import FeedModel
import TestSupport
import Testing

@testable import Fetching

@Suite("The documentation knows every failure")
struct FailureDocumentationTests {
    @Test("docs/fetching.md says of every class of failure what it means")
    func classes() throws {
        let text = try #require(Checkout.text("docs/fetching.md"))
        let rows = text.split(separator: "\n").filter { $0.hasPrefix("| `") }
        // Whoever cancels a poll knows why, and what another version means it says itself.
        for kind in FailureKind.allCases where kind != .cancelled && kind != .unknown {
            #expect(rows.contains { $0.contains("`\(kind.rawValue)`") }, "\(kind.rawValue)")
        }
    }
}
