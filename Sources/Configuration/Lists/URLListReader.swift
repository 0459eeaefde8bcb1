private import FeedModel

/// Adds the feeds of a URL list to a configuration.
struct URLListReader {
    let file: ConfigurationFile
    let state: LoadingState

    func read(_ bytes: [UInt8]) {
        var isFull = false
        URLList.read(bytes) { line, isUTF8 in
            guard !isFull else { return }
            let place = file.place(line.number)
            guard isUTF8 else { return state.error("is not UTF-8", at: place) }
            var feed = PendingFeed(url: line.url, tags: [], place: place)
            switch FeedAddress.parse(line.url, relativeTo: file.directory) {
            case .web: break
            case .local(let path, let url):
                feed.url = url
                feed.localPath = path
            case .refused(let reason): return state.error("the URL \(reason)", at: place)
            }
            if let title = line.title, !title.isEmpty { feed.title = ListText.cleaned(title, limit: 4096) }
            feed.tags = FeedTags(line.tags).list
            switch state.feeds.add(feed) {
            case .merged(let other):
                state.warning("\(URLRedaction.redacted(feed.url)) is already in \(other)", at: place)
            case .tooMany:
                isFull = true
                state.error("there are more than \(LoadingState.Limit.feeds) feeds", at: place)
            case .added, .sameURL, .sameID: break
            }
        }
    }
}

/// Titles and tags of lists that other programs wrote: made fit rather than refused.
enum ListText {
    /// Without control characters, white space collapsed, and at most `limit` bytes.
    static func cleaned(_ text: String, limit: Int) -> String {
        if isClean(text), text.utf8.count <= limit { return text }
        var result = ""
        var needsSpace = false
        for scalar in text.unicodeScalars {
            if scalar.properties.isWhitespace || TextRules.isInvisible(scalar) {
                needsSpace = !result.isEmpty
                continue
            }
            guard result.utf8.count + UTF8.width(scalar) + 1 <= limit else { break }
            if needsSpace { result.unicodeScalars.append(" ") }
            needsSpace = false
            result.unicodeScalars.append(scalar)
        }
        return result
    }

    /// Whether there is nothing to clean in what most titles and tags are: ASCII with single spaces.
    private static func isClean(_ text: String) -> Bool {
        var last = UInt8(ascii: " ")
        for byte in text.utf8 {
            guard byte >= 0x20, byte < 0x7f, byte != 0x20 || last != 0x20 else { return false }
            last = byte
        }
        return last != 0x20
    }
}
