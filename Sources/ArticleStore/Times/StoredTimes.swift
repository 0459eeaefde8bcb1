package import FeedModel
internal import JSONText
private import Text

/// `StoredTimes` tells which of the times that records were stored at can be right.
///
/// Numbers only grow, and so does the time: a record is not older than one before it, nor younger than one behind it.
/// Where clocks were wrong, the times of the segments' first records are not in order. The longest row of them that is
/// in order is believed, and each segment's records between the believed times around it. A wrong clock would have to
/// have filled more segments than the right one to be taken for it.
package struct StoredTimes: Sendable {
    /// Milliseconds by which clocks are put right, ahead and back, without anything being wrong.
    static let tolerance: Int64 = 24 * 3600 * 1000
    /// Nothing was stored before newswire was written.
    private static let beginning = Timestamp(year: 2026, month: 1, day: 1)

    private struct Place: Sendable {
        var firstSeq: UInt64
        /// Milliseconds; what is stored there was stored between them.
        var earliest: Int64
        var latest: Int64
    }

    /// In the order of their numbers.
    private let places: [Place]
    /// Nothing was stored later, in milliseconds.
    private let end: Int64

    /// - Parameters:
    ///   - firsts: each segment's number, and when its first record was stored; nil where that is not known or in doubt.
    ///   - now: nil where it is not known.
    init(_ firsts: [(seq: UInt64, time: Timestamp?)], now: Timestamp?) {
        end = now.map { Self.add($0.milliseconds, Self.tolerance) } ?? .max
        let end = end
        let times = firsts.map { first in
            first.time.flatMap { $0 >= Self.beginning && $0.milliseconds <= end ? $0.milliseconds : nil }
        }
        let believed = longestRow(times) { $0 <= $1 }
        var places = firsts.map { Place(firstSeq: $0.seq, earliest: Self.beginning.milliseconds, latest: end) }
        var earliest = Self.beginning.milliseconds
        for index in places.indices {
            if believed[index], let time = times[index] { earliest = time }
            places[index].earliest = earliest
        }
        var latest = end
        for index in places.indices.reversed() {
            places[index].latest = latest
            if believed[index], let time = times[index] { latest = time }
        }
        self.places = places
    }

    /// Tells whether a record with that number can have been stored then.
    package func believes(_ time: Timestamp, seq: UInt64) -> Bool {
        let place = place(of: seq)
        return time.milliseconds >= Self.add(place.earliest, -Self.tolerance)
            && time.milliseconds <= min(Self.add(place.latest, Self.tolerance), end)
    }

    /// When the record with that number was stored at the latest, by the segments behind its own; nil where none tells.
    func latest(of seq: UInt64) -> Timestamp? {
        let latest = place(of: seq).latest
        return latest == end ? nil : Timestamp(milliseconds: latest)
    }

    /// Whether the time is not too early for a record with that number.
    func isLateEnough(_ time: Timestamp, seq: UInt64) -> Bool {
        time.milliseconds >= Self.add(place(of: seq).earliest, -Self.tolerance)
    }

    /// Whether the time can have come.
    func hasCome(_ time: Timestamp) -> Bool { time.milliseconds <= end }

    private func place(of seq: UInt64) -> Place {
        let behind = places.partitionPoint { $0.firstSeq <= seq }
        return behind > 0
            ? places[behind - 1] : Place(firstSeq: 0, earliest: Self.beginning.milliseconds, latest: end)
    }

    private static func add(_ time: Int64, _ milliseconds: Int64) -> Int64 {
        let (sum, overflows) = time.addingReportingOverflow(milliseconds)
        return overflows ? (milliseconds < 0 ? .min : .max) : sum
    }
}

extension StoreReader {
    /// As many segments in a row, from the end back, must begin before a time for those before them not to be looked at.
    private static let certainty = 64

    /// Tells which of the times in the store can be right, and where what was stored at `time` or later begins.
    ///
    /// Looks at the first lines of the segments from the end back to well before `time`, and reads those around it.
    ///
    /// - Parameter now: what claims to be from later is not believed.
    package func place(
        storedSince time: Timestamp, now: Timestamp
    ) throws(StoreError) -> (firstSeq: UInt64, times: StoredTimes) {
        let extent = try extent()
        let (beginning, isBeforeAll) = time.milliseconds.subtractingReportingOverflow(StoredTimes.tolerance)
        let margin = Timestamp(milliseconds: isBeforeAll ? .min : beginning)
        var firsts: [(seq: UInt64, time: Timestamp?)] = []
        var before = 0
        for index in extent.segments.indices.reversed() where before < Self.certainty {
            let segment = extent.segments[index]
            let first = try segment.firstUndoubtedTime(limit: extent.limit(of: index))
            firsts.append((segment.firstSeq, first))
            before = first.map { $0 < margin } ?? true ? before + 1 : 0
        }
        firsts.reverse()
        let times = StoredTimes(firsts, now: now)
        // The last segment before the first that may have begun since then.
        let offset = extent.segments.count - firsts.count
        let believed = firsts.map { first in
            first.time.flatMap { times.believes($0, seq: first.seq) ? $0 : nil }
        }
        let later = believed.firstIndex { $0.map { $0 >= margin } ?? false } ?? believed.count
        let start = believed[..<later].lastIndex { $0 != nil } ?? 0
        var last = firsts.first.map { $0.seq - 1 } ?? 0
        for index in extent.segments.indices.dropFirst(offset + start) {
            let segment = extent.segments[index]
            guard let file = try OpenFile.reading(segment.path) else { continue }
            var scanner = LineScanner(file, from: 0, limit: extent.limit(of: index))
            while let line = try scanner.nextLine() {
                guard let envelope = RecordEnvelope(line.bytes), RecordLine.isWhole(line.bytes),
                    let stored = envelope.undoubtedTime, times.believes(stored, seq: envelope.seq)
                else { continue }
                // Between the last that was surely stored before and the first that was not nobody knows: they count.
                if stored >= time { return (last + 1, times) }
                last = envelope.seq
            }
        }
        return (last + 1, times)
    }

    /// Tells which of the times in the store can be right. Reads the first lines of all segments.
    package func storedTimes(now: Timestamp) throws(StoreError) -> StoredTimes {
        let extent = try extent()
        var firsts: [(seq: UInt64, time: Timestamp?)] = []
        for (index, segment) in extent.segments.enumerated() {
            firsts.append((segment.firstSeq, try segment.firstUndoubtedTime(limit: extent.limit(of: index))))
        }
        return StoredTimes(firsts, now: now)
    }
}

/// `TimeEvidence` is what a store says of the time: when it was last written by a clock that counted, as far as is
/// known.
package struct TimeEvidence: Sendable, Equatable {
    /// The times of its newest record that does not say `clock_doubtful`, and of the last moment at which a writer's
    /// clock counted.
    package var times: [Timestamp] = []
    /// Whether no record was ever stored.
    package var isEmpty = false

    /// Makes evidence of times that are at hand.
    package init(times: [Timestamp] = [], isEmpty: Bool = false) {
        self.times = times
        self.isEmpty = isEmpty
    }
}

extension StoreReader {
    /// Bytes at the end of the articles in which a record is looked for that says nothing of a doubtful clock.
    private static var reach: UInt64 { 4 << 20 }

    /// Tells what the store says of the time. Reads the end of its last segments.
    package func timeEvidence() throws(StoreError) -> TimeEvidence {
        var evidence = TimeEvidence()
        if let kept = TimeMemory(directory) { evidence.times.append(kept.trusted) }
        let extent = try extent()
        for index in extent.segments.indices.suffix(2).reversed() {
            let segment = extent.segments[index]
            guard let file = try OpenFile.reading(segment.path) else { continue }
            let search = try SegmentSearch(file, segment, limit: extent.limit(of: index))
            if let newest = try search.last(within: Self.reach, \.undoubtedTime) {
                evidence.times.append(newest)
                break
            }
        }
        if extent.segments.isEmpty {
            evidence.isEmpty = try Segment.all(folder: directory.identities).isEmpty
        }
        return evidence
    }
}

/// `state/clock`: when the clock of whoever wrote to the store last counted. Losing it costs a doubt, never an article.
struct TimeMemory {
    let trusted: Timestamp

    init(trusted: Timestamp) {
        self.trusted = trusted
    }

    /// Nil where there is none that can be read.
    init?(_ directory: StoreDirectory) {
        guard let json = SmallFile.json(directory.clockFile), let time = json["trusted"]?.string,
            let trusted = Timestamp(rfc3339: time)
        else { return nil }
        self.trusted = trusted
    }

    func write(to directory: StoreDirectory, _ files: FileSystem) throws(StoreError) {
        var json = JSONWriter()
        json.beginObject()
        json.member("trusted", Timestamp(seconds: trusted.seconds))
        json.endObject()
        try SmallFile.write(json.finish(), to: directory.clockFile, in: directory, files)
    }
}

extension ArticleStore {
    /// Remembers that the clock counts, for the next start. Costs two waits for the disk.
    package var lastTrusted: Timestamp? { TimeMemory(directory)?.trusted }

    /// Remembers that the clock counts at that time, durably.
    package func keep(trusted time: Timestamp) throws(StoreError) {
        try TimeMemory(trusted: time).write(to: directory, options.files)
    }
}
