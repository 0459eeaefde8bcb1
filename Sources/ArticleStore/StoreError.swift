import Glibc

/// `StoreError` says what kept the store from doing its work: what was being done, to what, what went wrong and what a
/// person can do.
package struct StoreError: Error, Sendable, Equatable, CustomStringConvertible {
    /// `Code` is the kind of a failure, as far as commands and callers tell them apart.
    package enum Code: Sendable {
        /// The directory or what belongs into it cannot be made.
        case cannotCreate
        /// The system did not read or write.
        case inputOutput
        /// Another process writes to the store, or dumps for the same consumer.
        case inUse
        /// The store was written by a newer newswire; nothing was touched.
        case newerFormat
        /// What stands there cannot be what newswire wrote.
        case damaged
        /// The index is not what newswire wrote. Whoever can makes it again from the articles.
        case damagedIndex
        /// The consumer's name is none that a consumer can have.
        case wrongName
        /// The store was closed before: a mistake in the program.
        case closed
        /// The store is a fleet's and was to be written without it, or the other way round.
        case otherFleet
        /// The fleet's log does not take or give what it should: it is away, or this machine is not in the fleet any more.
        case fleetAway
        /// Another machine of the fleet has stored meanwhile what changes what this is: it is to be judged again.
        case overtaken
    }

    /// Which kind of failure it is.
    package let code: Code
    /// The action is a participle: `appending to`.
    package let action: String
    /// What the action was done to: a file, a folder, a consumer.
    package let path: String
    /// What went wrong.
    package let reason: String
    /// What a person can do.
    package let advice: String

    init(_ code: Code, _ action: String, _ path: String, _ reason: String, advice: String) {
        self.code = code
        self.action = action
        self.path = path
        self.reason = reason
        self.advice = advice
    }

    /// The failure of a system call that set `errno`.
    static func system(
        _ action: String, _ path: String, errno number: Int32 = errno, code: Code = .inputOutput, advice: String? = nil
    ) -> StoreError {
        let reason = String(cString: strerror(number))
        return StoreError(code, action, path, reason, advice: advice ?? Self.advice(for: number, path))
    }

    /// The failure of a system call that was to open a file, and that set `errno`.
    static func opening(_ path: String, errno number: Int32 = errno) -> StoreError {
        switch number {
        // A link where none is followed; a socket; a folder.
        case ELOOP, ENXIO, EISDIR: noRegularFile(path)
        default: system("opening", path, errno: number)
        }
    }

    /// Makes the failure of a store whose file system does not answer.
    package static func noAnswer(from path: String, for seconds: Int64) -> StoreError {
        StoreError(
            .inputOutput, "writing to", path, "the file system has not answered for \(seconds) s",
            advice: "look whether it is a network mount whose server is gone; what was stored before is untouched")
    }

    /// Makes the failure of whoever would write to a fleet's store without its log.
    static func ofFleet(_ path: String) -> StoreError {
        StoreError(
            .otherFleet, "writing to the store", path,
            "it is a fleet's, and gets its articles from the fleet's log alone",
            advice: "start `newswire run` with [fleet], or make it a store of its own: `newswire fleet detach`")
    }

    /// Makes the failure of a fleet's store that is not what the fleet's log says, or whose log is not to be had.
    package static func fleet(_ code: Code, _ path: String, _ reason: String, advice: String) -> StoreError {
        StoreError(code, "following the fleet's log in", path, reason, advice: advice)
    }

    /// The failure of whoever finds a slot that is neither empty nor what its checksum says, a table without room, or
    /// one that ends too early.
    static func damagedIndex(_ path: String, _ reason: String) -> StoreError {
        StoreError(
            .damagedIndex, "reading", path, reason,
            advice: "stop newswire and remove the folder that it is in: it is made again from the articles")
    }

    static func noRegularFile(_ path: String) -> StoreError {
        StoreError(
            .inputOutput, "opening", path, "it is no regular file",
            advice: "look who has put it there, and remove it; newswire makes its files itself")
    }

    private static func advice(for number: Int32, _ path: String) -> String {
        switch number {
        case ENOSPC, EDQUOT: "free some space there; what was stored before is safe, and the rest is tried again"
        case EACCES, EPERM: accessAdvice(path)
        case EROFS: "mount the file system writable, or name another [store] directory"
        case EIO: "look into the kernel's log (dmesg) for the disk; what was stored before is untouched"
        case EMFILE, ENFILE: "allow more open files (LimitNOFILE=)"
        case EFBIG: "allow larger files (LimitFSIZE=), or set a smaller [store] segment_size"
        default: "check the file system that holds it"
        }
    }

    /// Who may do what was refused: the members of the store's group may look, and its owner may do all.
    private static func accessAdvice(_ path: String) -> String {
        var status = stat()
        var place = path
        // What stands in a folder that is closed to this user cannot be looked at, but the folder can.
        while stat(place, &status) != 0 {
            guard let slash = place.lastIndex(of: "/"), slash != place.startIndex else { break }
            place = String(place[..<slash])
        }
        let group = getgrgid(status.st_gid).map { String(cString: $0.pointee.gr_name) }
        let owner = getpwuid(status.st_uid).map { String(cString: $0.pointee.pw_name) }
        if let group, status.st_gid != 0, !isMember(of: status.st_gid) {
            return "be a member of the group \(group) (`sudo adduser \"$USER\" \(group)`, then log in again), or root"
        }
        if let owner, status.st_uid != geteuid() { return "run the command as the user \(owner), or as root" }
        return "give the user that newswire runs as access to it"
    }

    private static func isMember(of group: gid_t) -> Bool {
        var groups = [gid_t](repeating: 0, count: max(0, Int(getgroups(0, nil))))
        let count = getgroups(Int32(groups.count), &groups)
        return group == getegid() || groups.prefix(max(0, Int(count))).contains(group)
    }

    /// Whether the index is wrong, so that making it again from the articles helps.
    var isDamagedIndex: Bool { code == .damagedIndex }

    /// Says in one line what was done to what, what went wrong and what helps.
    package var description: String { "\(action) \(path): \(reason); \(advice)" }
}

/// `StoreDamage` is a place of the articles that is not as it was written.
package struct StoreDamage: Sendable, Equatable, CustomStringConvertible {
    /// `Kind` says what is wrong, in words.
    package enum Kind: String, Sendable {
        /// The line is not what its checksum says, or no record at all.
        case line = "the line is damaged"
        /// The chain does not lead from the record before to this one.
        case chain = "the chain is broken here: this line or one before it was changed"
        /// Records are missing before this one.
        case gap = "records are missing before this line"
        /// The record's number was there before.
        case order = "the record is out of order"
    }

    /// What is wrong there.
    package var kind: Kind
    /// The path of the segment.
    package var segment: String
    /// The number of the line, from 1; nil where reading began in the middle of the segment.
    package var line: Int?
    /// The offset of the line's first byte.
    package var offset: UInt64
    /// The number that the record there has or should have.
    package var seq: UInt64?

    /// Says in one line where what is wrong.
    package var description: String {
        let place = line.map { "line \($0), byte \(offset)" } ?? "byte \(offset)"
        return "\(segment), \(place)\(seq.map { " (seq \($0))" } ?? ""): \(kind.rawValue)"
    }
}
