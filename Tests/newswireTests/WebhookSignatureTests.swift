import Fetching
import Testing

@testable import newswire

@Suite("Standard Webhooks: what is posted is signed")
struct WebhookSignatureTests {
    private func signature(_ secrets: String...) throws -> String? {
        try WebhookSignature(secrets).headers(
            id: "msg_p5jXN8AQM9LWM0D4loKWxJek", seconds: 1_614_265_330, body: Array(#"{"test": 2432232314}"#.utf8)
        ).first { $0.name == "webhook-signature" }?.value
    }

    /// The vector of the specification's own libraries.
    private static let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    private static let code = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="

    @Test("A signature is that of the libraries of Standard Webhooks")
    func vector() throws {
        #expect(try signature(Self.secret) == Self.code)
    }

    @Test("Several secrets sign one behind the other, and without one there is no signature")
    func rotation() throws {
        let both = try #require(try signature(Self.secret, "plain secret"))
        #expect(both.hasPrefix(Self.code + " v1,") && both.split(separator: " ").count == 2)
        #expect(try signature() == nil)
    }

    @Test(
        "A secret that begins with whsec_ and is no Base64 of 24 to 64 bytes signs nothing",
        arguments: ["whsec_", "whsec_c2hvcnQ=", "whsec_!!!!", "whsec_" + String(repeating: "AAAA", count: 22)])
    func wrongSecrets(_ secret: String) {
        #expect(throws: WebhookSignature.Problem.self) { try WebhookSignature([secret]) }
    }
}
