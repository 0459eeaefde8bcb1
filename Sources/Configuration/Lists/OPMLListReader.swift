private import FeedModel

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
        for warning in document.warnings { state.warning(warning.message, at: file.place(warning.line)) }
        for entry in document.entries {
            let place = file.place(entry.line)
            switch FeedAddress.parse(entry.url, relativeTo: file.directory) {
            case .web: break
            case .local:
                state.warning("a local file is never read because an OPML file says so; it is left out", at: place)
                continue
            case .refused(let reason):
                state.warning("the feed is left out: its xmlUrl \(reason)", at: place)
                continue
            }
            let feed = PendingFeed(url: entry.url, title: entry.title, tags: entry.tags, place: place)
            switch state.feeds.add(feed) {
            case .tooMany:
                return state.error("there are more than \(LoadingState.Limit.feeds) feeds", at: place)
            case .merged(let other) where other.file != file.name:
                // The same feed in two folders of one file is usual, and no mistake.
                state.warning("\(URLRedaction.redacted(entry.url)) is already in \(other)", at: place)
            case .merged, .added, .sameURL, .sameID: break
            }
        }
    }
}
