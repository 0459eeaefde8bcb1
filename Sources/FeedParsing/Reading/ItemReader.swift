import FeedModel
private import Text

/// Reads what an item says of itself.
struct ItemReader: ~Copyable {
    private var draft = ItemDraft()
    private var place = PlaceReader()
    /// The URL of the media:content element that is open, if it has one.
    private var mediaURL: String?
    /// Whether no element has stood in the item: some feeds have one such item where they have no news.
    private(set) var isBlank = true

    /// Begins an item.
    ///
    /// - Parameter language: what its element says for itself.
    mutating func begin(_ attributes: XMLAttributes, language: String?, _ fields: inout FieldReader) {
        draft = ItemDraft()
        place = PlaceReader()
        isBlank = true
        fields.beginItem()
        draft.about = attributes("about", limit: fields.limits.contentBytes)
        draft.language = language
        if fields.format == .cdf {
            draft.link = fields.url(attributes("href"))
            draft.updated = fields.date(attributes("lastmod"), "date_modified")
        }
    }

    /// Decides what stands where in the article, once its end tag has come.
    mutating func article(_ fields: inout FieldReader) -> Article {
        var article = draft.article(
            limits: fields.limits, notes: fields.itemNotes, isAtom: fields.format.isAtom, base: fields.base)
        article.location = place.location
        return article
    }

    // MARK: - What other parts say of the item

    mutating func add(_ person: PersonReader, _ fields: inout FieldReader) {
        draft.people.add(person, &fields)
    }

    /// Takes the URL of an image that has ended.
    mutating func setImage(_ url: String) {
        draft.image = draft.image ?? url
    }

    /// Takes the feed that the item was first in.
    mutating func setSource(_ source: Article.Source) {
        draft.source = draft.source ?? source
    }

    // MARK: - Start tags

    mutating func start(
        _ element: Element, _ attributes: XMLAttributes, _ fields: inout FieldReader
    ) -> ElementUse {
        isBlank = false
        switch element {
        case .title, .description, .encoded, .body, .summary, .published, .updated,
            .date, .created, .secondaryTitle, .secondaryDescription, .secondarySummary, .id, .identifier, .comments,
            .commentsFeed, .language, .duration, .subject, .originalLink, .originalEnclosure, .mediaTitle,
            .mediaDescription, .point, .latitude, .longitude:
            return .field
        case .content:
            // RFC 4287 §4.1.3.2: content that is somewhere else.
            if let source = attributes("src") {
                draft.links.add("content", source, type: attributes("type"), &fields)
            }
            return .field
        case .keywords, .mediaKeywords: return draft.tags.startKeywords(attributes, &fields)
        case .place: return .part(.place)
        case .link: return startLink(attributes, &fields)
        case .inReplyTo:
            draft.links.add(
                "in-reply-to", attributes("href") ?? attributes("ref"), type: attributes("type"), &fields)
            return .ignored
        case .guid:
            // Of several the first one counts, with what it says of itself.
            if draft.guid == nil { draft.guidIsPermalink = attributes("ispermalink")?.lowercased() != "false" }
            return .field
        case .author, .creator, .contributor, .secondaryAuthor: return .part(.person)
        case .category, .mediaCategory, .podcastCategory:
            return draft.tags.startCategory(element, attributes, &fields)
        case .enclosure:
            startEnclosure(attributes, &fields)
            return .ignored
        case .source: return .part(.source)
        case .image: return .part(.image)
        case .podcastImage: return startPodcastImage(attributes, &fields)
        // What podcasts had before `<itunes:image>`.
        case .podcastLink: return attributes("rel") == "image" ? startPodcastImage(attributes, &fields) : .ignored
        case .license:
            draft.license = draft.license ?? fields.url(attributes("resource"))
            return draft.license == nil ? .field : .ignored
        case .mediaGroup, .mediaContent, .mediaThumbnail: return startMedia(element, attributes, &fields)
        case .logo:
            guard let reference = attributes("href") else { return .field }
            let url = fields.url(reference)
            draft.image = draft.image ?? url
            return .ignored
        case .anchor:
            if fields.format == .cdf, let reference = attributes("href") {
                draft.link = draft.link ?? fields.url(reference)
            }
            return .ignored
        default: return draft.podcast.start(element, attributes, &fields)
        }
    }

    /// An element inside one of a podcast's.
    mutating func startPodcastPart(
        _ element: Element, _ attributes: XMLAttributes, _ fields: inout FieldReader
    ) -> ElementUse {
        draft.podcast.startPart(element, attributes, &fields)
    }

    mutating func finishPodcastPart(_ fields: inout FieldReader) {
        draft.podcast.finishContainer(&fields)
    }

    /// iTunes has the image's URL in an attribute; some write it as text.
    private mutating func startPodcastImage(_ attributes: XMLAttributes, _ fields: inout FieldReader) -> ElementUse {
        guard let reference = attributes("href") ?? attributes("url") else { return .field }
        draft.image = draft.image ?? fields.url(reference)
        return .ignored
    }

    private mutating func startEnclosure(_ attributes: XMLAttributes, _ fields: inout FieldReader) {
        guard let reference = attributes("url") ?? attributes("href") ?? attributes("resource"),
            let url = fields.url(reference)
        else { return }
        draft.attachments.add(
            url, type: attributes("type"), size: attributes("length"), title: attributes("title"), &fields)
    }

    // MARK: - Links

    private mutating func startLink(_ attributes: XMLAttributes, _ fields: inout FieldReader) -> ElementUse {
        guard let reference = attributes("href") ?? attributes("resource") else { return draft.links.begin(attributes) }
        // Enclosures have a limit of their own, which is the same.
        guard draft.links.hasRoom(&fields) else { return .ignored }
        if let found = fields.link(reference, rel: attributes("rel"), type: attributes("type")) {
            add(found, length: attributes("length"), title: attributes("title"), &fields)
        }
        return .ignored
    }

    private mutating func finishLink(_ fields: inout FieldReader) {
        guard let text = fields.text else { return }
        if let rel = draft.links.openRelation {
            if let found = fields.link(text, rel: rel, type: draft.links.openType) {
                add(found, length: nil, title: nil, &fields)
            }
        } else {
            draft.link = draft.link ?? fields.url(text)
        }
    }

    private mutating func add(_ link: Link, length: String?, title: String?, _ fields: inout FieldReader) {
        switch link.rel {
        case "enclosure": draft.attachments.add(link.href, type: link.type, size: length, title: title, &fields)
        case "license": draft.license = draft.license ?? link.href
        default: break
        }
        if draft.links.hasRoom(&fields) { draft.links.append(link) }
    }

    // MARK: - Media RSS

    /// An element of Media RSS in the item, or in a group or a content element there.
    mutating func startMedia(
        _ element: Element, _ attributes: XMLAttributes, _ fields: inout FieldReader
    ) -> ElementUse {
        switch element {
        case .mediaGroup: return .part(.media)
        case .mediaContent:
            addMediaContent(attributes, &fields)
            return .part(.media)
        case .mediaThumbnail:
            draft.thumbnail = draft.thumbnail ?? fields.url(attributes("url"))
            return .ignored
        case .mediaTitle, .mediaDescription, .mediaKeywords: return .field
        case .mediaCategory: return draft.tags.startCategory(element, attributes, &fields)
        default: return .ignored
        }
    }

    private mutating func addMediaContent(_ attributes: XMLAttributes, _ fields: inout FieldReader) {
        mediaURL = nil
        guard let url = fields.url(attributes("url")) else { return }
        if attributes.isMediaImage { draft.mediaImage = draft.mediaImage ?? url }
        draft.attachments.add(
            url, type: attributes("type"), medium: attributes("medium"), size: attributes("filesize"),
            duration: attributes("duration").flatMap(Duration.seconds(clock:)), &fields)
        mediaURL = url
    }

    /// A title behind a file, in the group of several, is not that file's.
    mutating func endMedia() { mediaURL = nil }

    /// A title inside media:content is the file's, elsewhere it is all that an item without a title has.
    private mutating func finishMediaTitle(in part: DocumentPart, _ fields: inout FieldReader) {
        guard let title = fields.title() else { return }
        if part == .media, let mediaURL { draft.attachments.setTitle(title, of: mediaURL) }
        draft.mediaTitle = draft.mediaTitle ?? title
    }

    // MARK: - Ends of fields

    /// Takes the text of a field that has ended.
    ///
    /// - Parameter part: the part of the document that the field stands in.
    mutating func finish(_ element: Element, in part: DocumentPart, _ fields: inout FieldReader) {
        switch element {
        case .title: finishTitle(&fields)
        case .secondaryTitle: draft.secondaryTitle = draft.secondaryTitle ?? fields.title()
        case .mediaTitle: finishMediaTitle(in: part, &fields)
        case .link: finishLink(&fields)
        case .originalLink: draft.originalLink = draft.originalLink ?? fields.url
        case .originalEnclosure: draft.originalEnclosure = draft.originalEnclosure ?? fields.url
        case .point, .latitude, .longitude: place.finish(element, &fields)
        case .guid: draft.guid = draft.guid ?? fields.text
        case .id: draft.id = draft.id ?? fields.text
        case .identifier: draft.identifier = draft.identifier ?? fields.text
        // content:encoded and Atom's content in one item mean the same; the longer form is the body.
        case .content, .encoded, .body: draft.content = Self.longer(draft.content, fields.html())
        case .description: draft.description = draft.description ?? fields.html()
        case .summary: draft.summary = draft.summary ?? fields.html()
        case .secondaryDescription, .secondarySummary:
            draft.secondaryDescription = Self.longer(draft.secondaryDescription, fields.html())
        case .mediaDescription: draft.mediaDescription = draft.mediaDescription ?? fields.html()
        case .published: draft.published = fields.date("date_published") ?? draft.published
        case .updated: draft.updated = fields.date("date_modified") ?? draft.updated
        case .date: draft.date = draft.date ?? fields.date("date_published")
        case .created: draft.created = fields.date("date_published") ?? draft.created
        case .commentsFeed: draft.links.add("replies", fields.text, type: "application/rss+xml", &fields)
        case .comments: draft.commentsURL = draft.commentsURL ?? fields.url
        case .language:
            if let text = fields.text {
                draft.language = text.cut(toBytes: 64)
                fields.itemLanguage = draft.language
            }
        case .license: draft.license = fields.url
        case .duration: draft.duration = draft.duration ?? fields.text.flatMap(Duration.seconds(clock:))
        case .subject, .category, .mediaCategory: draft.tags.finishCategory(&fields)
        case .keywords, .mediaKeywords: draft.tags.finishKeywords(&fields)
        case .logo, .podcastImage, .podcastLink: draft.image = draft.image ?? fields.url
        default: draft.podcast.finish(&fields)
        }
    }

    private mutating func finishTitle(_ fields: inout FieldReader) {
        guard draft.title == nil, let title = fields.title() else { return }
        draft.title = title
        switch fields.capture.mode {
        case .inlineHTML: draft.rawTitleType = "xhtml"
        case .escapedHTML: draft.rawTitleType = "html"
        case .text, .base64: break
        }
    }

    private static func longer(_ known: TextValue?, _ new: TextValue?) -> TextValue? {
        guard let known, let new else { return known ?? new }
        return new.text.utf8.count > known.text.utf8.count ? new : known
    }
}

extension Duration {
    /// Seconds of `SS`, `MM:SS` or `HH:MM:SS`, with or without a fraction; nil for what is none.
    static func seconds(clock text: String) -> Double? {
        var total = 0.0
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count <= 3 else { return nil }
        for part in parts {
            let part = String(part).whitespaceCollapsed
            guard !part.isEmpty, part.utf8.allSatisfy({ $0.isASCIIDigit || $0 == 0x2e }),
                let value = Double(part)
            else { return nil }
            total = total * 60 + value
        }
        return total > 0 && total < 1e9 ? total : nil
    }
}
