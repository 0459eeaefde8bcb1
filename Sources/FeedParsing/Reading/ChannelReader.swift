import FeedModel

/// Reads what a feed says of itself, outside its items.
struct ChannelReader: ~Copyable {
    private var draft = FeedDraft()
    private var hints = PollingHintsReader()

    /// Whether a title has been read.
    var hasTitle: Bool { mutating get { draft.title != nil } }

    /// Decides what stands where in the feed. Articles, encoding and warnings are the caller's.
    mutating func feed(format: Feed.Format, notes: PartNotes) -> Feed {
        var feed = draft.feed(format: format)
        feed.hints = hints.hints
        feed.unsafeURLs = notes.unsafeURLs
        feed.rawDates = notes.rawDates
        return feed
    }

    /// The feed's own page, as far as it has been read.
    func homePageURL(_ format: Feed.Format) -> String? { draft.homePageURL(format) }

    // MARK: - What other elements say of the feed

    mutating func setLanguage(_ language: String?) {
        draft.language = language
    }

    /// Takes the `rdf:about` of the channel; the first one counts.
    mutating func setAbout(_ attributes: XMLAttributes) {
        draft.about = draft.about ?? attributes("about")
    }

    /// Takes what Microsoft's Channel Definition Format has in the attributes of the channel.
    mutating func startCDF(_ attributes: XMLAttributes, depth: Int, _ fields: inout FieldReader) {
        if let base = attributes("base") { fields.pushBase(base, depth: depth) }
        setHomePage(fields.url(attributes("href")), &fields)
        draft.updated = fields.date(attributes("lastmod"), "updated")
    }

    mutating func add(_ person: PersonReader, _ fields: inout FieldReader) {
        draft.people.add(person, &fields)
    }

    /// Takes the URL of an image that has ended.
    mutating func setImage(_ url: String) {
        draft.image = draft.image ?? url
    }

    // MARK: - Start tags

    mutating func start(
        _ element: Element, _ attributes: XMLAttributes, _ fields: inout FieldReader
    ) -> ElementUse {
        switch element {
        case .item: return .part(.item)
        case .link: return startLink(attributes, &fields)
        case .title, .secondaryTitle, .description, .subtitle, .summary, .secondaryDescription, .secondarySummary,
            .rights, .id, .guid, .published, .updated, .date, .created, .language, .ttl, .icon,
            .subject, .updatePeriod, .updateFrequency:
            return .field
        case .keywords, .mediaKeywords: return draft.tags.startKeywords(attributes, &fields)
        case .generator:
            draft.generatorVersion = attributes("version")
            return .field
        case .generatorAgent:
            draft.generatorAgent = draft.generatorAgent ?? attributes("resource")
            return .ignored
        case .author, .creator, .contributor, .owner, .secondaryAuthor: return .part(.person)
        case .category, .mediaCategory, .podcastCategory:
            return draft.tags.startCategory(element, attributes, &fields)
        case .license:
            guard let reference = attributes("resource") else { return .field }
            draft.links.add("license", reference, type: nil, &fields)
            return .ignored
        case .image: return .part(.image)
        case .logo: return startLogo(attributes, &fields)
        case .podcastImage: return startPodcastImage(attributes, &fields)
        // What podcasts had before `<itunes:image>`.
        case .podcastLink: return attributes("rel") == "image" ? startPodcastImage(attributes, &fields) : .ignored
        case .mediaContent, .mediaGroup, .mediaThumbnail: return startMedia(element, attributes, &fields)
        case .cloud:
            startCloud(attributes, fields.limits)
            return .ignored
        case .skipHours: return .part(.skipHours)
        case .skipDays: return .part(.skipDays)
        case .channel, .items: return .part(.group)
        case .anchor:
            if fields.format == .cdf, let reference = attributes("href"), draft.homePage == nil {
                setHomePage(fields.url(reference), &fields)
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

    /// An element of Media RSS beside the items, or in a group or a content element there.
    mutating func startMedia(
        _ element: Element, _ attributes: XMLAttributes, _ fields: inout FieldReader
    ) -> ElementUse {
        switch element {
        case .mediaGroup: return .part(.media)
        case .mediaContent:
            if let url = fields.url(attributes("url")), attributes.isMediaImage { setImage(url) }
            return .part(.media)
        case .mediaThumbnail:
            draft.image = draft.image ?? fields.url(attributes("url"))
            return .ignored
        case .mediaCategory: return draft.tags.startCategory(element, attributes, &fields)
        default: return .ignored
        }
    }

    /// Atom's and CDF's logo.
    private mutating func startLogo(_ attributes: XMLAttributes, _ fields: inout FieldReader) -> ElementUse {
        guard let reference = attributes("href") else { return .field }
        let url = fields.url(reference)
        if attributes("style")?.lowercased() == "icon" {
            draft.icon = draft.icon ?? url
        } else {
            draft.logo = draft.logo ?? url
        }
        return .ignored
    }

    /// iTunes has the image's URL in an attribute; some write it as text.
    private mutating func startPodcastImage(_ attributes: XMLAttributes, _ fields: inout FieldReader) -> ElementUse {
        guard let reference = attributes("href") ?? attributes("url") else { return .field }
        draft.podcastImage = draft.podcastImage ?? fields.url(reference)
        return .ignored
    }

    /// rssCloud: where to ask to be told of changes.
    private mutating func startCloud(_ attributes: XMLAttributes, _ limits: ParseLimits) {
        guard let domain = attributes("domain"), !domain.isEmpty, draft.hubs.count < limits.listEntries else { return }
        let port = attributes("port") ?? "80"
        var path = attributes("path") ?? "/"
        if !path.hasPrefix("/") { path = "/" + path }
        let scheme = port == "443" ? "https" : "http"
        let authority = port == "80" || port == "443" ? domain : domain + ":" + port
        let url = "\(scheme)://\(authority)\(path)"
        if url.isPlainWebURL, url.utf8.count <= limits.urlBytes {
            draft.hubs.append(Feed.Hub(type: "rssCloud", url: url))
        }
    }

    // MARK: - Links

    private mutating func setHomePage(_ url: String?, _ fields: inout FieldReader) {
        draft.homePage = url
        fields.ownURL = draft.ownURL
    }

    private mutating func startLink(_ attributes: XMLAttributes, _ fields: inout FieldReader) -> ElementUse {
        guard let reference = attributes("href") ?? attributes("resource") else { return draft.links.begin(attributes) }
        let rel = attributes("rel")
        if let found = fields.link(reference, rel: rel, type: attributes("type")) {
            add(found, saysRel: rel != nil, &fields)
        }
        return .ignored
    }

    private mutating func finishLink(_ fields: inout FieldReader) {
        guard let text = fields.text else { return }
        if let rel = draft.links.openRelation {
            if let found = fields.link(text, rel: rel, type: draft.links.openType) {
                add(found, saysRel: true, &fields)
            }
        } else if let page = fields.url(text) {
            // RSS has one; of several the last counts, as in other readers.
            setHomePage(page, &fields)
        }
    }

    private mutating func add(_ link: Link, saysRel: Bool, _ fields: inout FieldReader) {
        guard draft.links.hasRoom(&fields) else { return }
        if link.rel == "hub" { draft.hubs.append(Feed.Hub(type: "WebSub", url: link.href)) }
        if !saysRel, draft.homePage != nil { draft.homePage = link.href }
        draft.links.append(link)
        fields.ownURL = draft.ownURL
    }

    // MARK: - Ends of fields

    /// Takes the text of a field that has ended.
    ///
    /// - Parameter part: the part of the document that the field stands in.
    mutating func finish(_ element: Element, in part: DocumentPart, _ fields: inout FieldReader) {
        switch element {
        case .title: draft.title = draft.title ?? fields.title()
        case .secondaryTitle: draft.secondaryTitle = draft.secondaryTitle ?? fields.title()
        case .link: finishLink(&fields)
        case .description, .subtitle, .summary: draft.description = draft.description ?? fields.html()
        case .secondaryDescription, .secondarySummary:
            draft.secondaryDescription = draft.secondaryDescription ?? fields.html()
        case .rights: draft.rights = draft.rights ?? fields.html()?.text
        case .id, .guid: draft.id = draft.id ?? fields.text
        case .updated: draft.updated = draft.updated ?? fields.date("updated")
        case .published: draft.published = draft.published ?? fields.date("published")
        case .date, .created: draft.date = draft.date ?? fields.date("updated")
        case .language:
            if let text = fields.text {
                draft.language = text.cut(toBytes: 64)
                fields.feedLanguage = draft.language
            }
        case .ttl, .updatePeriod, .updateFrequency, .hour, .day: hints.finish(element, in: part, &fields)
        case .icon: draft.icon = draft.icon ?? fields.url
        case .logo: draft.logo = draft.logo ?? fields.url
        case .podcastImage, .podcastLink: draft.podcastImage = draft.podcastImage ?? fields.url
        case .generator: finishGenerator(&fields)
        case .license: draft.links.add("license", fields.text, type: nil, &fields)
        case .subject, .category, .mediaCategory: draft.tags.finishCategory(&fields)
        case .keywords, .mediaKeywords: draft.tags.finishKeywords(&fields)
        default: draft.podcast.finish(&fields)
        }
    }

    private mutating func finishGenerator(_ fields: inout FieldReader) {
        guard draft.generator == nil, var name = fields.title() else { return }
        if let version = draft.generatorVersion, !version.isEmpty, !name.contains(version) { name += " v" + version }
        draft.generator = name
    }
}

extension XMLAttributes {
    /// Whether a media element says that its file is an image.
    var isMediaImage: Bool {
        MediaKind(type: self("medium") ?? "") == .picture || MediaKind(type: self("type") ?? "") == .picture
    }
}

/// What has been gathered of the feed itself, before it is decided what stands where.
private struct FeedDraft {
    var title: String?
    var secondaryTitle: String?
    var links = LinkList()
    var homePage: String?
    var about: String?
    var description: TextValue?
    var secondaryDescription: TextValue?
    var language: String?
    var id: String?
    var updated: Timestamp?
    var published: Timestamp?
    var date: Timestamp?
    var people = PeopleLists()
    var rights: String?
    var generator: String?
    var generatorAgent: String?
    var generatorVersion: String?
    var logo: String?
    var icon: String?
    var podcastImage: String?
    var image: String?
    var tags = TagList()
    var hubs: [Feed.Hub] = []
    var podcast = PodcastReader()
}

extension FeedDraft {
    /// Decides what stands where in a feed (contract.md §3). What is not gathered here is the caller's.
    func feed(format: Feed.Format) -> Feed {
        var feed = Feed(format: format)
        feed.title = title ?? secondaryTitle
        feed.homePageURL = homePageURL(format)
        feed.feedURL = links.first("self")
        feed.nextURL = links.first("next")
        feed.description = (description ?? secondaryDescription)?.text
        feed.icon = podcastImage ?? logo ?? image
        feed.favicon = icon
        feed.language = language
        feed.authors = people.authors.isEmpty ? people.secondaryAuthors : people.authors
        if feed.authors.isEmpty { feed.authors = people.owners }
        feed.contributors = people.contributors
        feed.hubs = hubs
        feed.id = id ?? about
        feed.updated = updated ?? published ?? date
        feed.copyright = rights
        feed.generator = generator ?? generatorAgent
        feed.links = links.links
        if let homePage, !links.contains(href: homePage) {
            feed.links.insert(Link(rel: "alternate", href: homePage), at: 0)
        }
        feed.tags = tags.tags
        feed.podcast = podcast.podcast
        return feed
    }

    /// Where the document says that it, or its page, is.
    var ownURL: String? { homePage ?? links.first("self") ?? links.alternate?.href }

    func homePageURL(_ format: Feed.Format) -> String? {
        let page = links.alternate
        if format.isAtom { return page?.href ?? homePage }
        return homePage ?? page?.href
    }
}
