/// `PageNotice` is what a page is that stands where an article should: a server's or a site's own words, and nobody's
/// article (docs/spec/fulltext.md §9.2).
package enum PageNotice: String, Sendable, CaseIterable {
    /// There is no such page, said with a status of success.
    case missing
    /// Asks for a consent before it shows anything.
    case consent
    /// Wants to see a browser, or a human being.
    case challenge
    /// Asks for a login.
    case login
    /// The site's front page.
    case frontPage = "front page"
    /// A list of articles.
    case section

    /// The article may be behind it: another time, or for somebody else.
    package var isWall: Bool { self == .consent || self == .challenge || self == .login }

    /// What people are told, in a sentence.
    var sentence: String {
        switch self {
        case .missing: "This looks like no article: it says that there is no such page."
        case .consent: "This looks like no article: it asks for a consent."
        case .challenge: "This looks like no article: it wants to see a browser or a human being."
        case .login: "This looks like no article: it asks for a login."
        case .frontPage: "This looks like no article: it is the site's front page."
        case .section: "This looks like no article: it is a list of articles."
        }
    }
}

/// Tells notices from articles. What has the length of an article is none of them, whatever words are in it: people write
/// about cookies, robots and missing pages, too.
struct PageNoticeFinder {
    /// A text of so many good characters is an article, even one with such a title.
    private static let articleCharacters = 2000
    /// A page that says no more than a notice does, with all that is around it.
    private static let noticeCharacters = 1500
    /// The text of a notice alone.
    private static let shortText = 700
    /// A notice says what it is in its first words.
    private static let openingWords = 60
    /// Words that may stand in a title beside the phrase: `Oops! Error 404 - page not found`.
    private static let wordsBeside = 4

    private var reader: BodyReader
    private let metadata: PageMetadata
    /// Of what is kept, and of the whole page.
    private let (kept, all): (BlockSums.Total, Int)

    /// - Parameter reader: has read the page.
    static func notice(on reader: BodyReader, url: String?) -> PageNotice? {
        var finder = PageNoticeFinder(reader)
        return finder.said() ?? finder.listed(url)
    }

    private init(_ reader: BodyReader) {
        self.reader = reader
        metadata = reader.metadata
        kept = reader.sums.total(in: reader.tree.nodes)
        all = reader.blocks.reduce(0) { $0 + $1.characters }
    }

    // MARK: - What the page says

    private mutating func said() -> PageNotice? {
        guard kept.goodCharacters < Self.articleCharacters else { return consent() }
        var titles = metadata.titles
        if let headline = reader.headline { titles.append(reader.tree.text(of: headline)) }
        for title in titles {
            let phrases = NoticePhrases.phrases(in: title, words: Self.openingWords)
            let whole = phrases.found.filter { phrases.words <= $0.words + Self.wordsBeside }
            if whole.contains(where: { $0.kind == .missing }) { return .missing }
            guard all < Self.noticeCharacters else { continue }
            if let wall = whole.first(where: { $0.kind.isWall && phrases.words <= $0.words + 2 }) { return wall.kind }
        }
        if kept.characters < Self.shortText, all < 4 * Self.noticeCharacters {
            let opening = NoticePhrases.phrases(in: opening(), words: Self.openingWords).found.filter(\.isSentence)
            if let first = opening.first, first.kind != .consent { return first.kind }
        }
        return consent()
    }

    /// The first words of what was kept, or of the whole page where nothing was.
    private mutating func opening() -> String {
        var text = reader.standfirst.map { $0 + "\n" } ?? ""
        for block in reader.blocks.indices where reader.blocks[block].isKept || kept.characters == 0 {
            text += reader.text(block) + "\n"
            if text.utf8.count > 1000 { break }
        }
        return text
    }

    /// Where half of a text speaks of cookies as those do who set them.
    private mutating func consent() -> PageNotice? {
        guard kept.characters < 3 * Self.articleCharacters else { return nil }
        var asking = 0
        for block in reader.keptBlocks where reader.blocks[block].words >= 3 {
            let found = NoticePhrases.phrases(in: reader.text(block), words: 200).found
            if found.contains(where: { $0.kind == .consent }) { asking += reader.blocks[block].characters }
        }
        return asking > 0 && 2 * asking >= kept.characters ? .consent : nil
    }

    // MARK: - What the page is made of

    private func listed(_ url: String?) -> PageNotice? {
        guard metadata.linked?.isArticle != true, metadata.head.metas.first(of: ["og:type"]) != "article",
            metadata.head.metas.first(of: PageMetas.published) == nil
        else { return nil }
        // Headings that are links stand over teasers; in an article stand none, or few with much text between them.
        let isRoot = url.map {
            $0.contains("://") && ["", "/"].contains(PageAddress.path(of: $0)) && !$0.contains("?")
        }
        if isRoot == true, kept.goodCharacters < Self.articleCharacters * (reader.isHeadlineSure ? 1 : 3),
            reader.blocks.indices.count(where: isTeaser) >= Self.fewestOfFrontPage
        {
            return .frontPage
        }
        let containers = reader.containers.map { reader.sums.blocks(in: $0..<reader.tree.end($0)) }
        let inside = containers.joined().count(where: isTeaser)
        return inside >= Self.fewestTeasers && kept.goodCharacters < Self.teaserCharacters * inside ? .section : nil
    }

    private func isTeaser(_ block: Int) -> Bool {
        reader.isHeading(block) && reader.blocks[block].linkShare > 0.75 && reader.blocks[block].words >= 3
    }

    private static let (fewestTeasers, fewestOfFrontPage) = (5, 3)
    /// A teaser seldom has more text.
    private static let teaserCharacters = 150
}
