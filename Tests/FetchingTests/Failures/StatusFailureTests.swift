import FeedModel
import TestSupport
import Testing

@testable import Fetching

@Suite("Each status without a feed has a sentence and an advice of its own")
struct StatusFailureTests {
    private func failure(
        _ status: Int, _ headers: [(String, String)] = [], _ change: (inout StatusFacts) -> Void = { _ in }
    )
        -> FetchFailure?
    {
        var facts = StatusFacts(status: status)
        facts.headers = HeaderFields(headers.map { (name: $0.0, value: $0.1) })
        change(&facts)
        return FetchFailure(facts)
    }

    @Test("Every status but those that carry a feed is a failure that names it")
    func everyStatus() {
        for status in 0...999 where status != 200 && status != 226 {
            let failure = failure(status)
            #expect(failure?.message.contains("\(status)") == true, "\(status)")
            #expect(failure?.advice.isEmpty == false, "\(status)")
        }
        #expect(failure(200) == nil && failure(226) == nil)
        #expect(failure(304) { $0.wasConditional = true } == nil)
    }

    @Test("Statuses that say something else are told otherwise")
    func toldApart() {
        let statuses =
            [202, 204, 206, 400, 401, 402, 403, 404, 405, 406, 410, 421, 425, 426, 429, 431, 451, 500, 502]
            + [503, 504, 511, 520, 521, 522, 525, 526, 530]
        let messages = statuses.map { failure($0)?.message.drop { $0 != ":" } ?? "" }
        #expect(Set(messages).count == statuses.count)
        #expect(failure(406)?.advice.contains("headers = { Accept") == true)
        #expect(failure(511)?.advice.contains("log in") == true)
        #expect(failure(451)?.message.contains("legal") == true)
        #expect(failure(421)?.advice.contains("keep_alive = false") == true)
    }

    @Test(
        "A 401 names what the server wants, and the key for it",
        arguments: [
            ("Basic realm=\"x\"", "Basic", "basic_auth"),
            ("Digest realm=\"a, Basic b\", nonce=\"n\"", "Digest", "digest_auth"),
            ("Bearer", "Bearer", "bearer"), ("Negotiate", "Negotiate", "Basic, Digest"),
            ("NTLM", "NTLM", "Basic, Digest"),
            ("Digest realm=\"x\", Basic realm=\"y\"", "Basic", "basic_auth"), ("Hawk id=\"1\"", "hawk", "headers"),
        ])
    func unauthorized(challenge: String, scheme: String, key: String) {
        let failure = failure(401, [("WWW-Authenticate", challenge)])
        #expect(failure?.kind == .unauthorized)
        #expect(failure?.message.contains(scheme) == true, "\(failure?.message ?? "")")
        #expect(failure?.advice.contains(key) == true)
    }

    @Test("A 401 tells credentials that are wrong from those that are of another kind")
    func refusedCredentials() {
        let wrong = failure(401, [("WWW-Authenticate", "Basic realm=\"x\"")]) { $0.credentials = .basic }
        #expect(wrong?.message.contains("refuses the credentials") == true)
        let other = failure(401, [("WWW-Authenticate", "Digest realm=\"x\"")]) { $0.credentials = .basic }
        #expect(other?.message.contains("Digest") == true && other?.message.contains("others were sent") == true)
    }

    @Test("A proxy that answers by itself is named, and a 407 has the key for its password")
    func proxy() {
        let wants = failure(407) { $0.usesProxy = true }
        #expect(wants?.kind == .proxy && wants?.advice.contains("proxy_auth") == true)
        let own = failure(503, [("X-Squid-Error", "ERR_DNS_FAIL 0")]) { $0.usesProxy = true }
        #expect(own?.kind == .proxy)
        #expect(failure(503, [("X-Squid-Error", "ERR_DNS_FAIL 0")])?.kind == .httpStatus)
    }
}
