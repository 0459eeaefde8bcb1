/// What an element of a feed says, whatever the format calls it.
enum Element: UInt8 {
    case unknown

    // The document's structure.
    case rss, rdf, feed, channel, item, html
    case image, textInput, source, cloud, skipHours, skipDays, hour, day

    // What a feed or an item says of itself.
    case title, link, description, summary, subtitle, content, encoded, body
    case guid, id, published, updated, date, created
    case author, contributor, creator, owner
    case category, subject, keywords
    case comments, enclosure, language, rights, generator, generatorAgent, ttl, logo, icon
    case updatePeriod, updateFrequency
    case license, originalLink

    // Of a person, an image or a source.
    case name, email, uri, url

    // The same once more, from vocabularies that count for less.
    case secondaryTitle, secondaryDescription, secondarySummary, secondaryAuthor, identifier

    // Media.
    case mediaGroup, mediaContent, mediaThumbnail, mediaTitle, mediaDescription, mediaKeywords, mediaCategory,
        mediaCredit
    case podcastImage, podcastLink, duration, podcastCategory

    /// CDF's `<A HREF="…">`.
    case anchor

    /// - Parameter name: the local name in lower case.
    init(_ name: String, in namespace: Namespace) {
        self =
            switch namespace {
            case .core: Self.core(name)
            case .rdf: name == "rdf" ? .rdf : .unknown
            case .dublinCore: Self.dublinCore(name)
            case .dublinCoreTerms: Self.dublinCoreTerms(name)
            case .content: name == "encoded" ? .encoded : .unknown
            case .media: Self.media(name)
            case .itunes, .googlePlay: Self.podcast(name)
            case .syndication: Self.syndication(name)
            case .creativeCommons: name == "license" ? .license : .unknown
            case .feedBurner: name == "origlink" ? .originalLink : .unknown
            case .admin: name == "generatoragent" ? .generatorAgent : .unknown
            case .xhtml: name == "body" || name == "div" ? .body : name == "html" ? .html : .unknown
            case .other: .unknown
            }
    }

    private static func core(_ name: String) -> Element {
        switch name {
        case "rss": .rss
        case "rdf": .rdf
        case "feed": .feed
        case "channel": .channel
        case "item", "entry": .item
        case "html": .html
        case "image": .image
        case "textinput": .textInput
        case "source": .source
        case "cloud": .cloud
        case "skiphours": .skipHours
        case "skipdays": .skipDays
        case "hour": .hour
        case "day": .day
        case "title": .title
        case "link": .link
        case "description", "abstract": .description
        case "summary": .summary
        case "subtitle", "tagline": .subtitle
        case "info": .secondaryDescription
        case "content": .content
        case "fullitem", "encoded": .encoded
        case "body": .body
        case "guid": .guid
        case "id": .id
        case "pubdate", "published", "issued": .published
        case "updated", "modified", "lastbuilddate": .updated
        case "created": .created
        case "author", "managingeditor": .author
        case "contributor": .contributor
        case "category": .category
        case "keywords", "tags": .keywords
        case "comments": .comments
        case "enclosure": .enclosure
        case "language": .language
        case "copyright", "rights": .rights
        case "generator": .generator
        case "ttl": .ttl
        case "logo": .logo
        case "icon": .icon
        case "license": .license
        case "name": .name
        case "email": .email
        case "uri", "homepage": .uri
        case "url": .url
        case "a": .anchor
        default: .unknown
        }
    }

    private static func dublinCore(_ name: String) -> Element {
        switch name {
        case "title": .secondaryTitle
        case "creator", "author": .creator
        case "contributor": .contributor
        case "subject": .subject
        case "description": .secondaryDescription
        case "date": .date
        case "language": .language
        case "rights": .rights
        case "identifier": .identifier
        default: .unknown
        }
    }

    private static func dublinCoreTerms(_ name: String) -> Element {
        switch name {
        case "issued": .published
        case "modified": .updated
        case "created": .created
        default: dublinCore(name)
        }
    }

    private static func media(_ name: String) -> Element {
        switch name {
        case "group": .mediaGroup
        case "content": .mediaContent
        case "thumbnail": .mediaThumbnail
        case "title": .mediaTitle
        case "description": .mediaDescription
        case "keywords": .mediaKeywords
        case "category": .mediaCategory
        case "credit": .mediaCredit
        default: .unknown
        }
    }

    private static func podcast(_ name: String) -> Element {
        switch name {
        case "author": .secondaryAuthor
        case "summary", "description": .secondarySummary
        case "subtitle": .secondaryDescription
        case "image": .podcastImage
        case "link": .podcastLink
        case "duration": .duration
        case "keywords": .mediaKeywords
        case "category": .podcastCategory
        case "owner": .owner
        case "name": .name
        case "email": .email
        case "title": .secondaryTitle
        default: .unknown
        }
    }

    private static func syndication(_ name: String) -> Element {
        switch name {
        case "updateperiod": .updatePeriod
        case "updatefrequency": .updateFrequency
        default: .unknown
        }
    }
}
