/// One item of a feed, as its publisher sent it: decoded once per layer, URLs made absolute, everything else untouched.
///
/// A field that the feed does not have is nil or empty. How the fields come out as JSON is contract.md §3.
package struct Article: Sendable, Equatable {
    /// The publisher's own identifier: guid, atom:id, JSON Feed id, rdf:about; trimmed, never resolved (identity.md §1).
    package var id: String?
    /// The permanent link: http or https.
    package var url: String?
    /// The page that the article is about, where that is another one.
    package var externalURL: String?
    /// Plain text.
    package var title: String?
    package var contentHTML: String?
    package var contentText: String?
    /// As sent: it may hold HTML. Only where there is a body beside it (contract.md §3).
    package var summary: String?
    package var contentSource: ContentSource?
    package var image: String?
    package var bannerImage: String?
    package var published: Timestamp?
    package var modified: Timestamp?
    package var authors: [Author] = []
    package var tags: [String] = []
    package var language: String?
    package var attachments: [Attachment] = []

    // What JSON Feed has no place for.
    package var commentsURL: String?
    package var source: Source?
    package var license: String?
    /// Where on Earth it is about.
    package var location: Location?
    /// Of what the item is about, where there is no attachment that it could be the length of.
    package var durationInSeconds: Double?
    /// What the title was before it was made plain text, where the feed says so: `html` or `xhtml`.
    package var rawTitleType: String?
    package var links: [Link] = []
    package var contributors: [Author] = []
    /// Dates that could not be read, under the names of the fields that they were meant for.
    package var rawDates: [RawDate] = []
    /// Names of the JSON fields whose date named no time zone, so that UTC was assumed (identity.md §10).
    package var assumedUTC: [String] = []
    /// URLs with another scheme than http, https and mailto, or that could not be made absolute: text only, never opened.
    package var unsafeURLs: [String] = []
    /// Names of the JSON fields that were cut to their limit (security.md §4).
    package var truncatedFields: [String] = []
    /// The document ended inside this item.
    package var isIncomplete = false

    package init() {}

    /// Whether there is anything in it that an article could be known by: without, it is not stored (identity.md §1).
    package var isIdentifiable: Bool {
        id != nil || url != nil || title != nil || contentHTML != nil || contentText != nil || !attachments.isEmpty
    }

    /// Which of the feed's texts became the body.
    package enum ContentSource: String, Sendable {
        case content, description, summary
    }

    /// Where an article was taken from, as the feed says.
    package struct Source: Sendable, Equatable {
        package var title: String?
        package var url: String?

        package init(title: String? = nil, url: String? = nil) {
            self.title = title
            self.url = url
        }
    }

    /// A point by its degrees in WGS 84: latitude from -90 to 90, longitude from -180 to 180.
    package struct Location: Sendable, Equatable {
        package var latitude: Double
        package var longitude: Double

        package init(latitude: Double, longitude: Double) {
            self.latitude = latitude
            self.longitude = longitude
        }
    }

    package struct RawDate: Sendable, Equatable {
        package var field: String
        package var text: String

        package init(field: String, text: String) {
            self.field = field
            self.text = text
        }
    }
}

/// A person or organisation.
package struct Author: Sendable, Equatable {
    package var name: String?
    package var url: String?
    package var avatar: String?
    package var email: String?

    package init(name: String? = nil, url: String? = nil, avatar: String? = nil, email: String? = nil) {
        self.name = name
        self.url = url
        self.avatar = avatar
        self.email = email
    }
}

/// A file that comes with an article: enclosure, media:content, JSON Feed attachment.
package struct Attachment: Sendable, Equatable {
    package var url: String
    package var mimeType: String?
    package var title: String?
    package var sizeInBytes: Int64?
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

/// A link with its relation, as Atom has it.
package struct Link: Sendable, Equatable {
    package var rel: String
    package var href: String
    package var type: String?

    package init(rel: String, href: String, type: String? = nil) {
        self.rel = rel
        self.href = href
        self.type = type
    }
}
