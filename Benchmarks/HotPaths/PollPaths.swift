import Digest
import FeedModel
import Glibc
import JSONText
import Scheduling

/// What a poll that was answered 304 costs the schedule: a decision, and its place among 10 000 others.
///
/// A class because the queue cannot be copied.
final class SchedulePath: HotPath {
    static let name = "schedule"
    static let standardCount = 200_000
    private static let feeds = 10_000
    private var queue = PollQueue(concurrency: 64)
    private let policy = PollPolicy(PollSettings(), feed: 7)
    private var schedule = FeedState.Schedule()
    private var now = Timestamp(seconds: 1_790_000_000)

    init() {
        let allowance = HostAllowance(concurrency: 1, delay: 0)
        for feed in 0..<Self.feeds {
            queue.add(
                feed: feed, host: "host-\(feed % 2500)", due: Self.steady(now.adding(milliseconds: Int64(feed * 360))),
                allowance: allowance)
        }
        schedule.rhythm = Rhythm(latest: now, gaps: Array(repeating: 3600, count: 20))
        schedule.adaptive = 3600
    }

    /// Nobody sets this clock.
    private static func steady(_ time: Timestamp) -> SteadyTime { SteadyTime(milliseconds: time.milliseconds) }

    func step(_ number: Int) {
        while true {
            switch queue.next(now: Self.steady(now)) {
            case .start(let feed):
                var event = PollEvent(startedAt: now, endedAt: now, result: .unchanged)
                event.due = now
                event.interval = 3600
                let decision = policy.decide(schedule, after: event)
                queue.finished(feed: feed)
                queue.add(
                    feed: feed, host: feed % 2500,
                    due: Self.steady(decision.next ?? now.adding(milliseconds: 3_600_000)))
                return
            case .wait(let until?): now = Timestamp(milliseconds: until.milliseconds)
            case .wait(nil), .done, .proceed, .giveUp: fatalError("every feed is in line again, and none is redirected")
            }
        }
    }
}

private enum KnownFeed {
    /// As a feed of a year's service has it.
    static let state: FeedState = {
        var state = FeedState(
            feed: FeedIdentifier("news.example.org-section-feed.xml"), url: "https://news.example.org/section/feed.xml")
        state.title = "News of a section, from day to day"
        state.validators = .init(
            etag: "\"5f3a-62c1d0a8b7f40\"", lastModified: "Thu, 26 Nov 2026 17:51:15 GMT",
            request: Hash128(high: 1 << 60, low: 2))
        state.bodyHash = Hash128(high: 3 << 60, low: 4)
        state.documentBytes = 38_000
        state.lastPoll = Timestamp(milliseconds: 1_790_000_000_123)
        state.lastSuccess = state.lastPoll
        state.status = 304
        state.nextPoll = Timestamp(milliseconds: 1_790_003_600_123)
        state.intervalSeconds = 3600
        state.schedule.rhythm = Rhythm(latest: state.lastPoll, gaps: Array(repeating: 3600, count: 20))
        state.schedule.adaptive = 3600
        state.schedule.items = 25
        state.schedule.reason = .adaptive
        state.schedule.polls = 9000
        state.schedule.historyBlock = 17
        state.articles = 8000
        state.document = .init(articles: 25, source: Hash128(high: 5, low: 6))
        return state
    }()
}

/// A feed's state out of memory and back into it.
struct StatePath: HotPath {
    static let name = "state"
    static let standardCount = 300_000
    private var packed = PackedFeedState(KnownFeed.state)

    mutating func step(_ number: Int) {
        var state = packed.state(of: KnownFeed.state.feed)
        state.schedule.polls += 1
        packed = PackedFeedState(state)
    }
}

/// A feed's state to its line in the file, and read from it.
struct StateLinePath: HotPath {
    static let name = "state-line"
    static let standardCount = 50_000

    mutating func step(_ number: Int) {
        var json = JSONWriter(capacity: 1024)
        KnownFeed.state.write(to: &json)
        json.finish().withUnsafeBytes { bytes in
            guard let members = JSONMembers(bytes), FeedState(members) != nil else {
                fatalError("what was written can be read")
            }
        }
    }
}

/// A folder that goes with this object, and what a store has in it.
final class Folder {
    let path: String

    init() {
        let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        path = "\(parent)/hotpaths-\(getpid())"
        guard mkdir(path, 0o700) == 0 else { fatalError("no folder \(path)") }
    }

    deinit {
        Self.remove(path)
    }

    private static func remove(_ path: String) {
        if let folder = opendir(path) {
            while let entry = readdir(folder) {
                let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                    String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
                }
                if name != ".", name != ".." { remove("\(path)/\(name)") }
            }
            closedir(folder)
        }
        Glibc.remove(path)
    }
}
