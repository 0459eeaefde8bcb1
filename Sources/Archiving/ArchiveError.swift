import Glibc

/// `ArchiveError` says what kept the archive from its work: what was being done, to what, what went wrong and what a person
/// can do.
package struct ArchiveError: Error, Sendable, Equatable, CustomStringConvertible {
    /// `Code` is the kind of a failure, as far as callers tell them apart.
    package enum Code: Sendable {
        /// The system did not read or write.
        case inputOutput
        /// There is too little room on the disk for the archive to take more of it.
        case noRoom
        /// Another process writes to the archive.
        case inUse
        /// There is no such file, or no record at that place of it.
        case missing
        /// What stands there cannot be what newswire wrote.
        case damaged
    }

    /// Which kind of failure it is.
    package let code: Code
    /// The action is a participle: `appending to`.
    package let action: String
    /// What the action was done to: a file or a folder.
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
    static func system(_ action: String, _ path: String, errno number: Int32 = errno) -> ArchiveError {
        let code: Code =
            switch number {
            case ENOSPC, EDQUOT: .noRoom
            case ENOENT: .missing
            default: .inputOutput
            }
        return ArchiveError(code, action, path, String(cString: strerror(number)), advice: advice(for: number))
    }

    /// Makes the failure of an archive whose file system does not answer.
    static func noAnswer(from path: String, for seconds: Int64) -> ArchiveError {
        ArchiveError(
            .inputOutput, "writing to", path, "the file system has not answered for \(seconds) s",
            advice: "look whether it is a network mount whose server is gone")
    }

    private static func advice(for number: Int32) -> String {
        switch number {
        case ENOSPC, EDQUOT: "free some space there, or set a smaller [archive] max_size"
        case EACCES, EPERM:
            "let the user that newswire runs as write there (in systemd's sandbox by ReadWritePaths=), or name another "
                + "[archive] directory"
        case EROFS:
            "mount the file system writable (in systemd's sandbox by ReadWritePaths=), or name another [archive] directory"
        case EIO: "look into the kernel's log (dmesg) for the disk"
        case EMFILE, ENFILE: "allow more open files (LimitNOFILE=)"
        case EFBIG: "allow larger files (LimitFSIZE=), or set a smaller [archive] rotate_size"
        case ENOTDIR, ELOOP, EEXIST, EISDIR:
            "look what stands there, and name another [archive] directory or take it away"
        case ENOENT: "look whether it was removed, and whether [archive] directory names the right folder"
        default: "check the file system that holds it"
        }
    }

    /// Says in one line what was done to what, what went wrong and what helps.
    package var description: String { "\(action) \(path): \(reason); \(advice)" }
}
