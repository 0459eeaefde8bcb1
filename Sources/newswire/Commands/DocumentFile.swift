internal import FeedParsing
internal import Glibc

/// `DocumentFile` is a feed document in a file, or on standard input, which is called `-`.
struct DocumentFile {
    let path: String
    var context = DocumentContext()

    private static let blockSize = 1 << 16

    /// Reads it to its end, in bounded memory.
    func parse() throws(CommandFailure) -> ParseResult {
        let descriptor = path == "-" ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw unreadable("opening", errno) }
        defer { if descriptor != STDIN_FILENO { close(descriptor) } }
        var parser = FeedParser(context: context)
        var block = [UInt8](repeating: 0, count: Self.blockSize)
        while true {
            let count = read(descriptor, &block, block.count)
            if count < 0, errno == EINTR { continue }
            if count < 0 { throw unreadable("reading", errno) }
            if count == 0 { return parser.finish() }
            block.withUnsafeBytes { parser.parse(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
        }
    }

    private func unreadable(_ deed: String, _ code: Int32) -> CommandFailure {
        CommandFailure(
            .noInput, "\(deed) \(path): \(SystemReason.text(code)); name a file, or - for standard input")
    }
}
