/// A list of feeds as OPML 2.0 holds it, with the folders that they lie in as tags.
package struct OPMLDocument: Sendable, Equatable {
    package struct Entry: Sendable, Equatable {
        /// As it stands in the document: not checked.
        package var url: String
        package var title: String?
        /// Names of the folders, the outermost first, then the categories.
        package var tags: [String]
        /// The page that the feed belongs to.
        package var siteURL: String?
        /// Line of the document; 0 for an entry that is about to be written.
        package var line: Int

        package init(url: String, title: String? = nil, tags: [String] = [], siteURL: String? = nil, line: Int = 0) {
            self.url = url
            self.title = title
            self.tags = tags
            self.siteURL = siteURL
            self.line = line
        }
    }

    /// What in a document was wrong, and in which line.
    package struct Warning: Sendable, Equatable {
        package var line: Int
        package var message: String
    }

    package var title: String?
    package var entries: [Entry] = []
    /// Filled by reading.
    package var warnings: [Warning] = []

    package init(title: String? = nil, entries: [Entry] = []) {
        self.title = title
        self.entries = entries
    }
}
