/// What is kept of one element of the podcast namespace or of iTunes's, and under which names.
struct PodcastElement: Sendable {
    /// What a value is: where it is not that, it is kept as text.
    enum Kind: Sendable {
        case text, number, flag
        /// A URL that may be followed; any other is told as text (contract.md §3).
        case url
    }

    struct Attribute: Sendable {
        let key: StaticString
        /// The name in lower case.
        let name: StaticString
        let kind: Kind

        init(_ key: StaticString, _ name: StaticString? = nil, _ kind: Kind = .text) {
            self.key = key
            self.name = name ?? key
            self.kind = kind
        }
    }

    /// What the element's own text is.
    enum Text: Sendable {
        case none
        /// All that there is: no object is made for it.
        case value(Kind)
        case member(StaticString, Kind)
    }

    let key: StaticString
    var isList = false
    /// There are elements inside.
    var isContainer = false
    var attributes: [Attribute] = []
    var text = Text.none

    /// Nil for what is no element of a podcast's.
    static func named(_ element: Element) -> PodcastElement? {
        switch element {
        case .episode: episode
        case .season: season
        case .episodeType: episodeType
        case .explicit: explicit
        case .podcastType: type
        case .podcastBlock: block
        case .podcastComplete: complete
        case .podcastGUID: guid
        case .medium: medium
        case .locked: locked
        case .funding: funding
        case .trailer: trailer
        case .podcastPerson: person
        case .transcript: transcript
        case .chapters: chapters
        case .soundbite: soundbite
        case .podcastLocation: location
        case .podcastLicense: license
        case .socialInteract: socialInteract
        case .podcastText: txt
        case .alternateEnclosure: alternateEnclosure
        case .podcastValue: value
        default: nil
        }
    }

    /// The same for what stands in a container.
    static func part(_ element: Element) -> PodcastElement? {
        switch element {
        case .podcastSource: source
        case .integrity: integrity
        case .valueRecipient: valueRecipient
        default: nil
        }
    }

    private static let episode = PodcastElement(
        key: "episode", attributes: [Attribute("display")], text: .member("number", .number))
    private static let season = PodcastElement(
        key: "season", attributes: [Attribute("name")], text: .member("number", .number))
    private static let episodeType = PodcastElement(key: "episodeType", text: .value(.text))
    private static let explicit = PodcastElement(key: "explicit", text: .value(.flag))
    private static let type = PodcastElement(key: "type", text: .value(.text))
    private static let block = PodcastElement(key: "block", text: .value(.flag))
    private static let complete = PodcastElement(key: "complete", text: .value(.flag))
    private static let guid = PodcastElement(key: "guid", text: .value(.text))
    private static let medium = PodcastElement(key: "medium", text: .value(.text))
    private static let locked = PodcastElement(
        key: "locked", attributes: [Attribute("owner")], text: .member("locked", .flag))
    private static let funding = PodcastElement(
        key: "funding", isList: true, attributes: [Attribute("url", nil, .url)], text: .member("title", .text))
    private static let trailer = PodcastElement(
        key: "trailer", isList: true,
        attributes: [
            Attribute("url", nil, .url), Attribute("pubdate"), Attribute("length", nil, .number), Attribute("type"),
            Attribute("season", nil, .number),
        ], text: .member("title", .text))
    private static let person = PodcastElement(
        key: "person", isList: true,
        attributes: [
            Attribute("role"), Attribute("group"), Attribute("img", nil, .url), Attribute("href", nil, .url),
        ], text: .member("name", .text))
    private static let transcript = PodcastElement(
        key: "transcript", isList: true,
        attributes: [Attribute("url", nil, .url), Attribute("type"), Attribute("language"), Attribute("rel")])
    private static let chapters = PodcastElement(
        key: "chapters", attributes: [Attribute("url", nil, .url), Attribute("type")])
    private static let soundbite = PodcastElement(
        key: "soundbite", isList: true,
        attributes: [Attribute("startTime", "starttime", .number), Attribute("duration", nil, .number)],
        text: .member("title", .text))
    private static let location = PodcastElement(
        key: "location", isList: true,
        attributes: [Attribute("rel"), Attribute("geo"), Attribute("osm"), Attribute("country")],
        text: .member("name", .text))
    private static let license = PodcastElement(
        key: "license", attributes: [Attribute("url", nil, .url)], text: .member("name", .text))
    private static let socialInteract = PodcastElement(
        key: "socialInteract", isList: true,
        attributes: [
            Attribute("uri", nil, .url), Attribute("protocol"), Attribute("accountId", "accountid"),
            Attribute("accountUrl", "accounturl", .url), Attribute("priority", nil, .number),
        ])
    private static let txt = PodcastElement(
        key: "txt", isList: true, attributes: [Attribute("purpose")], text: .member("text", .text))
    private static let alternateEnclosure = PodcastElement(
        key: "alternateEnclosure", isList: true, isContainer: true,
        attributes: [
            Attribute("type"), Attribute("length", nil, .number), Attribute("bitrate", nil, .number),
            Attribute("height", nil, .number), Attribute("lang"), Attribute("title"), Attribute("rel"),
            Attribute("codecs"), Attribute("default", nil, .flag),
        ])
    private static let source = PodcastElement(
        key: "source", isList: true,
        attributes: [Attribute("uri", nil, .url), Attribute("contentType", "contenttype")])
    private static let integrity = PodcastElement(
        key: "integrity", attributes: [Attribute("type"), Attribute("value")])
    private static let value = PodcastElement(
        key: "value", isList: true, isContainer: true,
        attributes: [Attribute("type"), Attribute("method"), Attribute("suggested", nil, .number)])
    private static let valueRecipient = PodcastElement(
        key: "valueRecipient", isList: true,
        attributes: [
            Attribute("name"), Attribute("type"), Attribute("address"), Attribute("customKey", "customkey"),
            Attribute("customValue", "customvalue"), Attribute("split", nil, .number), Attribute("fee", nil, .flag),
        ])
}
