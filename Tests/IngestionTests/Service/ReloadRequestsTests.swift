import Configuration
import FeedModel
import Scheduling
import Testing

@testable import Ingestion

@Suite("Everybody who asks for a reload is answered")
struct ReloadRequestsTests {
    private let now = PollRehearsal.now
    private let right = ReloadOutcome(feeds: 3, warnings: [])
    private let wrong = ReloadOutcome(
        ConfigurationError(diagnostics: [
            Diagnostic(.warning, file: "a.toml", line: 1, "looks wrong"),
            Diagnostic(.error, file: "a.toml", line: 2, "is wrong"),
        ]))
    private let stuck = ReloadOutcome(DiskDelay(action: "reading the configuration a.toml", seconds: 10))

    private func text(_ reply: ControlReply) -> String { String(decoding: reply.take().bytes, as: UTF8.self) }

    @Test("The last of several readings of the configuration answers all who wait")
    func readings() throws {
        var reloads = ReloadRequests()
        let reply = ControlReply()
        reloads.add(reply)
        let early = reloads.end(right, isReadAgain: true, at: now)
        #expect(early == nil)
        let replies = reloads.end(right, isReadAgain: false, at: now)
        #expect(reloads.last == .init(time: now))
        for reply in try #require(replies) { right.answer(reply) }
        #expect(text(reply) == "{\"feeds\":3}\n{\"done\":true}\n")
    }

    @Test("A wrong configuration is told to who waits: everything with file and line, and what stays in force")
    func wrongConfiguration() throws {
        var reloads = ReloadRequests()
        let reply = ControlReply()
        reloads.add(reply)
        let replies = reloads.end(wrong, isReadAgain: false, at: now)
        for reply in try #require(replies) { wrong.answer(reply) }
        #expect(
            text(reply) == """
                {"diagnostic":"a.toml:1: warning: looks wrong","severity":"warning"}
                {"diagnostic":"a.toml:2: error: is wrong","severity":"error"}
                {"error":"the configuration is wrong; the old one stays in force"}

                """)
    }

    @Test("A configuration counts as wrong since it was first found so, until one is put in force")
    func since() {
        var reloads = ReloadRequests()
        _ = reloads.end(wrong, isReadAgain: false, at: now)
        let later = now.adding(seconds: 60)
        _ = reloads.end(wrong, isReadAgain: false, at: later)
        let failure = ServiceFigures.Reload.Failure(since: now, reason: "a.toml:2: error: is wrong")
        #expect(reloads.last == .init(time: later, failure: failure))
        _ = reloads.end(right, isReadAgain: false, at: later)
        #expect(reloads.last == .init(time: later))
        _ = reloads.end(wrong, isReadAgain: false, at: later)
        #expect(reloads.last?.failure?.since == later)
    }

    @Test("A configuration whose file system does not answer is told of once, until a reading ends")
    func noAnswer() {
        var reloads = ReloadRequests()
        var news: [Bool] = []
        news.append(reloads.giveUp(stuck, at: now) != nil)
        news.append(reloads.giveUp(stuck, at: now) != nil)
        _ = reloads.end(right, isReadAgain: false, at: now)
        news.append(reloads.giveUp(stuck, at: now) != nil)
        #expect(news == [true, false, true])
    }

    @Test("A command that waits for a reload when the service stops is told so")
    func stopped() {
        var reloads = ReloadRequests()
        let reply = ControlReply()
        reloads.add(reply)
        reloads.close()
        #expect(text(reply) == "{\"error\":\"the service was stopped\"}\n")
    }
}
