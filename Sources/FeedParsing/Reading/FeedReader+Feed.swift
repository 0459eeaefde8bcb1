import FeedModel

/// What a feed says of itself.
extension FeedReader {
    mutating func startInFeed(_ element: Element, _ attributes: XMLAttributes) {
        switch element {
        case .item: startItem(attributes)
        case .link: startFeedLink(attributes)
        case .title, .secondaryTitle, .description, .subtitle, .summary, .secondaryDescription, .secondarySummary,
            .rights, .id, .guid, .published, .updated, .date, .created, .language, .ttl, .icon,
            .subject, .updatePeriod, .updateFrequency:
            beginField(element, attributes)
        case .keywords, .mediaKeywords: startKeywords(element, attributes)
        case .generator: startGenerator(attributes)
        case .generatorAgent:
            feed.generatorAgent = feed.generatorAgent ?? attributes("resource")
            skip()
        case .author, .creator, .contributor, .owner, .secondaryAuthor: startPerson(element, attributes)
        case .category, .mediaCategory, .podcastCategory: startCategory(element, attributes)
        case .license:
            guard let reference = attributes("resource") else { return beginField(element, attributes) }
            addLink("license", reference, type: nil)
            skip()
        case .image: startImage(attributes)
        case .logo: startLogo(attributes)
        case .podcastImage: startPodcastImage(attributes)
        case .podcastLink: startPodcastLink(attributes)
        case .mediaContent, .mediaGroup: startMedia(element, attributes)
        case .mediaThumbnail:
            feed.image = feed.image ?? url(attributes("url"))
            skip()
        case .cloud:
            startCloud(attributes)
            skip()
        case .skipHours: enter(.skipHours)
        case .skipDays: enter(.skipDays)
        case .channel, .items: enter(.group)
        case .anchor: startAnchor(attributes)
        default: skip()
        }
    }

    /// A part of a feed with a name of its own: of it only the items count.
    mutating func startInGroup(_ element: Element, _ attributes: XMLAttributes) {
        switch element {
        case .item: startItem(attributes)
        case .channel: enter(.group)
        default: skip()
        }
    }

    private mutating func startGenerator(_ attributes: XMLAttributes) {
        feed.generatorVersion = attributes("version")
        beginField(.generator, attributes)
    }

    mutating func finishFeedField(_ element: Element) {
        switch element {
        case .title: feed.title = feed.title ?? capturedTitle()
        case .secondaryTitle: feed.secondaryTitle = feed.secondaryTitle ?? capturedTitle()
        case .link: finishFeedLink()
        case .description, .subtitle, .summary: feed.description = feed.description ?? capturedHTML()
        case .secondaryDescription, .secondarySummary:
            feed.secondaryDescription = feed.secondaryDescription ?? capturedHTML()
        case .rights: feed.rights = feed.rights ?? capturedHTML()?.text
        case .id, .guid: feed.id = feed.id ?? capturedText
        case .updated: feed.updated = feed.updated ?? capturedDate("updated")
        case .published: feed.published = feed.published ?? capturedDate("published")
        case .date, .created: feed.date = feed.date ?? capturedDate("updated")
        case .language: if let text = capturedText { feed.language = text.cut(toBytes: 64) }
        case .ttl: feed.hints.ttlSeconds = feed.hints.ttlSeconds ?? Self.minutes(capturedText)
        case .icon: feed.icon = feed.icon ?? url(capturedText)
        case .logo: feed.logo = feed.logo ?? url(capturedText)
        case .podcastImage: feed.podcastImage = feed.podcastImage ?? url(capturedText)
        case .generator: finishGenerator()
        case .license: addLink("license", capturedText, type: nil)
        case .subject, .category, .mediaCategory: addTag(capturedTitle("tags"))
        case .keywords, .mediaKeywords: addKeywords()
        case .updatePeriod: feed.updatePeriod = feed.updatePeriod ?? capturedText ?? ""
        case .updateFrequency: feed.updateFrequency = feed.updateFrequency ?? capturedText
        default: break
        }
    }

    private mutating func finishGenerator() {
        guard feed.generator == nil, var name = capturedTitle() else { return }
        if let version = feed.generatorVersion, !version.isEmpty, !name.contains(version) { name += " v" + version }
        feed.generator = name
    }

    // MARK: - Values

    /// A captured title: one line of plain text, within its limit.
    ///
    /// - Parameter field: what the JSON calls it.
    mutating func capturedTitle(_ field: String = "title") -> String? {
        guard let value = capturedValue(capturedKind) else { return nil }
        let plain = value.plain
        if plain.isEmpty { return nil }
        if value.isCut, plain.utf8.count <= limits.titleBytes { noteCut(field) }
        return cut(plain, field)
    }

    /// A short text within its limit.
    mutating func cut(_ text: String, _ field: String) -> String {
        guard text.utf8.count > limits.titleBytes else { return text }
        noteCut(field)
        return text.cut(toBytes: limits.titleBytes)
    }

    /// Notes that a field was cut, or has more entries than are kept.
    mutating func noteCut(_ field: String) {
        guard isInItem else {
            notes.truncatedFields += 1
            return
        }
        guard !item.truncated.contains(field) else { return }
        notes.truncatedFields += 1
        item.truncated.append(field)
    }

    /// An attribute that is too long to be read is left out whole, because half a URL is another URL.
    mutating func noteOversizedAttribute(of element: Element) {
        switch element {
        case .enclosure, .mediaContent, .mediaThumbnail: noteCut("attachments")
        case .category, .mediaCategory, .podcastCategory, .keywords, .mediaKeywords: noteCut("tags")
        case .author, .creator, .contributor, .secondaryAuthor: noteCut("authors")
        case .image, .logo, .podcastImage: noteCut("image")
        // An item's `about` is its id, and may be as long as any; of what nobody knows nothing is lost.
        case .item, .unknown: break
        default: noteCut("links")
        }
    }

    /// A captured text with its URLs made absolute.
    mutating func capturedHTML() -> TextValue? {
        guard let value = capturedValue(capturedKind) else { return nil }
        capture.dropLongText()
        if value.isCut { notes.truncatedFields += 1 }
        return absolutized(value)
    }

    /// Adds a category to the item, or to the feed.
    mutating func addTag(_ tag: String?) {
        guard let tag, !tag.isEmpty else { return }
        let entry = cut(tag, "tags")
        let isKept =
            isInItem
            ? item.tags.add(entry, limit: limits.categories) : feed.tags.add(entry, limit: limits.categories)
        if !isKept { noteCut("tags") }
    }

    /// Adds the categories of a list with commas.
    mutating func addKeywords() {
        if let text = capturedText { addKeywords(text) }
    }

    private mutating func addKeywords(_ text: String) {
        for keyword in text.split(separator: ",", maxSplits: 4 * limits.categories) {
            addTag(TextValue(text: String(keyword), kind: .unknown).plain)
        }
    }

    /// Minutes as seconds; nil for what is none or means nothing.
    private static func minutes(_ text: String?) -> Int? {
        guard let text, let minutes = Int(text.whitespaceCollapsed), minutes > 0 else { return nil }
        return min(minutes, 10_000_000) * 60
    }

    /// Keywords as text, or in an attribute as categories have them.
    mutating func startKeywords(_ element: Element, _ attributes: XMLAttributes) {
        guard let text = attributes("text") else { return beginField(element, attributes) }
        addKeywords(text)
        skip()
    }

    /// A category with its term in an attribute or as its text.
    mutating func startCategory(_ element: Element, _ attributes: XMLAttributes) {
        guard let term = attributes("term") ?? attributes("text") ?? attributes("label") else {
            if element == .podcastCategory { return skip() }
            return beginField(element, attributes)
        }
        let tag = TextValue(text: term, kind: .unknown).plain
        addTag(tag)
        // A podcast's category has the finer ones inside.
        if element != .podcastCategory { skip() }
    }
}
