import FeedModel
import Testing

@testable import Fetching

@Suite("A feed that moves for good is adopted at its target (polling.md §9)")
struct RedirectAdoptionTests {
    private let day: Int64 = 86_400
    private func hop(_ status: Int, to: String = "https://b.example/") -> Redirect {
        Redirect(from: "https://a.example/", to: to, status: status)
    }

    @Test("polling.md §9: a target is adopted after five good polls over 72 hours")
    func adopted() {
        var adoption = RedirectAdoption()
        for poll in 0..<4 {
            #expect(adoption.afterGoodPoll(hops: [hop(301)], at: Timestamp(seconds: Int64(poll) * day)) == nil)
        }
        #expect(adoption.afterGoodPoll(hops: [hop(308)], at: Timestamp(seconds: 4 * day)) == "https://b.example/")
    }

    @Test("polling.md §9: many good polls in a short time adopt no target")
    func manyPollsInAShortTimeAreNotEnough() {
        var adoption = RedirectAdoption()
        for poll in 0..<100 {
            #expect(adoption.afterGoodPoll(hops: [hop(301)], at: Timestamp(seconds: Int64(poll) * 60)) == nil)
        }
    }

    @Test("polling.md §9: another target, or a temporary hop, starts the count anew")
    func anotherTargetOrATemporaryHopStartsAnew() {
        for interruption in [[hop(301, to: "https://c.example/")], [hop(302)], []] {
            var adoption = RedirectAdoption()
            for poll in 0..<4 {
                _ = adoption.afterGoodPoll(hops: [hop(301)], at: Timestamp(seconds: Int64(poll) * day))
            }
            _ = adoption.afterGoodPoll(hops: interruption, at: Timestamp(seconds: 4 * day))
            #expect(adoption.afterGoodPoll(hops: [hop(301)], at: Timestamp(seconds: 5 * day)) == nil)
            #expect(adoption.count == 1)
        }
    }

    @Test("polling.md §9: a temporary hop ends the permanent part of the way")
    func aLaterTemporaryHopEndsThePermanentPart() {
        let first = Redirect(from: "https://a.example/", to: "https://b.example/", status: 301)
        let second = Redirect(from: "https://b.example/", to: "https://c.example/", status: 302)
        #expect(RedirectAdoption.target(of: [first, second]) == "https://b.example/")
        #expect(RedirectAdoption.target(of: [second, first]) == nil)
    }

    @Test("polling.md §9: a way from https to http is never adopted")
    func fromHTTPSToHTTPIsNeverAdopted() {
        #expect(RedirectAdoption.target(of: [hop(301, to: "http://b.example/")]) == nil)
        #expect(
            RedirectAdoption.target(of: [Redirect(from: "http://a/", to: "https://a/", status: 301)]) == "https://a/")
    }
}
