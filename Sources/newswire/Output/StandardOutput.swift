internal import CShims
package import FeedModel
internal import FeedParsing
internal import Glibc
internal import JSONText

/// Why what was meant for standard output did not get there.
enum OutputError: Error {
    /// The reader has gone (`| head`): there is nothing to say and nobody to say it to.
    case closed
    case failed(errno: Int32)

    init(_ code: Int32) {
        self = code == EPIPE ? .closed : .failed(errno: code)
    }
}

/// Lines on standard output for the commands of the other programs.
package enum OutputLines {
    /// Prints lines, whatever is in them.
    ///
    /// - Throws: what `Program.run` says of an output that did not take all of it. Nobody may believe that a secret is in a file
    ///   of a disk that is full.
    package static func print(_ lines: [String]) throws {
        var output = StandardOutput()
        for line in lines { try output.write(line: line) }
        try output.flush()
    }
}

/// Standard output in large pieces, with every error seen.
///
/// SIGPIPE must be ignored. Nothing has been written for sure before `flush` has returned.
struct StandardOutput: ~Copyable {
    private static let bufferSize = 1 << 17
    private let descriptor: Int32
    private var buffer: [UInt8] = []

    init(descriptor: Int32 = STDOUT_FILENO) {
        self.descriptor = descriptor
        buffer.reserveCapacity(Self.bufferSize)
    }

    /// Makes room for much, where the output is a pipe: writer and reader then wait for each other less often.
    func widen() {
        // Best effort: an unprivileged user may have used up what is allowed, and a file is no pipe.
        _ = fcntl(descriptor, Self.setPipeSize, Int32(1 << 20))
    }

    /// F_SETPIPE_SZ, which Swift's Glibc does not have.
    private static let setPipeSize: Int32 = 1031

    mutating func write(_ bytes: UnsafeRawBufferPointer) throws(OutputError) {
        if buffer.count + bytes.count > Self.bufferSize { try flush() }
        if bytes.count >= Self.bufferSize {
            let code = writeAll(bytes)
            if code != 0 { throw OutputError(code) }
        } else {
            buffer.append(contentsOf: bytes)
        }
    }

    mutating func write(_ bytes: [UInt8]) throws(OutputError) {
        if buffer.count + bytes.count > Self.bufferSize { try flush() }
        buffer.append(contentsOf: bytes)
    }

    /// One line, whatever is in it; tabs separate its columns.
    mutating func write(line: String) throws(OutputError) {
        try write(Array(SafeText.columns(line).utf8))
        buffer.append(UInt8(ascii: "\n"))
    }

    mutating func flush() throws(OutputError) {
        let code = buffer.withUnsafeBytes { writeAll($0) }
        if code != 0 { throw OutputError(code) }
        buffer.removeAll(keepingCapacity: true)
    }

    /// Flushes, and where the output is a file waits until the disk has it.
    mutating func synchronize() throws(OutputError) {
        try flush()
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return }
        if fsync(descriptor) != 0 { throw .failed(errno: errno) }
    }

    /// Flushes, and where the output is a pipe waits until its reader has taken all of it.
    ///
    /// - Throws: `closed` where the reader goes away before that.
    mutating func waitUntilTaken() throws(OutputError) {
        try flush()
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFIFO else { return }
        // Nothing tells that a pipe has become empty.
        var pause: Int32 = 1
        while hasUntaken {
            var reader = [pollfd(fd: descriptor, events: 0, revents: 0)]
            // It may have taken the rest before it went.
            if poll(&reader, 1, pause) > 0, hasUntaken { throw .closed }
            pause = min(pause * 2, 50)
        }
    }

    private var hasUntaken: Bool {
        var count: Int32 = 0
        return ioctl(descriptor, UInt(FIONREAD), &count) == 0 && count > 0
    }

    /// - Returns: 0, or the number of what went wrong.
    private func writeAll(_ bytes: UnsafeRawBufferPointer) -> Int32 {
        newswire_write_all(descriptor, bytes.baseAddress, bytes.count) == 0 ? 0 : errno
    }
}

/// Standard input, output and error, of which a parent may have closed some (`>&-`).
enum StandardDescriptors {
    /// Takes the places of closed ones, before any file is opened: else a file of the store would get the number of
    /// standard output, and articles be printed into it. Writing to a closed standard output fails, as it should.
    static func takeClosedOnes() {
        for (descriptor, flags) in [(STDIN_FILENO, O_WRONLY), (STDOUT_FILENO, O_RDONLY), (STDERR_FILENO, O_RDWR)]
        where fcntl(descriptor, F_GETFD) < 0 && errno == EBADF {
            // The lowest free number: this one, since those below it are taken.
            _ = open("/dev/null", flags)
        }
    }
}

/// What standard output and standard error are connected to.
enum Terminal {
    static let isErrorTerminal = isatty(STDERR_FILENO) == 1
    static let isOutputTerminal = isatty(STDOUT_FILENO) == 1

    /// Whether to colour what goes to a terminal; `NO_COLOR` is honoured (no-color.org).
    static func usesColor(environment: [String: String], isTerminal: Bool) -> Bool {
        isTerminal && (environment["NO_COLOR"] ?? "").isEmpty && environment["TERM"] != "dumb"
    }

    /// Columns of the terminal on standard error, 80 where that is unknown.
    static var width: Int {
        var size = winsize()
        guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }

    /// Columns of the terminal on standard output; nil where that is none, or does not say.
    static var outputWidth: Int? {
        var size = winsize()
        guard isOutputTerminal, ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
        return Int(size.ws_col)
    }
}

extension Article {
    /// Reduces what may hold HTML to the allow-list (`--sanitize`).
    mutating func sanitize() {
        contentHTML = contentHTML.map { HTMLSanitizer.sanitize($0, baseURL: url) }
        summary = summary.map { HTMLSanitizer.sanitize($0, baseURL: url) }
    }
}

extension Feed {
    mutating func sanitize() {
        for index in articles.indices { articles[index].sanitize() }
        description = description.map { HTMLSanitizer.sanitize($0, baseURL: homePageURL) }
        copyright = copyright.map { HTMLSanitizer.sanitize($0, baseURL: homePageURL) }
    }
}

extension StoredRecord {
    /// Returns the record with its HTML reduced; its checksum and chain do not fit it, and are left out.
    package func sanitizingHTML() -> StoredRecord {
        changing(
            item: { Self.sanitized($0, url) },
            own: { own in
                own.map { member in
                    guard member.key == "\(RecordMember.page)", let page = member.value.object else { return member }
                    // A page that was asked for beside the feed's text has its own in here.
                    let base = member.value["url"]?.string
                    return .init(key: member.key, value: .object(page.map { Self.sanitized($0, base) }))
                }
            })
    }

    private static func sanitized(_ member: JSONValue.Member, _ baseURL: String?) -> JSONValue.Member {
        guard ["content_html", "summary"].contains(member.key), let html = member.value.string else { return member }
        return .init(key: member.key, value: .string(HTMLSanitizer.sanitize(html, baseURL: baseURL)))
    }
}
