import FeedModel
import Testing

@testable import newswire

@Suite("What is secret of the URL of a delivery")
struct URLSecretsTests {
    @Test(
        "Of a URL that is a secret all but its server and words that everybody knows is one",
        arguments: [
            ("https://hooks.example.org/services/T0/B0/sEcReT", ["T0B0sEcReT"]),
            ("https://a.example/x?room=1&token=abc", ["xroom1abc"]),
            ("https://me:pass@a.example/api/webhooks/", ["me:pass"]), ("https://a.example", []),
        ])
    func all(url: String, secrets: [String]) {
        #expect(URLSecrets.all(of: url) == secrets)
    }

    @Test(
        "Of a URL that others can read, long parts that are no words are",
        arguments: [
            ("https://a.example/articles/incoming-news/_doc/{{uid}}", []),
            ("https://a.example/hooks/sEcReT12345?room=1&token=opensesame", ["opensesame", "sEcReT12345"]),
            ("https://a.example/abcdefghijklmnop?opensesame", ["opensesame", "abcdefghijklmnop"]),
        ])
    func likely(url: String, secrets: [String]) {
        #expect(URLSecrets.likely(of: url) == secrets)
    }

    @Test("An answer's words are told where they are free of secrets, and else its status alone")
    func words() {
        let echo = SecretEcho(URLSecrets.all(of: "https://hooks.example.org/services/T0/B0/sEcReT12345"))
        #expect(!echo.mayShow(in: "no_service") && !echo.mayShow(in: "invalid_payload"))
        #expect(echo.mayShow(in: "no sEcReT1") && echo.mayShow(in: #"\/T0\/B0\/sEcReT12345"#))
    }
}
