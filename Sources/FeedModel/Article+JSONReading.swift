internal import JSONText

extension Article {
    /// The article in a line of the store: what `writeItemMembers` and `writeExtensionMembers` wrote.
    ///
    /// Fields that are missing or malformed stay empty. Where the publisher gave no id, the line's id is the uid; it
    /// then comes back as nil.
    init(record: JSONValue) {
        self.init()
        let own = record[StoredRecord.ownMember] ?? .null
        let uid = own["uid"]?.string
        id = record["id"]?.string.flatMap { $0 == uid ? nil : $0 }
        url = record["url"]?.string
        externalURL = record["external_url"]?.string
        title = record["title"]?.string
        contentHTML = record["content_html"]?.string
        contentText = record["content_text"]?.string
        summary = record["summary"]?.string
        contentSource = own["content_from"]?.string.flatMap(ContentSource.init(rawValue:))
        image = record["image"]?.string
        bannerImage = record["banner_image"]?.string
        published = record["date_published"]?.string.flatMap(Timestamp.init(rfc3339:))
        modified = record["date_modified"]?.string.flatMap(Timestamp.init(rfc3339:))
        authors = Self.authors(record["authors"], emails: own["author_emails"])
        tags = record["tags"]?.array?.compactMap(\.string) ?? []
        language = record["language"]?.string
        attachments = record["attachments"]?.array?.compactMap(Attachment.init(record:)) ?? []
        commentsURL = own["comments_url"]?.string
        if let source = own["source"] {
            self.source = Source(title: source["title"]?.string, url: source["url"]?.string)
        }
        license = own["license"]?.string
        if let latitude = own["location"]?["latitude"]?.double, let longitude = own["location"]?["longitude"]?.double {
            location = Location(latitude: latitude, longitude: longitude)
        }
        durationInSeconds = own["duration_in_seconds"]?.double
        rawTitleType = own["raw_title_type"]?.string
        links = own["links"]?.array?.compactMap(Link.init(record:)) ?? []
        contributors = Self.authors(own["contributors"], emails: nil)
        rawDates =
            own["raw_dates"]?.object?.compactMap { member in
                member.value.string.map { RawDate(field: member.key, text: $0) }
            } ?? []
        assumedUTC = own["assumed_utc"]?.array?.compactMap(\.string) ?? []
        unsafeURLs = own["unsafe_urls"]?.array?.compactMap(\.string) ?? []
        truncatedFields = own["truncated"]?.array?.compactMap(\.string) ?? []
        isIncomplete = own["incomplete"]?.bool ?? false
    }

    private static func authors(_ list: JSONValue?, emails: JSONValue?) -> [Author] {
        let emails = emails?.array ?? []
        return (list?.array ?? []).enumerated().map { index, author in
            let email = index < emails.count ? emails[index].string : nil
            let name = author["name"]?.string
            let url = author["url"]?.string
            let avatar = author["avatar"]?.string
            // An author who is only an address was written under that name.
            let isAddressOnly = name == email && url == nil && avatar == nil
            return Author(name: isAddressOnly ? nil : name, url: url, avatar: avatar, email: email)
        }
    }
}

extension Attachment {
    fileprivate init?(record: JSONValue) {
        guard let url = record["url"]?.string else { return nil }
        self.init(
            url: url, mimeType: record["mime_type"]?.string, title: record["title"]?.string,
            sizeInBytes: record["size_in_bytes"]?.integer, durationInSeconds: record["duration_in_seconds"]?.double)
    }
}

extension Link {
    fileprivate init?(record: JSONValue) {
        guard let rel = record["rel"]?.string, let href = record["href"]?.string else { return nil }
        self.init(rel: rel, href: href, type: record["type"]?.string)
    }
}
