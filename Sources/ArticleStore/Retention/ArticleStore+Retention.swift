package import FeedModel

extension ArticleStore {
    /// Removes the oldest segments, as long as all in them was stored before `cutoff`; the last segment always stays.
    ///
    /// Articles go, identities stay: what a segment held of them is durable in `identities` before the segment goes. Takes
    /// about as long as reading what it removes; commits go on meanwhile. One caller at a time.
    ///
    /// - Parameters:
    ///   - consumers: whom removal waits for; nil for all that have a cursor here.
    ///   - now: what claims to be from later counts for nothing; nil where it is not known.
    ///   - last: no segment with a later record is removed.
    ///   - force: removes also what a consumer has not had yet, and what is damaged.
    ///   - isDryRun: removes nothing, and says what would be.
    ///   - goesOn: asked before each segment.
    package func expire(
        before cutoff: Timestamp, for consumers: [RetentionResult.Consumer]? = nil, now: Timestamp? = nil,
        through last: UInt64 = .max, force: Bool = false,
        isDryRun: Bool = false, goesOn: () -> Bool = { true }
    ) throws(StoreError) -> RetentionResult {
        let watch: RetentionGuard
        if let consumers {
            watch = RetentionGuard(consumers: consumers)
        } else {
            watch = RetentionGuard(consumers: try consumersHere())
        }
        var result = RetentionResult()
        let segments = try Segment.all(in: directory)
        let ages = try SegmentAges(segments, cutoff, now: now)
        var extract = IdentityExtract(directory, options.files)
        extract.believes = ages.counts
        for (segment, next) in zip(segments, segments.dropFirst()) where goesOn() {
            if next.firstSeq - 1 > last { break }
            // The segment's last record tells in no time that it is too young; all of them are looked at afterwards.
            guard try ages.newest(of: segment) < cutoff else { break }
            let waiting = watch.waiting(for: next.firstSeq - 1)
            if !waiting.isEmpty, !force {
                result.obstacle = .consumers(waiting)
                break
            }
            func isOld(_ contents: IdentityExtract.Contents) -> Bool {
                ages.newest(of: segment, holding: contents.newest) < cutoff
            }
            func accepts(_ contents: IdentityExtract.Contents) -> Bool {
                isOld(contents) && (force || contents.damage == nil)
            }
            let contents =
                isDryRun
                ? try extract.read(segment) { (_) throws(StoreError) in }
                : try moving { () throws(StoreError) in
                    let contents = try extract.write(segment, ifAccepted: accepts)
                    if accepts(contents) { try remove(segment) }
                    return contents
                }
            guard accepts(contents) else {
                if isOld(contents) { result.obstacle = contents.damage.map { .damage($0) } }
                break
            }
            result.segments += 1
            result.records += contents.records
            result.bytes += contents.bytes
            result.lastSeq = next.firstSeq - 1
            if !waiting.isEmpty { result.losers = waiting }
        }
        if !isDryRun { joinIdentities(goesOn) }
        return result
    }

    /// All that have a cursor in this store.
    package func consumersHere() throws(StoreError) -> [RetentionResult.Consumer] {
        try Cursors(directory: directory, options.files).list().map { .init(name: $0.name, seq: $0.seq) }
    }

    /// Brings what is left of removed segments into few files, a bounded step after the other.
    private func joinIdentities(_ goesOn: () -> Bool) {
        let joining = IdentityFiles(directory, options.files)
        do throws(StoreError) {
            var hasMore = true
            while hasMore, goesOn() {
                hasMore = try moving { () throws(StoreError) in
                    try joining.joinSome(before: try Segment.all(in: directory).first?.firstSeq ?? .max)
                }
            }
        } catch {
            report(.identitiesNotJoined(error))
        }
    }

    /// Lists the segments that `expire` would look at, by what their ends say. The last one, which stays, is among them
    /// where it is as old. Reads a few lines of each segment.
    package func oldSegments(before cutoff: Timestamp, now: Timestamp) throws(StoreError) -> [OldSegment] {
        let segments = try Segment.all(in: directory)
        let ages = try SegmentAges(segments, cutoff, now: now)
        var result: [OldSegment] = []
        for (index, segment) in segments.enumerated() {
            let newest = try ages.newest(of: segment)
            guard newest < cutoff else { break }
            let isLast = index == segments.count - 1
            let end = isLast ? lastSeq : segments[index + 1].firstSeq - 1
            guard end >= segment.firstSeq else { break }
            result.append(
                OldSegment(lastSeq: end, records: end - segment.firstSeq + 1, newest: newest, isOpen: isLast))
        }
        return result
    }

    /// Counts the records by the number of the first and the last one.
    package var recordCount: UInt64 {
        get throws(StoreError) {
            guard let first = try Segment.all(in: directory).first else { return 0 }
            return lastSeq >= first.firstSeq ? lastSeq - first.firstSeq + 1 : 0
        }
    }
}

/// How old segments are, where not all times in them need be right.
///
/// A segment is as old as its newest record; where that claims to be older than records before it, or claims nothing that
/// can be, as old as the records behind the segment are at most. So a time that is too early removes nothing that is
/// young, and one that is too late, which would hold all behind it up, counts only once it has come.
private struct SegmentAges {
    private let times: StoredTimes

    /// - Parameters:
    ///   - cutoff: who names a time to come means that what claims to be from before it counts.
    init(_ segments: [Segment], _ cutoff: Timestamp, now: Timestamp?) throws(StoreError) {
        var firsts: [(seq: UInt64, time: Timestamp?)] = []
        for segment in segments { firsts.append((segment.firstSeq, try segment.firstUndoubtedTime())) }
        times = StoredTimes(firsts, now: now.map { max($0, cutoff) })
    }

    /// Whether a record says anything of its segment's age.
    func counts(_ envelope: RecordEnvelope) -> Bool {
        !envelope.isClockDoubtful && envelope.storedAt.map(times.hasCome) ?? true
    }

    /// By its last record that says anything.
    func newest(of segment: Segment) throws(StoreError) -> Timestamp {
        guard let file = try OpenFile.reading(segment.path) else { return Timestamp(milliseconds: .max) }
        let last = try SegmentSearch(file, segment, limit: .max).last(within: 1 << 20) {
            counts($0) ? $0.storedAt : nil
        }
        return newest(of: segment, holding: last ?? Timestamp(milliseconds: .min))
    }

    func newest(of segment: Segment, holding newest: Timestamp) -> Timestamp {
        if times.isLateEnough(newest, seq: segment.firstSeq) { return newest }
        return max(newest, times.latest(of: segment.firstSeq) ?? Timestamp(milliseconds: .max))
    }
}

/// `RetentionResult` says what retention has removed, or would.
package struct RetentionResult: Sendable, Equatable {
    /// `Obstacle` is why retention stopped before it came to what is young enough.
    package enum Obstacle: Sendable, Equatable {
        /// They have not had all of the next segment yet; nil where the cursor cannot be read.
        case consumers([Consumer])
        /// A damaged segment cannot be said to be old, and what it held of identities would be lost.
        case damage(StoreDamage)
    }

    /// `Consumer` is one that has not had all that could go.
    package struct Consumer: Sendable, Equatable {
        /// The consumer's name.
        package var name: String
        /// The last record that it has had; nil where its cursor cannot be read.
        package var seq: UInt64?

        /// A consumer and its place.
        package init(name: String, seq: UInt64?) {
            self.name = name
            self.seq = seq
        }

        /// The names of some with their places, as a message has them.
        package static func list(_ consumers: [Consumer]) -> String {
            consumers.map { consumer in
                consumer.seq.map { "\(consumer.name) (has had all up to \($0))" }
                    ?? "\(consumer.name) (its cursor cannot be read)"
            }.joined(separator: ", ")
        }
    }

    /// How many segments went, or would.
    package var segments = 0
    /// How many records were in them.
    package var records: UInt64 = 0
    /// How large they were.
    package var bytes: UInt64 = 0
    /// The last record removed; 0 where none was.
    package var lastSeq: UInt64 = 0
    /// Who had not had all that was removed by force, as they stood before.
    package var losers: [Consumer] = []
    /// Why no more went; nil where all that is left is young enough.
    package var obstacle: Obstacle?

    /// The result of a turn that has not removed anything yet.
    package init() {}
}

/// Which consumers have not had what a segment holds.
struct RetentionGuard {
    let consumers: [RetentionResult.Consumer]

    /// A cursor that cannot be read may stand anywhere.
    func waiting(for lastSeq: UInt64) -> [RetentionResult.Consumer] {
        consumers.filter { consumer in consumer.seq.map { $0 < lastSeq } ?? true }
    }
}

extension RetentionResult.Obstacle: CustomStringConvertible {
    /// What stands in the way and what a person can do.
    package var description: String {
        switch self {
        case .consumers(let consumers):
            return "not had by \(RetentionResult.Consumer.list(consumers)) yet: let them dump, move their cursors with"
                + " `newswire ack NAME SEQ`, or remove all the same with `newswire store expire --force`"
        case .damage(let damage):
            return "\(damage); such a segment is only removed with `newswire store expire --force`"
        }
    }
}
