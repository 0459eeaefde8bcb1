package import FeedModel
private import FeedParsing
private import Web

/// `ArticleTexts` are the texts of an article that are looked at, each made when it is first asked for: a query that asks for
/// the title alone touches no body. An index takes them from here too, and so finds what `QueryEvaluation` finds.
package struct ArticleTexts {
    /// `Text` is a text in UTF-8, of one or several pieces: words of two of them do not stand side by side.
    package struct Text {
        package private(set) var bytes: [UInt8] = []
        package private(set) var pieces: [Range<Int>] = []

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
    /// One piece, as are those of `url`.
    package private(set) lazy var title = Text(article.title)
    package private(set) lazy var url = Text(article.url ?? article.externalURL)
    package private(set) lazy var body = makeBody()
    package private(set) lazy var authors = makeAuthors()
    /// What `category:` is compared with.
    package private(set) lazy var categories = Set(article.tags.map { TagKey($0) })
    private(set) lazy var categoryText = makeCategories()
    /// What `host:` is compared with, and all above it.
    package private(set) lazy var host = (article.url ?? article.externalURL).flatMap { HostKey.of(url: $0) }
    private(set) lazy var hostText = Text(host)

    package init(_ queried: QueriedArticle) {
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
