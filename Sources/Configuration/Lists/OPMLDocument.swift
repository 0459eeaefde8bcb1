private import FeedModel

/// `OPMLDocument` is a list of feeds as OPML 2.0 holds it, with the folders that they lie in as tags.
package struct OPMLDocument: Sendable, Equatable {
    /// `Entry` is one feed of the list.
    package struct Entry: Sendable, Equatable {
        /// The URL stands as it is in the document, and is not checked.
        package var url: String
        /// The title is nil where the document has none but the URL.
        package var title: String?
        /// The tags are the names of the folders, the outermost first, then the categories.
        package var tags: [String]
        /// The page is the one that the feed belongs to.
        package var siteURL: String?
        /// The line is that of the document; 0 for an entry that is about to be written.
        package var line: Int

        package init(url: String, title: String? = nil, tags: [String] = [], siteURL: String? = nil, line: Int = 0) {
            self.url = url
            self.title = title
            self.tags = tags
            self.siteURL = siteURL
            self.line = line
        }
    }

    /// `Warning` says what in a document was wrong, and in which line.
    package struct Warning: Sendable, Equatable {
        /// The line is counted from 1.
        package var line: Int
        /// The message goes on where `FILE:LINE:` ends.
        package var message: String
        /// The kind says what that means for the list.
        package var kind: Kind

        /// `Kind` tells how much of a list a warning is about.
        package enum Kind: Sendable {
            /// Nothing is missing: what was wrong has one meaning.
            case mended
            /// What was read is no feed here, and is not among the entries.
            case leftOut
            /// A part could not be read, or not for sure: the entries may not be what the document holds.
            case lost
        }
    }

    /// The title is that of the whole list.
    package var title: String?
    /// The entries are in the order of the document.
    package var entries: [Entry] = []
    /// The warnings are filled by reading.
    package var warnings: [Warning] = []

    package init(title: String? = nil, entries: [Entry] = []) {
        self.title = title
        self.entries = entries
    }
}

/// Adds the feeds of an OPML file to a configuration: only those of http and https, since the file may come from
/// anywhere (security.md §1).
struct OPMLListReader {
    let file: ConfigurationFile
    let state: LoadingState

    func read(_ bytes: [UInt8]) {
        let document: OPMLDocument
        do {
            document = try OPMLDocument.read(bytes)
        } catch {
            return state.error(error.message, at: file.place(error.line))
        }
        for warning in document.warnings {
            let place = file.place(warning.line)
            // Nothing runs on a list that was understood by half.
            if warning.kind == .lost {
                state.error(warning.message, at: place)
            } else {
                state.warning(warning.message, at: place)
            }
        }
        for entry in document.entries {
            let place = file.place(entry.line)
            let (url, host): (String, String)
            switch FeedAddress.parse(listed: entry.url, { state.warning($0, at: place) }) {
            case .web(let address, let name): (url, host) = (address, name)
            case .local:
                state.warning(
                    "a local file is never read because an OPML file says so; \(ListText.named(entry.title))is left out",
                    at: place)
                continue
            case .refused(let reason):
                state.warning("the feed \(ListText.named(entry.title))is left out: its xmlUrl \(reason)", at: place)
                continue
            }
            let feed = PendingFeed(
                url: url, origin: .host(host), title: entry.title, tags: entry.tags, place: place)
            switch state.feeds.add(feed) {
            case .tooMany:
                return state.error("there are more than \(LoadingState.Limit.feeds) feeds", at: place)
            case .merged(let other) where other.otherURL != nil || other.place.file != file.name:
                // The same feed in two folders of one file is usual, and no mistake.
                state.warning("\(URLRedaction.redacted(url)) \(other.message)", at: place)
            case .merged, .added, .alike, .sameURL, .sameID: break
            }
        }
    }
}

extension OPMLDocument {
    /// Lists the feeds of a configuration that another program could fetch, their first tag being their folder.
    ///
    /// Their URLs stand as they are, with the secrets that are in them, since they would be useless without.
    package init(exporting configuration: Configuration, title: String) {
        let entries = configuration.feeds.filter { !$0.isLocalFile }.map { feed in
            Entry(url: feed.url, title: feed.title, tags: feed.tags)
        }
        self.init(title: title, entries: entries)
    }

    /// Returns the document as OPML 2.0 in UTF-8. Reading it gives the same entries, grouped by their first tag.
    package func xml() -> [UInt8] {
        var writer = OPMLWriter(title: title, tags: entries.map(\.tags)) { entries[$0] }
        var bytes: [UInt8] = []
        while let piece = writer.next() { bytes += piece }
        return bytes
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
