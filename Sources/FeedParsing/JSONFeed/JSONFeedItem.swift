import FeedModel
import JSONText

extension JSONFeedFields {
    /// One item. What is no object becomes an empty article.
    mutating func article(_ item: JSONValue) -> Article {
        var article = Article()
        guard item.object != nil else { return article }
        article.id = identifier(item["id"])
        article.url = url(item["url"])
        article.externalURL = url(item["external_url"])
        article.title = text(item["title"], limit: limits.titleBytes, "title")
        readBody(item, into: &article)
        article.image = url(item["image"])
        article.bannerImage = url(item["banner_image"])
        article.published = date(item["date_published"], "date_published", raw: &article.rawDates)
        article.modified = date(item["date_modified"], "date_modified", raw: &article.rawDates)
        article.authors = authors(item)
        article.language = text(item["language"], limit: limits.titleBytes, "language")
        readTags(item["tags"], into: &article)
        readAttachments(item["attachments"], into: &article)
        article.unsafeURLs = unsafeURLs
        article.truncatedFields = truncatedFields
        article.assumedUTC = assumedUTC
        return article
    }

    /// Contract.md §3: content is the body and the summary stands beside it; a summary alone is the body.
    private mutating func readBody(_ item: JSONValue, into article: inout Article) {
        article.contentHTML = body(item["content_html"], "content_html").map { html in
            baseURL.map { HTMLRewriter.absolutizing(html, base: $0) } ?? html
        }
        article.contentText = body(item["content_text"], "content_text")
        let hasContent = article.contentHTML != nil || article.contentText != nil
        if hasContent {
            article.contentSource = .content
            article.summary = body(item["summary"], "summary")
        } else if let summary = body(item["summary"], "content_text") {
            article.contentSource = .summary
            article.contentText = summary
        }
    }

    private mutating func readTags(_ value: JSONValue?, into article: inout Article) {
        for tag in list(value) {
            guard let tag = text(tag, limit: limits.titleBytes, "tags"), !article.tags.contains(tag) else { continue }
            guard article.tags.count < limits.categories else {
                noteTruncated("tags")
                return
            }
            article.tags.append(tag)
        }
    }

    private mutating func readAttachments(_ value: JSONValue?, into article: inout Article) {
        for attachment in list(value) {
            guard let url = url(attachment["url"]) else { continue }
            guard article.attachments.count < limits.enclosures else {
                noteTruncated("attachments")
                return
            }
            article.attachments.append(
                Attachment(
                    url: url, mimeType: text(attachment["mime_type"], limit: limits.titleBytes, "attachments"),
                    title: text(attachment["title"], limit: limits.titleBytes, "attachments"),
                    sizeInBytes: number(attachment["size_in_bytes"]).flatMap { Int64(exactly: $0.rounded()) },
                    durationInSeconds: number(attachment["duration_in_seconds"])))
        }
    }
}
