package import FeedModel

/// `StoreOptions` is what a store is opened with.
package struct StoreOptions: Sendable {
    /// A segment is sealed before it grows beyond this many bytes; one longer line still gets a segment of its own.
    package var segmentSize: UInt64 = 64 << 20
    /// Where it is set, a segment is also sealed once its first record is this old: retention removes whole segments, and
    /// a small store fills few.
    package var segmentAge: Duration?
    /// The clock gives each record its `stored_at`.
    package var clock: @Sendable () -> Timestamp
    /// Tells whether that clock is in doubt: records that are stored meanwhile say so. The thread that commits asks.
    package var isClockDoubtful: @Sendable () -> Bool = { false }
    /// Whether the store is to be a fleet's: such a one is written by `apply` alone, and any other by `commit` alone.
    package var isOfFleet = false
    /// How many keys may wait in memory for the index, at about 50 bytes each. Of many keys some share a page of the
    /// index, so that they share a write.
    var indexLag = Self.usualIndexLag
    static let usualIndexLag = 1 << 16
    /// How many bytes of articles may have to be put into the index again when the store is opened after a crash.
    var checkpointDistance: UInt64 = 64 << 20
    /// Is called now and then, by any thread, while the index is made from the articles: with how many of their bytes
    /// are read, and how many there are.
    package var progress: @Sendable (_ done: UInt64, _ total: UInt64) -> Void = { _, _ in }
    var files = FileSystem()

    /// Makes the usual options, with a clock of wall time.
    package init(clock: @escaping @Sendable () -> Timestamp) {
        self.clock = clock
    }
}

/// `StoreEvent` is what a person should read in the log; none of it keeps the store from going on.
package enum StoreEvent: Sendable, Equatable, CustomStringConvertible {
    /// What a crash left of an unfinished write was cut off; none of it had been reported as stored.
    case tornTailRemoved(segment: String, offset: UInt64, bytes: UInt64)
    /// What a crash left of the last commit, whole records among it, was moved to a file of its own.
    case tornTailSetAside(segment: String, offset: UInt64, bytes: UInt64, path: String)
    /// The articles are damaged in a place, which is left as it is.
    case damage(StoreDamage)
    /// Records that had been stored are gone: the disk lost them, or an older copy was put in their place.
    case recordsLost(after: UInt64, upTo: UInt64)
    case indexRebuilt(reason: String, records: UInt64)
    /// Nothing is stored; what was stored before is untouched.
    case cannotWrite(StoreError)
    /// The disk takes again what it had not taken.
    case writesAgain
    /// The articles are stored; the index keeps what it could not write in memory and tries again.
    case indexNotWritten(StoreError)
    /// The articles are stored; the states are kept in memory and written with the next.
    case statesNotWritten(StoreError)
    /// What `explain` and `report` show of past polls has holes; nothing else suffers.
    case pollsNotWritten(StoreError)
    /// What `history` and `explain` say of articles that went from their feeds has holes; nothing else suffers.
    case contentsNotWritten(StoreError)
    /// The disk has lost which articles were in some feeds and which had gone from them; nothing else suffers.
    case contentsForgotten(path: String, feeds: Int)
    /// Files in which an earlier newswire kept which articles had gone from their feeds.
    case formerContentsRemoved(paths: [String])
    /// What retention leaves stays in more files than it need; nothing is lost.
    case identitiesNotJoined(StoreError)
    /// Readers see the newest records with the next commit.
    case endNotPublished(StoreError)
    case stateLinesSkipped(path: String, count: Int)
    /// A reader takes the store for one that nobody writes to, and may see records that are taken back.
    case writerNotShown(StoreError)
    /// The consumer's cursor cannot be read, or not be moved back to the end of the store: it is left as it is.
    case cursorLeft(StoreError)
    /// The consumer was ahead of all records that there are.
    case cursorMovedBack(name: String, from: UInt64, to: UInt64)

    /// Says in one line what has happened and what comes of it.
    package var description: String {
        switch self {
        case .tornTailRemoved(let segment, let offset, let bytes):
            "removed \(bytes) bytes of an unfinished write from the end of \(segment), at byte \(offset);"
                + " nothing of it had been reported as stored"
        case .tornTailSetAside(let segment, let offset, let bytes, let path):
            "moved \(bytes) bytes of an unfinished write from the end of \(segment), at byte \(offset), to \(path);"
                + " nothing of it is known to have been reported as stored, and its feeds are asked again"
        case .damage(let damage): "\(damage); it is left as it is, `newswire store verify` shows all of it"
        case .recordsLost(let after, let last):
            "records \(after + 1) to \(last) had been stored and are gone; feeds are asked for them again"
        case .cannotWrite(let error): "nothing is stored, and nothing polled, until the disk takes it again: \(error)"
        case .writesAgain: "the store can be written again; polling goes on"
        case .indexRebuilt(let reason, let records): "rebuilt the index from \(records) records: \(reason)"
        case .indexNotWritten(let error), .statesNotWritten(let error), .endNotPublished(let error):
            "\(error); the articles are stored all the same"
        case .pollsNotWritten(let error): "\(error); the polls go on, their history has holes"
        case .contentsNotWritten(let error):
            "\(error); the polls go on, but which articles have gone from their feeds is not kept"
        case .contentsForgotten(let path, let feeds):
            "\(path): which articles were in \(feeds) of the feeds, and which had gone from them, is damaged and forgotten;"
                + " it is known again from their next documents on, and no article is lost"
        case .formerContentsRemoved(let paths):
            "removed \(paths.joined(separator: " and ")), which an earlier newswire has written: when articles were last seen"
                + " in their feeds is known from the feeds' next documents on, and no article is lost"
        case .identitiesNotJoined(let error): "\(error); nothing is lost, and it is tried again the next time"
        case .stateLinesSkipped(let path, let count):
            "\(path): \(count) damaged lines passed over; their feeds are polled anew"
        case .writerNotShown(let error): "\(error); readers cannot see that the store is being written to"
        case .cursorLeft(let error): "\(error); the cursor is left as it is, and articles are kept for it"
        case .cursorMovedBack(let name, let from, let to):
            "consumer \(name) stood at \(from), beyond the last record: moved back to \(to)"
        }
    }
}
