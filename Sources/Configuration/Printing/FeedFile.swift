private import Glibc
private import Text

/// `FeedFile` is a new file with `[[feed]]` tables in `feeds.d`, beside the main file (`newswire add`, `import --add`).
///
/// No file that is there is ever changed. It is named after a feed or a list, of which only harmless characters are taken
/// (security.md §11); what it is about stands in its first line.
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

    /// Makes the text of a file with one feed, and writes nothing yet.
    ///
    /// - Parameters:
    ///   - name: what the file is named after; a number tells it from others that are there.
    ///   - main: path of the main file; the folder is beside it.
    ///   - title: of the feed, for the comment.
    ///   - date: as it is to stand in the comment.
    package init(_ table: FeedTable, name: String, main: String, title: String?, date: String) {
        let shown = ListText.cleaned(title ?? "", limit: 200)
        self.init("# \(shown.isEmpty ? "A feed" : shown)\(Self.mark)\(date)\n\(table.text)", name, main)
    }

    /// Makes the text of a file with the feeds of a list, and writes nothing yet.
    ///
    /// - Parameters:
    ///   - list: the path of the list, after whose last part the file is named.
    ///   - main: path of the main file; the folder is beside it.
    ///   - date: as it is to stand in the comment.
    package init(_ tables: [FeedTable], list: String, main: String, date: String) {
        let name = String(list.split(separator: "/").last ?? "list")
        let dot = name.lastIndex(of: ".") ?? name.endIndex
        let comment = "# From \(ListText.cleaned(name, limit: 200)), by `newswire import --add` on \(date)"
        self.init(
            "\(comment)\n\n\(tables.map(\.text).joined(separator: "\n"))", String(name[..<dot]), main)
    }

    /// Returns the line by which a main file includes the files that are made here; nil where the configuration does it.
    package static func missingInclude(in configuration: Configuration) -> String? {
        configuration.wouldInclude(Path.join(folder(configuration.path), "feed.toml"))
            ? nil : "include = [\"feeds.d/*.toml\"]"
    }

    private init(_ text: String, _ name: String, _ main: String) {
        self.text = text
        self.main = main
        folder = Self.folder(main)
        path = Self.freePath(Self.fileName(name), in: folder)
    }

    private static let mark = ", added by `newswire add` on "

    /// Whether a comment is the one that stands above a feed's table because `newswire add` has made its file.
    static func isOwn(comment: String) -> Bool { comment.contains(mark) }

    /// ASCII letters, digits and `. _ -`, of which none but a letter or a digit begins it.
    private static func fileName(_ text: String) -> String {
        let bytes = text.utf8.prefix(80).map { byte in
            byte.isASCIIAlphanumeric || "._-".utf8.contains(byte) ? byte : UInt8(ascii: "-")
        }
        let name = bytes.drop { !$0.isASCIIAlphanumeric }
        return name.isEmpty ? "feed" : String(decoding: name, as: UTF8.self)
    }

    private static func freePath(_ name: String, in folder: String) -> String {
        var status = stat()
        let paths = (1...999).lazy.map { "\(folder)/\(name)\($0 > 1 ? "-\($0)" : "").toml" }
        // Where all are taken, writing says so.
        return paths.first { lstat($0, &status) != 0 } ?? "\(folder)/\(name).toml"
    }

    static func folder(_ main: String) -> String {
        Path.join(Path.directory(of: main), "feeds.d")
    }

    /// Throws where no file could be written, so that no server is asked in vain.
    package static func check(main: String) throws(Failure) {
        let folder = folder(main)
        let place = access(folder, F_OK) == 0 ? folder : Path.directory(of: Path.absolute(main))
        if access(place, W_OK | X_OK) != 0 {
            throw Failure(message: FileReplacement.Failure("writing to", place, errno).message)
        }
    }

    /// Writes the file as a whole and durably, with the owner and the mode of the main file, or not at all.
    ///
    /// Throws where a file of that name has come, or where it cannot be written. It waits for the file system.
    package func write() throws(Failure) {
        do throws(FileReplacement.Failure) {
            if mkdir(folder, 0o755) != 0, errno != EEXIST { throw FileReplacement.Failure("making", folder, errno) }
            try FileReplacement.create(path, Array(text.utf8), like: main)
        } catch {
            throw Failure(message: error.message)
        }
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
    /// The ids that the feed had before are left out where there are none.
    package var formerly: [String]

    package init(
        url: String, id: String? = nil, title: String? = nil, tags: [String] = [], formerly: [String] = []
    ) {
        self.url = url
        self.id = id
        self.title = title
        self.tags = tags
        self.formerly = formerly
    }

    /// Returns why a configuration would not take the table, whatever else is in it; each begins with the key.
    package var refusals: [String] {
        let state = LoadingState(environment: [:])
        var reader = FileTreeReader(state: state, [:])
        reader.readAddition(Array(text.utf8), named: "")
        return state.diagnostics.filter { $0.severity == .error }.map(\.message)
    }

    /// Returns TOML with only the keys that say something; it ends in a line break.
    package var text: String {
        var result = "[[feed]]\nurl = \(TOMLText.quoted(url))\n"
        if let id { result += "id = \(TOMLText.quoted(id))\n" }
        if !formerly.isEmpty { result += "formerly = \(TOMLText.list(formerly))\n" }
        if let title, !title.isEmpty { result += "title = \(TOMLText.quoted(title))\n" }
        if !tags.isEmpty { result += "tags = \(TOMLText.list(tags))\n" }
        return result
    }
}
