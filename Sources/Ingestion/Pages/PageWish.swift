package import Configuration
package import FeedModel
internal import FeedParsing
internal import JSONText
internal import Web

/// `PageWish` says whether an article's page is to be fetched, and why it is not (docs/fulltext-feeds.md). It asks nobody: all
/// of it follows from the record, the configuration, and what is known of the feed's pages.
package enum PageWish: Sendable, Equatable {
    case wanted(Wanted)
    case unwanted(Reason)

    /// `Wanted` is a page that is to be fetched.
    package struct Wanted: Sendable, Equatable {
        /// Its URL, as the record has it.
        package var url: String
        /// The host that is asked first (`HostKey`).
        package var host: String
        /// It is fetched to see whether the feed's pages say more than the feed.
        package var isProbe = false
    }

    /// `Reason` says why a page is not fetched.
    package enum Reason: Sendable, Equatable, CaseIterable {
        case mode, kind, blocked, initial, old, noLink, longLink, otherHost, media, sameLink, whole

        /// The reason for people.
        package var sentence: String {
            switch self {
            case .mode: "fulltext is \"never\" for its feed"
            case .kind: "only new articles and their updates have pages of their own"
            case .blocked: "a rule has blocked the article"
            case .initial: "it was in its feed before, and is not among the newest (fulltext_initial)"
            case .old: "it was published more than 30 days ago"
            case .noLink: "it has no link to a page"
            case .longLink: "its link is longer than 4 KiB, and is not asked for"
            case .otherHost: "it links to another host than its feed's (fulltext_hosts)"
            case .media: "it is about a file: sound, film, or another attachment"
            case .sameLink: "neither link nor title have changed"
            case .whole: "its feed has the whole text (fulltext = \"auto\")"
            }
        }
    }

    /// Bytes; a longer one is no link to an article.
    private static let longestURL = 4096
    /// Seconds after which an article's page is not fetched any more.
    private static let oldest: Int64 = 30 * 86_400

    /// - Parameters:
    ///   - record: of the article.
    ///   - pages: what is known of the feed's pages.
    ///   - now: the time of day where the clock counts, or when the record was stored; without it nothing is too old.
    package init(_ record: StoredRecord, of feed: FeedConfiguration, pages: FeedPages, now: Timestamp?) {
        self = Self.judge(record, feed, pages, now)
    }

    private static func judge(
        _ record: StoredRecord, _ feed: FeedConfiguration, _ pages: FeedPages, _ now: Timestamp?
    ) -> PageWish {
        let settings = feed.options.pages
        if settings.mode == .never { return .unwanted(.mode) }
        guard record.kind == .new || record.kind == .update else { return .unwanted(.kind) }
        if record.blockedBy != nil { return .unwanted(.blocked) }
        if record.kind == .update, record.changed.allSatisfy({ $0 != "url" && $0 != "title" }) {
            return .unwanted(.sameLink)
        }
        guard let url = record.url else { return .unwanted(.noLink) }
        if url.utf8.count > longestURL { return .unwanted(.longLink) }
        guard let host = HostKey.of(url: url) else { return .unwanted(.noLink) }
        if isOfFile(url, record) { return .unwanted(.media) }
        if let now, let published = record.publishedText.flatMap(Timestamp.init(rfc3339:)),
            now.seconds - published.seconds > oldest
        {
            return .unwanted(.old)
        }
        guard PageHosts(of: feed).mayAsk(host) else { return .unwanted(.otherHost) }
        var wanted = Wanted(url: url, host: host)
        if settings.mode == .always || FeedBody(record).seemsCut || pages.arePagesLonger { return .wanted(wanted) }
        if !pages.mayProbe { return .unwanted(.whole) }
        wanted.isProbe = true
        return .wanted(wanted)
    }

    /// Whether the article is about a file, so that its page has nothing to read: a podcast's episode, or a link to the file
    /// itself.
    private static func isOfFile(_ url: String, _ record: StoredRecord) -> Bool {
        let attachments = record.json["attachments"]?.array ?? []
        for attachment in attachments {
            if attachment["url"]?.string == url { return true }
            let type = attachment["mime_type"]?.string?.lowercased() ?? ""
            if type.hasPrefix("audio/") || type.hasPrefix("video/") { return true }
        }
        let path = url.prefix { $0 != "?" && $0 != "#" }
        guard let dot = path.utf8.lastIndex(of: UInt8(ascii: ".")) else { return false }
        return fileEndings.contains(path[path.utf8.index(after: dot)...].lowercased())
    }

    private static let fileEndings: Set<String> = [
        "mp3", "m4a", "m4b", "ogg", "oga", "opus", "wav", "flac", "aac", "mp4", "m4v", "mov", "webm", "mkv", "avi",
        "mpg",
        "mpeg", "jpg", "jpeg", "png", "gif", "webp", "svg", "pdf", "zip", "gz", "epub", "doc", "docx", "xls", "xlsx",
        "ppt",
        "pptx",
    ]
}

/// `FeedBody` is what a feed itself says of an article, as text.
struct FeedBody {
    /// The text of the article's body.
    let text: String
    private let isDescription: Bool

    /// A body of fewer bytes is taken for the beginning of an article.
    private static let shortest = 600

    init(_ record: StoredRecord) {
        let html = record.contentHTML ?? (record.contentText == nil ? record.summary : nil)
        text = html.map(HTMLText.paragraphs) ?? record.contentText ?? ""
        let source = record.article.contentSource
        isDescription = source == .description || source == .summary || record.contentHTML == nil && html != nil
    }

    /// Whether this seems to be the beginning of an article, or a description of it.
    var seemsCut: Bool {
        if isDescription || text.utf8.count < Self.shortest { return true }
        // What a program for sites has put behind the text does not count as its end.
        let lines = text.split(separator: "\n").suffix(2)
        return lines.contains { Self.breaksOff(String($0)) }
    }

    private static func breaksOff(_ line: String) -> Bool {
        let noise: Set<Character> = [" ", "\u{a0}", "]", ")", "}", ">", "»", "›", "→", "⟶", "\t"]
        var end = line[...]
        while let last = end.last, noise.contains(last) { end = end.dropLast() }
        if end.hasSuffix("…") || end.hasSuffix("...") { return true }
        while let last = end.last, last == "." || last == ":" || noise.contains(last) { end = end.dropLast() }
        let words = end.suffix(40).lowercased()
        return phrases.contains { words.hasSuffix($0) }
    }

    /// What sites put where the article goes on.
    private static let phrases = [
        "read more", "read the full story", "read the full article", "read full article", "read on", "continue reading",
        "keep reading", "full story", "more", "weiterlesen", "mehr lesen", "zum artikel", "lire la suite", "lire plus",
        "en savoir plus", "leer más", "seguir leyendo", "sigue leyendo", "ler mais", "leia mais", "continue a ler",
        "leggi tutto", "continua a leggere", "leggi di più", "lees meer", "lees verder", "czytaj dalej",
        "czytaj więcej",
        "читать далее", "читать полностью", "подробнее",
    ].map { $0 }
}
