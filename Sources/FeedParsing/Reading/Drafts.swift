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
