import FeedModel

/// What has been gathered of the feed itself, before it is decided what stands where.
struct FeedDraft {
    var format = Feed.Format.rss20
    var title: String?
    var secondaryTitle: String?
    var links: [Link] = []
    var homePage: String?
    var about: String?
    var description: TextValue?
    var secondaryDescription: TextValue?
    var language: String?
    var id: String?
    var updated: Timestamp?
    var published: Timestamp?
    var date: Timestamp?
    var authors: [Author] = []
    var secondaryAuthors: [Author] = []
    var owners: [Author] = []
    var contributors: [Author] = []
    var rights: String?
    var generator: String?
    var generatorAgent: String?
    var generatorVersion: String?
    var logo: String?
    var icon: String?
    var podcastImage: String?
    var image: String?
    var tags: [String] = []
    var hubs: [Feed.Hub] = []
    var hints = PollingHints()
    var updatePeriod: String?
    var updateFrequency: String?
    var unsafeURLs: [String] = []
    var rawDates: [Article.RawDate] = []
}

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
    var links: [Link] = []
    var originalLink: String?
    var originalEnclosure: String?
    var latitude: Double?
    var longitude: Double?
    var content: TextValue?
    var description: TextValue?
    var summary: TextValue?
    var secondaryDescription: TextValue?
    var mediaDescription: TextValue?
    var published: Timestamp?
    var updated: Timestamp?
    var date: Timestamp?
    var created: Timestamp?
    var authors: [Author] = []
    var secondaryAuthors: [Author] = []
    var contributors: [Author] = []
    var tags: [String] = []
    var language: String?
    var attachments: [Attachment] = []
    var duration: Double?
    var image: String?
    var thumbnail: String?
    var mediaImage: String?
    var commentsURL: String?
    var source: Article.Source?
    var license: String?
    var unsafeURLs: [String] = []
    var rawDates: [Article.RawDate] = []
    var assumedUTC: [String] = []
    var location: Article.Location?
    /// Names of the JSON fields that were cut, or that have more entries than are kept.
    var truncated: [String] = []
}

/// An Atom person, or an RSS author that may turn out to be one.
struct PersonDraft {
    var element = Element.unknown
    var author = Author()
    var isStructured = false
}

struct ImageDraft {
    var url: String?
}

struct SourceDraft {
    var source = Article.Source()
    var isStructured = false
}

/// The media:content element that is open.
struct MediaDraft {
    var url: String?
}

extension FeedDraft {
    /// Decides what stands where in a feed (contract.md §3). Articles, encoding and warnings are the caller's.
    func feed() -> Feed {
        var feed = Feed(format: format)
        feed.title = title ?? secondaryTitle
        feed.homePageURL = homePageURL
        feed.feedURL = links.first { $0.rel == "self" }?.href
        feed.nextURL = links.first { $0.rel == "next" }?.href
        feed.description = (description ?? secondaryDescription)?.text
        feed.icon = podcastImage ?? logo ?? image
        feed.favicon = icon
        feed.language = language
        feed.authors = !authors.isEmpty ? authors : !secondaryAuthors.isEmpty ? secondaryAuthors : owners
        feed.contributors = contributors
        feed.hubs = hubs
        feed.id = id ?? about
        feed.updated = updated ?? published ?? date
        feed.copyright = rights
        feed.generator = generator ?? generatorAgent
        feed.links = links
        if let homePage, !links.contains(where: { $0.href == homePage }) {
            feed.links.insert(Link(rel: "alternate", href: homePage), at: 0)
        }
        feed.tags = tags
        feed.hints = hints
        feed.hints.updatePeriodSeconds = updatePeriodSeconds
        feed.unsafeURLs = unsafeURLs
        feed.rawDates = rawDates
        return feed
    }

    /// Where the document says that it, or its page, is.
    var ownURL: String? { homePage ?? links.first { $0.rel == "self" }?.href ?? links.alternate?.href }

    private var homePageURL: String? {
        let page = links.alternate
        if format == .atom10 || format == .atom03 { return page?.href ?? homePage }
        return homePage ?? page?.href
    }

    /// polling.md §4: the period divided by the frequency; daily and once where an element is there and says nothing.
    private var updatePeriodSeconds: Int? {
        guard updatePeriod != nil || updateFrequency != nil else { return nil }
        let period: Double
        switch updatePeriod?.lowercased() ?? "" {
        case "hourly": period = 3600
        case "", "daily", "dayly": period = 86_400
        case "weekly": period = 604_800
        case "monthly": period = 2_592_000
        case "yearly": period = 31_536_000
        default: return nil
        }
        guard let updateFrequency else { return Int(period) }
        guard let frequency = Double(updateFrequency), frequency > 0, frequency.isFinite else { return nil }
        let seconds = (period / frequency).rounded(.down)
        return seconds >= 1 && seconds <= 1e9 ? Int(seconds) : nil
    }
}

extension ItemDraft {
    /// Decides what stands where in an article (contract.md §3, identity.md §1).
    func article(limits: ParseLimits) -> Article {
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
        article.image = image ?? thumbnail ?? mediaImage
        article.commentsURL = commentsURL ?? links.repliesPage
        article.source = source
        article.license = license
        article.location = location
        article.links = allLinks(beside: article.url)
        article.rawTitleType = title == nil ? nil : rawTitleType
        article.rawDates = rawDates
        article.assumedUTC = assumedUTC
        article.unsafeURLs = unsafeURLs
        article.truncatedFields += truncated
        if let id = article.id, id.utf8.count > limits.idBytes { article.truncatedFields.append("id") }
        return article
    }

    /// First the alternate link, then RSS's link, then a guid that is one, then the enclosure; a feed that counts
    /// clicks says where its links lead.
    private var url: String? {
        if let originalLink { return originalLink }
        if let link = links.alternate?.href ?? link { return link }
        if let guid, guidIsPermalink, guid.isPlainWebURL { return guid }
        if let about, about.isPlainWebURL { return about }
        return attachments.first?.url
    }

    private func setBody(of article: inout Article) {
        let brief = description ?? summary ?? secondaryDescription ?? mediaDescription
        if let content {
            article.setBody(content, source: .content)
            if let brief, brief.text != content.text { article.setSummary(brief) }
        } else if let description {
            article.setBody(description, source: .description)
            if let summary, summary.text != description.text { article.setSummary(summary) }
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
        // Of several nobody knows which one is counted.
        if let originalEnclosure, attachments.count == 1 { article.attachments[0].url = originalEnclosure }
        guard let duration else { return }
        guard !attachments.isEmpty else {
            article.durationInSeconds = duration
            return
        }
        let playable = attachments.firstIndex {
            $0.mimeType?.hasPrefix("audio/") == true || $0.mimeType?.hasPrefix("video/") == true
        }
        let index = playable ?? 0
        if article.attachments[index].durationInSeconds == nil {
            article.attachments[index].durationInSeconds = duration
        }
    }

    /// Atom's links with their relations; RSS's own is among them only where another URL was preferred to it.
    private func allLinks(beside url: String?) -> [Link] {
        guard let link, link != url, !links.contains(where: { $0.href == link }) else { return links }
        return links + [Link(rel: "alternate", href: link)]
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
