import Digest
import FeedModel
import Glibc
import JSONText
import Locking

/// What is remembered of each feed: all in memory, and in `state/feeds.jsonl` as lines of which the latest counts.
///
/// A line is the state's JSON with `"seq"`, the last article stored when it was written, and
/// `"xxh3":"<16>"` over the bytes before that member. The lines are not synced one by one: losing them costs polls.
/// They are written after the articles that they speak of are durable, and a state that knows of articles which are not
/// there is loaded without its validators, so that the feed is read again.
final class FeedStates: Sendable {
    private struct Contents {
        var states: [FeedIdentifier: FeedState] = [:]
        var file: OpenFile?
        var size: UInt64 = 0
        /// Lines in the file, the dead ones too.
        var lines = 0
        /// Feeds whose newest state the file has not got.
        var unwritten: Set<FeedIdentifier> = []
        /// The file may end in the middle of a line.
        var needsLineFeed = false
        var needsRewriting = false
        var lastSeq: UInt64
    }

    private let contents: Locked<Contents>
    private let directory: StoreDirectory
    private let files: FileSystem

    /// Reads the file; what is damaged in it is passed over and reported.
    init(
        in directory: StoreDirectory, lastSeq: UInt64, _ files: FileSystem, report: (StoreEvent) -> Void
    ) throws(StoreError) {
        self.directory = directory
        self.files = files
        var contents = Contents(lastSeq: lastSeq)
        if let file = try OpenFile.reading(directory.stateFile) {
            let read = try Self.read(file)
            contents.lines = read.lines
            contents.size = read.size
            contents.needsLineFeed = read.isCutOff
            if read.damaged > 0 { report(.stateLinesSkipped(path: file.path, count: read.damaged)) }
            for (feed, entry) in read.entries {
                var state = entry.state
                if entry.seq > lastSeq {
                    state.validators = nil
                    state.bodyHash = nil
                    contents.needsRewriting = true
                }
                contents.states[feed] = state
            }
        }
        self.contents = Locked(contents)
    }

    struct Read {
        var entries: [FeedIdentifier: (state: FeedState, seq: UInt64)] = [:]
        var lines = 0
        var damaged = 0
        var size: UInt64 = 0
        var isCutOff = false
    }

    static func read(_ file: OpenFile) throws(StoreError) -> Read {
        var read = Read()
        var scanner = LineScanner(file, from: 0)
        while let line = try scanner.nextLine() {
            read.size = line.offset + line.length
            read.isCutOff = !line.isEnded
            if line.bytes.count == 1, line.isEnded { continue }
            read.lines += 1
            guard line.isEnded, let entry = entry(line.bytes) else {
                read.damaged += 1
                continue
            }
            read.entries[entry.state.feed] = entry
        }
        return read
    }

    private static func entry(_ line: UnsafeRawBufferPointer) -> (state: FeedState, seq: UInt64)? {
        var scan = BackwardScan(line)
        guard scan.take("\"}\n"), let checksum = scan.takeHex64(), scan.take(",\"xxh3\":\""),
            checksum == XXH3.hash64(UnsafeRawBufferPointer(rebasing: line[..<scan.end])),
            let json = try? JSONParser.parse(line), let state = FeedState(json.value)
        else { return nil }
        return (state, json.value["seq"]?.integer.flatMap(UInt64.init(exactly:)) ?? 0)
    }

    static func append(_ state: FeedState, seq: UInt64, to bytes: inout [UInt8]) {
        let start = bytes.count
        var json = JSONWriter(capacity: 512)
        state.write(to: &json)
        bytes.append(contentsOf: json.finish().dropLast())
        bytes.append(contentsOf: #","seq":\#(seq)"#.utf8)
        let checksum = bytes.withUnsafeBytes { XXH3.hash64(UnsafeRawBufferPointer(rebasing: $0[start...])) }
        bytes.append(contentsOf: #","xxh3":""#.utf8)
        Hex.append(checksum, to: &bytes)
        bytes.append(contentsOf: "\"}\n".utf8)
    }

    subscript(feed: FeedIdentifier) -> FeedState? { contents.withLock { $0.states[feed] } }

    /// In the order of the feeds' ids.
    var all: [FeedState] {
        contents.withLock { Array($0.states.values) }.sorted { $0.feed < $1.feed }
    }

    /// Takes states in and appends them to the file. Where that fails they are kept, and go out with the next.
    func put(_ states: [FeedState], lastSeq: UInt64) throws(StoreError) {
        try contents.withLock { contents throws(StoreError) in
            contents.lastSeq = lastSeq
            for state in states {
                contents.states[state.feed] = state
                contents.unwritten.insert(state.feed)
            }
            try write(&contents)
        }
    }

    /// Makes everything durable that was put in.
    func flush() throws(StoreError) {
        try contents.withLock { contents throws(StoreError) in
            try write(&contents)
            try contents.file?.syncData(files)
        }
    }

    private func write(_ contents: inout Contents) throws(StoreError) {
        let lines = contents.lines + contents.unwritten.count
        if contents.needsRewriting || (lines > 2 * contents.states.count && lines > 64) {
            return try rewrite(&contents)
        }
        if contents.unwritten.isEmpty { return }
        if contents.file == nil {
            contents.file = try directory.openFile(directory.stateFile, in: directory.states, files)
        }
        guard let file = contents.file else { return }
        var bytes: [UInt8] = contents.needsLineFeed ? [0x0a] : []
        for feed in contents.unwritten {
            guard let state = contents.states[feed] else { continue }
            Self.append(state, seq: contents.lastSeq, to: &bytes)
        }
        do throws(StoreError) {
            try file.write(bytes, at: contents.size, files)
        } catch {
            // Where this fails too, the next write goes over what came of this one.
            try? file.truncate(to: contents.size, files)
            throw error
        }
        contents.size += UInt64(bytes.count)
        contents.lines = lines
        contents.unwritten = []
        contents.needsLineFeed = false
    }

    /// Writes a file without dead lines in the place of the old one.
    private func rewrite(_ contents: inout Contents) throws(StoreError) {
        var bytes: [UInt8] = []
        for state in contents.states.values.sorted(by: { $0.feed < $1.feed }) {
            Self.append(state, seq: contents.lastSeq, to: &bytes)
        }
        try directory.replace(
            directory.stateFile, with: bytes, in: directory.states, temporary: "\(directory.stateFile).new", files)
        contents.file = nil
        contents.size = UInt64(bytes.count)
        contents.lines = contents.states.count
        contents.unwritten = []
        contents.needsLineFeed = false
        contents.needsRewriting = false
    }
}
