import Digest
import Testing

@Suite struct DigestTests {
    @Test("SHA-256 and BLAKE2b give the digests that are published for them")
    func knownDigests() {
        var sha256 = MessageDigest(.sha256)
        // FIPS 180-4, and RFC 7693 appendix A.
        #expect(
            Hex.string(sha256.finish()) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
        sha256.update("abc")
        #expect(
            Hex.string(sha256.finish()) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        var blake2b = MessageDigest(.blake2b512)
        blake2b.update("abc")
        let digest = Hex.string(blake2b.finish())
        #expect(digest.hasPrefix("ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d1"))
        #expect(digest.utf8.count == 128)
    }

    @Test("a digest does not depend on the pieces, and begins anew when it is finished")
    func pieces() {
        let text = String(repeating: "päckchen", count: 100)
        var digest = MessageDigest(.sha256)
        digest.update(text)
        let whole = digest.finish()
        for byte in text.utf8 { digest.update([byte]) }
        #expect(digest.finish() == whole)
        digest.update([])
        digest.update(UnsafeRawBufferPointer(start: nil, count: 0))
        #expect(Hex.string(digest.finish()).hasPrefix("e3b0c442"))
    }

    @Test("XXH3 gives the hashes that are published for it")
    func xxh3() {
        #expect(XXH3.hash64(UnsafeRawBufferPointer(start: nil, count: 0)) == 0x2d06_8005_38d3_94c2)
        let empty = XXH3.hash128(UnsafeRawBufferPointer(start: nil, count: 0))
        #expect(empty == Hash128(high: 0x99aa_06d3_0147_98d8, low: 0x6001_c324_468d_497f))
    }

    @Test("A hash of 128 bits is written as 32 hexadecimal digits and read back")
    func hash128() {
        let hash = Hash128(high: 0x0123_4567_89ab_cdef, low: 0xf)
        #expect(hash.hex == "0123456789abcdef000000000000000f")
        #expect(Hash128(hex: hash.hex) == hash)
        #expect(Hash128(hex: hash.hex.uppercased()) == hash)
        for text in ["", "0", "+123456789abcdef000000000000000f", "0123456789abcdef-00000000000000f", hash.hex + "0"] {
            #expect(Hash128(hex: text) == nil, "\(text)")
        }
    }

    @Test("hexadecimal is read in either case, whole bytes only")
    func hex() {
        #expect(Hex.string([0, 0x7f, 0xff]) == "007fff")
        #expect(Hex.bytes("007fFF".utf8) == [0, 0x7f, 0xff])
        #expect(Hex.bytes("".utf8) == [])
        for text in ["0", "0g", "+1", " 1", "é"] { #expect(Hex.bytes(text.utf8) == nil, "\(text)") }
        var bytes: [UInt8] = []
        Hex.append(0xab as UInt64, to: &bytes)
        #expect(String(decoding: bytes, as: UTF8.self) == "00000000000000ab")
    }

    @Test(
        "RFC 4648 §10: base32 is written and read in lower case and without padding",
        arguments: [
            ("", ""), ("f", "my"), ("fo", "mzxq"), ("foo", "mzxw6"), ("foob", "mzxw6yq"), ("fooba", "mzxw6ytb"),
            ("foobar", "mzxw6ytboi"),
        ])
    func base32(text: String, encoded: String) {
        #expect(Base32.string(Array(text.utf8)) == encoded)
        #expect(Base32.bytes(encoded.utf8) == Array(text.utf8))
    }

    @Test("base32 that no bytes give is refused", arguments: ["m", "mzx", "MY", "m1", "mz", "my======"])
    func badBase32(text: String) {
        #expect(Base32.bytes(text.utf8) == nil)
    }

    @Test("any bytes come back from base32 and hexadecimal")
    func roundTrip() {
        for length in 0..<64 {
            let bytes = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ length) }
            #expect(Base32.bytes(Base32.string(bytes).utf8) == bytes)
            #expect(Hex.bytes(Hex.string(bytes).utf8) == bytes)
        }
    }
}
