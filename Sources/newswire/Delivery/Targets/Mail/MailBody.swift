internal import FeedModel
internal import FeedParsing

/// What stands below the header of a message: text, and the same as HTML where the article is HTML (RFC 2046 §5.1.4).
struct MailBody {
    /// Lines that end with LF.
    private(set) var text: [UInt8] = []
    /// nil where the article has none, or more than a message has room for.
    private(set) var html: [UInt8]?

    /// Bytes of text in a message. Servers refuse mail of more than 10 MB or so, and no article is to hold up those behind it.
    static let textLimit = 512 << 10
    /// Bytes of HTML in a message; it cannot be cut.
    static let htmlLimit = 1 << 20

    init(text: String, html: [UInt8]?) {
        self.text = Array(text.utf8)
        self.html = html
    }

    /// Appends what the body is and the body itself: the rest of a message.
    func append(to header: MailHeader, _ bytes: inout [UInt8]) {
        var header = header
        header.field("MIME-Version", "1.0")
        guard let html else {
            bytes.append(contentsOf: header.bytes)
            Self.append(text, "text/plain", to: &bytes)
            return
        }
        // No line of the parts can be this one: neither encoding has a sign of equality in front of an underscore.
        let boundary = "=_newswire"
        header.field("Content-Type", "multipart/alternative; boundary=\"\(boundary)\"")
        bytes.append(contentsOf: header.bytes)
        for (part, type) in [(text, "text/plain"), (html, "text/html")] {
            bytes.append(contentsOf: "\r\n--\(boundary)\r\n".utf8)
            Self.append(part, type, to: &bytes)
        }
        bytes.append(contentsOf: "\r\n--\(boundary)--\r\n".utf8)
    }

    private static func append(_ part: [UInt8], _ type: String, to bytes: inout [UInt8]) {
        let encoding = TransferEncoding(for: part)
        var header = MailHeader()
        header.field("Content-Type", "\(type); charset=utf-8")
        header.field("Content-Transfer-Encoding", encoding.rawValue)
        bytes.append(contentsOf: header.bytes)
        bytes.append(contentsOf: "\r\n".utf8)
        encoding.append(part, to: &bytes)
    }
}

extension MailBody {
    /// The whole of an article, with its link at the end.
    init(_ record: StoredRecord) {
        let article = record.article
        let beside = PageBeside(record)
        let html = Self.html(article, beside)?.replacing("\r\n", with: "\n")
        let text = Self.text(article, beside).replacing("\r\n", with: "\n")
        let about = Self.about(record)
        let links = Self.links(article)
        var page: [UInt8]?
        var note: String?
        if let html {
            let safe = HTMLSanitizer.sanitize(html, baseURL: article.url)
            if safe.utf8.count <= Self.htmlLimit {
                page = MailPage.page(title: article.headline, about: about, content: safe, links: links)
            } else {
                note = "[The article as HTML is longer than \(Self.htmlLimit >> 10) KiB and left out.]"
            }
        }
        var paragraphs = about
        paragraphs.append(Self.cut(SafeText.lines(text), record))
        if let note { paragraphs.append(note) }
        paragraphs.append(links.map(\.text).joined(separator: "\n"))
        self.init(text: paragraphs.filter { !$0.isEmpty }.joined(separator: "\n\n") + "\n", html: page)
    }

    /// What a message shows as HTML: the article's own text and, below a heading, that of its page where that was asked for
    /// beside it.
    private static func html(_ article: Article, _ page: PageBeside?) -> String? {
        guard let page else { return article.bodyHTML }
        let own = article.bodyHTML ?? MarkupText.paragraphs(article.bodyText)
        return "\(own)\n<hr>\n<h2>\(page.heading)</h2>\n\(page.markup)"
    }

    private static func text(_ article: Article, _ page: PageBeside?) -> String {
        guard let page else { return article.bodyText }
        return [article.bodyText, "\(page.heading):", page.text].filter { !$0.isEmpty }.joined(separator: "\n\n")
    }

    /// Who wrote it, and what an edit has changed.
    private static func about(_ record: StoredRecord) -> [String] {
        var lines: [String] = []
        if record.kind == .update {
            let parts = record.changed.isEmpty ? "" : ": \(record.changed.joined(separator: ", ")) changed"
            lines.append("Version \(record.version ?? 0)\(parts)")
        }
        if !record.authorNames.isEmpty {
            lines.append(MailHeader.line("By \(record.authorNames.joined(separator: ", "))", limit: 1000))
        }
        return lines
    }

    /// Links of an article that are listed, at most.
    private static let mostLinks = 50

    private static func links(_ article: Article) -> [MailPage.Link] {
        let attachments = article.attachments.prefix(mostLinks).map { MailPage.Link(label: "Attachment", url: $0.url) }
        return attachments + (article.url.map { [MailPage.Link(label: "", url: $0)] } ?? [])
    }

    /// Cuts what is too long, and says so.
    private static func cut(_ text: String, _ record: StoredRecord) -> String {
        guard text.utf8.count > textLimit else { return text }
        let beginning = text.prefix(bytes: textLimit)
        return "\(beginning)\n\n[Cut after \(textLimit >> 10) KiB. All of it is in the store, as \(record.seq ?? 0).]"
    }
}

extension Article {
    /// What there is of it as HTML; nil where it is plain text.
    var bodyHTML: String? { contentHTML ?? (contentText == nil ? summary : nil) }

    /// What there is of it as text.
    var bodyText: String { bodyHTML.map { HTMLText.paragraphs($0) } ?? contentText ?? "" }
}

extension String {
    /// Its beginning, of so many bytes of UTF-8 at most.
    func prefix(bytes limit: Int) -> Substring {
        guard utf8.count > limit else { return self[...] }
        var end = utf8.index(startIndex, offsetBy: limit)
        while end.samePosition(in: unicodeScalars) == nil { end = utf8.index(before: end) }
        return self[..<end]
    }
}
