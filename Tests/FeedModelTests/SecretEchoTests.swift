import FeedModel
import Testing
import Text

@Suite("security.md §14: words of a server that may hold a secret are known, however they are written")
struct SecretEchoTests {
    private static let token = "T0/B1/sEcReT12345"

    @Test(
        "A secret is found in each way in which servers write it",
        arguments: [
            "no route for /T0/B1/sEcReT12345", #"{"error":"no route for \/T0\/B1\/sEcReT12345"}"#, "T0/B1/sEcReT12345",
            "unknown: T0%2FB1%2FsEcReT12345", "T0%252fB1%252fsEcReT12345", "T0&#x2F;B1&#47;sEcReT12345",
            "T0&sol;B1&sol;sEcReT12345", #"T0\u002fB1\u002FsEcReT12345"#, #"\u0073EcReT12345"#, "%73%45c%52eT12345",
            "%2573EcReT12345", "token sEcReT12345 is not valid", "token SECRET12345", "token s-EcReT-1234…",
            "&#115;EcReT12345",
            "54302f42312f7345635265543132333435",
        ])
    func found(words: String) {
        #expect(SecretEcho([Self.token]).mayShow(in: words))
        #expect(SecretEcho(["other", Self.token]).mayShow(in: "<html><p>\(words)</p>"))
    }

    @Test("A secret is found in Base64 wherever that begins", arguments: 0..<6)
    func base64(shift: Int) {
        let around = Array("\u{0}user@example.org".utf8.prefix(shift)) + Array("open-sesame".utf8)
        #expect(SecretEcho(["open-sesame"]).mayShow(in: "535 \(Base64.string(around))"))
        #expect(SecretEcho(["open-sesame"]).mayShow(in: "535 \(Base64.string(around + Array("x".utf8)))"))
    }

    @Test(
        "Other words are free of it",
        arguments: ["", "invalid_payload", "the channel is archived", "sec", "Not Found", "50% off & more"])
    func free(words: String) {
        #expect(!SecretEcho([Self.token]).mayShow(in: words))
        #expect(!SecretEcho([]).mayShow(in: "T0/B1/sEcReT12345"))
        #expect(!SecretEcho([""]).mayShow(in: words))
    }

    @Test("Where it cannot be known, the answer is yes")
    func doubt() {
        #expect(SecretEcho(["?!"]).mayShow(in: "anything"))
        #expect(SecretEcho(["pw"]).mayShow(in: "wrong: pw"))
        #expect(!SecretEcho(["pw"]).mayShow(in: "denied"))
        let nested = (0..<9).reduce("%41") { text, _ in text.replacing("%", with: "%25") }
        #expect(SecretEcho([Self.token]).mayShow(in: nested))
    }

    @Test("A secret that is written with escapes is found without them, and the other way round")
    func escapedSecret() {
        #expect(SecretEcho(["a%20key%2Fof%2Fmine"]).mayShow(in: "a key/of/mine"))
        #expect(SecretEcho(["a key/of/mine"]).mayShow(in: "a+key%2Fof%2Fmine"))
    }
}
