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
            feed.tags = ListText.tags(line.tags)
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
        let isClean = text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f } && text.utf8.count <= limit
        if isClean { return text }
        var result = ""
        var needsSpace = false
        for scalar in text.unicodeScalars {
            if scalar.properties.isWhitespace || TextRules.isInvisible(scalar) {
                needsSpace = !result.isEmpty
                continue
            }
            guard result.utf8.count + UTF8.width(scalar) + 1 <= limit else { break }
            if needsSpace { result += " " }
            needsSpace = false
            result.unicodeScalars.append(scalar)
        }
        return result
    }

    /// Each tag once, at most 100.
    static func tags(_ tags: [String]) -> [String] {
        var result: [String] = []
        for tag in tags where result.count < 100 {
            let tag = cleaned(tag, limit: 128)
            if !tag.isEmpty, !result.contains(tag) { result.append(tag) }
        }
        return result
    }
}
