import Digest
import FeedModel
import Testing

@Suite struct ArticleIdentifierTests {
    @Test("identity.md §2: an article's identity of 160 bits is written as 32 characters and read back")
    func roundTrip() throws {
        let bytes = (0..<20).map { UInt8($0 * 13) }
        let uid = ArticleIdentifier(bytes + [99])
        #expect(uid.bytes == bytes)
        #expect(uid.description.utf8.count == 32)
        #expect(ArticleIdentifier(uid.description) == uid)
        #expect(uid.key.hex.hasPrefix("000d1a27"))
    }

    @Test("identity.md §2: an article's identity is the first 160 bits of SHA-256")
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
        "ArticleIdentifier does not read text that no identity gives",
        arguments: [
            "", "a", String(repeating: "A", count: 32), String(repeating: "1", count: 32),
            String(repeating: "a", count: 33),
        ])
    func refused(text: String) {
        #expect(ArticleIdentifier(text) == nil)
    }
}
