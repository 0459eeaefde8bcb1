package import FeedModel
import JSONText
import Locking

/// A fleet's store, which is written entry by entry of the fleet's log. One thread calls what is here.
extension ArticleStore {
    /// Where the articles end. Waits for a commit that is under way.
    package var head: StoreHead { writer.withLock { StoreHead($0.appender.position) } }

    /// How far the log was followed; nil where the store is no fleet's.
    package var fleetPlace: FleetPlace? { writer.withLock { $0.fleet?.place } }

    /// Makes lines of records for the place where the articles end, and writes nothing. Numbers and chain are those that the
    /// records have if nothing comes between.
    ///
    /// No record is stored before the one that stands before it (fleet.md F9), whichever machine's clock is ahead.
    package func render(_ batch: [FeedCommit]) throws(StoreError) -> Rendered {
        try writer.withLock { writer throws(StoreError) in
            if writer.isClosed { throw closed }
            guard let fleet = writer.fleet else { throw notOfFleet }
            let place = writer.appender.place
            var result = CommitResult(firstSeq: place.position.seq + 1, count: 0)
            let items = items(of: batch, &result)
            guard place.position.seq <= StorePosition.highestSeq - UInt64(items.count) else {
                throw StoreError.fleet(
                    .damaged, directory.path, "the last record has the highest number that there is",
                    advice: "look with 'newswire store verify' who has written it")
            }
            let now = storedAt
            let time = now.lexicographicallyPrecedes(fleet.lastTime) ? fleet.lastTime : now
            let rendering = RecordRendering(
                items, StoredStamp(time: time, isDoubtful: options.isClockDoubtful()), options)
            return try rendering.rendered(
                at: place, writer.appender.writer, Array(entries(of: items, from: place.position.seq)), result.refused)
        }
    }

    /// Makes of lines of the log what is to be written of them, and writes nothing. Each is held against the one before.
    ///
    /// - Parameters:
    ///   - body: UTF-8, which is not looked at here.
    ///   - range: where the lines are in it, each with its line feed.
    ///   - segments: the numbers of those that begin a segment.
    ///   - previous: what is to be written before them, if not all is.
    /// - Throws: what is wrong with them, or with this store.
    package func check(
        _ body: [UInt8], _ range: Range<Int>, segments: [UInt64], behind previous: Rendered?
    ) throws(LogFault) -> Rendered {
        let place = previous?.end ?? writer.withLock { $0.appender.place }
        return try LogLineCheck(body).rendered(range, segments: segments, at: place)
    }

    /// Tells whether a line of the log is not the one that is here under its number. One that retention has removed is.
    ///
    /// - Parameter line: without its line feed.
    package func differs(_ line: ArraySlice<UInt8>, seq: UInt64) throws(StoreError) -> Bool {
        guard let here = try article(seq: seq) else {
            return try Segment.all(in: directory).first.map { $0.firstSeq <= seq } ?? false
        }
        return !here.dropLast().elementsEqual(line)
    }

    /// `Applied` is an entry of the log that is to be written.
    package struct Applied: Sendable {
        package var position: UInt64
        /// The number of the last record that the log has with it.
        package var seq: UInt64
        /// Its records; of one whose first are here already, the others.
        package var records: Rendered
        package var states: [StateDifference]

        package init(position: UInt64, seq: UInt64, records: Rendered, states: [StateDifference]) {
            self.position = position
            self.seq = seq
            self.records = records
            self.states = states
        }
    }

    /// Writes entries, one after the other, with one fdatasync: their lines as they are, then their states. Where it throws
    /// nothing of them is here.
    ///
    /// - Parameter entries: those that come next in the log, each rendered or checked behind the one before.
    package func apply(_ entries: [Applied]) throws(StoreError) {
        guard let first = entries.first, let last = entries.last else { return }
        try storing { writer, isComplete throws(StoreError) in
            if writer.isClosed { throw closed }
            guard let fleet = writer.fleet else { throw notOfFleet }
            precondition(first.records.begin == writer.appender.place, "I2: lines are written where they were made for")
            precondition(
                zip(entries, entries.dropFirst()).allSatisfy { $0.records.end == $1.records.begin },
                "I2: entries are written one behind the other")
            let count = entries.reduce(0) { $0 + $1.records.count }
            // Before anything is written, so that an entry is here as a whole or not at all.
            let states = try states.changed(by: entries.flatMap(\.states))
            if count > 0 {
                let appender = writer.appender
                try apply(count, entries.lazy.flatMap(\.records.entries), &writer, &isComplete) {
                    meanwhile throws(StoreError) in
                    try appender.append(entries.map(\.records), meanwhile: meanwhile)
                }
            }
            precondition(last.seq <= writer.appender.position.seq, "I12: what is said to be here is here")
            writer.fleet?.place = FleetPlace(fleet: fleet.place.fleet, position: last.position, seq: last.seq)
            if let time = entries.last(where: { $0.records.count > 0 })?.records.lastTime {
                writer.fleet?.lastTime = time
            }
            do throws(StoreError) {
                try self.states.put(states, lastSeq: writer.appender.position.seq)
            } catch {
                isComplete = false
                disk.record(error, of: .states)
            }
            return ((), count: count)
        }
    }

    /// Makes durable what was applied, and says in the store up to where that is. Whoever opens the store goes on from there.
    /// Does nothing where nothing was applied since the last time.
    package func noteFleetPlace() throws(StoreError) {
        guard let place = writer.withLock({ $0.fleet.flatMap { $0.place == $0.noted ? nil : $0.place } }) else {
            return
        }
        try states.flush()
        try writer.withLock { writer throws(StoreError) in
            if writer.isClosed { throw closed }
            try place.write(in: directory, options.files)
            writer.fleet?.noted = place
        }
    }

    /// Takes it that the log was followed up to a place where the articles do not end before.
    package func resume(at place: FleetPlace) {
        writer.withLock { writer in
            precondition(writer.fleet != nil && place.seq <= writer.appender.position.seq, "I12: what is missing comes")
            writer.fleet?.place = place
        }
    }

    /// Returns the state that the log has of a feed, without what `show` shows.
    package func loggedState(of feed: FeedIdentifier) -> PackedFeedState? { states.logged(feed) }

    /// Shows a state that counts here before the log has it: `state(of:)` and all else that tells of states go by it, and it is
    /// written nowhere.
    package func show(_ state: PackedFeedState, of feed: FeedIdentifier) { states.show(state, of: feed) }

    /// Shows of a feed what the log has.
    package func hide(_ feed: FeedIdentifier) { states.hide(feed) }

    var notOfFleet: StoreError {
        StoreError(
            .otherFleet, "writing to the store", directory.path, "it is no fleet's",
            advice: "let it become the fleet's with `newswire fleet init`")
    }
}

/// From one machine to a fleet, and back.
extension ArticleStore {
    /// Makes the store that of a fleet whose log begins where its articles end. From then on `apply` alone writes articles.
    package func enlist(in fleet: String) throws(StoreError) {
        precondition(FleetPlace.isID(fleet), "a fleet's id is a UUID")
        try writer.withLock { writer throws(StoreError) in
            if writer.isClosed { throw closed }
            if writer.fleet != nil { throw ofFleet }
            try states.flush()
            let position = writer.appender.position
            let place = FleetPlace(fleet: fleet, position: 0, seq: position.seq)
            try directory.replace(
                directory.fleetFile, with: place.bytes, in: directory.path, temporary: "\(directory.fleetFile).new",
                options.files)
            try directory.write(.fleet, options.files)
            writer.fleet = FleetStanding(place: place, lastTime: try position.lastTime(in: directory) ?? [])
        }
    }

    /// Makes the fleet's store one of its own again, with all that was applied.
    package func detach() throws(StoreError) {
        try writer.withLock { writer throws(StoreError) in
            if writer.isClosed { throw closed }
            if writer.fleet == nil { throw notOfFleet }
            try states.flush()
            try directory.write(.single, options.files)
            writer.fleet = nil
            // Of one that stays nothing is read: the format says that the store is no fleet's.
            _ = options.files.remove(directory.fleetFile)
        }
    }
}

extension RecordRendering {
    /// All lines at once.
    fileprivate func rendered(
        at place: LinePlace, _ writer: RecordWriter, _ entries: [ArticleIndex.Entry], _ refused: [CommitResult.Refusal]
    ) throws(StoreError) -> Rendered {
        var lines: [UInt8] = []
        lines.reserveCapacity(lengthLimit)
        var buffer = ByteBuffer()
        var starts: [(offset: Int, seq: UInt64)] = []
        var segment = place.isInSegment ? place.position.segment : 0
        let end = try forEachPiece(from: place, of: 64 << 10, &buffer, writer) { bytes, wanted in
            if wanted != segment { starts.append((lines.count, wanted)) }
            segment = wanted
            lines.append(contentsOf: bytes)
        }
        return Rendered(
            body: lines, range: lines.indices, segmentStarts: starts, from: place, to: end, entries: entries,
            lastTime: items.isEmpty ? [] : stamp.time, refused: refused)
    }
}
