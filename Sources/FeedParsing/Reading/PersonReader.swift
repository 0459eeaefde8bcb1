import FeedModel

/// Reads a person: Atom's with elements inside, or RSS's on one line.
struct PersonReader {
    /// The element that the person is written as.
    private(set) var element = Element.unknown
    private(set) var author = Author()
    /// There are elements inside, or an attribute that says all.
    private var isStructured = false

    init() {}

    init(_ element: Element, _ attributes: XMLAttributes) {
        self.element = element
        // CDF: <AUTHOR VALUE="…"/>.
        if let value = attributes("value") {
            author = PersonText.author(value) ?? Author()
            isStructured = true
        }
    }

    /// What the JSON calls those that the person is one of.
    var field: String { element == .contributor ? "contributors" : "authors" }

    mutating func start(_ element: Element, limit: Int) -> ElementUse {
        switch element {
        case .name, .email, .uri, .url:
            isStructured = true
            return .plainText(limit: limit)
        default: return .ignored
        }
    }

    /// Takes the text of the element itself, or of one inside.
    mutating func finish(_ element: Element, _ fields: inout FieldReader) {
        guard let text = fields.text else { return }
        switch element {
        case .name: author.name = fields.cut(PersonText.plain(text), field)
        case .email:
            let address = text.lowercased().hasPrefix("mailto:") ? String(text.dropFirst(7)) : text
            author.email = fields.cut(address.whitespaceCollapsed, field)
        case .uri, .url: author.url = fields.url(text)
        default:
            // A person on one line may be HTML.
            guard !isStructured, let found = PersonText.author(PersonText.plain(text)) else { return }
            author = found
            if let name = found.name { author.name = fields.cut(name, field) }
            if let email = found.email { author.email = fields.cut(email, field) }
        }
    }
}

/// The persons of a feed or an item, by what they are to it.
struct PeopleLists {
    private(set) var authors: [Author] = []
    /// Authors by vocabularies that count for less.
    private(set) var secondaryAuthors: [Author] = []
    private(set) var owners: [Author] = []
    private(set) var contributors: [Author] = []

    /// Adds a person whose end tag has come, unless nothing is known of them.
    mutating func add(_ person: PersonReader, _ fields: inout FieldReader) {
        let author = person.author
        guard author.name != nil || author.email != nil || author.url != nil else { return }
        let limit = fields.limits.listEntries
        let isKept =
            switch person.element {
            case .contributor: contributors.add(author, limit: limit)
            case .secondaryAuthor: secondaryAuthors.add(author, limit: limit)
            case .owner: owners.add(author, limit: limit)
            default: authors.add(author, limit: limit)
            }
        if !isKept { fields.noteCut(person.field) }
    }
}

extension [Author] {
    /// Appends a person who is not yet there; what one entry lacks, another may have.
    ///
    /// - Returns: false where there is no room for another one.
    fileprivate mutating func add(_ author: Author, limit: Int) -> Bool {
        for index in indices {
            let known = self[index]
            let sameName = known.name != nil && known.name == author.name
            let sameEmail = known.email != nil && known.email == author.email
            guard sameName || sameEmail else { continue }
            guard known.name == nil || author.name == nil || sameName else { continue }
            guard known.email == nil || author.email == nil || sameEmail else { continue }
            self[index].name = known.name ?? author.name
            self[index].email = known.email ?? author.email
            self[index].url = known.url ?? author.url
            return true
        }
        guard count < limit else { return false }
        append(author)
        return true
    }
}

/// Reads the image of a feed or an item.
struct ImageReader {
    private(set) var url: String?

    mutating func begin(_ attributes: XMLAttributes, _ fields: inout FieldReader) {
        url = nil
        if let reference = attributes("href") ?? attributes("url") { url = fields.url(reference) }
    }

    /// What an element inside an image is good for.
    static func start(_ element: Element, limit: Int) -> ElementUse {
        element == .url ? .plainText(limit: limit) : .ignored
    }

    /// Takes the text of the element itself, or of its URL.
    mutating func finish(_ element: Element, _ fields: inout FieldReader) {
        // An image without a URL has other elements inside, which came out as markup.
        guard element == .url || !fields.capture.holdsMarkup else { return }
        url = url ?? fields.url
    }
}

/// Reads which feed an item was first in.
struct SourceReader {
    private var draft = Article.Source()
    /// There are elements inside.
    private var isStructured = false

    /// What has been read; nil where that is nothing.
    var source: Article.Source? { draft.title != nil || draft.url != nil ? draft : nil }

    mutating func begin(_ attributes: XMLAttributes, _ fields: inout FieldReader) {
        isStructured = false
        draft = Article.Source()
        draft.url = fields.url(attributes("url") ?? attributes("href"))
    }

    mutating func start(
        _ element: Element, _ attributes: XMLAttributes, _ fields: inout FieldReader
    ) -> ElementUse {
        isStructured = true
        switch element {
        case .title: return .field
        case .link:
            guard let reference = attributes("href") else { return .field }
            let rel = attributes("rel") ?? "alternate"
            if rel == "alternate" || draft.url == nil { draft.url = fields.url(reference) }
            return .ignored
        default: return .ignored
        }
    }

    /// Takes the text of the element itself, or of one inside.
    mutating func finish(_ element: Element, _ fields: inout FieldReader) {
        switch element {
        case .source where isStructured: break
        case .link: draft.url = draft.url ?? fields.url
        default:
            guard let title = fields.value?.plain.cut(toBytes: fields.limits.titleBytes), !title.isEmpty else { return }
            draft.title = draft.title ?? title
        }
    }
}

/// Reads where on Earth an item is: a point of GeoRSS, in any of its forms, or two numbers of the older vocabularies.
struct PlaceReader {
    private(set) var location: Article.Location?
    private var latitude: Double?
    private var longitude: Double?

    /// What an element inside a place is good for.
    static func start(_ element: Element) -> ElementUse {
        switch element {
        case .point, .latitude, .longitude: .field
        case .place: .part(.place)
        default: .ignored
        }
    }

    /// Takes the text of a point or of one of its numbers.
    mutating func finish(_ element: Element, _ fields: inout FieldReader) {
        guard let text = fields.text else { return }
        switch element {
        case .latitude: latitude = latitude ?? Double(text)
        case .longitude: longitude = longitude ?? Double(text)
        default:
            let numbers = text.split { $0 == " " || $0 == "," || $0.isNewline || $0 == "\t" }
            if numbers.count >= 2 { set(Double(numbers[0]), Double(numbers[1])) }
            return
        }
        set(latitude, longitude)
    }

    private mutating func set(_ latitude: Double?, _ longitude: Double?) {
        guard location == nil, let latitude, let longitude, abs(latitude) <= 90, abs(longitude) <= 180 else { return }
        location = Article.Location(latitude: latitude, longitude: longitude)
    }
}
