internal import FeedModel
private import FeedParsing
private import Web

/// The texts of an article that are looked at, each made when it is first asked for: a query that asks for the title
/// alone touches no body.
struct ArticleTexts {
    /// A text in UTF-8, of one or several pieces.
    struct Text {
        private(set) var bytes: [UInt8] = []
        private(set) var pieces: [Range<Int>] = []

        mutating func append(_ piece: String) { append { $0.append(contentsOf: piece.utf8) } }

        /// Appends a piece of HTML as what a reader sees of it.
        mutating func append(html: String) { append { HTMLText.appendVisible(html, to: &$0) } }

        /// Looks for a pattern in each of the pieces.
        func search(_ pattern: Pattern) -> Pattern.Answer {
            var answer = Pattern.Answer.absent
            bytes.withUnsafeBufferPointer { bytes in
                for piece in pieces {
                    switch pattern.search(UnsafeBufferPointer(rebasing: bytes[piece])) {
                    case .found:
                        answer = .found
                        return
                    case .undecided: answer = .undecided
                    case .absent: break
                    }
                }
            }
            return answer
        }

        private mutating func append(_ write: (inout [UInt8]) -> Void) {
            let start = bytes.count
            write(&bytes)
            pieces.append(start..<bytes.count)
        }
    }

    private let article: Article
    private let pageHTML: String?
    private let pageText: String?
    private(set) lazy var title = Text(article.title)
    private(set) lazy var url = Text(article.url ?? article.externalURL)
    private(set) lazy var body = makeBody()
    private(set) lazy var authors = makeAuthors()
    private(set) lazy var categories = Set(article.tags.map { TagKey($0) })
    private(set) lazy var categoryText = makeCategories()
    private(set) lazy var host = (article.url ?? article.externalURL).flatMap { HostKey.of(url: $0) }
    private(set) lazy var hostText = Text(host)

    init(_ queried: QueriedArticle) {
        article = queried.article
        (pageHTML, pageText) = (queried.pageHTML, queried.pageText)
    }

    /// The body and, where there are such beside it, the summary and the text of the page: all are what a reader is shown.
    private func makeBody() -> Text {
        var text = Text()
        if let html = article.contentHTML {
            text.append(html: html)
        } else if let plain = article.contentText {
            text.append(plain)
        }
        if let summary = article.summary { text.append(html: summary) }
        if let html = pageHTML {
            text.append(html: html)
        } else if let plain = pageText {
            text.append(plain)
        }
        return text
    }

    private func makeCategories() -> Text {
        var text = Text()
        for category in article.tags { text.append(category) }
        return text
    }

    /// Names and addresses, each by itself.
    private func makeAuthors() -> Text {
        var text = Text()
        for author in article.authors {
            if let name = author.name { text.append(name) }
            if let email = author.email, email != author.name { text.append(email) }
        }
        return text
    }
}

extension ArticleTexts.Text {
    fileprivate init(_ text: String?) {
        self.init()
        if let text { append(text) }
    }
}
