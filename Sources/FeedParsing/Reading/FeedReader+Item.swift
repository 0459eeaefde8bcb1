import FeedModel

/// What an item says of itself.
extension FeedReader {
    mutating func startItem(_ attributes: XMLAttributes) {
        item = ItemDraft()
        enter(.item)
        item.about = attributes("about", limit: limits.contentBytes)
        item.language = languages.own(depth: depth)
        if feed.format == .cdf { startCDFItem(attributes) }
    }

    mutating func startInItem(_ element: Element, _ attributes: XMLAttributes) {
        switch element {
        case .title, .description, .content, .encoded, .body, .summary, .published, .updated,
            .date, .created, .secondaryTitle, .secondaryDescription, .secondarySummary, .id, .identifier, .comments,
            .language, .duration, .subject, .originalLink, .originalEnclosure, .mediaTitle, .mediaDescription,
            .point, .latitude, .longitude:
            beginField(element, attributes)
        case .keywords, .mediaKeywords: startKeywords(element, attributes)
        case .place: enter(.place)
        case .link: startItemLink(attributes)
        case .commentsFeed: beginField(element, attributes)
        case .inReplyTo:
            addLink("in-reply-to", attributes("href") ?? attributes("ref"), type: attributes("type"))
            skip()
        case .guid:
            if attributes("ispermalink")?.lowercased() == "false" { item.guidIsPermalink = false }
            beginField(element, attributes)
        case .author, .creator, .contributor, .secondaryAuthor: startPerson(element, attributes)
        case .category, .mediaCategory, .podcastCategory: startCategory(element, attributes)
        case .enclosure: startEnclosure(attributes)
        case .source: startSource(attributes)
        case .image: startImage(attributes)
        case .podcastImage: startPodcastImage(attributes)
        case .podcastLink: startPodcastLink(attributes)
        case .license:
            item.license = item.license ?? url(attributes("resource"))
            if item.license == nil { beginField(element, attributes) } else { skip() }
        case .mediaGroup, .mediaContent, .mediaThumbnail: startMedia(element, attributes)
        case .logo: startLogo(attributes)
        case .anchor: startAnchor(attributes)
        default: skip()
        }
    }

    mutating func finishItemField(_ element: Element) {
        switch element {
        case .title: finishItemTitle()
        case .secondaryTitle: item.secondaryTitle = item.secondaryTitle ?? capturedTitle()
        case .mediaTitle: finishMediaTitle()
        case .link: finishItemLink()
        case .originalLink: item.originalLink = item.originalLink ?? url(capturedText)
        case .originalEnclosure: item.originalEnclosure = item.originalEnclosure ?? url(capturedText)
        case .point, .latitude, .longitude: finishPlace(element)
        case .guid: item.guid = item.guid ?? capturedText
        case .id: item.id = item.id ?? capturedText
        case .identifier: item.identifier = item.identifier ?? capturedText
        // content:encoded and Atom's content in one item mean the same; the longer form is the body.
        case .content, .encoded, .body: item.content = Self.longer(item.content, capturedHTML())
        case .description: item.description = item.description ?? capturedHTML()
        case .summary: item.summary = item.summary ?? capturedHTML()
        case .secondaryDescription, .secondarySummary:
            item.secondaryDescription = Self.longer(item.secondaryDescription, capturedHTML())
        case .mediaDescription: item.mediaDescription = item.mediaDescription ?? capturedHTML()
        case .published:
            item.published = capturedDate("date_published") ?? item.published
        case .updated: item.updated = capturedDate("date_modified") ?? item.updated
        case .date: item.date = item.date ?? capturedDate("date_published")
        case .created: item.created = capturedDate("date_published") ?? item.created
        case .commentsFeed: addLink("replies", capturedText, type: "application/rss+xml")
        case .comments: item.commentsURL = item.commentsURL ?? url(capturedText)
        case .language: if let text = capturedText { item.language = text.cut(toBytes: 64) }
        case .license: item.license = url(capturedText)
        case .duration: item.duration = item.duration ?? capturedText.flatMap(Duration.seconds(clock:))
        case .subject, .category, .mediaCategory: addTag(capturedTitle("tags"))
        case .keywords, .mediaKeywords: addKeywords()
        case .logo: item.image = item.image ?? url(capturedText)
        case .podcastImage: item.image = item.image ?? url(capturedText)
        default: break
        }
    }

    private mutating func finishItemTitle() {
        guard item.title == nil, let title = capturedTitle() else { return }
        item.title = title
        switch capture.mode {
        case .inlineHTML: item.rawTitleType = "xhtml"
        case .escapedHTML: item.rawTitleType = "html"
        case .text, .base64: break
        }
    }

    private static func longer(_ known: TextValue?, _ new: TextValue?) -> TextValue? {
        guard let known, let new else { return known ?? new }
        return new.text.utf8.count > known.text.utf8.count ? new : known
    }

    /// The item's end tag has come.
    mutating func finishItem() {
        guard articles.count < limits.items else {
            dropped += 1
            notes.surplusItems += 1
            return
        }
        var article = item.article(limits: limits)
        if !article.isIdentifiable { notes.emptyItems += 1 }
        article.isIncomplete = endsEarly
        notes.truncatedFields += article.truncatedFields.contains("id") ? 1 : 0
        articles.append(consume article)
    }
}
