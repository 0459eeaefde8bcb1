import Digest
import FeedModel
import Testing

@Suite struct ArticleIdentifierTests {
    @Test("identity.md §2: 160 bits are 32 characters and back")
    func roundTrip() throws {
        let bytes = (0..<20).map { UInt8($0 * 13) }
        let uid = ArticleIdentifier(bytes + [99])
        #expect(uid.bytes == bytes)
        #expect(uid.description.utf8.count == 32)
        #expect(ArticleIdentifier(uid.description) == uid)
        #expect(uid.key.hex.hasPrefix("000d1a27"))
    }

    @Test("identity.md §2: the bits are the first of SHA-256")
    func hashing() {
        for text in ["", "abc", String(repeating: "päckchen", count: 100)] {
            var digest = MessageDigest(.sha256)
            digest.update(text)
            let uid = ArticleIdentifier(hashing: Array(text.utf8))
            #expect(uid == ArticleIdentifier(digest.finish()))
            #expect(uid.description == Base32.string(uid.bytes))
            var bytes = Array("|".utf8)
            uid.appendDescription(to: &bytes)
            #expect(String(decoding: bytes, as: UTF8.self) == "|\(uid)")
        }
    }

    @Test(
        "text that no identifier gives is none",
        arguments: [
            "", "a", String(repeating: "A", count: 32), String(repeating: "1", count: 32),
            String(repeating: "a", count: 33),
        ])
    func refused(text: String) {
        #expect(ArticleIdentifier(text) == nil)
    }
}
