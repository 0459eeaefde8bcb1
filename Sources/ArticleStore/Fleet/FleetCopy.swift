package import FeedModel

/// `FleetCopy` is a fleet's store that nobody writes to as long as this is there, and that is not what the log says any more:
/// what is not in the log is cut off (docs/store.md). For one thread.
package final class FleetCopy {
    private let directory: StoreDirectory
    private let files: FileSystem
    private let lock: WriterLock
    private let reader: StoreReader
    /// How far the log was followed.
    package let place: FleetPlace

    /// `Cut` is what was cut off.
    package struct Cut: Sendable, Equatable {
        /// Where it was set aside.
        package var path: String
        /// The number of the first record of it.
        package var first: UInt64
        package var bytes: UInt64
    }

    /// Takes the store's lock, until this is gone.
    package convenience init(at path: String) throws(StoreError) {
        try self.init(at: path, FileSystem())
    }

    init(at path: String, _ files: FileSystem) throws(StoreError) {
        directory = try StoreDirectory.there(path)
        self.files = files
        guard try directory.format() == .fleet else {
            throw StoreError(
                .otherFleet, "opening the store", path, "it is no fleet's", advice: "name the right [store] directory")
        }
        lock = try WriterLock(directory, files) { _ in }
        place = try FleetPlace(in: directory)
        reader = try StoreReader(directory: path)
    }

    /// Returns the chain of a record that is here; nil for one that is not.
    package func chain(of seq: UInt64) throws(StoreError) -> [UInt8]? {
        if seq == 0 { return RecordWriter.firstChain }
        guard let line = try reader.line(seq: seq) else { return nil }
        return line.withUnsafeBytes { RecordEnvelope($0)?.chain }
    }

    /// Tells whether a line of the log, without its line feed, is the one that is here under its number.
    package func has(_ line: ArraySlice<UInt8>, seq: UInt64) throws(StoreError) -> Bool {
        guard let here = try reader.line(seq: seq) else { return false }
        return here.dropLast().elementsEqual(line)
    }

    /// Cuts off all records behind one, which are set aside first, and remembers how far the log is followed with that.
    ///
    /// Whatever ends the process in the middle, the same may be done again. The next who opens the store makes the index anew,
    /// moves cursors back that stand behind the end, and has feeds asked without validators whose states knew of what was cut
    /// off.
    ///
    /// - Parameters:
    ///   - last: the number of the last record that stays.
    ///   - place: of the log, not behind that record.
    ///   - time: the name of what is set aside has it.
    /// - Returns: nil where nothing stood behind it.
    package func cutBack(
        keeping last: UInt64, at place: FleetPlace, _ time: Timestamp
    ) throws(StoreError) -> Cut? {
        let segments = try Segment.all(in: directory)
        let end = try self.end(of: last, in: segments)
        let rest = segments.filter { $0.firstSeq > last }
        let cut = try setAside(segments.last { $0.firstSeq <= last }, from: end.offset, rest, first: last + 1, time)
        try forgetIndex()
        try DurableEnd(end).publish(in: directory, files)
        // A later segment must never outlast an earlier one.
        for segment in rest.reversed() {
            guard files.remove(segment.path) == 0 else { throw .system("removing", segment.path) }
            try directory.syncFolder(directory.articles, files)
        }
        if end.segment > 0, cut != nil {
            let file = try directory.openFile(
                Segment(firstSeq: end.segment, in: directory).path, in: directory.articles, files)
            try file.truncate(to: end.offset, files)
            try file.sync(files)
        }
        try directory.replace(
            directory.fleetFile, with: place.bytes, in: directory.path, temporary: "\(directory.fleetFile).new", files)
        return cut
    }

    /// The place behind a record.
    private func end(of last: UInt64, in segments: [Segment]) throws(StoreError) -> StorePosition {
        guard let segment = segments.last(where: { $0.firstSeq <= last }) else {
            // All of it goes, or all before is gone already and nothing could follow.
            if let first = segments.first, first.firstSeq != last + 1 { throw notThere(last) }
            return StorePosition(seq: last)
        }
        guard let file = try OpenFile.reading(segment.path) else { throw notThere(last) }
        let start = try SegmentSearch(file, segment, limit: .max).offset(after: last - 1)
        var scanner = LineScanner(file, from: start.offset)
        while let line = try scanner.nextLine() {
            guard line.isEnded, RecordLine.isWhole(line.bytes), let envelope = RecordEnvelope(line.bytes),
                envelope.seq == last, let chain = envelope.chain
            else { continue }
            return StorePosition(
                seq: last, chain: chain, segment: segment.firstSeq, offset: line.offset + line.length)
        }
        throw notThere(last)
    }

    private func notThere(_ seq: UInt64) -> StoreError {
        .fleet(
            .damaged, directory.path, "record \(seq), up to which it is as the log says, is not here any more",
            advice: "copy the store of another machine of the fleet")
    }

    private func setAside(
        _ segment: Segment?, from offset: UInt64, _ rest: [Segment], first: UInt64, _ time: Timestamp
    ) throws(StoreError) -> Cut? {
        var parts: [(file: OpenFile, start: UInt64, end: UInt64)] = []
        for (segment, start) in [(segment, offset)] + rest.map({ ($0, 0) }) {
            guard let segment, let file = try OpenFile.reading(segment.path) else { continue }
            let size = try file.size()
            if size > start { parts.append((file, start, size)) }
        }
        let bytes = parts.reduce(0) { $0 + $1.end - $1.start }
        if bytes == 0 { return nil }
        try directory.makeFolder(directory.diverged, files)
        // What an earlier call has set aside is not written over.
        var seconds = time.seconds
        var path: String { "\(directory.diverged)/\(first)-\(seconds).jsonl" }
        while try OpenFile.reading(path) != nil { seconds += 1 }
        try directory.replace(path, in: directory.diverged, temporary: "\(path).new", files) {
            copy throws(StoreError) in
            var place: UInt64 = 0
            for part in parts { place = try copy.append(part.file, from: part.start, upTo: part.end, at: place, files) }
        }
        return Cut(path: path, first: first, bytes: bytes)
    }

    private func forgetIndex() throws(StoreError) {
        guard try OpenFile.reading(directory.indexFile) != nil else { return }
        guard files.remove(directory.indexFile) == 0 else { throw .system("removing", directory.indexFile) }
        try directory.syncFolder(directory.index, files)
    }
}
