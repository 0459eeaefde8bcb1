import FeedModel
import Glibc
import Text

/// A local document, read block by block.
///
/// Only a regular file is opened, without waiting: neither a device nor a pipe holds anybody up. A file system that does
/// not answer does, so that a file is opened and read by `FileThreads` alone.
// Unchecked: only `bytesRead` changes, and one block is read at a time.
final class LocalFile: @unchecked Sendable {
    private let descriptor: Int32
    private let limit: Int
    private(set) var bytesRead = 0

    static let blockSize = 65_536

    /// - Parameter url: `file:///path` or `file://localhost/path`, percent-encoded.
    init(url: String, limit: Int) throws(FetchFailure) {
        guard let path = Self.path(url) else {
            throw FetchFailure(.localFile, "not a URL of a local file", advice: "write it as file:///path/to/feed.xml")
        }
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard descriptor >= 0 else {
            throw FetchFailure(
                .localFile, "cannot open the file: \(Self.message(errno))", advice: "check its path and permissions")
        }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            throw FetchFailure(.localFile, "not a regular file", advice: "name a file, not a folder or a device")
        }
        self.descriptor = descriptor
        self.limit = limit
    }

    deinit {
        close(descriptor)
    }

    /// The next block; nil at the end.
    func next() throws(FetchFailure) -> [UInt8]? {
        var failure: Int32 = 0
        let block = [UInt8](unsafeUninitializedCapacity: Self.blockSize) { buffer, count in
            var result = read(descriptor, buffer.baseAddress, Self.blockSize)
            while result < 0, errno == EINTR { result = read(descriptor, buffer.baseAddress, Self.blockSize) }
            if result < 0 { failure = errno }
            count = max(0, result)
        }
        guard failure == 0 else {
            throw FetchFailure(
                .localFile, "cannot read the file: \(Self.message(failure))", advice: "check the file system")
        }
        guard !block.isEmpty else { return nil }
        bytesRead += block.count
        guard bytesRead <= limit else {
            throw FetchFailure(.tooLarge, "more than \(limit) bytes", advice: "raise max_body if this is wanted")
        }
        return block
    }

    static func path(_ url: String) -> String? {
        guard url.count > 7, url.prefix(7).lowercased() == "file://" else { return nil }
        var rest = url.utf8.dropFirst(7)
        if !rest.starts(with: [UInt8(ascii: "/")]) {
            let host = "localhost"
            guard rest.count > host.utf8.count, String(rest.prefix(host.utf8.count))?.lowercased() == host else {
                return nil
            }
            rest = rest.dropFirst(host.utf8.count)
        }
        guard let path = PercentEncoding.decoded(rest), path.first == UInt8(ascii: "/"), !path.contains(0) else {
            return nil
        }
        return String(validating: path, as: UTF8.self)
    }

    private static func message(_ code: Int32) -> String {
        strerror(code).map { String(cString: $0) } ?? "error \(code)"
    }
}
