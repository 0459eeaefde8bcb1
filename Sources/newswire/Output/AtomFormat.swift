internal import FeedModel
internal import FeedParsing

/// One Atom 1.0 document (RFC 4287), valid by the rules of the W3C's validator.
struct AtomFormat: ArticleFormat {
    let updated: Timestamp

    var prologue: String {
        """
        <?xml version="1.0" encoding="utf-8"?>
        <feed xmlns="http://www.w3.org/2005/Atom">
        <id>urn:newswire:articles</id>
        <title>newswire</title>
        <updated>\(updated)</updated>
        <generator version="\(Version.newswire)">newswire</generator>

        """
    }
    var epilogue: String { "</feed>\n" }

    func append(_ record: StoredRecord, to bytes: inout [UInt8]) {
        let article = record.article
        var xml = XMLText()
        var attributes: XMLText.Attributes = []
        if let language = article.language, XMLText.isLanguage(language) { attributes = [("xml:lang", language)] }
        xml.begin("entry", attributes)
        xml.element("id", ArticleURN.urn(record.uid))
        xml.element("title", title(article))
        xml.element("updated", updated(article, record))
        xml.element("published", article.published?.description)
        appendPeople(article, record, &xml)
        appendLinks(article, &xml)
        for tag in article.tags where !tag.isEmpty { xml.empty("category", [("term", tag)]) }
        appendTexts(article, &xml)
        appendSource(record, &xml)
        xml.end("entry")
        bytes.append(contentsOf: xml.bytes)
    }

    /// Atom wants a title, and readers show it.
    private func title(_ article: Article) -> String {
        if let title = article.title, !title.isEmpty { return title }
        let text =
            article.contentText ?? article.contentHTML.map { HTMLText.paragraphs($0) }
            ?? article.summary.map { HTMLText.paragraphs($0) } ?? ""
        let line = text.split(whereSeparator: \.isNewline).first.map { String($0.prefix(100)) } ?? ""
        return line.isEmpty ? article.url ?? "(no title)" : line
    }

    /// The publisher's date of change; for an edit that has none of its own, when newswire saw it: versions of an entry
    /// should differ in it.
    private func updated(_ article: Article, _ record: StoredRecord) -> String {
        let stored = record.storedAtText ?? Timestamp(milliseconds: 0).description
        if record.kind == .update { return stored }
        return (article.modified ?? article.published)?.description ?? stored
    }

    private func appendPeople(_ article: Article, _ record: StoredRecord, _ xml: inout XMLText) {
        var authors = article.authors.filter { ($0.name ?? $0.email ?? $0.url)?.isEmpty == false }
        if authors.isEmpty {
            // Every entry needs one: the feed stands in.
            let name = record.feedTitle ?? record.feed?.text ?? ""
            authors = [Author(name: name.isEmpty ? "unknown" : name)]
        }
        for author in authors { append(author, as: "author", &xml) }
        for person in article.contributors where (person.name ?? person.email ?? person.url)?.isEmpty == false {
            append(person, as: "contributor", &xml)
        }
    }

    private func append(_ person: Author, as element: StaticString, _ xml: inout XMLText) {
        xml.begin(element)
        xml.element("name", person.name ?? person.email ?? person.url)
        xml.element("uri", person.url.map(XMLText.iri))
        if let email = person.email, XMLText.isEmail(email) { xml.element("email", email) }
        xml.end(element)
    }

    private func appendLinks(_ article: Article, _ xml: inout XMLText) {
        func link(_ rel: String, _ url: String?, _ more: XMLText.Attributes = []) {
            guard let url else { return }
            xml.empty("link", [("rel", rel), ("href", XMLText.iri(url))] + more)
        }
        link("alternate", article.url)
        link("related", article.externalURL)
        link("replies", article.commentsURL)
        if let license = article.license, license.hasPrefix("http") { link("license", license) }
        for attachment in article.attachments {
            var more: XMLText.Attributes = []
            if let type = attachment.mimeType, XMLText.isMediaType(type) { more.append(("type", type)) }
            if let size = attachment.sizeInBytes, size >= 0 { more.append(("length", "\(size)")) }
            if let title = attachment.title { more.append(("title", title)) }
            link("enclosure", attachment.url, more)
        }
    }

    private func appendTexts(_ article: Article, _ xml: inout XMLText) {
        xml.element("summary", article.summary, [("type", "html")])
        if let html = article.contentHTML {
            xml.element("content", html, [("type", "html")])
        } else if let text = article.contentText {
            xml.element("content", text, [("type", "text")])
        } else if article.url == nil {
            // An entry without content needs an alternate link.
            xml.element("content", "", [("type", "text")])
        }
    }

    private func appendSource(_ record: StoredRecord, _ xml: inout XMLText) {
        guard let url = record.feedURL, url.contains(":") else { return }
        xml.begin("source")
        xml.element("id", XMLText.iri(url))
        xml.element("title", record.feedTitle ?? record.feed?.text ?? url)
        xml.element("updated", record.storedAtText)
        xml.empty("link", [("rel", "self"), ("href", XMLText.iri(url))])
        for tag in record.feedTags where !tag.isEmpty {
            xml.empty("category", [("term", tag)])
        }
        xml.end("source")
    }
}
