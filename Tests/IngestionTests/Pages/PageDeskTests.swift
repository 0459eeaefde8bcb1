import ArticleStore
import FeedModel
import Fetching
import Locking
import Logging
import TestSupport
import Testing

@testable import Ingestion

/// A logger whose lines can be waited for.
private final class LogLines: LogHandler, Sendable {
    private struct State {
        var lines: [String] = []
        var waiter: (count: Int, continuation: CheckedContinuation<Void, Never>)?
    }

    private let state = Locked(State())

    var metadata: Logger.Metadata {
        get { [:] }
        set {}
    }
    var logLevel: Logger.Level {
        get { .debug }
        set {}
    }
    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { nil }
        set {}
    }

    var logger: Logger { Logger(label: "test") { _ in self } }
    var lines: [String] { state.withLock { $0.lines } }

    func log(event: LogEvent) {
        let metadata = (event.metadata ?? [:]).sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        let text = (["\(event.message)"] + metadata).joined(separator: " ")
        let waiter = state.withLock { state in
            state.lines.append(text)
            guard let waiter = state.waiter, state.lines.count >= waiter.count else {
                return CheckedContinuation<Void, Never>?.none
            }
            state.waiter = nil
            return waiter.continuation
        }
        waiter?.resume()
    }

    /// Returns once so many lines are there.
    func lines(_ count: Int) async -> [String] {
        await withCheckedContinuation { continuation in
            let isThere = state.withLock { state in
                if state.lines.count >= count { return true }
                state.waiter = (count, continuation)
                return false
            }
            if isThere { continuation.resume() }
        }
        return lines
    }
}

@Suite("The desk that has pages fetched, whatever happens to it", .serialized)
struct PageDeskTests {
    private let text = String(repeating: "word ", count: 100)

    private func desk(_ fixture: PageFixture, _ log: LogLines, options: String = "fulltext = \"always\"") throws
        -> PageDesk
    {
        let desk = PageDesk(
            store: fixture.store, writer: fixture.writer, reading: PageFixture.reading, gate: fixture.gate,
            health: fixture.health, logger: log.logger, clock: fixture.clock)
        let configuration = try fixture.configuration(options: options)
        desk.adopt(
            configuration, engine: fixture.engine,
            requests: RequestBuilder(configuration, version: "test", environment: [:]),
            limiter: HostRateLimiter(clock: fixture.clock))
        desk.open()
        return desk
    }

    private func line(_ fixture: PageFixture) throws -> PageLine? {
        try StoreReader(directory: fixture.store.path).keptPages().flatMap { PageLine($0) }
    }

    @Test("Articles that come are followed by their pages, and those from before the option are not")
    func follows() async throws {
        let fixture = try PageFixture()
        let log = LogLines()
        fixture.server.page("/a", text)
        fixture.server.page("/b", text)
        fixture.server.on("/c", LoopbackResponse(status: 404, body: "none"))
        try fixture.article(1, at: fixture.server.url("/old"))
        let desk = try desk(fixture, log)
        let running = Task { await desk.run() }
        let seqs = try ["/a", "/b", "/c"].enumerated().map {
            try fixture.article(UInt64($0.offset) + 2, at: fixture.server.url($0.element))
        }
        desk.look()
        let lines = await log.lines(3)
        #expect(lines.filter { $0.contains("result=stored") }.count == 2)
        #expect(lines.filter { $0.contains("result=not_found") }.count == 1)
        running.cancel()
        await running.value
        #expect(try fixture.records().compactMap(\.pageOf).sorted() == Array(seqs.prefix(2)))
        #expect(fixture.server.requests(to: "/old").isEmpty)
        let kept = try #require(try line(fixture))
        #expect(kept.count == 0 && kept.seen >= seqs[2])
        #expect(kept.feeds[FeedIdentifier("feed")]?.ended.map(\.seq) == [seqs[2]])
        #expect(desk.figures?.stored == 2 && desk.figures?.failures == [.notFound: 1])
        await fixture.close()
    }

    @Test("After a kill what was not kept of the line is found again in the store, and no page twice")
    func killed() async throws {
        let fixture = try PageFixture()
        let log = LogLines()
        fixture.server.page("/a", text)
        fixture.server.page("/b", text)
        let first = try desk(fixture, log)
        let before = try StoreReader(directory: fixture.store.path).keptPages()
        try fixture.article(1, at: fixture.server.url("/a"))
        let running = Task { await first.run() }
        first.look()
        _ = await log.lines(1)
        running.cancel()
        await running.value
        // As it was on the disk when the process was killed.
        try fixture.store.keepPages(try #require(before))
        try fixture.article(2, at: fixture.server.url("/b"))
        let second = try desk(fixture, log)
        let again = Task { await second.run() }
        _ = await log.lines(2)
        again.cancel()
        await again.value
        #expect(try fixture.records().count == 2)
        #expect(fixture.server.requests(to: "/a").count == 1 && fixture.server.requests(to: "/b").count == 1)
        await fixture.close()
    }

    @Test("What waits for its next try is kept, and goes on with its tries after a restart")
    func waits() async throws {
        let fixture = try PageFixture()
        let log = LogLines()
        fixture.server.on("/a", LoopbackResponse(status: 500, body: ""))
        let first = try desk(fixture, log)
        let seq = try fixture.article(1, at: fixture.server.url("/a"))
        let running = Task { await first.run() }
        first.look()
        _ = await log.lines(1)
        running.cancel()
        await running.value
        let waiting = try #require(try line(fixture)?.feeds[FeedIdentifier("feed")]?.waiting.first)
        #expect(waiting.seq == seq && waiting.tries == 1 && waiting.failure == .serverError)
        #expect(waiting.due == fixture.now.adding(seconds: 3600))
        fixture.pass(seconds: 3600)
        fixture.server.page("/a", text)
        let second = try desk(fixture, log)
        let again = Task { await second.run() }
        #expect(await log.lines(2)[1].contains("result=stored"))
        again.cancel()
        await again.value
        #expect(try line(fixture)?.count == 0)
        await fixture.close()
    }

    @Test("A file of pages that is damaged is put aside and said, and what of it is whole goes on")
    func damaged() async throws {
        let fixture = try PageFixture()
        let log = LogLines()
        fixture.server.page("/a", text)
        let seq = try fixture.article(1, at: fixture.server.url("/a"))
        var line = PageLine(seen: seq)
        _ = line.change(FeedIdentifier("feed")) {
            $0.add(.init(seq: seq, host: "127.0.0.1", due: fixture.now), initialLimit: 20)
        }
        let bytes = line.lines + Array("{\"feed\":\"other\",\"waiting\":[{\"seq\":1".utf8)
        try fixture.store.keepPages(bytes)
        let desk = try desk(fixture, log)
        let said = try #require(log.lines.first)
        #expect(said.contains("state/pages, is damaged: line 3 is damaged") && said.contains("pages_left=1"))
        let aside = try StoreReader(directory: fixture.store.path).pagesAside()
        #expect(aside.count == 1 && said.contains(aside[0]))
        #expect(fixture.folder.read(String(aside[0].dropFirst(fixture.folder.path.utf8.count + 1))) == bytes)
        #expect(StatusFigures.onDisk(store: fixture.store.path).damagedPages == aside)
        // What is kept from here on is whole, and the next start says nothing.
        _ = try self.desk(fixture, log)
        #expect(log.lines.count == 1)
        let running = Task { await desk.run() }
        #expect(await log.lines(2)[1].contains("result=stored"))
        running.cancel()
        await running.value
        try fixture.store.keepPages(bytes)
        _ = try self.desk(fixture, log)
        #expect(try StoreReader(directory: fixture.store.path).pagesAside().count == 2)
        await fixture.close()
    }

    @Test("Where no feed has pages nothing is kept, and nothing is asked for")
    func never() async throws {
        let fixture = try PageFixture()
        let log = LogLines()
        try fixture.store.keepPages(PageLine(seen: 0).lines)
        let desk = try desk(fixture, log, options: "")
        try fixture.article(1, at: fixture.server.url("/a"))
        desk.look()
        #expect(desk.figures == nil)
        #expect(try line(fixture) == nil)
        #expect(fixture.visits.isEmpty)
        await fixture.close()
    }
}
