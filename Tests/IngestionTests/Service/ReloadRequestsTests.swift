import FeedModel
import Testing

@testable import Ingestion

@Suite("Everybody who asks for a reload is answered")
struct ReloadRequestsTests {
    private let now = PollRehearsal.now

    private func text(_ reply: ControlReply) -> String { String(decoding: reply.take().bytes, as: UTF8.self) }

    @Test("The last of several readings of the configuration answers all who wait")
    func readings() {
        var reloads = ReloadRequests()
        let reply = ControlReply()
        reloads.add(reply)
        let isOver = [true, false].map { reloads.end(nil, isReadAgain: $0, at: now) }
        #expect(isOver == [false, true] && reloads.last == .init(time: now, succeeded: true))
        #expect(text(reply) == "{\"done\":true}\n")
    }

    @Test("A wrong configuration is told to who waits, with what stays in force")
    func wrong() {
        var reloads = ReloadRequests()
        let reply = ControlReply()
        reloads.add(reply)
        _ = reloads.end("it is wrong", isReadAgain: false, at: now)
        #expect(reloads.last?.succeeded == false)
        #expect(text(reply) == "{\"error\":\"it is wrong; the old configuration stays in force\"}\n")
    }

    @Test("A configuration whose file system does not answer is told of once, until a reading ends")
    func noAnswer() {
        var reloads = ReloadRequests()
        var news: [Bool] = []
        news.append(reloads.giveUp("it does not answer", at: now))
        news.append(reloads.giveUp("it does not answer", at: now))
        _ = reloads.end(nil, isReadAgain: false, at: now)
        news.append(reloads.giveUp("it does not answer", at: now))
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
