import FeedModel
import Testing

@testable import Ingestion
@testable import Scheduling

@Suite("Of a possible gap the log says only what follows, or which key would help")
struct GapNoteTests {
    private let now = Timestamp(year: 2026, month: 11, day: 2, hour: 12)

    private func text(_ reason: PollTerms.Reason, wait: Int, passed: Int) -> String {
        var terms = PollTerms()
        terms.reason = reason
        let decision = PollDecision(
            schedule: FeedState.Schedule(), next: now.adding(seconds: wait), notBefore: nil, terms: terms)
        return GapNote(items: 10, decision: decision, lastRead: now.adding(seconds: -passed), now: now).text
    }

    @Test(
        "More polls are promised only where they come sooner",
        arguments: [PollTerms.Reason.adaptive, .ttl, .freshness, .updatePeriod, .skipHours])
    func promise(reason: PollTerms.Reason) {
        #expect(text(reason, wait: 3600, passed: 7200).hasSuffix("it is polled more often from here on"))
        #expect(!text(reason, wait: 7200, passed: 3600).contains("from here on"))
    }

    @Test(
        "The key is named that would help",
        arguments: [
            (PollTerms.Reason.fixed, "shorter interval"), (.minimum, "min_interval"), (.freshness, "max_age_cap"),
            (.ttl, "an interval"), (.noValidators, "an interval"), (.retryAfter, "retry_after"),
        ])
    func key(reason: PollTerms.Reason, key: String) {
        #expect(text(reason, wait: 7200, passed: 3600).contains(key))
        #expect(text(reason, wait: 7200, passed: 3600).hasPrefix("possible_gap: none of the 10 items was known"))
    }
}
