internal import FeedModel
internal import JSONText

/// Which polls people have asked the service for, and who waits for what comes of them.
struct AskedPolls {
    private struct Asked {
        var manner: FeedPoller.Manner
        var answers: [PollAnswer]
        var hasBegun: Bool
    }

    private var asked: [Int: Asked] = [:]

    /// - Parameter isRunning: it is being polled right now, which is as good as another poll unless nothing may be stored.
    mutating func add(_ feed: Int, _ manner: FeedPoller.Manner, isRunning: Bool, _ answer: PollAnswer) {
        if asked[feed] != nil {
            asked[feed]?.answers.append(answer)
        } else {
            asked[feed] = Asked(manner: manner, answers: [answer], hasBegun: isRunning && !manner.isDryRun)
        }
    }

    func contains(_ feed: Int) -> Bool { asked[feed] != nil }

    /// A poll of the feed begins.
    /// - Returns: how somebody has asked for it; nil where nobody has.
    mutating func begin(_ feed: Int) -> FeedPoller.Manner? {
        asked[feed]?.hasBegun = true
        return asked[feed]?.manner
    }

    /// A poll of the feed is over.
    ///
    /// - Parameter written: calls what it is given, at any time and from any thread, but in order: whoever has asked is
    ///   told then.
    /// - Returns: whether somebody still waits for one.
    mutating func end(
        _ feed: Int, _ report: PollReport, after written: (@escaping @Sendable () -> Void) -> Void
    ) -> Bool {
        guard let entry = asked[feed] else { return false }
        guard entry.hasBegun else { return true }
        asked[feed] = nil
        for answer in entry.answers { answer.add(report, after: written) }
        return false
    }

    /// Nothing is polled any more.
    mutating func giveUp(_ reason: String) {
        for entry in asked.values {
            for answer in entry.answers { answer.fail(reason) }
        }
        asked = [:]
    }
}

/// The answer to one request for polls. The loop's alone.
final class PollAnswer {
    private let reply: ControlReply
    private var left: Int

    /// - Parameter count: of the reports that will come.
    init(_ reply: ControlReply, count: Int) {
        self.reply = reply
        left = count
        if count == 0 { reply.done() }
    }

    func add(_ report: PollReport, after written: (@escaping @Sendable () -> Void) -> Void = { $0() }) {
        left -= 1
        let isLast = left == 0
        written { [reply] in
            reply.send { report.write(to: &$0) }
            if isLast { reply.done() }
        }
    }

    func fail(_ reason: String) { reply.fail(reason) }
}
