import Glibc

/// The file that node_exporter's textfile collector reads: replaced as a whole, so that it never sees half of one.
struct MetricsFile {
    let path: String

    /// - Returns: what went wrong; nil where nothing did.
    func write(_ text: String) -> String? {
        // Beside it: a rename does not cross file systems. The collector takes only names that end in .prom.
        let temporary = "\(path).\(getpid())"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { return reason("making \(temporary)") }
        var failure: String?
        let bytes = Array(text.utf8)
        bytes.withUnsafeBytes { bytes in
            var offset = 0
            while offset < bytes.count {
                // Not nil: there are bytes left.
                let count = Glibc.write(descriptor, bytes.baseAddress! + offset, bytes.count - offset)
                if count < 0, errno == EINTR { continue }
                guard count >= 0 else {
                    failure = reason("writing \(temporary)")
                    return
                }
                offset += count
            }
        }
        // The collector runs as somebody else, whatever the umask says.
        fchmod(descriptor, 0o644)
        close(descriptor)
        if failure == nil, rename(temporary, path) != 0 { failure = reason("replacing \(path)") }
        if failure != nil { unlink(temporary) }
        return failure
    }

    func remove() { unlink(path) }

    private func reason(_ action: String) -> String { "\(action): \(String(cString: strerror(errno)))" }
}
