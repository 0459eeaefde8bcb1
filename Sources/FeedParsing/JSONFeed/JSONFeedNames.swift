import JSONText

/// The names of JSON Feed's members, which some programs write in other letters: `Items`, `URL`, `Content_HTML`.
enum JSONFeedNames {
    /// The object with its members named as the format has them; nil where they are, which is nearly always.
    ///
    /// A name that stands there as it should keeps its meaning. What is in the members stays as it is.
    static func mended(_ value: JSONValue) -> JSONValue? {
        guard case .object(let members) = value, members.contains(where: { hasCapitals($0.key) }) else { return nil }
        let given = Set(members.map(\.key))
        var isMended = false
        let mended = members.map { member in
            guard let name = name(of: member.key), !given.contains(name) else { return member }
            isMended = true
            return JSONValue.Member(key: name, value: member.value)
        }
        return isMended ? .object(mended) : nil
    }

    private static func hasCapitals(_ key: String) -> Bool {
        var key = key
        return key.withUTF8 { bytes in
            // Each key of each item is looked at.
            for byte in bytes where byte &- UInt8(ascii: "A") < 26 { return true }
            return false
        }
    }

    private static func name(of key: String) -> String? {
        var key = key
        return key.withUTF8 { names[$0] }
    }

    private static let names = NameTable<String>([
        ("version", "version"), ("title", "title"), ("home_page_url", "home_page_url"), ("feed_url", "feed_url"),
        ("description", "description"), ("next_url", "next_url"), ("icon", "icon"), ("favicon", "favicon"),
        ("author", "author"), ("authors", "authors"), ("language", "language"), ("expired", "expired"),
        ("hubs", "hubs"), ("items", "items"), ("id", "id"), ("url", "url"), ("external_url", "external_url"),
        ("content_html", "content_html"), ("content_text", "content_text"), ("summary", "summary"), ("image", "image"),
        ("banner_image", "banner_image"), ("date_published", "date_published"), ("date_modified", "date_modified"),
        ("tags", "tags"), ("attachments", "attachments"), ("mime_type", "mime_type"),
        ("size_in_bytes", "size_in_bytes"), ("duration_in_seconds", "duration_in_seconds"), ("name", "name"),
        ("avatar", "avatar"), ("email", "email"), ("type", "type"),
    ])
}
