import ArticleStore
import Configuration
import FeedModel
import Glibc
import JSONText
import Logging
import TestSupport
import Testing

@testable import Ingestion

@Suite("The running service removes what is too old")
struct RetentionJobTests {
    private let fixture = RetentionFixture()

    /// Five articles, a day and a segment each.
    private func store() throws -> ArticleStore { try fixture.store(days: 5, last: Self.moment(4)) }

    private static func moment(_ day: Int) -> Timestamp { Timestamp(year: 2026, month: 1, day: 1 + day) }

    private func job(_ store: ArticleStore) -> RetentionJob {
        RetentionJob(
            store, keep: .forever, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            clock: PollClock { Self.moment(10) })
    }

    @Test("A removal by hand is done and reported, and as a dry run only reported")
    func asked() async throws {
        let store = try store()
        defer { store.close() }
        let job = job(store)
        for isDryRun in [true, false] {
            let (report, failure) = try await fixture.ask(job, before: Self.moment(2), isDryRun: isDryRun)
            #expect(failure == nil)
            #expect(report?.segments == 2 && report?.records == 2 && report?.lastSeq == 2)
            #expect(report?.obstacle == nil)
            #expect(try StoreReader(directory: store.path).firstSeq() == (isDryRun ? 1 : 3))
        }
    }

    @Test("A removal that a consumer holds up names it; by force it is done all the same")
    func obstacle() async throws {
        let store = try store()
        defer { store.close() }
        try Cursors(directory: store.path).advance("slow", to: 1)
        let job = job(store)
        let kept = try await fixture.ask(job, before: Self.moment(3)).report
        #expect(kept?.records == 1)
        #expect(kept?.obstacle?.contains("slow (has had all up to 1)") == true)
        #expect(try await fixture.ask(job, before: Self.moment(3), isForced: true).report?.records == 2)
    }

    @Test("A service that ends removes nothing more, and tells whoever asks")
    func ended() async throws {
        let store = try store()
        defer { store.close() }
        let job = job(store)
        let task = Task { await job.run() }
        task.cancel()
        await task.value
        let (report, failure) = try await fixture.ask(job, before: Self.moment(4), isForced: true)
        #expect(report == nil)
        guard case .refused(let reason) = failure else {
            Issue.record("\(String(describing: failure))")
            return
        }
        #expect(reason.contains("stopped"))
        #expect(try StoreReader(directory: store.path).firstSeq() == 1)
    }

    @Test("Nothing is removed for an asker that has gone")
    func gone() async throws {
        let store = try store()
        defer { store.close() }
        let job = job(store)
        let reply = ControlReply()
        reply.drop()
        #expect(reply.isGone)
        job.expire(before: Self.moment(4), isForced: true, isDryRun: false, reply)
        // Asked after it, and answered after it.
        #expect(try await fixture.ask(job, before: Self.moment(4), isDryRun: true).report?.records == 4)
    }

    @Test("A removal that an error on the disk keeps from being done says so")
    func failure() async throws {
        let store = try store()
        defer { store.close() }
        // Where the identities go there is a file.
        fixture.folder.write("", to: "store/identities")
        let (report, failure) = try await fixture.ask(job(store), before: Self.moment(4))
        #expect(report == nil)
        #expect(failure != nil)
        #expect(try StoreReader(directory: store.path).firstSeq() == 1)
    }

    @Test("A report of a removal is read as it was written")
    func report() throws {
        var result = RetentionResult()
        result.segments = 3
        result.records = 40
        result.bytes = 5_000_000_000
        result.lastSeq = 41
        result.obstacle = .consumers([.init(name: "slow", seq: nil)])
        result.losers = [.init(name: "slower", seq: 2)]
        let report = RetentionReport(result)
        var json = JSONWriter()
        report.write(to: &json)
        #expect(RetentionReport(try JSONParser.parse(json.finish()).value) == report)
        #expect(RetentionReport(.object([])) == nil)
    }
}
