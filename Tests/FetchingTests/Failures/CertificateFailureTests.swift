import FeedModel
import TestSupport
import Testing

@testable import Fetching

@Suite("Each result of OpenSSL's verification has a sentence and an advice of its own (security.md §13)")
struct CertificateFailureTests {
    private let now = Timestamp(year: 2026, month: 11, day: 2)

    private func failure(
        _ result: Int, facts: CertificateFacts? = nil, isClockDoubtful: Bool = false
    ) -> FetchFailure {
        .certificate(
            verifyResult: result, host: "example.org", facts: facts, now: now, isClockDoubtful: isClockDoubtful)
    }

    @Test("All 94 results are told apart, and so is a name that does not fit")
    func everyResult() {
        let messages = (0...94).map { failure($0).message }
        #expect(Set(messages).count == 95)
        #expect(!messages.contains { $0.contains("OpenSSL's result") })
        #expect(failure(9999).message.contains("9999"))
        for result in 0...94 { #expect(!failure(result).advice.isEmpty) }
    }

    @Test(
        "What is common is said in words that can be looked up",
        arguments: [
            (0, "another name"), (9, "not valid yet"), (10, "expired"), (18, "self-signed"),
            (19, "self-signed authority"),
            (20, "incomplete"), (21, "came alone"), (23, "revoked"),
        ])
    func common(result: Int, word: String) { #expect(failure(result).message.contains(word)) }

    @Test("Dates are told with what the clock of this machine says, and a clock in doubt is the first suspect")
    func clock() {
        for result in [9, 10] {
            #expect(failure(result).message.contains("this machine's clock says 2026-11-02"))
            #expect(failure(result).advice.hasPrefix("check that clock"))
            #expect(failure(result, isClockDoubtful: true).message.contains("a clock that is wrong"))
            #expect(failure(result, isClockDoubtful: true).advice == "set the clock of this machine")
        }
        #expect(!failure(18, isClockDoubtful: true).message.contains("clock"))
    }

    @Test("A chain that is incomplete names who has signed the certificate, and the dates stand with any")
    func facts() {
        let facts = CertificateFacts(start: "Jan 1", end: "Feb 1", issuer: "CN = R3\u{1b}", sent: 1)
        #expect(failure(20, facts: facts).message.contains("signed by CN = R3 ; certificates sent: 1"))
        #expect(failure(20, facts: facts).advice.contains("intermediate"))
        #expect(failure(18, facts: facts).message.contains("it is valid from Jan 1 to Feb 1"))
    }
}
