import FeedModel

/// Elements that only RSS has.
extension FeedReader {
    mutating func startEnclosure(_ attributes: XMLAttributes) {
        skip()
        guard let reference = attributes("url") ?? attributes("href") ?? attributes("resource") else { return }
        guard let url = url(reference) else { return }
        addAttachment(
            Attachment(
                url: url, mimeType: attributes("type").flatMap(Self.mimeType), title: attributes("title"),
                sizeInBytes: attributes("length").flatMap(Self.size)))
    }

    static func mimeType(_ text: String) -> String? {
        text.isEmpty ? nil : text.cut(toBytes: 256)
    }

    /// Adds an attachment, or what it says of one that is already there.
    mutating func addAttachment(_ attachment: Attachment) {
        var attachment = attachment
        if attachment.title?.isEmpty == true { attachment.title = nil }
        if let index = item.attachments.firstIndex(where: { $0.url == attachment.url }) {
            let known = item.attachments[index]
            item.attachments[index].mimeType = known.mimeType ?? attachment.mimeType
            item.attachments[index].title = known.title ?? attachment.title
            item.attachments[index].sizeInBytes = known.sizeInBytes ?? attachment.sizeInBytes
            item.attachments[index].durationInSeconds = known.durationInSeconds ?? attachment.durationInSeconds
        } else if item.attachments.count < limits.enclosures {
            item.attachments.append(attachment)
        } else {
            noteCut("attachments")
        }
    }

    // MARK: - Source

    mutating func startSource(_ attributes: XMLAttributes) {
        source = SourceDraft()
        source.source.url = url(attributes("url") ?? attributes("href"))
        enter(.source)
        capture.begin(.source, depth: depth, limit: limits.fieldBytes)
    }

    mutating func startInSource(_ element: Element, _ attributes: XMLAttributes) {
        source.isStructured = true
        switch element {
        case .title: beginField(element, attributes)
        case .link:
            guard let reference = attributes("href") else { return beginField(element, attributes) }
            let rel = attributes("rel") ?? "alternate"
            if rel == "alternate" || source.source.url == nil { source.source.url = url(reference) }
            skip()
        default: skip()
        }
    }

    mutating func finishSourceField(_ element: Element) {
        switch element {
        case .source where source.isStructured: break
        case .link: source.source.url = source.source.url ?? url(capturedText)
        default:
            if let value = capturedValue(capturedKind) {
                let title = value.plain.cut(toBytes: limits.titleBytes)
                if !title.isEmpty { source.source.title = source.source.title ?? title }
            }
        }
    }

    mutating func finishSource() {
        guard source.source.title != nil || source.source.url != nil else { return }
        item.source = item.source ?? source.source
    }

    // MARK: - Image

    mutating func startImage(_ attributes: XMLAttributes) {
        image = ImageDraft()
        if let reference = attributes("href") ?? attributes("url") { image.url = url(reference) }
        enter(.image)
        capture.begin(.image, depth: depth, limit: limits.fieldBytes)
    }

    mutating func startInImage(_ element: Element) {
        guard element == .url else { return skip() }
        capture.begin(.url, depth: depth, limit: limits.fieldBytes)
    }

    mutating func finishImageField(_ element: Element) {
        // An image without a URL has other elements inside, which came out as markup.
        guard element == .url || !capture.holdsMarkup else { return }
        image.url = image.url ?? url(capturedText)
    }

    mutating func finishImage() {
        guard let url = image.url else { return }
        if outerScope == .item { item.image = item.image ?? url } else { feed.image = feed.image ?? url }
    }

    /// Atom's and CDF's logo.
    mutating func startLogo(_ attributes: XMLAttributes) {
        guard let reference = attributes("href") else { return beginField(.logo, attributes) }
        let url = url(reference)
        if scope == .item {
            item.image = item.image ?? url
        } else if attributes("style")?.lowercased() == "icon" {
            feed.icon = feed.icon ?? url
        } else {
            feed.logo = feed.logo ?? url
        }
        skip()
    }

    // MARK: - When to poll

    mutating func startInSkipList(_ element: Element) {
        guard element == .hour || element == .day else { return skip() }
        capture.begin(element, depth: depth, limit: 64)
    }

    mutating func finishSkipEntry(_ element: Element) {
        guard let text = capturedText else { return }
        if element == .hour, scope == .skipHours {
            guard let hour = Int(text), hour >= 0, hour <= 24 else { return }
            if !feed.hints.skipHours.contains(hour % 24) { feed.hints.skipHours.append(hour % 24) }
        } else if element == .day, scope == .skipDays {
            let days = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
            guard let day = days.first(where: { $0.lowercased() == text.lowercased() }) else { return }
            if !feed.hints.skipDays.contains(day) { feed.hints.skipDays.append(day) }
        }
    }

    /// rssCloud: where to ask to be told of changes.
    mutating func startCloud(_ attributes: XMLAttributes) {
        guard let domain = attributes("domain"), !domain.isEmpty, feed.hubs.count < limits.listEntries else { return }
        let port = attributes("port") ?? "80"
        var path = attributes("path") ?? "/"
        if !path.hasPrefix("/") { path = "/" + path }
        let scheme = port == "443" ? "https" : "http"
        let authority = port == "80" || port == "443" ? domain : domain + ":" + port
        let url = "\(scheme)://\(authority)\(path)"
        if url.isPlainWebURL, url.utf8.count <= limits.urlBytes {
            feed.hubs.append(Feed.Hub(type: "rssCloud", url: url))
        }
    }
}

/// Microsoft's Channel Definition Format: what others have as elements stands in attributes.
extension FeedReader {
    mutating func startCDFChannel(_ attributes: XMLAttributes) {
        if let base = attributes("base") { bases.push(base, depth: depth) }
        feed.homePage = url(attributes("href"))
        feed.updated = date(attributes("lastmod"), "updated")
    }

    mutating func startCDFItem(_ attributes: XMLAttributes) {
        item.link = url(attributes("href"))
        item.updated = date(attributes("lastmod"), "date_modified")
    }

    /// `<A HREF="…">` names the page of what it stands in.
    mutating func startAnchor(_ attributes: XMLAttributes) {
        skip()
        guard feed.format == .cdf, let reference = attributes("href") else { return }
        if scope == .item {
            item.link = item.link ?? url(reference)
        } else {
            feed.homePage = feed.homePage ?? url(reference)
        }
    }
}
