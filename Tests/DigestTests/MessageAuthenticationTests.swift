import Digest
import Testing

@Suite struct MessageAuthenticationTests {
    @Test("HMAC-SHA256 gives the codes of RFC 4231, in however many parts the message comes")
    func knownCodes() {
        let key = Array("Jefe".utf8)
        let code = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        let message = Array("what do ya want for nothing?".utf8)
        #expect(Hex.string(MessageAuthentication.sha256(key: key, message)) == code)
        for cut in [0, 7, message.count] {
            #expect(
                Hex.string(MessageAuthentication.sha256(key: key, Array(message[..<cut]), Array(message[cut...])))
                    == code)
        }
        let long = [UInt8](repeating: 0xaa, count: 131)
        #expect(
            Hex.string(
                MessageAuthentication.sha256(
                    key: long, Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8)))
                == "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54")
    }

    @Test("HMAC-SHA256 with a key of no bytes is that of the empty key")
    func emptyKey() {
        #expect(
            Hex.string(MessageAuthentication.sha256(key: [], []))
                == "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad")
    }
}
