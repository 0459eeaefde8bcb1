import FeedModel

/// What has been gathered of the item that is open.
struct ItemDraft {
    var guid: String?
    var guidIsPermalink = true
    var id: String?
    var identifier: String?
    var about: String?
    var title: String?
    var rawTitleType: String?
    var secondaryTitle: String?
    var mediaTitle: String?
    var link: String?
    var links = LinkList()
    var originalLink: String?
    var originalEnclosure: String?
    var content: TextValue?
    var description: TextValue?
    var summary: TextValue?
    var secondaryDescription: TextValue?
    var mediaDescription: TextValue?
    var published: Timestamp?
    var updated: Timestamp?
    var date: Timestamp?
    var created: Timestamp?
    var people = PeopleLists()
    var tags = TagList()
    var language: String?
    var attachments = AttachmentList()
    var duration: Double?
    var image: String?
    var thumbnail: String?
    var mediaImage: String?
    var commentsURL: String?
    var source: Article.Source?
    var license: String?
    var podcast = PodcastReader()
}

extension ItemDraft {
    /// Decides what stands where in an article (contract.md §3, identity.md §1).
    ///
    /// - Parameters:
    ///   - isAtom: the format says that an id is a URI.
    ///   - base: what relative URLs in texts are resolved against where the item has no page.
    func article(limits: ParseLimits, notes: PartNotes, isAtom: Bool, base: String?) -> Article {
        var article = Article()
        article.id = guid ?? id ?? about ?? identifier
        article.title = title ?? secondaryTitle ?? mediaTitle
        let page = page(isAtom: isAtom, limits)
        article.url = page ?? attachments.attachments.first?.url
        setBody(of: &article, page, base)
        article.published = published ?? date ?? created
        article.modified = updated
        article.authors = people.authors.isEmpty ? people.secondaryAuthors : people.authors
        article.contributors = people.contributors
        article.tags = tags.tags
        article.language = language
        setAttachments(of: &article)
        article.image = image ?? thumbnail ?? mediaImage
        article.commentsURL = commentsURL ?? links.repliesPage
        article.source = source
        article.license = license
        article.podcast = podcast.podcast
        article.links = allLinks(beside: article.url)
        article.rawTitleType = title == nil ? nil : rawTitleType
        article.rawDates = notes.rawDates
        article.assumedUTC = notes.assumedUTC
        article.unsafeURLs = notes.unsafeURLs
        article.truncatedFields += notes.truncated
        if let id = article.id, id.utf8.count > limits.idBytes { article.truncatedFields.append("id") }
        return article
    }

    /// First the alternate link, then RSS's link, then an id that is one; a feed that counts clicks says where its links
    /// lead.
    private func page(isAtom: Bool, _ limits: ParseLimits) -> String? {
        if let originalLink { return originalLink }
        if let link = links.alternate?.href ?? link { return link }
        if let guid, guidIsPermalink, guid.isPlainWebURL { return guid }
        if let about, about.isPlainWebURL { return about }
        if isAtom, let id, id.isPlainWebURL, id.utf8.count <= limits.urlBytes { return id }
        return nil
    }

    private func setBody(of article: inout Article, _ page: String?, _ base: String?) {
        let brief = description ?? summary ?? secondaryDescription ?? mediaDescription
        if let content {
            article.setBody(content.resolved(against: page, base), source: .content)
            if let brief, brief.text != content.text { article.setSummary(brief.resolved(against: page, base)) }
        } else if let description {
            article.setBody(description.resolved(against: page, base), source: .description)
            if let summary, summary.text != description.text {
                article.setSummary(summary.resolved(against: page, base))
            }
        } else if let brief {
            article.setBody(brief.resolved(against: page, base), source: summary == nil ? .description : .summary)
        }
    }

    private func setAttachments(of article: inout Article) {
        let attachments = attachments.attachments
        article.attachments = attachments
        // Of several nobody knows which one is counted.
        if let originalEnclosure, attachments.count == 1 { article.attachments[0].url = originalEnclosure }
        guard let duration else { return }
        guard let index = self.attachments.timed else {
            article.durationInSeconds = duration
            return
        }
        if article.attachments[index].durationInSeconds == nil {
            article.attachments[index].durationInSeconds = duration
        }
    }

    /// Atom's links with their relations; RSS's own is among them only where another URL was preferred to it.
    private func allLinks(beside url: String?) -> [Link] {
        guard let link, link != url, !links.contains(href: link) else { return links.links }
        return links.links + [Link(rel: "alternate", href: link)]
    }
}

extension Article {
    fileprivate mutating func setSummary(_ value: TextValue) {
        summary = value.text
        if value.isCut { truncatedFields.append("summary") }
    }

    fileprivate mutating func setBody(_ value: TextValue, source: ContentSource) {
        contentSource = source
        let isHTML = value.isHTML
        if isHTML { contentHTML = value.text } else { contentText = value.text }
        if value.isCut { truncatedFields.append(isHTML ? "content_html" : "content_text") }
    }
}
