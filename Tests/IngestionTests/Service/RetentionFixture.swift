import ArticleStore
import Digest
import FeedModel
import Locking
import TestSupport
import Testing

@testable import Ingestion

/// A store of an article a day, and what a job answers to somebody who wants old articles removed.
struct RetentionFixture {
    let folder = TemporaryDirectory()

    /// Articles of so many days, a segment each.
    ///
    /// - Parameter last: when the last of them was stored.
    func store(days: Int, last: Timestamp) throws -> ArticleStore {
        let day = Locked(0)
        var options = StoreOptions {
            Timestamp(milliseconds: last.milliseconds - Int64(days - 1 - day.withLock { $0 }) * 86_400_000)
        }
        options.segmentAge = .seconds(86_400)
        let store = try ArticleStore.open(at: folder.file("store"), options: options) { _ in }
        for number in 0..<days {
            day.withLock { $0 = number }
            let feed = FeedIdentifier("feed")
            let record = PendingRecord(
                prefix: Array(#"{"id":"\#(number)","_newswire":{"feed_url":"u""#.utf8),
                uid: ArticleIdentifier([UInt8](repeating: UInt8(number), count: 20)), kind: .new, version: 1,
                isInitial: false, contentHash: Hash128(high: 1, low: 1))
            _ = try store.commit([FeedCommit(feed: feed, records: [record], state: FeedState(feed: feed, url: "u"))])
        }
        return store
    }

    /// What comes over a real socket.
    func ask(
        _ job: RetentionJob, before cutoff: Timestamp, isByClock: Bool = false, isForced: Bool = false,
        isDryRun: Bool = false
    ) async throws -> (report: RetentionReport?, failure: ControlClient.Failure?) {
        let path = folder.file("control")
        let identity = try #require(StoreIdentity(directory: folder.file("store")))
        let server = try ControlServer(at: path, store: identity) { request, reply in
            guard case .expire(let before, let isByClock, let isForced, let isDryRun) = request else {
                return reply.fail("no")
            }
            job.expire(before: before, isByClock: isByClock, isForced: isForced, isDryRun: isDryRun, reply)
        }
        defer { server.stop() }
        return await BlockingCall.run {
            guard let client = try? ControlClient.connect([.init(path: path, isNamed: true)], store: identity) else {
                return (nil, .brokenOff)
            }
            var report: RetentionReport?
            let request = ControlRequest.expire(
                before: cutoff, isByClock: isByClock, isForced: isForced, isDryRun: isDryRun)
            let failure = client.ask(request) { report = RetentionReport($0) }
            return (report, failure)
        }
    }
}
