/// `Article` is one item of a feed, as its publisher sent it: decoded once per layer, URLs made absolute, everything
/// else untouched.
///
/// A field that the feed does not have is nil or empty. How the fields come out as JSON is contract.md §3.
package struct Article: Sendable, Equatable {
    /// The publisher's own identifier is guid, atom:id, JSON Feed id or rdf:about; trimmed, never resolved
    /// (identity.md §1).
    package var id: String?
    /// The permanent link is http or https.
    package var url: String?
    /// The article is about this page, where that is another one.
    package var externalURL: String?
    /// The title is plain text.
    package var title: String?
    /// The body is HTML as the publisher sent it.
    package var contentHTML: String?
    /// The body is plain text.
    package var contentText: String?
    /// The summary is as sent, so it may hold HTML. It is there only where there is a body beside it (contract.md §3).
    package var summary: String?
    /// The body came from this of the feed's texts.
    package var contentSource: ContentSource?
    /// The article's main picture has this URL.
    package var image: String?
    /// The picture that goes above the article has this URL.
    package var bannerImage: String?
    /// The article was published then, as its publisher says.
    package var published: Timestamp?
    /// The article was last changed then, as its publisher says.
    package var modified: Timestamp?
    /// The article has these authors, in the feed's order.
    package var authors: [Author] = []
    /// The article has these categories, in the feed's order.
    package var tags: [String] = []
    /// The article is in this language, by its BCP 47 tag as sent.
    package var language: String?
    /// These files come with the article.
    package var attachments: [Attachment] = []

    // JSON Feed has no place for the fields from here on.

    /// The page of comments has this URL.
    package var commentsURL: String?
    /// The article was taken from here, as the feed says.
    package var source: Source?
    /// The licence is named by this URL or text.
    package var license: String?
    /// The article is about this point on Earth.
    package var location: Location?
    /// The item is about something of this length, where there is no attachment that it could be the length of.
    package var durationInSeconds: Double?
    /// The vocabularies of podcasts say this of the item.
    package var podcast = Podcast()
    /// The title was this before it was made plain text, where the feed says so: `html` or `xhtml`.
    package var rawTitleType: String?
    /// The item has these further links.
    package var links: [Link] = []
    /// These people helped with the article.
    package var contributors: [Author] = []
    /// These dates could not be read; they stand under the names of the fields that they were meant for.
    package var rawDates: [RawDate] = []
    /// These JSON fields have dates that named no time zone, so that UTC was assumed (identity.md §10).
    package var assumedUTC: [String] = []
    /// These URLs have another scheme than http, https and mailto, or could not be made absolute: text only, never
    /// opened.
    package var unsafeURLs: [String] = []
    /// These JSON fields were cut to their limit (security.md §4).
    package var truncatedFields: [String] = []
    /// The document ended inside this item.
    package var isIncomplete = false

    package init() {}

    /// Tells whether there is anything that the article could be known by: without, it is not stored (identity.md §1).
    package var isIdentifiable: Bool {
        id != nil || url != nil || title != nil || contentHTML != nil || contentText != nil || !attachments.isEmpty
    }

    /// `ContentSource` is which of the feed's texts became the body.
    package enum ContentSource: String, Sendable {
        case content, description, summary
    }

    /// `Source` is where an article was taken from, as the feed says.
    package struct Source: Sendable, Equatable {
        /// The source's title is plain text.
        package var title: String?
        /// The source has this URL.
        package var url: String?

        package init(title: String? = nil, url: String? = nil) {
            self.title = title
            self.url = url
        }
    }

    /// `Location` is a point by its degrees in WGS 84.
    package struct Location: Sendable, Equatable {
        /// The latitude goes from -90 to 90.
        package var latitude: Double
        /// The longitude goes from -180 to 180.
        package var longitude: Double

        package init(latitude: Double, longitude: Double) {
            self.latitude = latitude
            self.longitude = longitude
        }
    }

    /// `RawDate` is a date that could not be read.
    package struct RawDate: Sendable, Equatable {
        /// The date was meant for this JSON field.
        package var field: String
        /// The feed has this text for it.
        package var text: String

        package init(field: String, text: String) {
            self.field = field
            self.text = text
        }
    }
}

/// `Author` is a person or organisation.
package struct Author: Sendable, Equatable {
    /// The author has this name.
    package var name: String?
    /// The author has a page with this URL.
    package var url: String?
    /// The author has a picture with this URL.
    package var avatar: String?
    /// The author has this address.
    package var email: String?

    package init(name: String? = nil, url: String? = nil, avatar: String? = nil, email: String? = nil) {
        self.name = name
        self.url = url
        self.avatar = avatar
        self.email = email
    }
}

/// `Attachment` is a file that comes with an article: enclosure, media:content, JSON Feed attachment.
package struct Attachment: Sendable, Equatable {
    /// The file has this URL.
    package var url: String
    /// The file has this media type, as the feed says.
    package var mimeType: String?
    /// The file has this title.
    package var title: String?
    /// The file has this size, as the feed says.
    package var sizeInBytes: Int64?
    /// The file takes this long to play, as the feed says.
    package var durationInSeconds: Double?

    package init(
        url: String, mimeType: String? = nil, title: String? = nil, sizeInBytes: Int64? = nil,
        durationInSeconds: Double? = nil
    ) {
        self.url = url
        self.mimeType = mimeType
        self.title = title
        self.sizeInBytes = sizeInBytes
        self.durationInSeconds = durationInSeconds
    }
}

/// `Link` is a link with its relation, as Atom has it.
package struct Link: Sendable, Equatable {
    /// The relation is a word or a URL.
    package var rel: String
    /// The link leads to this URL.
    package var href: String
    /// The target has this media type, as the feed says.
    package var type: String?

    package init(rel: String, href: String, type: String? = nil) {
        self.rel = rel
        self.href = href
        self.type = type
    }
}
