import FeedModel
import Testing

@testable import Scheduling

@Suite("PolitenessAudit counts polls that broke a rule (polling.md §11)")
struct PolitenessAuditTests {
    private let start = PolicyFixture.start

    private func poll(at seconds: Int, _ change: (inout PollRecord) -> Void = { _ in }) -> PollRecord {
        var poll = PollRecord(startedAt: start.adding(seconds: seconds), feed: 1, outcome: .notModified)
        poll.status = 304
        poll.sent = 5
        poll.kept = 5
        poll.terms.notes = .conditional
        change(&poll)
        return poll
    }

    private func audit(_ feeds: [[PollRecord]], delay: Int64 = 2000) -> PolitenessAudit.Host {
        var audit = PolitenessAudit()
        for (number, polls) in feeds.enumerated() {
            audit.add(
                feed: FeedIdentifier("f\(number)"), host: "h",
                allowance: HostAllowance(concurrency: 1, delay: delay), polls: polls)
        }
        return audit.finish().first ?? .init(name: "")
    }

    @Test("PolitenessAudit finds nothing against a polite run")
    func polite() {
        let host = audit([[poll(at: 0), poll(at: 3600), poll(at: 7200)], [poll(at: 10), poll(at: 3610)]])
        #expect(host.violations == 0)
        #expect(host.polls == 5 && host.notModified == 5)
        #expect(host.counts[.conditional]?.checked == 3)
        #expect(host.counts[.exactValidators]?.checked == 3)
        #expect(host.counts[.hostDelay]?.checked == 4)
    }

    @Test(
        "PolitenessAudit counts each rule that was broken, with an example",
        arguments: [
            PolitenessAudit.Criterion.conditional, .exactValidators, .freshness, .retryAfter, .dueTime, .gone,
        ])
    func broken(criterion: PolitenessAudit.Criterion) {
        let first = poll(at: 0) { poll in
            switch criterion {
            case .freshness: poll.terms.freshFor = 1000
            case .retryAfter: poll.terms.retryAfter = 1000
            case .dueTime: poll.next = start.adding(seconds: 1000)
            case .gone: poll.terms.reason = .goneForGood
            default: break
            }
        }
        let second = poll(at: 900) { poll in
            switch criterion {
            case .conditional: poll.terms.notes = []
            case .exactValidators: poll.sent = 6
            default: break
            }
        }
        let host = audit([[first, second]])
        #expect(host.violations == 1)
        #expect(host.counts[criterion]?.violations == 1)
        #expect(host.counts[criterion]?.examples.first?.feed == FeedIdentifier("f0"))
        if [.freshness, .retryAfter, .dueTime].contains(criterion) {
            #expect(host.counts[criterion]?.examples.first?.early == 100)
        }
    }

    @Test("PolitenessAudit does not judge a poll that a person has forced by its time")
    func forced() {
        let first = poll(at: 0) {
            $0.terms.freshFor = 1000
            $0.next = start.adding(seconds: 1000)
        }
        let second = poll(at: 10) { $0.terms.notes = [.conditional, .byHand, .forced] }
        let host = audit([[first, second]])
        #expect(host.violations == 0 && host.forced == 1)
    }

    @Test("PolitenessAudit counts the requests of several feeds to one host together, and so its pauses")
    func hosts() {
        #expect(audit([[poll(at: 0)], [poll(at: 1)]]).counts[.hostDelay]?.violations == 1)
        #expect(audit([[poll(at: 0)], [poll(at: 1)]], delay: 0).violations == 0)
        let busy = poll(at: 0) {
            $0.status = 429
            $0.terms.pause = 600
            $0.terms.notes = [.conditional, .hostPause]
        }
        let host = audit([[busy], [poll(at: 30), poll(at: 300), poll(at: 700)]])
        #expect(host.counts[.hostPause]?.checked == 2)
        #expect(host.counts[.hostPause]?.violations == 1)
        #expect(host.counts[.hostPause]?.examples.first?.time == start.adding(seconds: 300))
    }
}
