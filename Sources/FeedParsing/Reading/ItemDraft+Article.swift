import FeedModel

extension ItemDraft {
    /// Decides what stands where in an article (contract.md §3, identity.md §1).
    ///
    /// - Returns: nil where there is nothing in the item.
    func article(limits: ParseLimits) -> Article? {
        var article = Article()
        article.id = guid ?? id ?? about ?? identifier
        article.title = title ?? secondaryTitle ?? mediaTitle
        article.url = url
        setBody(of: &article)
        article.published = published ?? date ?? created
        article.modified = updated
        article.authors = allAuthors
        article.contributors = contributors
        article.tags = tags
        article.language = language
        setAttachments(of: &article)
        article.image = image ?? thumbnail
        article.commentsURL = commentsURL
        article.source = source
        article.license = license
        article.links = notableLinks(beside: article.url)
        article.rawDates = rawDates
        article.unsafeURLs = unsafeURLs
        article.truncatedFields += truncated
        if surplusAttachments { article.truncatedFields.append("attachments") }
        if let id = article.id, id.utf8.count > limits.idBytes { article.truncatedFields.append("id") }
        let isEmpty =
            article.id == nil && article.url == nil && article.title == nil && article.contentHTML == nil
            && article.contentText == nil && article.attachments.isEmpty && article.unsafeURLs.isEmpty
        return isEmpty ? nil : article
    }

    /// First the alternate link, then RSS's link, then a guid that is one, then the enclosure; a feed that counts
    /// clicks says where its links lead.
    private var url: String? {
        if let originalLink { return originalLink }
        let alternates = links.lazy.filter { $0.rel == "alternate" }
        if let page = alternates.first(where: { $0.type == nil || $0.type?.contains("html") == true }) {
            return page.href
        }
        if let link = alternates.first?.href ?? link { return link }
        if let guid, guidIsPermalink, guid.isPlainWebURL { return guid }
        if let about, about.isPlainWebURL { return about }
        return attachments.first?.url
    }

    private func setBody(of article: inout Article) {
        let brief = description ?? summary ?? secondaryDescription ?? mediaDescription
        if let content {
            article.setBody(content, source: .content)
            if let brief, brief.text != content.text {
                article.summary = brief.text
                if brief.isCut { article.truncatedFields.append("summary") }
            }
        } else if let description {
            article.setBody(description, source: .description)
            if let summary, summary.text != description.text { article.summary = summary.text }
        } else if let brief {
            article.setBody(brief, source: summary == nil ? .description : .summary)
        }
    }

    private var allAuthors: [Author] {
        if authors.isEmpty { return secondaryAuthors }
        return authors
    }

    private func setAttachments(of article: inout Article) {
        article.attachments = attachments
        guard let duration, !attachments.isEmpty else { return }
        let playable = attachments.firstIndex {
            $0.mimeType?.hasPrefix("audio/") == true || $0.mimeType?.hasPrefix("video/") == true
        }
        let index = playable ?? 0
        if article.attachments[index].durationInSeconds == nil {
            article.attachments[index].durationInSeconds = duration
        }
    }

    /// All links where there is one that no other field shows.
    private func notableLinks(beside url: String?) -> [Link] {
        let isNotable = links.contains { link in
            switch link.rel {
            case "alternate": link.href != url
            case "enclosure": false
            default: true
            }
        }
        var notable = isNotable ? links : []
        if let link, link != url {
            if notable.isEmpty { notable = links }
            if !notable.contains(where: { $0.href == link }) { notable.append(Link(rel: "alternate", href: link)) }
        }
        return notable
    }
}

extension Article {
    fileprivate mutating func setBody(_ value: TextValue, source: ContentSource) {
        contentSource = source
        let isHTML = value.isHTML
        if isHTML { contentHTML = value.text } else { contentText = value.text }
        if value.isCut { truncatedFields.append(isHTML ? "content_html" : "content_text") }
    }
}
