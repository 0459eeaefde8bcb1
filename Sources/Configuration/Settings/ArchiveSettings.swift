/// `ArchiveSettings` are those of `[archive]`: where what was fetched is kept as it came, and how much of it.
package struct ArchiveSettings: Sendable, Equatable {
    /// A name in the store's folder, or an absolute path.
    package var directory = "archive"
    /// A file is kept so long after it was written last.
    package var retain = StoreSettings.Retention.span(.seconds(90 * 86_400))
    /// All files together have at most so many bytes.
    package var maxSize = 50 << 30
    /// A file is closed at this size.
    package var rotateSize = 256 << 20
    /// A file is closed at this age.
    package var rotateTime: Duration = .seconds(86_400)

    package init() {}

    /// Returns the absolute path of the archive.
    ///
    /// - Parameter store: the store's folder.
    package func folder(store: String) -> String {
        directory.hasPrefix("/") ? directory : "\(store)/\(directory)"
    }

    /// What else is in the store's folder (docs/store.md), by names that no archive can have.
    private static let taken = [
        "articles", "articles.end", "cursors", "events", "format", "identities", "index", "lock", "state",
        "writer.lock",
    ]

    /// Says why a text cannot be the directory; nil where it can.
    static func refusal(directory text: String) -> String? {
        if text.isEmpty { return "is empty; leave it out for \"archive\", in the store's folder" }
        guard text.utf8.count <= 4000, !text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7f }) else {
            return "holds a control character, or more than 4000 bytes"
        }
        if text.hasPrefix("/") {
            let parts = text.split(separator: "/")
            return parts.isEmpty || parts.contains("..") || parts.contains(".")
                ? "must be a folder's path without . and .." : nil
        }
        let form = "must be a name in the store's folder such as \"archive\", or an absolute path"
        if text.utf8.contains(UInt8(ascii: "/")) || text.hasPrefix(".") { return form }
        return taken.contains(text) ? "is the name of something else in the store's folder; \(form)" : nil
    }
}

extension ArchiveSettings: OptionValues {
    static let table = OptionTable.archive
    static let standard: Self? = Self()
    static let rows = Options.rows(of: Self.self)
}
