import FeedModel
import Glibc
import TestSupport
import Testing

@testable import newswire

@Suite("The version says when it was made (contract.md §6)")
struct VersionTests {
    @Test("A version is not made in the future: every clock would be in doubt until then")
    func past() {
        #expect(Version.released.seconds <= Int64(time(nil)))
    }

    @Test("A version that CHANGELOG.md gives a date to was made on that day")
    func date() throws {
        let text = try #require(Checkout.text("CHANGELOG.md"))
        let heading = "## [\(Version.newswire)] - "
        guard let line = text.split(separator: "\n").first(where: { $0.hasPrefix(heading) }) else {
            // Not released yet: the changes stand under the next version's heading.
            #expect(text.contains("## [Unreleased]"))
            return
        }
        let date = line.dropFirst(heading.count).prefix(10)
        #expect(Timestamp(rfc3339: "\(date)T00:00:00Z") == Version.released)
    }
}
