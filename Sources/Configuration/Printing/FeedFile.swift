private import CShims
private import Digest
private import Glibc

/// `FeedFile` is a new file with one `[[feed]]` table in `feeds.d`, beside the main file (`newswire add`).
///
/// No file that is there is ever changed. Its name is a hash of the URL, since a page may have chosen that (security.md
/// §11); what it is about stands in its first line.
package struct FeedFile: Sendable {
    /// `Failure` says what kept the file from being written.
    package struct Failure: Error, Sendable {
        /// The message says what was done, to what, what went wrong and what a person can do about it.
        package let message: String
    }

    /// The path is that of the new file.
    package let path: String
    /// The text is all that the file will hold.
    package let text: String
    private let folder: String
    private let main: String

    /// Makes the text of the file, and writes nothing yet.
    ///
    /// - Parameters:
    ///   - main: path of the main file; the folder is beside it.
    ///   - title: of the feed, for the comment.
    ///   - date: as it is to stand in the comment.
    package init(_ table: FeedTable, main: String, title: String?, date: String) {
        self.main = main
        folder = Self.folder(main)
        var digest = MessageDigest(.sha256)
        digest.update(table.url)
        path = "\(folder)/\(Base32.string(Array(digest.finish().prefix(10)))).toml"
        let shown = ListText.cleaned(title ?? "", limit: 200)
        text = "# \(shown.isEmpty ? "A feed" : shown), added by `newswire add` on \(date)\n\(table.text)"
    }

    private static func folder(_ main: String) -> String {
        Path.join(Path.directory(of: main), "feeds.d")
    }

    /// Throws where no file could be written, so that no server is asked in vain.
    package static func check(main: String) throws(Failure) {
        let folder = folder(main)
        let place = access(folder, F_OK) == 0 ? folder : Path.directory(of: Path.absolute(main))
        if access(place, W_OK | X_OK) != 0 { throw failure("writing to", place, errno) }
    }

    /// Writes the file as a whole and durably, with the owner and the mode of the main file, or not at all.
    ///
    /// Throws where a file of that name is there, or where it cannot be written. It waits for the file system.
    package func write() throws(Failure) {
        var status = stat()
        guard stat(main, &status) == 0 else { throw Self.failure("looking at", main, errno) }
        if mkdir(folder, 0o755) != 0, errno != EEXIST { throw Self.failure("making", folder, errno) }
        let temporary = "\(folder)/.add-\(getpid())"
        unlink(temporary)
        defer { unlink(temporary) }
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Self.failure("making", temporary, errno) }
        defer { close(descriptor) }
        // Only root may give it away; the mode is what others need to read it.
        _ = fchown(descriptor, status.st_uid, status.st_gid)
        _ = fchmod(descriptor, status.st_mode & 0o644 | 0o600)
        let bytes = Array(text.utf8)
        guard newswire_write_all(descriptor, bytes, bytes.count) == 0, fsync(descriptor) == 0 else {
            throw Self.failure("writing", temporary, errno)
        }
        // Unlike a rename, this never takes the place of a file that is there.
        guard link(temporary, path) == 0 else { throw Self.failure("writing", path, errno) }
        let directory = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        if directory >= 0 {
            fsync(directory)
            close(directory)
        }
    }

    private static func failure(_ action: String, _ path: String, _ code: Int32) -> Failure {
        let advice =
            switch code {
            case EACCES, EPERM, EROFS: "run it as who may write there, or add the [[feed]] table by hand"
            case EEXIST: "the feed was added before; look into that file"
            default: "check the file system that holds it"
            }
        return Failure(message: "\(action) \(path): \(String(cString: strerror(code))); \(advice)")
    }
}

/// `FeedTable` is a `[[feed]]` table that is written for a person to keep: by `newswire import` and `newswire add`.
package struct FeedTable: Sendable, Equatable {
    /// The URL stands in the file as it is here.
    package var url: String
    /// The id is left out where it is nil.
    package var id: String?
    /// The title is left out where it is nil or empty.
    package var title: String?
    /// The tags are left out where there are none.
    package var tags: [String]

    package init(url: String, id: String? = nil, title: String? = nil, tags: [String] = []) {
        self.url = url
        self.id = id
        self.title = title
        self.tags = tags
    }

    /// Returns TOML with only the keys that say something; it ends in a line break.
    package var text: String {
        var result = "[[feed]]\nurl = \(TOMLText.quoted(url))\n"
        if let id { result += "id = \(TOMLText.quoted(id))\n" }
        if let title, !title.isEmpty { result += "title = \(TOMLText.quoted(title))\n" }
        if !tags.isEmpty { result += "tags = \(TOMLText.list(tags))\n" }
        return result
    }
}

extension OPMLDocument {
    /// Returns the feeds of the document as tables that load without an error.
    ///
    /// Each feed is there once, with the tags of all its places. What cannot be a feed here (`file:`, a password in the
    /// URL) is left out with a warning.
    package func feedTables() -> (tables: [FeedTable], warnings: [Warning]) {
        var collected = CollectedTables(warnings: warnings)
        for entry in entries {
            switch FeedAddress.parse(listed: entry.url, { collected.warn($0, entry.line, .mended) }) {
            case .web(let url, _):
                let title = entry.title.map { ListText.cleaned($0, limit: 4096) }
                let table = FeedTable(url: url, title: title, tags: entry.tags)
                collected.add(table, line: entry.line, mayStandAgain: true)
            case .local:
                collected.warn("\(ListText.named(entry.title))is a local file and was left out", entry.line, .leftOut)
            case .refused(let reason):
                collected.warn(
                    "\(ListText.named(entry.title))was left out: its xmlUrl \(reason)", entry.line, .leftOut)
            }
        }
        return (collected.tables, collected.warnings)
    }
}
