import FeedModel

/// Media RSS, and what podcasts add.
extension FeedReader {
    /// An element of Media RSS in an item, a group or a content element.
    mutating func startMedia(_ element: Element, _ attributes: XMLAttributes) {
        switch element {
        case .mediaGroup: enter(.media)
        case .mediaContent:
            addMediaContent(attributes)
            enter(.media)
        case .mediaThumbnail:
            if isInItem {
                item.thumbnail = item.thumbnail ?? url(attributes("url"))
            } else {
                feed.image = feed.image ?? url(attributes("url"))
            }
            skip()
        case .mediaTitle, .mediaDescription, .mediaKeywords:
            if isInItem { beginField(element, attributes) } else { skip() }
        case .mediaCategory: startCategory(element, attributes)
        default: skip()
        }
    }

    private mutating func addMediaContent(_ attributes: XMLAttributes) {
        media = MediaDraft()
        guard let url = url(attributes("url")) else { return }
        let isImage = attributes("medium") == "image" || attributes("type")?.hasPrefix("image/") == true
        guard isInItem else {
            if isImage { feed.image = feed.image ?? url }
            return
        }
        if isImage { item.mediaImage = item.mediaImage ?? url }
        let duration = attributes("duration").flatMap(Duration.seconds(clock:))
        addAttachment(
            Attachment(
                url: url, mimeType: attributes("type").flatMap(Self.mimeType),
                sizeInBytes: attributes("filesize").flatMap(Self.size), durationInSeconds: duration))
        media.url = url
    }

    /// A title inside media:content is the file's, elsewhere it is all that an item without a title has.
    mutating func finishMediaTitle() {
        guard let title = capturedTitle() else { return }
        if scope == .media, let url = media.url,
            let index = item.attachments.firstIndex(where: { $0.url == url }), item.attachments[index].title == nil
        {
            item.attachments[index].title = title
        }
        item.mediaTitle = item.mediaTitle ?? title
    }

    /// What podcasts had before `<itunes:image>`.
    mutating func startPodcastLink(_ attributes: XMLAttributes) {
        if attributes("rel") == "image" { startPodcastImage(attributes) } else { skip() }
    }

    /// iTunes has the image's URL in an attribute; some write it as text.
    mutating func startPodcastImage(_ attributes: XMLAttributes) {
        guard let reference = attributes("href") ?? attributes("url") else {
            return beginField(.podcastImage, attributes)
        }
        skip()
        if scope == .item {
            item.image = item.image ?? url(reference)
        } else {
            feed.podcastImage = feed.podcastImage ?? url(reference)
        }
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
            guard !part.isEmpty, part.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 || $0 == 0x2e }),
                let value = Double(part)
            else { return nil }
            total = total * 60 + value
        }
        return total > 0 && total < 1e9 ? total : nil
    }
}

/// Where on Earth an item is: a point of GeoRSS, in any of its forms, or two numbers of the older vocabularies.
extension FeedReader {
    mutating func startInPlace(_ element: Element, _ attributes: XMLAttributes) {
        switch element {
        case .point, .latitude, .longitude: beginField(element, attributes)
        case .place: enter(.place)
        default: skip()
        }
    }

    mutating func finishPlace(_ element: Element) {
        guard let text = capturedText else { return }
        switch element {
        case .latitude: item.latitude = item.latitude ?? Double(text)
        case .longitude: item.longitude = item.longitude ?? Double(text)
        default:
            let numbers = text.split { $0 == " " || $0 == "," || $0.isNewline || $0 == "\t" }.map(String.init)
            guard numbers.count >= 2 else { return }
            note(latitude: Double(numbers[0]), longitude: Double(numbers[1]))
            return
        }
        note(latitude: item.latitude, longitude: item.longitude)
    }

    private mutating func note(latitude: Double?, longitude: Double?) {
        guard item.location == nil, let latitude, let longitude, abs(latitude) <= 90, abs(longitude) <= 180 else {
            return
        }
        item.location = Article.Location(latitude: latitude, longitude: longitude)
    }
}
