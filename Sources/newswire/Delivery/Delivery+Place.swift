internal import ArticleStore
internal import FeedModel
internal import Ingestion
internal import Logging
internal import Publishing

/// Where a delivery goes on whose target says where it stands (publish.md, P4).
extension Delivery {
    /// So much of the time between what a bus has and what the consumer has had is believed to be lost, in seconds.
    private static let longestWayBack: Int64 = 86_400

    /// Goes on behind the last message that a bus has: forwards where an acknowledgement was lost, backwards where the bus has
    /// lost what it had acknowledged.
    ///
    /// - Parameter end: nil for a bus that has nothing of ours, where the cursor counts.
    /// - Throws: where that message is not the store's record, or the way back is too long to be believed: nothing is
    ///   published before a person has decided.
    func settle(at end: BusEnd?, _ progress: inout Progress, _ filter: DumpFilter) throws {
        guard let end else {
            if target.tellsWhereItStands, progress.seen > 0 {
                logger.notice(
                    "the bus has nothing of newswire's, and gets what is behind the cursor; `newswire ack \(consumer) 0` would give it everything",
                    metadata: ["consumer": "\(consumer)", "cursor": "\(progress.seen)"])
            }
            return
        }
        let standing = try BusStanding(end, in: reader)
        guard standing.isOurs else { throw try refusal("its last message is \(standing.text)", nil, progress) }
        if end.seq > progress.seen {
            tell("the bus has more than the consumer is known to have had: an acknowledgement was lost", end, progress)
            progress.seen = end.seq
            if let mark = standing.mark { progress.trail.pass(mark) } else { progress.trail = ReadingTrail() }
            return try move(&progress)
        }
        guard let missing = try missing(behind: end.seq, through: progress.seen, filter) else { return }
        guard missing.seconds <= Self.longestWayBack else {
            throw try refusal(
                "it ends at record \(end.seq), and the consumer has had all up to \(progress.seen): the \(missing.count) "
                    + "articles between were stored over more than a day, and so much is not believed to be lost",
                "`newswire ack \(consumer) \(end.seq)` publishes them once more", progress)
        }
        tell(
            "the bus has lost \(missing.count) articles that it had acknowledged: they are published again", end,
            progress)
        progress.seen = end.seq
        progress.first = min(progress.first, end.seq)
        progress.trail.goBack(to: end.seq)
        try move(&progress)
    }

    /// What a bus lacks of what the consumer has had.
    private struct Missing {
        var count: UInt64 = 0
        var first: Timestamp?
        var last: Timestamp?

        var seconds: Int64 { first.flatMap { first in last.map { $0.seconds - first.seconds } } ?? 0 }
    }

    /// - Returns: nil where nothing that is wanted stands between.
    private func missing(behind seq: UInt64, through last: UInt64, _ filter: DumpFilter) throws -> Missing? {
        guard seq < last else { return nil }
        var missing = Missing()
        try reader.read(after: seq, damage: { _ in }) { record in
            guard record.envelope.seq <= last else { return false }
            guard try filter.given(record, in: reader) != nil else { return true }
            missing.count += 1
            missing.last = record.envelope.storedAt
            if missing.first == nil { missing.first = missing.last }
            return true
        }
        return missing.count > 0 ? missing : nil
    }

    private func tell(_ message: String, _ end: BusEnd, _ progress: Progress) {
        logger.warning(
            "\(message)",
            metadata: [
                "consumer": "\(consumer)", "cursor": "\(progress.seen)", "bus_seq": "\(end.seq)",
                "goes_on_behind": "\(end.seq)",
            ])
    }

    private func refusal(_ reason: String, _ advice: String?, _ progress: Progress) throws -> CommandFailure {
        let reason = "the bus is not where this store's articles end: \(reason)"
        // For consumers and status to show, until the consumer is on.
        note(
            DeliveryFailure(
                since: SystemClock.now(), attempts: 1, first: progress.seen + 1, last: try reader.lastSeq(),
                reason: reason))
        return CommandFailure(
            .badInput,
            "publishing for the consumer \(consumer): \(reason); nothing is "
                + "published. \(advice.map { "\($0); another" } ?? "Another") place in to begins anew behind the cursor, and "
                + "`newswire publish --as \(consumer) --check` says where both stand")
    }
}
