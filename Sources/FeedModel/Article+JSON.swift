package import JSONText

extension Article {
    /// Writes the members of a JSON Feed 1.1 item into an object that the caller has begun.
    ///
    /// - Parameter id: what stands as `id`; JSON Feed requires one where the publisher gave none. Of a longer one only
    ///   the first 4 KiB are shown (security.md §4).
    package func writeItemMembers(to json: inout JSONWriter, id: String) {
        json.member("id", Self.shown(id))
        json.member("url", url)
        json.member("external_url", externalURL)
        json.member("title", title)
        json.member("content_html", contentHTML)
        json.member("content_text", contentText)
        json.member("summary", summary)
        json.member("image", image)
        json.member("banner_image", bannerImage)
        json.member("date_published", published)
        json.member("date_modified", modified)
        json.authors("authors", authors)
        json.member("tags", tags)
        json.member("language", language)
        json.attachments(attachments)
    }

    private static let shownIDBytes = 4096

    /// Returns as much of an id as is shown, cut between characters.
    private static func shown(_ id: String) -> String {
        guard id.utf8.count > shownIDBytes else { return id }
        var end = id.utf8.index(id.utf8.startIndex, offsetBy: shownIDBytes)
        while end > id.utf8.startIndex, id.utf8[end] & 0xc0 == 0x80 { end = id.utf8.index(before: end) }
        return String(id[..<end])
    }

    /// Writes the members that JSON Feed has no place for into the `_newswire` object that the caller has begun.
    package func writeExtensionMembers(to json: inout JSONWriter) {
        json.member("content_from", contentSource?.rawValue)
        json.emails("author_emails", authors)
        json.member("comments_url", commentsURL)
        if let source {
            json.key("source")
            json.beginObject()
            json.member("title", source.title)
            json.member("url", source.url)
            json.endObject()
        }
        json.member("license", license)
        if let location {
            json.key("location")
            json.beginObject()
            json.member("latitude", location.latitude)
            json.member("longitude", location.longitude)
            json.endObject()
        }
        if let durationInSeconds { json.duration("duration_in_seconds", durationInSeconds) }
        podcast.write(to: &json)
        json.member("raw_title_type", rawTitleType)
        json.links(links)
        json.authors("contributors", contributors)
        json.rawDates(rawDates)
        json.member("assumed_utc", assumedUTC)
        json.member("unsafe_urls", unsafeURLs)
        json.member("truncated", truncatedFields)
        json.flag("incomplete", isIncomplete)
    }

    /// Tells whether `writeExtensionMembers` would write anything.
    package var hasExtensionMembers: Bool {
        contentSource != nil || commentsURL != nil || source != nil || license != nil || location != nil
            || durationInSeconds != nil || !podcast.isEmpty
            || rawTitleType != nil || !links.isEmpty
            || !contributors.isEmpty || !rawDates.isEmpty || !assumedUTC.isEmpty || !unsafeURLs.isEmpty
            || !truncatedFields.isEmpty
            || isIncomplete || authors.contains { $0.email != nil }
    }
}

extension JSONWriter {
    /// Writes a member with a time in RFC 3339; nothing for nil.
    package mutating func member(_ key: StaticString, _ time: Timestamp?) {
        guard let time else { return }
        self.key(key)
        time.withRFC3339 { string(utf8: $0) }
    }

    mutating func authors(_ key: StaticString, _ authors: [Author]) {
        if authors.isEmpty { return }
        self.key(key)
        beginArray()
        for author in authors {
            beginObject()
            // JSON Feed wants at least one of name, url and avatar.
            let nothingElse = author.name == nil && author.url == nil && author.avatar == nil
            member("name", nothingElse ? author.email : author.name)
            member("url", author.url)
            member("avatar", author.avatar)
            endObject()
        }
        endArray()
    }

    /// A list as long as `authors`, with null for those without an address; nothing where none has one.
    mutating func emails(_ key: StaticString, _ authors: [Author]) {
        guard authors.contains(where: { $0.email != nil }) else { return }
        self.key(key)
        beginArray()
        for author in authors {
            if let email = author.email { string(email) } else { null() }
        }
        endArray()
    }

    fileprivate mutating func attachments(_ attachments: [Attachment]) {
        if attachments.isEmpty { return }
        key("attachments")
        beginArray()
        for attachment in attachments {
            beginObject()
            member("url", attachment.url)
            // JSON Feed requires a type.
            member("mime_type", attachment.mimeType ?? "application/octet-stream")
            member("title", attachment.title)
            member("size_in_bytes", attachment.sizeInBytes)
            if let duration = attachment.durationInSeconds { self.duration("duration_in_seconds", duration) }
            endObject()
        }
        endArray()
    }

    fileprivate mutating func duration(_ key: StaticString, _ seconds: Double) {
        self.key(key)
        if let whole = Int64(exactly: seconds) { integer(whole) } else { number(seconds) }
    }

    mutating func links(_ links: [Link]) {
        if links.isEmpty { return }
        key("links")
        beginArray()
        for link in links {
            beginObject()
            member("rel", link.rel)
            member("href", link.href)
            member("type", link.type)
            endObject()
        }
        endArray()
    }

    mutating func rawDates(_ dates: [Article.RawDate]) {
        if dates.isEmpty { return }
        key("raw_dates")
        beginObject()
        for date in dates {
            key(date.field)
            string(date.text)
        }
        endObject()
    }
}

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
        podcast = Podcast(record: own["podcast"])
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
