/// `ArchiveRules` say how large an archive gets, and how long what is in it is kept.
package struct ArchiveRules: Sendable, Equatable {
    /// A file is closed before a record would make it larger than so many bytes; one longer record still gets a file of its own.
    package var rotateBytes: UInt64
    /// A file is closed so many milliseconds after it was begun.
    package var rotateMilliseconds: Int64
    /// All files together have at most so many bytes: the oldest go first, whole.
    package var mostBytes: UInt64
    /// A file goes so many seconds after it was written last; nil where none does for its age.
    package var keptSeconds: Int64?

    package init(rotateBytes: UInt64, rotateMilliseconds: Int64, mostBytes: UInt64, keptSeconds: Int64?) {
        self.rotateBytes = rotateBytes
        self.rotateMilliseconds = rotateMilliseconds
        self.mostBytes = mostBytes
        self.keptSeconds = keptSeconds
    }

    /// Of the disk's bytes so many are to stay free, whatever the archive would like to take.
    static func reserve(of room: ArchiveRoom) -> UInt64 { min(room.total / 20, 2 << 30) }
}

/// `ArchiveEvent` is what a person should read in the log; none of it keeps articles from being stored.
package enum ArchiveEvent: Sendable, Equatable, CustomStringConvertible {
    /// Nothing is archived until the disk takes it again.
    case steppedBack(ArchiveError)
    /// The disk takes again what it had not taken.
    case goesOn
    /// What a crash left of an unfinished write was cut off; no record names it.
    case tornTailRemoved(file: String, offset: UInt64, bytes: UInt64)
    /// There is no whole record in a place in the middle of a file, which is left as it is.
    case damage(file: String, offset: UInt64)
    /// Files went that were too old, too much, or in the way of what else needs the disk.
    case removed(files: Int, bytes: UInt64, reason: Reason)

    /// `Reason` says why files went.
    package enum Reason: String, Sendable {
        case age = "they are older than [archive] retain"
        case size = "the archive is larger than [archive] max_size"
        case room = "the disk is nearly full; more of them go without a word until it has plenty of room"
    }

    /// Says in one line what has happened and what comes of it.
    package var description: String {
        switch self {
        case .steppedBack(let error):
            "nothing is archived until the disk takes it again; articles are stored all the same: \(error)"
        case .goesOn: "the archive can be written again"
        case .tornTailRemoved(let file, let offset, let bytes):
            "removed \(bytes) bytes of an unfinished write from the end of \(file), at byte \(offset); no record names them"
        case .damage(let file, let offset):
            "\(file) has no whole record at byte \(offset), though whole ones come behind it; it is left as it is"
        case .removed(let files, let bytes, let reason):
            "removed the oldest \(files == 1 ? "file" : "\(files) files") of the archive, \(bytes) bytes: \(reason.rawValue)"
        }
    }

    /// Whether it is no more than what the configuration wants.
    package var isExpected: Bool {
        switch self {
        case .removed(_, _, .age), .removed(_, _, .size), .goesOn: true
        case .removed(_, _, .room), .steppedBack, .tornTailRemoved, .damage: false
        }
    }
}
