import Digest
import FeedModel
import JSONText
import Testing

@Suite("A feed's state packed for memory")
struct PackedFeedStateTests {
    private static let full: FeedState = {
        var state = FeedState(feed: FeedIdentifier("f"), url: "https://h/ü?x=1")
        state.urlMark = .max
        state.title = "T"
        state.validators = .init(etag: "\"x\"", lastModified: "Thu, 26 Nov 2026 17:51:15 GMT", request: hash(1))
        state.bodyHash = hash(.max)
        state.documentBytes = .max
        state.hints.ttlSeconds = 60
        state.hints.updatePeriodSeconds = -1
        state.hints.skipHours = [0, 23]
        state.hints.skipDays = ["Monday", ""]
        state.move.candidate = "https://h/new"
        state.move.polls = 3
        state.move.since = Timestamp(seconds: 4)
        state.move.adopted = "https://h/old"
        state.move.adoptedSince = Timestamp(seconds: -2)
        state.move.isAmongPrivate = true
        state.tagRepeats.count = 2
        state.tagRepeats.since = Timestamp(seconds: 5)
        state.lastPoll = Timestamp(milliseconds: 1_790_000_000_123)
        state.lastSuccess = Timestamp(milliseconds: .max)
        state.status = 304
        state.failures = 2
        state.failure = .init(kind: .dns, message: "")
        state.nextPoll = Timestamp(milliseconds: .min)
        state.intervalSeconds = 0
        state.notBefore = Timestamp(seconds: 8)
        state.articles = .max
        state.recentBlocks = FeedState.RecentBlocks.counting(
            nil, passed: 0, blocked: ["r"], at: Timestamp(seconds: 1_790_000_000))
        state.document = .init(articles: 25, source: hash(7))
        state.schedule.rhythm = Rhythm(latest: Timestamp(seconds: 1_000_000_000), gaps: Array(1...20).map { $0 * 600 })
        state.schedule.adaptive = 1200
        state.schedule.items = .max
        state.schedule.itemsInSkippedTime = 1
        state.schedule.isExpired = true
        state.schedule.heldUntil = FeedState.Schedule.forGood
        state.schedule.failureQuarters = 3
        state.schedule.refusals = 2
        state.schedule.failingSince = Timestamp(seconds: 6)
        state.schedule.goneSince = Timestamp(seconds: 7)
        state.schedule.isGoneForGood = true
        state.schedule.pause = .init(
            until: Timestamp(seconds: 20), incidents: 3, since: Timestamp(seconds: 10), coversHost: true)
        state.schedule.reason = .retryAfter
        state.schedule.polls = 77
        state.schedule.historyBlock = 5
        return state
    }()

    private static func hash(_ value: UInt64) -> Hash128 { Hash128(high: value, low: ~value) }

    /// The full state with each of its parts taken out, one at a time.
    static let states: [FeedState] = {
        var states = [full, FeedState(feed: FeedIdentifier("g"), url: "")]
        func without(_ change: (inout FeedState) -> Void) {
            var state = full
            change(&state)
            states.append(state)
        }
        without { $0.title = nil }
        without { $0.validators = nil }
        without { $0.urlMark = nil }
        without { $0.validators = .init(etag: "\"x\"", lastModified: nil, request: hash(1)) }
        without { $0.validators = .init(etag: nil, lastModified: "x", request: hash(1)) }
        without { $0.bodyHash = nil }
        without { $0.documentBytes = nil }
        without { $0.hints = PollingHints() }
        without { $0.move = FeedState.Move() }
        without { $0.move.adopted = nil }
        without { $0.tagRepeats = FeedState.TagRepeats() }
        without { $0.lastPoll = nil }
        without { $0.lastSuccess = nil }
        without { $0.status = nil }
        without { $0.failure = nil }
        without { $0.nextPoll = nil }
        without { $0.intervalSeconds = nil }
        without { $0.notBefore = nil }
        without { $0.document = nil }
        without { $0.schedule = FeedState.Schedule() }
        without { $0.schedule.pause = nil }
        without { $0.schedule.heldUntil = nil }
        without { $0.schedule.historyBlock = nil }
        without { $0.churn = FeedState.Churn() }
        without {
            $0.churn = FeedState.Churn()
            $0.churn?.idChanges = FeedState.Churn.limit
            $0.churn?.volatileParameters = ["sid", "jsessionid"]
        }
        return states
    }()

    @Test("A packed feed state comes back as it was, whatever parts of it are there", arguments: states)
    func roundTrip(_ state: FeedState) {
        #expect(PackedFeedState(state).state(of: state.feed) == state)
    }

    @Test("What is written of a packed feed state is, byte for byte, what is written of the state", arguments: states)
    func writing(_ state: FeedState) {
        var whole = JSONWriter()
        var packed = JSONWriter()
        state.write(to: &whole)
        packed.beginObject()
        PackedFeedState(state).writeMembers(of: state.feed, to: &packed)
        packed.endObject()
        let (written, wanted) = (packed.finish(), whole.finish())
        #expect(written == wanted)
    }
}
