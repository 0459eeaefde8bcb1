import Digest
import FeedModel
import JSONText
import Locking

/// What is remembered of each feed: all in memory, packed, and in `state/feeds.jsonl` as lines of which the latest
/// counts.
///
/// A line is the state's JSON with `"seq"`, the last article stored when it was written, and
/// `"xxh3":"<16>"` over the bytes before that member. The lines are not synced one by one: losing them costs polls.
/// They are written after the articles that they speak of are durable, and a state that knows of articles which are not
/// there is loaded without its validators, so that the feed is read again.
final class FeedStates: Sendable {
    private struct Known {
        var states: [FeedIdentifier: PackedFeedState] = [:]
        /// Feeds whose newest state the file has not got.
        var unwritten: Set<FeedIdentifier> = []
        /// What polls have left that the fleet's log has not got yet. It counts before `states`, and is in no file.
        var ahead: [FeedIdentifier: PackedFeedState] = [:]

        func state(of feed: FeedIdentifier) -> PackedFeedState? {
            (ahead.isEmpty ? nil : ahead[feed]) ?? states[feed]
        }
    }

    private struct Log {
        var file: OpenFile?
        var size: UInt64 = 0
        /// Lines in the file, the dead ones too.
        var lines = 0
        /// The file may end in the middle of a line.
        var needsLineFeed = false
        var needsRewriting = false
        var lastSeq: UInt64
    }

    /// Apart from the file, so that whoever asks for a state does not wait for the disk.
    private let known: Locked<Known>
    private let log: Locked<Log>
    private let directory: StoreDirectory
    private let files: FileSystem

    /// Reads the file; what is damaged in it is passed over and reported.
    init(
        in directory: StoreDirectory, lastSeq: UInt64, _ files: FileSystem, report: (StoreEvent) -> Void
    ) throws(StoreError) {
        self.directory = directory
        self.files = files
        var known = Known()
        var log = Log(lastSeq: lastSeq)
        if let file = try OpenFile.reading(directory.stateFile) {
            let superseded = try SupersededLines(of: file)
            known.states.reserveCapacity(superseded.feeds)
            let read = try Self.read(file, skipping: superseded) { state, seq in
                var state = state
                if seq > lastSeq {
                    state.validators = nil
                    state.bodyHash = nil
                    log.needsRewriting = true
                }
                known.states[state.feed] = PackedFeedState(state)
            }
            log.lines = read.lines
            log.size = read.size
            log.needsLineFeed = read.isCutOff
            if read.damaged > 0 { report(.stateLinesSkipped(path: file.path, count: read.damaged)) }
        }
        self.known = Locked(known)
        self.log = Locked(log)
    }

    struct Read {
        var lines = 0
        var damaged = 0
        var size: UInt64 = 0
        var isCutOff = false
    }

    /// Reads all lines that are whole, in their order: of a feed's the last one counts.
    ///
    /// - Parameter superseded: the lines that are passed over because a later one of their feed counts; only where nobody
    ///   writes to the file meanwhile.
    static func read(
        _ file: OpenFile, skipping superseded: SupersededLines? = nil,
        _ take: (_ state: FeedState, _ seq: UInt64) -> Void
    ) throws(StoreError) -> Read {
        var read = Read()
        var scanner = LineScanner(file, from: 0)
        var number = -1
        while let line = try scanner.nextLine() {
            number += 1
            read.size = line.offset + line.length
            read.isCutOff = !line.isEnded
            if line.bytes.count == 1, line.isEnded { continue }
            read.lines += 1
            if let superseded, superseded.contains(number) { continue }
            guard line.isEnded, let entry = entry(line.bytes) else {
                read.damaged += 1
                continue
            }
            take(entry.state, entry.seq)
        }
        return read
    }

    static func entry(_ line: UnsafeRawBufferPointer) -> (state: FeedState, seq: UInt64)? {
        guard isWhole(line), let json = JSONMembers(line), let state = FeedState(json) else { return nil }
        return (state, json["seq"]?.integer.flatMap(UInt64.init(exactly:)) ?? 0)
    }

    /// Whether the line has the checksum that it was written with.
    static func isWhole(_ line: UnsafeRawBufferPointer) -> Bool {
        var scan = BackwardScan(line)
        guard scan.take("\"}\n"), let checksum = scan.takeHex64(), scan.take(",\"xxh3\":\"") else { return false }
        return checksum == XXH3.hash64(UnsafeRawBufferPointer(rebasing: line[..<scan.end]))
    }

    /// - Parameter json: has nothing that is wanted any more; it is there for its memory.
    static func append(
        _ state: PackedFeedState, of feed: FeedIdentifier, seq: UInt64, _ json: inout JSONWriter,
        to bytes: inout [UInt8]
    ) {
        let start = bytes.count
        json.removeAll()
        json.beginObject()
        state.writeMembers(of: feed, to: &json)
        json.member("seq", Int(clamping: seq))
        json.drain { bytes.append(contentsOf: $0) }
        let checksum = bytes.withUnsafeBytes { XXH3.hash64(UnsafeRawBufferPointer(rebasing: $0[start...])) }
        bytes.append(contentsOf: #","xxh3":""#.utf8)
        Hex.append(checksum, to: &bytes)
        bytes.append(contentsOf: "\"}\n".utf8)
    }

    subscript(feed: FeedIdentifier) -> FeedState? {
        packed(feed)?.state(of: feed)
    }

    /// The state of a feed as it lies in memory.
    func packed(_ feed: FeedIdentifier) -> PackedFeedState? { known.withLock { $0.state(of: feed) } }

    /// - Parameter url: the feed's as configured.
    func outlook(of feed: FeedIdentifier, at url: String) -> FeedOutlook? {
        packed(feed)?.outlook(at: url)
    }

    /// Calls `body` with each state, one at a time and in no order.
    func forEach(_ body: (FeedIdentifier, PackedFeedState) -> Void) {
        let (states, ahead) = known.withLock { ($0.states, $0.ahead) }
        for (feed, state) in states { body(feed, (ahead.isEmpty ? nil : ahead[feed]) ?? state) }
        for (feed, state) in ahead where states[feed] == nil { body(feed, state) }
    }

    /// Takes a state in, which goes to the file with the next that are put in, or with `write`.
    ///
    /// - Returns: whether it is the first that waits for that.
    func stage(_ state: FeedState) -> Bool { stage(PackedFeedState(state), of: state.feed) }

    private func stage(_ state: PackedFeedState, of feed: FeedIdentifier) -> Bool {
        known.withLock { known in
            known.states[feed] = state
            known.unwritten.insert(feed)
            return known.unwritten.count == 1
        }
    }

    /// The states that come of differences, one after the other. Nothing is taken in.
    ///
    /// - Throws: where what comes of one is no state.
    func changed(by differences: [StateDifference]) throws(StoreError) -> [FeedIdentifier: PackedFeedState] {
        var changed: [FeedIdentifier: PackedFeedState] = [:]
        changed.reserveCapacity(differences.count)
        for difference in differences {
            let feed = difference.feed
            guard let new = difference.applied(to: changed[feed] ?? logged(feed)) else {
                throw StoreError.fleet(
                    .damaged, directory.path, "what is said there of the feed \(feed.text) is no state",
                    advice: "look into the entry, and at the newswire that wrote it")
            }
            changed[feed] = new
        }
        return changed
    }

    /// The state that a feed has without what is ahead.
    func logged(_ feed: FeedIdentifier) -> PackedFeedState? { known.withLock { $0.states[feed] } }

    /// Shows a state that counts on this machine before the log has it, until another is shown or it is hidden.
    func show(_ state: PackedFeedState, of feed: FeedIdentifier) { known.withLock { $0.ahead[feed] = state } }

    func hide(_ feed: FeedIdentifier) { known.withLock { _ = $0.ahead.removeValue(forKey: feed) } }

    /// Takes states in and appends them to the file. Where that fails they are kept, and go out with the next.
    func put(_ states: [FeedState], lastSeq: UInt64) throws(StoreError) {
        for state in states { _ = stage(state) }
        try write(lastSeq: lastSeq)
    }

    /// The same of states as they lie in memory.
    func put(_ states: [FeedIdentifier: PackedFeedState], lastSeq: UInt64) throws(StoreError) {
        for (feed, state) in states { _ = stage(state, of: feed) }
        try write(lastSeq: lastSeq)
    }

    private func write(lastSeq: UInt64) throws(StoreError) {
        try log.withLock { log throws(StoreError) in
            precondition(lastSeq >= log.lastSeq, "I7: a state is written after the articles that it speaks of")
            log.lastSeq = lastSeq
            try write(&log)
        }
    }

    /// Appends to the file what has been taken in.
    func write() throws(StoreError) {
        try log.withLock { log throws(StoreError) in try write(&log) }
    }

    /// Makes everything durable that was put in.
    func flush() throws(StoreError) {
        try log.withLock { log throws(StoreError) in
            try write(&log)
            try log.file?.syncData(files)
        }
    }

    private func write(_ log: inout Log) throws(StoreError) {
        let (count, unwritten) = known.withLock { known in
            defer { known.unwritten = [] }
            return (known.states.count, known.unwritten)
        }
        do throws(StoreError) {
            let lines = log.lines + unwritten.count
            if log.needsRewriting || (lines > 2 * count && lines > 64) {
                try rewrite(&log)
            } else if !unwritten.isEmpty {
                try append(unwritten, &log)
            }
        } catch {
            known.withLock { $0.unwritten.formUnion(unwritten) }
            throw error
        }
    }

    private func append(_ feeds: Set<FeedIdentifier>, _ log: inout Log) throws(StoreError) {
        // No more than these: whoever keeps a copy of all makes the next change copy them.
        let states = known.withLock { known in feeds.compactMap { feed in known.states[feed].map { (feed, $0) } } }
        if log.file == nil {
            log.file = try directory.openFile(directory.stateFile, in: directory.states, files)
        }
        guard let file = log.file else { return }
        var bytes: [UInt8] = log.needsLineFeed ? [0x0a] : []
        bytes.reserveCapacity(1024 * feeds.count)
        var json = JSONWriter(capacity: 1024)
        for (feed, state) in states { Self.append(state, of: feed, seq: log.lastSeq, &json, to: &bytes) }
        do throws(StoreError) {
            try file.write(bytes, at: log.size, files)
        } catch {
            // Where this fails too, the next write goes over what came of this one.
            try? file.truncate(to: log.size, files)
            throw error
        }
        log.size += UInt64(bytes.count)
        log.lines += feeds.count
        log.needsLineFeed = false
    }

    /// Bytes of a new file that are written at a time.
    private static let pieceBytes = 1 << 20

    /// Writes a file without dead lines in the place of the old one.
    private func rewrite(_ log: inout Log) throws(StoreError) {
        let states = known.withLock { $0.states }
        let seq = log.lastSeq
        var size: UInt64 = 0
        try directory.replace(
            directory.stateFile, in: directory.states, temporary: "\(directory.stateFile).new", files
        ) { file throws(StoreError) in
            var bytes: [UInt8] = []
            var json = JSONWriter(capacity: 1024)
            for feed in states.keys.sorted() {
                if let state = states[feed] { Self.append(state, of: feed, seq: seq, &json, to: &bytes) }
                if bytes.count < Self.pieceBytes { continue }
                try file.write(bytes, at: size, files)
                size += UInt64(bytes.count)
                bytes.removeAll(keepingCapacity: true)
            }
            try file.write(bytes, at: size, files)
            size += UInt64(bytes.count)
        }
        log.file = nil
        log.size = size
        log.lines = states.count
        log.needsLineFeed = false
        log.needsRewriting = false
    }
}

/// `SupersededLines` are the lines of a file of states that are followed by another whole one of the same feed. Half of
/// all lines may be, and finding that out takes a fraction of what reading them takes.
struct SupersededLines {
    /// A bit for each line.
    private var superseded: [UInt64] = []
    /// How many feeds have a whole line.
    private(set) var feeds = 0

    /// - Parameter file: nobody writes to it as long as this is used.
    init(of file: OpenFile) throws(StoreError) {
        var latest: [UInt64: Int32] = [:]
        var scanner = LineScanner(file, from: 0)
        var number = -1
        while let line = try scanner.nextLine() {
            number += 1
            if number / 64 == superseded.count { superseded.append(0) }
            guard line.isEnded, number < Int(Int32.max), let feed = Self.feed(of: line.bytes) else { continue }
            // A damaged line leaves the one before it in force.
            guard FeedStates.isWhole(line.bytes) else { continue }
            if let before = latest.updateValue(Int32(number), forKey: feed) { mark(Int(before)) }
        }
        feeds = latest.count
    }

    /// Whether the line is followed by another of its feed; counted from 0.
    func contains(_ line: Int) -> Bool {
        superseded[line / 64] & 1 << UInt64(line % 64) != 0
    }

    private mutating func mark(_ line: Int) {
        superseded[line / 64] |= 1 << UInt64(line % 64)
    }

    /// The hash of the id as it is written at the beginning of a line. Two feeds of one hash cost one of them a poll.
    private static func feed(of line: UnsafeRawBufferPointer) -> UInt64? {
        let start: StaticString = #"{"feed":""#
        let opening = UnsafeBufferPointer(start: start.utf8Start, count: start.utf8CodeUnitCount)
        guard line.starts(with: opening) else { return nil }
        let rest = line[start.utf8CodeUnitCount...]
        guard let end = rest.firstIndex(of: UInt8(ascii: "\"")) else { return nil }
        // Behind a backslash it may be a quote of the id: such a line is read in any case.
        guard line[end - 1] != UInt8(ascii: "\\") else { return nil }
        return XXH3.hash64(UnsafeRawBufferPointer(rebasing: rest[..<end]))
    }
}
