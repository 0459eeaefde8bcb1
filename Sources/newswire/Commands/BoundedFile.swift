internal import Glibc

/// A file, or standard input, which is called `-`, read up to a bound.
struct BoundedFile {
    let path: String

    private static let blockSize = 1 << 18

    /// - Returns: the bytes; one more than `limit` where there are more.
    func read(atMost limit: Int) throws(CommandFailure) -> [UInt8] {
        let descriptor = try Self.open(path)
        defer { if descriptor != STDIN_FILENO { close(descriptor) } }
        var bytes: [UInt8] = []
        var status = stat()
        if fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG {
            bytes.reserveCapacity(min(Int(status.st_size), limit) + 1)
        }
        var block = [UInt8](repeating: 0, count: Self.blockSize)
        while bytes.count <= limit {
            let count = Glibc.read(descriptor, &block, min(block.count, limit + 1 - bytes.count))
            if count < 0, errno == EINTR { continue }
            if count < 0 { throw Self.unreadable("reading", path, errno) }
            if count == 0 { break }
            bytes.append(contentsOf: block[..<count])
        }
        return bytes
    }

    /// The descriptor of the file, which the caller closes unless it is standard input.
    static func open(_ path: String) throws(CommandFailure) -> Int32 {
        let descriptor = path == "-" ? STDIN_FILENO : Glibc.open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw unreadable("opening", path, errno) }
        return descriptor
    }

    static func unreadable(_ deed: String, _ path: String, _ code: Int32) -> CommandFailure {
        CommandFailure(
            .noInput, "\(deed) \(path): \(SystemReason.text(code)); name a file, or - for standard input")
    }
}

/// The lines of a file or of standard input, as they come.
struct LineFile: ~Copyable {
    private let path: String
    private let descriptor: Int32
    private let maximumLine: Int
    private var buffer: [UInt8] = []
    private var start = 0
    private var hasEnded = false

    init(path: String, maximumLine: Int) throws(CommandFailure) {
        self.path = path
        self.maximumLine = maximumLine
        descriptor = try BoundedFile.open(path)
    }

    deinit { if descriptor != STDIN_FILENO { close(descriptor) } }

    /// The next line without its end; nil behind the last. Throws where one is too long.
    mutating func next() throws(CommandFailure) -> [UInt8]? {
        var searched = start
        while true {
            if let end = buffer[searched...].firstIndex(of: UInt8(ascii: "\n")) {
                defer { start = end + 1 }
                return Array(buffer[start..<end])
            }
            if hasEnded {
                defer { start = buffer.count }
                return start < buffer.count ? Array(buffer[start...]) : nil
            }
            guard buffer.count - start <= maximumLine else {
                throw CommandFailure(
                    .badInput, "reading \(path): a line is longer than \(maximumLine) bytes; write one page a line")
            }
            buffer.removeSubrange(..<start)
            start = 0
            searched = buffer.count
            try fill()
        }
    }

    private mutating func fill() throws(CommandFailure) {
        var block = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = read(descriptor, &block, block.count)
            if count < 0, errno == EINTR { continue }
            if count < 0 { throw BoundedFile.unreadable("reading", path, errno) }
            hasEnded = count == 0
            buffer.append(contentsOf: block[..<count])
            return
        }
    }
}
