internal import FeedModel
internal import JSONText
internal import Scheduling

/// `ManualPolls` says which polls people have asked the service for, and who waits for what comes of them.
///
/// A dry run is no poll: who wants one gets one of its own, and who wants a poll is not answered by it.
struct ManualPolls {
    private struct Asked {
        var mode: PollMode
        var answers: [PollAnswer]
        var hasBegun: Bool
    }

    private struct Wanted {
        var poll: Asked?
        var dryRun: Asked?

        var isEmpty: Bool { poll == nil && dryRun == nil }
        var answers: [PollAnswer] { (poll?.answers ?? []) + (dryRun?.answers ?? []) }
    }

    private var asked: [Int: Wanted] = [:]

    /// - Parameter isRunning: it is being polled right now, which is as good as another poll unless nothing may be stored.
    mutating func add(_ feed: Int, _ mode: PollMode, isRunning: Bool, _ answer: PollAnswer) {
        var wanted = asked[feed] ?? Wanted()
        if mode.isDryRun {
            wanted.dryRun = Self.joined(wanted.dryRun, mode, hasBegun: false, answer)
        } else {
            wanted.poll = Self.joined(wanted.poll, mode, hasBegun: isRunning, answer)
        }
        asked[feed] = wanted
    }

    private static func joined(
        _ known: Asked?, _ mode: PollMode, hasBegun: Bool, _ answer: PollAnswer
    ) -> Asked {
        guard var known else { return Asked(mode: mode, answers: [answer], hasBegun: hasBegun) }
        known.answers.append(answer)
        // Who wants more than the others gets it for all.
        if mode.urgency > known.mode.urgency, !known.hasBegun { known.mode = mode }
        return known
    }

    func contains(_ feed: Int) -> Bool { asked[feed] != nil }

    /// How urgently somebody waits for a poll of the feed.
    func urgency(of feed: Int) -> PollUrgency {
        guard let wanted = asked[feed] else { return .none }
        return max(wanted.poll?.mode.urgency ?? .none, wanted.dryRun?.mode.urgency ?? .none)
    }

    /// A poll of the feed begins.
    /// - Returns: how somebody has asked for it; nil where nobody has.
    mutating func begin(_ feed: Int) -> PollMode? {
        if let mode = asked[feed]?.poll?.mode {
            asked[feed]?.poll?.hasBegun = true
            return mode
        }
        asked[feed]?.dryRun?.hasBegun = true
        return asked[feed]?.dryRun?.mode
    }

    /// A poll of the feed is over.
    ///
    /// - Parameter written: calls what it is given, at any time and from any thread, but in order: whoever has asked is
    ///   told then.
    /// - Returns: whether somebody still waits for one.
    mutating func end(
        _ feed: Int, _ report: PollReport, after written: (@escaping @Sendable () -> Void) -> Void
    ) -> Bool {
        guard var wanted = asked[feed] else { return false }
        if let poll = wanted.poll, poll.hasBegun {
            wanted.poll = nil
            for answer in poll.answers { answer.add(report, after: written) }
        } else if let dryRun = wanted.dryRun, dryRun.hasBegun {
            wanted.dryRun = nil
            for answer in dryRun.answers { answer.add(report, after: written) }
        }
        asked[feed] = wanted.isEmpty ? nil : wanted
        return !wanted.isEmpty
    }

    /// Nobody need wait for a poll of the feed any longer.
    ///
    /// - Parameter written: as for `end`, so that no answer ends before reports that came first.
    mutating func passOver(
        _ feed: Int, _ report: PollReport, after written: (@escaping @Sendable () -> Void) -> Void
    ) {
        guard let wanted = asked.removeValue(forKey: feed) else { return }
        for answer in wanted.answers { answer.add(report, after: written) }
    }

    /// Nothing is polled any more.
    mutating func giveUp(_ reason: String) {
        for wanted in asked.values {
            for answer in wanted.answers { answer.fail(reason) }
        }
        asked = [:]
    }
}

/// `PollAnswer` is the answer to one request for polls. The loop's alone.
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
