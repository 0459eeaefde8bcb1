/// What an element of a feed says, whatever the format calls it.
enum Element: UInt8 {
    case unknown

    // The document's structure.
    case rss, rdf, feed, channel, item, items, html
    case image, textInput, source, cloud, skipHours, skipDays, hour, day

    // What a feed or an item says of itself.
    case title, link, description, summary, subtitle, content, encoded, body
    case guid, id, published, updated, date, created
    case author, contributor, creator, owner
    case category, subject, keywords
    case comments, enclosure, language, rights, generator, generatorAgent, ttl, logo, icon
    case updatePeriod, updateFrequency
    case license, originalLink, originalEnclosure, commentsFeed, inReplyTo

    // Where on Earth: a point with both numbers, each by itself, or what stands around them.
    case point, latitude, longitude, place

    // Of a person, an image or a source.
    case name, email, uri, url

    // The same once more, from vocabularies that count for less.
    case secondaryTitle, secondaryDescription, secondarySummary, secondaryAuthor, identifier

    // Media.
    case mediaGroup, mediaContent, mediaThumbnail, mediaTitle, mediaDescription, mediaKeywords, mediaCategory,
        mediaCredit
    case podcastImage, podcastLink, duration, podcastCategory

    // What only podcasts have.
    case episode, season, episodeType, explicit, podcastType, podcastBlock, podcastComplete
    case podcastGUID, medium, locked, funding, trailer
    case podcastPerson, transcript, chapters, soundbite, podcastLocation, podcastLicense, socialInteract, podcastText
    case alternateEnclosure, podcastSource, integrity, podcastValue, valueRecipient

    /// CDF's `<A HREF="…">`.
    case anchor

    /// - Parameter name: the local name.
    init(_ name: UnsafeBufferPointer<UInt8>, in namespace: Namespace) {
        func isNamed(_ text: StaticString) -> Bool {
            name.count == text.utf8CodeUnitCount && name.hasPrefixIgnoringCase(text)
        }
        self =
            switch namespace {
            case .core: Self.core[name] ?? .unknown
            case .rdf: isNamed("rdf") ? .rdf : .unknown
            case .dublinCore: Self.dublinCore[name] ?? .unknown
            case .dublinCoreTerms: Self.dublinCoreTerms[name] ?? Self.dublinCore[name] ?? .unknown
            case .content: isNamed("encoded") ? .encoded : .unknown
            case .media: Self.media[name] ?? .unknown
            case .itunes, .googlePlay: Self.podcast[name] ?? .unknown
            case .podcast: Self.podcastNamespace[name] ?? .unknown
            case .syndication: Self.syndication[name] ?? .unknown
            case .creativeCommons: isNamed("license") ? .license : .unknown
            case .feedBurner: Self.feedBurner[name] ?? .unknown
            case .geoRSS: isNamed("point") ? .point : isNamed("where") ? .place : .unknown
            case .geography: Self.geography[name] ?? .unknown
            case .prism: isNamed("publicationdate") ? .created : .unknown
            case .comments: isNamed("commentrss") ? .commentsFeed : .unknown
            case .thread: isNamed("in-reply-to") ? .inReplyTo : .unknown
            case .admin: isNamed("generatoragent") ? .generatorAgent : .unknown
            case .xhtml: isNamed("body") || isNamed("div") ? .body : isNamed("html") ? .html : .unknown
            case .other: .unknown
            }
    }

    private static let core = NameTable<Element>([
        ("rss", .rss), ("rdf", .rdf), ("feed", .feed), ("channel", .channel), ("item", .item), ("items", .items),
        ("entry", .item), ("html", .html),
        ("image", .image), ("textinput", .textInput), ("source", .source), ("cloud", .cloud), ("skiphours", .skipHours),
        ("skipdays", .skipDays), ("hour", .hour), ("day", .day), ("title", .title), ("link", .link),
        ("description", .description), ("abstract", .description), ("summary", .summary), ("subtitle", .subtitle),
        ("tagline", .subtitle), ("info", .secondaryDescription), ("content", .content), ("fullitem", .encoded),
        ("encoded", .encoded), ("body", .body), ("guid", .guid), ("id", .id), ("pubdate", .published),
        ("published", .published),
        ("issued", .published), ("updated", .updated), ("modified", .updated), ("lastbuilddate", .updated),
        ("created", .created), ("author", .author), ("managingeditor", .author), ("contributor", .contributor),
        ("category", .category), ("keywords", .keywords), ("tags", .keywords), ("comments", .comments),
        ("enclosure", .enclosure), ("language", .language), ("copyright", .rights), ("rights", .rights),
        ("generator", .generator), ("ttl", .ttl), ("logo", .logo), ("icon", .icon), ("license", .license),
        ("name", .name),
        ("email", .email), ("uri", .uri), ("homepage", .uri), ("url", .url), ("a", .anchor),
    ])

    private static let dublinCore = NameTable<Element>([
        ("title", .secondaryTitle), ("creator", .creator), ("author", .creator), ("contributor", .contributor),
        ("subject", .subject), ("description", .secondaryDescription), ("date", .date), ("language", .language),
        ("rights", .rights), ("identifier", .identifier),
    ])

    private static let dublinCoreTerms = NameTable<Element>([
        ("issued", .published), ("modified", .updated), ("created", .created),
    ])

    private static let media = NameTable<Element>([
        ("group", .mediaGroup), ("content", .mediaContent), ("thumbnail", .mediaThumbnail), ("title", .mediaTitle),
        ("description", .mediaDescription), ("keywords", .mediaKeywords), ("category", .mediaCategory),
        ("credit", .mediaCredit),
    ])

    private static let podcast = NameTable<Element>([
        ("author", .secondaryAuthor), ("summary", .secondarySummary), ("description", .secondarySummary),
        ("subtitle", .secondaryDescription), ("image", .podcastImage), ("link", .podcastLink), ("duration", .duration),
        ("keywords", .mediaKeywords), ("category", .podcastCategory), ("owner", .owner), ("name", .name),
        ("email", .email),
        ("title", .secondaryTitle), ("episode", .episode), ("season", .season), ("episodetype", .episodeType),
        ("explicit", .explicit), ("type", .podcastType), ("block", .podcastBlock), ("complete", .podcastComplete),
    ])

    private static let podcastNamespace = NameTable<Element>([
        ("episode", .episode), ("season", .season), ("guid", .podcastGUID), ("medium", .medium), ("locked", .locked),
        ("funding", .funding), ("trailer", .trailer), ("person", .podcastPerson), ("transcript", .transcript),
        ("chapters", .chapters), ("soundbite", .soundbite), ("location", .podcastLocation),
        ("license", .podcastLicense), ("socialinteract", .socialInteract), ("txt", .podcastText),
        ("alternateenclosure", .alternateEnclosure), ("source", .podcastSource), ("integrity", .integrity),
        ("value", .podcastValue), ("valuerecipient", .valueRecipient),
    ])

    private static let feedBurner = NameTable<Element>([
        ("origlink", .originalLink), ("origenclosurelink", .originalEnclosure),
    ])

    private static let geography = NameTable<Element>([
        ("point", .place), ("pos", .point), ("lat", .latitude), ("latitude", .latitude), ("long", .longitude),
        ("lon", .longitude), ("longitude", .longitude),
    ])

    private static let syndication = NameTable<Element>([
        ("updateperiod", .updatePeriod), ("updatefrequency", .updateFrequency),
    ])
}

/// Remembers what each name of a document means, so that names are compared as text once and then as addresses.
///
/// libxml2 keeps one copy of every name for as long as its context lives, and the context outlives the table's use.
struct ElementTable {
    private struct Entry {
        var name: UnsafePointer<UInt8>?
        var prefix: UnsafePointer<UInt8>?
        var uri: UnsafePointer<UInt8>?
        var element: Element
    }

    private struct KnownNamespace {
        var uri: UnsafePointer<UInt8>?
        var prefix: UnsafePointer<UInt8>?
        var namespace: Namespace
    }

    private static let size = 64
    private var entries = [Entry](repeating: Entry(name: nil, prefix: nil, uri: nil, element: .unknown), count: size)
    private var namespaces: [KnownNamespace] = []
    /// A namespace that nobody knows and that the document's root or channel is in: it has to be the format's own.
    private var ownURI: String?

    mutating func element(_ name: XMLElementName) -> Element {
        let slot = (UInt(bitPattern: name.local) >> 2 ^ UInt(bitPattern: name.uri) >> 3) % UInt(Self.size)
        let entry = entries[Int(slot)]
        if entry.name == name.local, entry.uri == name.uri, entry.prefix == name.prefix { return entry.element }
        let element = lookUp(name)
        entries[Int(slot)] = Entry(name: name.local, prefix: name.prefix, uri: name.uri, element: element)
        return element
    }

    /// Takes the namespace of an element that has shown what the document is.
    ///
    /// - Returns: what the element then is.
    mutating func adopt(_ name: XMLElementName) -> Element {
        if let uri = name.uriText, Namespace(uri: uri, prefix: nil) == .other { ownURI = uri }
        entries = [Entry](repeating: Entry(name: nil, prefix: nil, uri: nil, element: .unknown), count: Self.size)
        namespaces = []
        return Element(name.localBytes, in: .core)
    }

    private mutating func lookUp(_ name: XMLElementName) -> Element {
        Element(name.localBytes, in: namespace(of: name))
    }

    private mutating func namespace(of name: XMLElementName) -> Namespace {
        for known in namespaces where known.uri == name.uri && known.prefix == name.prefix { return known.namespace }
        let uri = name.uriText
        let namespace = uri != nil && uri == ownURI ? .core : Namespace(uri: uri, prefix: name.prefixText)
        // A document may declare any number of them; it uses few.
        if namespaces.count < 32 {
            namespaces.append(KnownNamespace(uri: name.uri, prefix: name.prefix, namespace: namespace))
        }
        return namespace
    }
}

extension Element {
    /// Whether a part of the element's text is worth having where the document ends in it. Of an id, a link or a date a
    /// part is another one.
    var isReadInPart: Bool {
        switch self {
        case .title, .description, .encoded, .body, .summary, .content, .secondaryTitle, .secondaryDescription,
            .secondarySummary, .mediaTitle, .mediaDescription:
            true
        default: false
        }
    }
}
