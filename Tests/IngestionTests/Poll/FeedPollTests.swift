import FeedModel
import Fetching
import Scheduling
import Testing

@testable import ArticleStore
@testable import Configuration
@testable import Ingestion

@Suite("A poll decides what is asked, stored and asked again")
struct FeedPollTests {
    private let now = PollRehearsal.now

    // MARK: Documents

    @Test("A new document is judged, concluded and stored in that order, and its record and articles are kept")
    func newDocument() {
        let poll = PollRehearsal()
        #expect(poll.answers())
        #expect(poll.brings().word == "judge")
        #expect(poll.judged(new: 2).word == "conclude reached")
        #expect(poll.concluded().word == "store 2")
        #expect(poll.stored().word == "end, record and articles")
        let report = poll.poll.finished(at: SteadyTime(milliseconds: 5))
        #expect(report.outcome == .new && report.newArticles == 2 && report.durationMilliseconds == 5)
        #expect(report.bytes == 100 && report.bytesUnpacked == 200 && report.status == 200)
        let state = poll.state
        #expect(state.title == "T" && state.articles == 2 && state.bodyHash == PollRehearsal.hash(8))
        #expect(state.lastSuccess == now && state.document?.articles == 2 && report.nextPoll == state.nextPoll)
    }

    @Test("contract.md §1: the duration of a poll counts from its request, without the wait for the host's delay")
    func duration() {
        let poll = PollRehearsal()
        #expect(poll.poll.finished(at: SteadyTime(milliseconds: 70)).durationMilliseconds == 70)
        poll.begins(at: now, steady: 60_000)
        #expect(poll.poll.finished(at: SteadyTime(milliseconds: 60_120)).durationMilliseconds == 120)
    }

    @Test("polling.md §2.11: the bytes of the last time are not judged, and leave no articles to be remembered")
    func sameBytes() {
        let poll = PollRehearsal(PollRehearsal.known())
        poll.answers()
        #expect(poll.brings(body: 7).word == "conclude reached")
        #expect(poll.concluded().word == "store 0")
        #expect(poll.stored().word == "end, record")
        #expect(poll.report.outcome == .unchanged)
    }

    @Test("Bytes that were never read to the end are judged, whatever is remembered of them")
    func sameBytesWithoutSuccess() {
        let poll = PollRehearsal(PollRehearsal.known { $0.lastSuccess = nil })
        poll.answers()
        #expect(poll.brings(body: 7).word == "judge")
    }

    @Test("A document in which all articles are known ends the poll as unchanged")
    func nothingNew() {
        let poll = PollRehearsal(PollRehearsal.known())
        poll.answers()
        poll.brings()
        #expect(poll.judged(new: 0).word == "conclude reached")
        #expect(poll.concluded().word == "store 0")
        poll.stored()
        #expect(poll.report.outcome == .unchanged)
    }

    @Test("polling.md §2.4: a 304 stores no articles, keeps the validators and says what was saved")
    func notModified() {
        let poll = PollRehearsal(PollRehearsal.known())
        #expect(!poll.answers(304))
        #expect(poll.ends().word == "conclude reached")
        #expect(poll.concluded().word == "store 0")
        #expect(poll.stored().word == "end, record")
        #expect(poll.report.outcome == .notModified && poll.report.bytesNotSent == 500)
        #expect(poll.state.validators == PollRehearsal.known().validators)
        #expect(poll.state.bodyHash == PollRehearsal.hash(7))
    }

    @Test(
        "polling.md §2.5: what came of a document that broke off is stored, and the poll counts as failed",
        arguments: [true, false])
    func brokenOff(isTransfer: Bool) {
        let poll = PollRehearsal(PollRehearsal.known())
        poll.answers(200, [("ETag", "\"new\"")])
        #expect(poll.brings(isTransfer ? .truncated : nil, isTruncated: true).word == "judge")
        #expect(poll.judged(new: 1).word == "conclude")
        #expect(poll.concluded().word == "store 1")
        #expect(poll.stored().word == "end, record")
        #expect(poll.report.outcome == .failed && poll.report.newArticles == 1)
        let state = poll.state
        #expect(state.failures == 1 && state.validators == PollRehearsal.known().validators)
        #expect(state.bodyHash == PollRehearsal.hash(7) && state.lastSuccess == PollRehearsal.known().lastSuccess)
    }

    @Test(
        "A document that another machine overtakes is judged again as if for the first time, and its host hears of it once"
    )
    func overtaken() {
        let poll = PollRehearsal(PollRehearsal.known(), isShared: true)
        poll.answers(200, [("RateLimit", "\"default\";r=0;t=1200")])
        poll.brings()
        let answer = poll.judged(new: 2).answer
        #expect(answer != nil)
        var records = HostRecords()
        poll.concluded(
            NetworkState(isDown: false, hasChanged: true),
            host: answer.map { records.hear($0, at: now) } ?? HostVerdict())
        _ = poll.stateToStore(heldUntil: nil, block: 9)
        let (state, report) = (poll.state, poll.report)
        #expect(poll.overtaken().word == "judge")
        // One of the two is a duplicate of the other machine's now, and counts the same.
        #expect(poll.judged(new: 2).word == "conclude")
        #expect(poll.concluded().word == "store 2")
        #expect(poll.stateToStore(heldUntil: nil, block: 10) == state)
        #expect(poll.report.newArticles == report.newArticles && poll.report.notes == report.notes)
        #expect(poll.report.network == .up && poll.report.host?.verdict == report.host?.verdict)
        #expect(poll.stored().word == "end, record and articles")
        #expect(poll.report.outcome == .new)
    }

    @Test("A document that is always overtaken is given up, and the feed is as before")
    func overtakenForEver() {
        let poll = PollRehearsal(PollRehearsal.known(), isShared: true)
        poll.answers()
        poll.brings()
        for _ in 0..<FeedPoll.mostRetrials {
            poll.judged(new: 1)
            poll.concluded()
            #expect(poll.overtaken().word == "judge")
        }
        poll.judged(new: 1)
        poll.concluded()
        #expect(poll.overtaken().word == "end")
        #expect(poll.report.outcome == .failed && poll.report.newArticles == 0)
    }

    @Test("A poll whose state alone came too late ends as one that the store did not take")
    func stateOvertaken() {
        let poll = PollRehearsal(PollRehearsal.known(), isShared: true)
        poll.answers(304)
        poll.ends()
        poll.concluded()
        #expect(poll.overtaken().word == "end")
        #expect(poll.report.outcome == .failed)
    }

    @Test("A document that is no feed fails the poll, and as a broken transfer where it broke off")
    func noFeed() {
        for (failure, kind) in [(nil, FailureKind.notAFeed), (FailureKind.truncated, .truncated)] {
            let poll = PollRehearsal(PollRehearsal.known())
            poll.answers()
            #expect(poll.bringsNoFeed(failure).word == "conclude reached")
            #expect(poll.concluded().word == "store 0")
            #expect(poll.report.failure?.kind == kind)
        }
    }

    @Test(
        "security.md §5: a document whose root has ended is whole, though its transfer failed behind that, and is kept so"
    )
    func failureBehindTheEnd() {
        let poll = PollRehearsal(PollRehearsal.known())
        poll.answers(200, [("ETag", "\"new\"")])
        #expect(poll.brings(.truncated).word == "judge")
        #expect(poll.judged(new: 1).word == "conclude reached")
        #expect(poll.concluded().word == "store 1")
        poll.stored()
        #expect(poll.report.outcome == .new && poll.report.failure == nil)
        #expect(poll.report.notes.contains { $0.contains("the document is whole") })
        #expect(poll.state.failures == 0 && poll.state.validators?.etag == "\"new\"")
    }

    @Test("polling.md §8: a page that is a wall for browsers is told as one, and a feed that speaks of walls is a feed")
    func wall() {
        let poll = PollRehearsal(PollRehearsal.known())
        poll.answers()
        let page = "<!doctype html><script id=\"anubis_challenge\" type=\"application/json\">{}</script>"
        #expect(poll.bringsNoFeed(opening: page).word == "conclude reached")
        #expect(poll.concluded().word == "store 0")
        #expect(poll.report.failure?.kind == .botChallenge)
        #expect(poll.report.failure?.message.contains("Anubis") == true)
        let other = PollRehearsal(PollRehearsal.known())
        other.answers(200, [("Server", "cloudflare"), ("cf-mitigated", "challenge")])
        #expect(other.brings().word == "judge")
    }

    @Test(
        "polling.md §1: a feed at whose host HTTP/2 has failed is asked without it for 30 days, and then with it again")
    func withoutHTTP2() {
        let day: Int64 = 86_400
        for (age, isUsed) in [(day, false), (29 * day, false), (31 * day, true)] {
            let since = Timestamp(seconds: now.seconds - age)
            let poll = PollRehearsal(PollRehearsal.known { $0.http2FailedAt = since })
            #expect(poll.builds().http2 == isUsed, "\(age)")
            #expect((poll.state.http2FailedAt == nil) == isUsed, "\(age)")
        }
    }

    @Test("A record that the store refuses is told of in the report, and the others count")
    func refused() {
        let poll = PollRehearsal()
        poll.answers()
        poll.brings()
        poll.judged(new: 2)
        poll.concluded()
        let other = FeedIdentifier("other")
        let uid = ArticleIdentifier(hashing: [0])
        poll.stored(refusals: [
            .init(feed: FeedIdentifier("feed"), uid: uid, reason: "too long"),
            .init(feed: other, uid: uid, reason: "not ours"),
        ])
        #expect(poll.report.notes == ["an article was not stored: too long"])
    }

    // MARK: Failures

    @Test("polling.md §2.5: a failure leaves what the next request is made of as it was")
    func failure() {
        let before = PollRehearsal.known()
        let poll = PollRehearsal(before)
        poll.answers(500)
        #expect(poll.ends(.httpStatus).word == "conclude reached")
        #expect(poll.concluded().word == "store 0")
        #expect(poll.stored().word == "end, record")
        let state = poll.state
        #expect(poll.report.outcome == .failed && state.failures == 1 && state.lastPoll == now)
        #expect(state.validators == before.validators && state.bodyHash == before.bodyHash)
        #expect(state.lastSuccess == before.lastSuccess)
    }

    @Test("polling.md §8: while the network is down a failure to connect is not counted, and nothing is stored")
    func networkDown() {
        let before = PollRehearsal.known()
        let poll = PollRehearsal(before)
        #expect(poll.ends(.connect).word == "conclude unreached")
        #expect(poll.concluded(NetworkState(isDown: true, hasChanged: true)).word == "end")
        #expect(poll.report.network == .down && poll.report.outcome == .failed)
        #expect(poll.state == before && poll.report.nextPoll == before.nextPoll)
    }

    @Test("polling.md §8: a server that answers counts as failing also while the network is thought to be down")
    func answersWhileDown() {
        let poll = PollRehearsal(PollRehearsal.known())
        poll.answers(500)
        #expect(poll.ends(.httpStatus).word == "conclude reached")
        #expect(poll.concluded(NetworkState(isDown: true, hasChanged: false)).word == "store 0")
        #expect(poll.state.failures == 1 && poll.report.network == nil)
    }

    @Test("polling.md §8: since when a feed has failed to connect tells whether that says something of the network")
    func oldFailure() {
        let since = now.adding(seconds: -7200)
        func failing(_ kind: FailureKind) -> FeedState {
            PollRehearsal.known {
                $0.failure = .init(kind: kind, message: "")
                $0.schedule.failingSince = since
            }
        }
        for (remembered, failingSince) in [
            (failing(.dns), since), (failing(.httpStatus), nil), (PollRehearsal.known(), nil),
        ] {
            let poll = PollRehearsal(remembered)
            guard case .conclude(let reach?, _) = poll.ends(.connect) else {
                Issue.record("nothing was said of the host")
                continue
            }
            #expect(reach.host == "a.example" && !reach.isReached && reach.failingSince == failingSince)
        }
    }

    @Test("A poll that is stopped is skipped, and leaves nothing behind")
    func stopped() {
        let poll = PollRehearsal(PollRehearsal.known())
        #expect(poll.fails(.fetch(.cancelled)).word == "end")
        #expect(poll.report.outcome == .skipped && poll.state == PollRehearsal.known())
    }

    @Test("A feed that is gone ends as gone")
    func gone() {
        let poll = PollRehearsal(PollRehearsal.known())
        poll.answers(410)
        poll.ends(.gone)
        poll.concluded()
        poll.stored()
        #expect(poll.report.outcome == .gone)
    }

    @Test("A store that takes nothing fails the poll, which counts no articles and keeps no record")
    func storeFails() {
        let poll = PollRehearsal(PollRehearsal.known())
        poll.answers()
        poll.brings()
        poll.judged(new: 2)
        poll.concluded()
        #expect(poll.notStored(.noAnswer(from: "/store", for: 9)).word == "end")
        let report = poll.report
        #expect(report.outcome == .failed && report.newArticles == 0 && report.failure != nil)
    }

    // MARK: Hosts that want to be left alone

    @Test(
        "polling.md §8: a 429 pauses the host where its address is public, and the feed alone where it is not",
        arguments: [true, false])
    func busy(isPublic: Bool) {
        let poll = PollRehearsal(PollRehearsal.known())
        poll.answers(429, [("Retry-After", "3600")])
        let answer = poll.ends(.rateLimited, isPublic: isPublic).answer
        let refusal = HostAnswer.Refusal(retryAfter: 3600, isMeasured: true)
        #expect(answer?.host == (isPublic ? "a.example" : nil))
        #expect(answer?.word == (isPublic ? .refused(refusal) : nil))
        var records = HostRecords()
        let verdict = answer.map { records.hear($0, at: now) } ?? HostVerdict()
        #expect(poll.concluded(host: verdict).word == "store 0")
        #expect(poll.state.schedule.pause?.coversHost == isPublic)
        #expect(poll.state.schedule.pause?.until == now.adding(seconds: 3600))
        #expect(poll.report.host?.verdict.pause?.until == (isPublic ? now.adding(seconds: 3600) : nil))
    }

    @Test("polling.md §8: a host that has nothing left says so with a good answer, and is left alone until it has")
    func exhausted() {
        let poll = PollRehearsal(PollRehearsal.known())
        poll.answers(304, [("RateLimit", "\"default\";r=0;t=1200")])
        let answer = poll.ends().answer
        #expect(answer?.word == .served(exhaustedFor: 1200))
        var records = HostRecords()
        poll.concluded(host: answer.map { records.hear($0, at: now) } ?? HostVerdict())
        #expect(records.until("a.example", at: now) == now.adding(seconds: 1200))
        #expect(poll.state.schedule.pause?.until == now.adding(seconds: 1200))
        #expect(poll.state.failures == 0 && poll.report.failure == nil)
    }

    @Test("polling.md §8: a host hears when the feed was refused before, and a 503 is no limit that it measures")
    func refusedBefore() {
        let refused = PollRehearsal.known {
            $0.failure = .init(kind: .httpStatus, message: "")
            $0.status = 503
        }
        let poll = PollRehearsal(refused)
        poll.answers(503, [("Retry-After", "60")])
        let answer = poll.ends(.httpStatus).answer
        #expect(answer?.refusedBefore == refused.lastPoll)
        #expect(answer?.word == .refused(.init(retryAfter: 60, isMeasured: false)))
        let other = PollRehearsal(PollRehearsal.known())
        other.answers(503)
        #expect(other.ends(.httpStatus).answer?.refusedBefore == nil)
    }

    @Test("polling.md §8: what another host says after a redirect pauses the feed alone")
    func busyElsewhere() {
        let poll = PollRehearsal(PollRehearsal.known())
        poll.answers(503, from: "https://b.example/feed")
        #expect(poll.ends(.httpStatus).word == "conclude reached")
        #expect(poll.concluded().word == "store 0")
        #expect(poll.state.schedule.pause?.coversHost == false)
    }

    @Test("contract.md §2: pause_scope decides what a 429 pauses, and a domain's table is one host")
    func pauseScope() {
        for (scope, key) in [(HostSettings.PauseScope.host, "example"), (.feed, nil)] {
            let host = HostSettings(
                name: "example", delay: .zero, concurrency: 1, pauseScope: scope, maxAgeCap: .seconds(86_400),
                source: SourcePlace(file: "/newswire.toml", line: 1))
            let poll = PollRehearsal(PollRehearsal.known(), hosts: [host])
            poll.answers(429)
            #expect(poll.ends(.rateLimited, isPublic: scope == .feed).answer?.host == key)
        }
    }

    // MARK: Modes and memory

    @Test("A dry run tells the request and what would be stored, and stores nothing")
    func dryRun() {
        let poll = PollRehearsal(mode: .dryRun(isForced: false))
        _ = poll.builds()
        poll.answers()
        #expect(poll.brings().word == "judge")
        poll.judged(new: 1)
        #expect(poll.concluded().word == "end")
        #expect(poll.report.outcome == .new && poll.report.newArticles == 1)
        #expect(poll.report.notes.starts(with: ["GET https://a.example/feed", "User-Agent: newswire/1"]))
    }

    @Test("polling.md §2.5: a server that found fault with the request is asked once without validators")
    func withoutValidators() {
        for (status, mode) in [(400, ValidatorRules.Mode.none), (200, .both)] {
            let poll = PollRehearsal(PollRehearsal.known { $0.status = status })
            #expect(poll.builds().validatorMode == mode)
        }
    }

    @Test("contract.md §1: a person who pauses a feed while it is polled has paused it")
    func heldMeanwhile() {
        let poll = PollRehearsal(PollRehearsal.known())
        poll.answers(304)
        poll.ends()
        poll.concluded()
        let state = poll.stateToStore(heldUntil: FeedState.Schedule.forGood, block: 7)
        #expect(state.schedule.heldUntil == FeedState.Schedule.forGood && state.schedule.historyBlock == 7)
        #expect(poll.stateToStore(heldUntil: nil, block: 8).schedule.historyBlock == 7)
    }

    @Test("Another URL in the configuration makes the feed's server a new one, and keeps what is known of its articles")
    func anotherURL() {
        let failing = PollRehearsal.known {
            $0.failures = 3
            $0.document = .init(articles: 4, source: PollRehearsal.hash(1))
        }
        let state = PollRehearsal(failing, url: "https://b.example/feed").state
        #expect(state.failures == 0 && state.nextPoll == nil && state.document?.articles == 4)
        #expect(PollRehearsal(failing, url: "https://b.example/feed").poll.host == "b.example")
    }

    @Test("contract.md §6: what lies in the future is put right, but not by a clock in doubt")
    func future() {
        let ahead = now.adding(seconds: 86_400 * 400)
        let remembered = PollRehearsal.known { $0.lastPoll = ahead }
        #expect(PollRehearsal(remembered).state.lastPoll == now)
        #expect(PollRehearsal(remembered, isDoubtful: true).state.lastPoll == ahead)
    }

    @Test("The record of a poll says who asked for it, and whether it was asked conditionally")
    func record() {
        let poll = PollRehearsal(PollRehearsal.known(), mode: .byHand(isForced: true))
        poll.begins(at: now.adding(seconds: 3))
        poll.answers(304)
        poll.ends()
        poll.concluded()
        guard case .end(let trace?) = poll.stored() else {
            Issue.record("nothing is kept of the poll")
            return
        }
        #expect(trace.record.startedAt == now.adding(seconds: 3) && trace.record.outcome == .notModified)
        #expect(trace.record.terms.notes.isSuperset(of: [.byHand, .forced, .conditional, .hasValidators]))
        #expect(trace.record.sent == trace.record.kept && trace.record.sent != 0)
    }
}
