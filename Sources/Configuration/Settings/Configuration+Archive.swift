private import Glibc

extension Configuration {
    /// Looks whether the archive can be where `[archive]` has it, with the rights of this process. It is asked where pages are to
    /// be kept, and makes nothing.
    package func checkArchive() -> [Diagnostic] {
        guard fullText.keepPages else { return [] }
        func diagnostic(_ severity: Diagnostic.Severity, _ message: String) -> [Diagnostic] {
            [Diagnostic(severity, file: path, line: nil, message)]
        }
        if !feeds.contains(where: { $0.enabled && $0.pages.mode != .never }) {
            return diagnostic(
                .warning, "[fulltext] keep_pages: no feed has its pages fetched; set fulltext = \"auto\" or \"always\"")
        }
        // Below the store it is made with the store, which the service sees to.
        guard archive.directory.hasPrefix("/") else { return [] }
        var status = stat()
        let folder = archive.directory
        if stat(folder, &status) == 0 {
            if status.st_mode & S_IFMT != S_IFDIR {
                return diagnostic(.error, "[archive] directory: \(folder) is no folder; name another")
            }
            if access(folder, W_OK | X_OK) != 0 {
                return diagnostic(
                    .error,
                    "[archive] directory: \(folder) cannot be written: \(String(cString: strerror(errno))); let the user that newswire "
                        + "runs as write there")
            }
            return []
        }
        let reason = errno
        let parent = folder.lastIndex(of: "/").map { String(folder[..<$0]) } ?? ""
        if reason == ENOENT, access(parent.isEmpty ? "/" : parent, W_OK | X_OK) == 0 { return [] }
        return diagnostic(
            .error,
            "[archive] directory: \(folder) is not there and cannot be made: \(String(cString: strerror(errno))); make it, and give it "
                + "to the user that newswire runs as")
    }
}
