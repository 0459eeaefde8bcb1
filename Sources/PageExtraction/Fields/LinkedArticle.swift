import FeedParsing
import JSONText

/// `LinkedArticle` is what a page's JSON-LD says of the article on it. All texts are as they were written, with markup and
/// references taken off.
struct LinkedArticle {
    /// A name, and whether the page says that it is no person's.
    struct Name: Equatable {
        var text: String
        var isOrganization: Bool
    }

    var headlines: [String] = []
    var authors: [Name] = []
    var published: String?
    var modified: String?
    var images: [String] = []
    var language: String?
    var publisher: String?
    var description: String?
    var url: String?
    /// The text of the article, as it stands there.
    var body: String?
    /// Whether everybody may read it; nil where nothing is said.
    var isFree: Bool?
    var isLiveBlog = false
    /// It is an article by its type, and not only a page that has some of an article's fields.
    var isArticle = false

    /// Lists are not followed further.
    private static let mostElements = 50
    /// Only a text of an article is longer.
    private static let longestText = 4096
    private static let longestBody = 1 << 20

    /// Finds the article of a page: the first object of an article's type whose headline or URL fits, else the only one of
    /// such a type, else a page, recipe or the like that tells of an author or a date.
    ///
    /// - Parameters:
    ///   - titles: the page's headlines, in any form.
    ///   - urls: the page's own ones.
    init?(of data: LinkedData, titles: [String], urls: [String]) {
        let articles = data.objects.filter { Self.isArticle($0) }
        let fitting = articles.first { Self.fits($0, titles: titles, urls: urls) }
        if let object = fitting ?? (articles.count == 1 ? articles.first : nil) {
            self.init(object, in: data)
            isArticle = true
            // The page may say what its article does not.
            if let page = data.objects.first(where: { Self.isPage($0) }) { complete(from: page, in: data) }
        } else if articles.isEmpty, let page = data.objects.first(where: { Self.isPage($0) && Self.tellsMuch($0) }) {
            self.init(page, in: data)
        } else {
            return nil
        }
    }

    private init(_ object: JSONValue, in data: LinkedData) {
        headlines = ["headline", "name", "alternativeHeadline"].compactMap { Self.text(object[$0]) }
        authors = Self.names(object["author"], in: data)
        if authors.isEmpty { authors = Self.names(object["creator"], in: data) }
        published =
            Self.text(object["datePublished"]) ?? Self.text(object["dateCreated"]) ?? Self.text(object["uploadDate"])
        modified = Self.text(object["dateModified"])
        images = Self.images(object["image"], in: data) + Self.images(object["thumbnailUrl"], in: data)
        language = Self.text(object["inLanguage"]) ?? object["inLanguage"].flatMap { Self.text($0["alternateName"]) }
        publisher = Self.names(object["publisher"], in: data).first?.text
        description = Self.text(object["description"])
        url = Self.text(object["url"]) ?? object["mainEntityOfPage"].flatMap { Self.text($0) ?? Self.text($0["@id"]) }
        body = Self.paragraphs(object["articleBody"])
        isFree = Self.isFree(object)
        isLiveBlog = Self.types(object).contains("LiveBlogPosting")
    }

    private mutating func complete(from page: JSONValue, in data: LinkedData) {
        let other = LinkedArticle(page, in: data)
        if published == nil { published = other.published }
        if modified == nil { modified = other.modified }
        if images.isEmpty { images = other.images }
        if language == nil { language = other.language }
        if publisher == nil { publisher = other.publisher }
        if authors.isEmpty { authors = other.authors }
        if isFree == nil { isFree = other.isFree }
    }

    // MARK: - Which object

    /// The last parts of its types' names, whatever they are written behind: `schema:`, `http://schema.org/`.
    private static func types(_ object: JSONValue) -> [String] {
        guard let type = object["@type"] else { return [] }
        let names = type.array?.prefix(mostElements).compactMap(\.string) ?? type.string.map { [$0] } ?? []
        return names.map { name in String(name.split { $0 == "/" || $0 == ":" || $0 == "#" }.last ?? "") }
    }

    private static func isArticle(_ object: JSONValue) -> Bool {
        types(object).contains { type in
            type.hasSuffix("Article") || type.hasSuffix("BlogPosting") || type == "Report"
                || type == "SocialMediaPosting"
                || type == "Posting" || type == "DiscussionForumPosting"
        }
    }

    private static func isPage(_ object: JSONValue) -> Bool {
        types(object).contains { type in
            type.hasSuffix("Page") || type == "Recipe" || type.hasSuffix("Review") || type == "HowTo"
                || type == "CreativeWork"
                || type == "Book" || type == "PodcastEpisode" || type == "VideoObject" || type == "Blog"
        }
    }

    private static func tellsMuch(_ object: JSONValue) -> Bool {
        object["datePublished"] != nil || object["author"] != nil || object["headline"] != nil
    }

    private static func fits(_ object: JSONValue, titles: [String], urls: [String]) -> Bool {
        for name in ["headline", "name", "alternativeHeadline"] {
            guard let headline = text(object[name]) else { continue }
            if titles.contains(where: { ComparedWords.areAlike(headline, $0) }) { return true }
        }
        for value in [object["url"], object["mainEntityOfPage"], object["@id"]] {
            guard let value, let url = text(value) ?? text(value["@id"]) ?? text(value["url"]) else { continue }
            if urls.contains(where: { PageAddress.areSamePage($0, url) }) { return true }
        }
        return false
    }

    // MARK: - Values

    /// A text, or the first one of a list, as a reader sees it; nil for an empty one.
    /// The text of the article, a line for each paragraph; it may be HTML.
    private static func paragraphs(_ value: JSONValue?) -> String? {
        guard let text = value?.string, text.utf8.count <= longestBody else { return text(value, longest: longestBody) }
        var html: [UInt8] = []
        html.reserveCapacity(text.utf8.count + 256)
        for byte in text.utf8 {
            if byte == 0x0a, html.last != 0x0d { html += "<br>".utf8 } else { html.append(byte) }
        }
        let lines = HTMLText.paragraphs(String(decoding: html, as: UTF8.self)).split(separator: "\n")
        return lines.isEmpty ? nil : lines.joined(separator: "\n")
    }

    private static func text(_ value: JSONValue?, longest: Int = longestText) -> String? {
        switch value {
        case .string(let text):
            guard text.utf8.count <= longest else { return nil }
            let plain = HTMLText.plainText(text)
            return plain.isEmpty ? nil : plain
        case .number(let number): return number
        case .array(let elements):
            let texts = elements.prefix(mostElements).compactMap { $0.array == nil ? text($0, longest: longest) : nil }
            return texts.first
        case .object: return value?["@value"].flatMap { $0.object == nil ? text($0, longest: longest) : nil }
        default: return nil
        }
    }

    /// The names of a text, of an object with a name, of a reference to one, or of a list of all these.
    private static func names(_ value: JSONValue?, in data: LinkedData) -> [Name] {
        guard let value else { return [] }
        var names: [Name] = []
        for element in (value.array ?? [value]).prefix(mostElements) {
            if let name = text(element) {
                names.append(Name(text: name, isOrganization: false))
                continue
            }
            let person = data.resolved(element)
            let isOrganization = types(person).contains {
                $0.hasSuffix("Organization") || $0 == "Corporation" || $0 == "Brand"
            }
            // One object may have the names of several.
            for name in person["name"].map({ $0.array ?? [$0] })?.prefix(mostElements) ?? [] {
                if let name = text(name) { names.append(Name(text: name, isOrganization: isOrganization)) }
            }
            if person["name"] == nil, let family = text(person["familyName"]) {
                let whole = [text(person["givenName"]), family].compactMap { $0 }.joined(separator: " ")
                names.append(Name(text: whole, isOrganization: false))
            }
        }
        return names
    }

    private static func images(_ value: JSONValue?, in data: LinkedData) -> [String] {
        guard let value else { return [] }
        return (value.array ?? [value]).prefix(mostElements).compactMap { element in
            if let url = text(element) { return url }
            let image = data.resolved(element)
            return text(image["url"]) ?? text(image["contentUrl"]) ?? text(image["@id"])
        }
    }

    /// Pages write it as a truth value, as text in any case, or as the name of one at schema.org, and say it of the article
    /// or of a part of it.
    private static func isFree(_ object: JSONValue) -> Bool? {
        if let said = truth(object["isAccessibleForFree"]) { return said }
        guard let part = object["hasPart"] else { return nil }
        let parts = (part.array ?? [part]).prefix(mostElements).compactMap { truth($0["isAccessibleForFree"]) }
        return parts.contains(false) ? false : parts.first
    }

    private static func truth(_ value: JSONValue?) -> Bool? {
        if let said = value?.bool { return said }
        switch text(value)?.lowercased().split(separator: "/").last {
        case "true", "1", "yes": return true
        case "false", "0", "no": return false
        default: return nil
        }
    }
}
