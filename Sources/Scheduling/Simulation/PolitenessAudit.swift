package import FeedModel

/// `PolitenessAudit` goes through the polls that are kept and counts what was polite and what was not (polling.md §11).
package struct PolitenessAudit {
    /// `Criterion` is a rule of politeness; its word is what `newswire report` prints.
    package enum Criterion: String, Sendable, CaseIterable {
        /// Validators were known and none was sent.
        case conditional
        /// The validators that were sent are those kept of the poll before, and no others.
        case exactValidators = "exact_validators"
        case freshness
        case retryAfter = "retry_after"
        /// No feed of a host was asked while the host was paused.
        case hostPause = "host_pause"
        case dueTime = "due_time"
        case hostDelay = "host_delay"
        /// A feed that is gone for good was asked again.
        case gone
    }

    /// `Count` is how often a rule was kept and broken.
    package struct Count: Sendable {
        /// Counts the polls to which the rule applied.
        package var checked = 0
        /// Counts the polls among them that broke it.
        package var violations = 0
        /// These are the first few of the violations.
        package var examples: [Example] = []
    }

    /// `Example` is a poll that broke a rule.
    package struct Example: Sendable {
        /// The poll was of this feed.
        package var feed: FeedIdentifier
        /// The poll began then.
        package var time: Timestamp
        /// The poll came this many seconds too early; nil where the rule is not about time.
        package var early: Double?
    }

    /// `Host` is what came of one host's polls.
    package struct Host: Sendable {
        /// The key of the host's allowance.
        package var name: String
        /// Counts how often the host was asked.
        package var polls = 0
        /// Counts the answers that were 304.
        package var notModified = 0
        /// The bodies had this many bytes, as they came over the wire.
        package var bytes = 0
        /// Counts the polls for which a person asked without regard to what the server wants.
        package var forced = 0
        /// Milliseconds between two requests, as the host's refusals have shown; 0 where it has refused none.
        package var pace: Int64 = 0
        /// The rules that applied, with their figures.
        package var counts: [Criterion: Count] = [:]

        /// Counts how often a rule was broken.
        package var violations: Int { counts.values.reduce(0) { $0 + $1.violations } }
    }

    private struct Start {
        var feed: FeedIdentifier
        var time: Timestamp
        var isForced: Bool
    }

    private struct HostPolls {
        var host: Host
        /// Milliseconds.
        var delay: Int64
        var concurrency: Int
        var starts: [Start] = []
        var pauses: [(from: Timestamp, until: Timestamp, by: FeedIdentifier)] = []
    }

    /// A request that was under way when a pause began is over after this many seconds.
    private static let underWay = 60
    private static let maximumExamples = 3
    /// Two readings of a clock may differ by this many milliseconds.
    private static let tolerance: Int64 = 50

    private var hosts: [String: HostPolls] = [:]

    package init() {}

    /// Takes in the polls of one feed, the oldest first.
    ///
    /// - Parameters:
    ///   - name: the key of the host's allowance.
    package mutating func add(
        feed: FeedIdentifier, host name: String, allowance: HostAllowance, polls: [PollRecord]
    ) {
        guard !polls.isEmpty else { return }
        var entry =
            hosts[name]
            ?? HostPolls(host: Host(name: name), delay: allowance.delay, concurrency: allowance.concurrency)
        entry.host.pace = allowance.pace
        var previous: PollRecord?
        for poll in polls {
            let isForced = poll.terms.notes.contains(.forced)
            entry.host.polls += 1
            entry.host.bytes += poll.bytes
            if poll.outcome == .notModified { entry.host.notModified += 1 }
            if isForced { entry.host.forced += 1 }
            entry.starts.append(Start(feed: feed, time: poll.startedAt, isForced: isForced))
            if poll.terms.notes.contains(.hostPause), poll.terms.pause > 0 {
                entry.pauses.append((poll.startedAt, poll.startedAt.adding(seconds: poll.terms.pause), feed))
            }
            if let previous { compare(poll, with: previous, feed, &entry.host) }
            previous = poll
        }
        hosts[name] = entry
    }

    private func compare(_ poll: PollRecord, with previous: PollRecord, _ feed: FeedIdentifier, _ host: inout Host) {
        func check(_ criterion: Criterion, _ isGood: Bool, early: Double? = nil) {
            Self.note(criterion, isGood, Example(feed: feed, time: poll.startedAt, early: early), &host)
        }
        let passed = poll.startedAt.milliseconds - previous.startedAt.milliseconds
        let isConditional = poll.terms.notes.contains(.conditional)
        // Without an answer there is nothing to say of the request.
        if previous.kept != 0, poll.status != 0, !poll.terms.notes.contains(.readAgain) {
            check(.conditional, isConditional)
        }
        if isConditional { check(.exactValidators, poll.sent == previous.kept) }
        if poll.terms.notes.contains(.forced) { return }
        for (criterion, seconds) in [
            (Criterion.freshness, previous.terms.freshFor), (.retryAfter, previous.terms.retryAfter),
        ] where seconds > 0 {
            let early = Int64(seconds) * 1000 - passed
            check(criterion, early <= Self.tolerance, early: Double(early) / 1000)
        }
        if previous.terms.reason == .goneForGood { check(.gone, false) }
        if poll.terms.notes.contains(.byHand) { return }
        if let next = previous.next {
            // It is kept to the second.
            let early = next.seconds * 1000 - poll.startedAt.milliseconds
            check(.dueTime, early <= Self.tolerance, early: Double(early) / 1000)
        }
    }

    private static func note(_ criterion: Criterion, _ isGood: Bool, _ example: Example, _ host: inout Host) {
        var count = host.counts[criterion] ?? Count()
        count.checked += 1
        if !isGood {
            count.violations += 1
            if count.examples.count < maximumExamples { count.examples.append(example) }
        }
        host.counts[criterion] = count
    }

    /// Returns each host, the one with most violations first, then by the number of polls.
    package consuming func finish() -> [Host] {
        let finished = hosts.values.map { entry -> Host in
            var entry = entry
            entry.starts.sort { $0.time < $1.time }
            Self.checkDelays(&entry)
            Self.checkPauses(&entry)
            return entry.host
        }
        return finished.sorted {
            ($1.violations, $1.polls, $0.name) < ($0.violations, $0.polls, $1.name)
        }
    }

    private static func checkDelays(_ entry: inout HostPolls) {
        guard entry.delay > 0, entry.starts.count > 1 else { return }
        for index in 1..<entry.starts.count {
            let start = entry.starts[index]
            let distance = start.time.milliseconds - entry.starts[index - 1].time.milliseconds
            let early = entry.delay - distance
            note(
                .hostDelay, early <= tolerance,
                Example(feed: start.feed, time: start.time, early: Double(early) / 1000), &entry.host)
        }
    }

    private static func checkPauses(_ entry: inout HostPolls) {
        guard !entry.pauses.isEmpty else { return }
        entry.pauses.sort { $0.from < $1.from }
        var next = 0
        var until: Timestamp?
        for start in entry.starts where !start.isForced {
            while next < entry.pauses.count,
                entry.pauses[next].from.adding(seconds: underWay) <= start.time
            {
                until = max(until ?? entry.pauses[next].until, entry.pauses[next].until)
                next += 1
            }
            guard let until else { continue }
            let early = until.milliseconds - start.time.milliseconds
            note(
                .hostPause, early <= tolerance,
                Example(feed: start.feed, time: start.time, early: Double(early) / 1000), &entry.host)
        }
    }
}
