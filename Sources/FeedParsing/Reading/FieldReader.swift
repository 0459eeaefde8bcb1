import FeedModel
private import Text

/// Reads the values of fields: it gathers the text of the field that is open, and makes texts, titles, dates and URLs of
/// it, or of attributes. What it cannot take as it stands, it notes with the item that is open, or else with the feed.
///
/// Some of it is mutating only in name: what is not gets a copy of the whole value on the stack each time.
struct FieldReader: ~Copyable {
    let limits: ParseLimits
    /// The format decides what the text of an element without a type is.
    var format = Feed.Format.rss20
    /// Where the document says that it is: what relative URLs are resolved against when it came without a URL.
    var ownURL: String?
    private var bases: BaseURLs

    private(set) var capture = TextCapture()
    /// What the gathered text is where no element stands in it.
    private var kind = TextValue.Kind.unknown

    var notes = ReadingNotes()
    private(set) var feedNotes = PartNotes()
    private(set) var itemNotes = PartNotes()
    private(set) var isInItem = false

    private var languages = LanguageScope()
    /// The languages that the open item and the feed give.
    var itemLanguage: String?
    var feedLanguage: String?

    init(baseURL: String?, limits: ParseLimits) {
        self.limits = limits
        bases = BaseURLs(document: baseURL)
    }

    // MARK: - The document's frame

    mutating func beginItem() {
        itemNotes = PartNotes()
        itemLanguage = nil
        isInItem = true
    }

    mutating func endItem() {
        isInItem = false
    }

    /// Takes the xml:base of the element at that depth.
    mutating func pushBase(_ base: String, depth: Int) {
        bases.push(base, depth: depth)
    }

    /// Takes the xml:lang of the element at that depth.
    mutating func pushLanguage(_ language: String, depth: Int) {
        languages.push(language, depth: depth)
    }

    /// The language of the innermost element, by itself or by one around it.
    var language: String? { mutating get { languages.current } }

    /// The language that the element at that depth says for itself.
    mutating func ownLanguage(depth: Int) -> String? { languages.own(depth: depth) }

    /// Forgets the bases and languages of the elements from that depth on.
    mutating func popScopes(depth: Int) {
        bases.pop(depth: depth)
        languages.pop(depth: depth)
    }

    /// Says that so many bytes more of the document have come.
    mutating func expect(bytes: Int) {
        bases.add(document: bytes)
    }

    // MARK: - Gathering text

    /// Begins to gather the text of a field whose type the element says.
    mutating func begin(_ element: Element, _ attributes: XMLAttributes, depth: Int) {
        let construct = TextConstruct(element, attributes, isAtom: format.isAtom)
        kind = construct.kind
        capture.begin(
            element, mode: construct.mode, isXHTML: construct.isXHTML, depth: depth, limit: limit(of: element))
    }

    /// What the text of an element may have in bytes.
    private mutating func limit(of element: Element) -> Int {
        switch element {
        case .content, .encoded, .body, .description, .summary, .secondaryDescription, .secondarySummary,
            .mediaDescription, .subtitle, .guid, .id, .identifier:
            limits.contentBytes
        default: limits.fieldBytes
        }
    }

    /// Begins to gather a text that has no type.
    mutating func begin(_ element: Element, depth: Int, limit: Int) {
        capture.begin(element, depth: depth, limit: limit)
    }

    mutating func append(_ bytes: UnsafeBufferPointer<UInt8>) {
        capture.append(bytes)
    }

    /// Writes out the start tag of an element inside the field.
    mutating func appendStartTag(_ name: XMLElementName, _ attributes: XMLAttributes, depth: Int) {
        capture.startTag(name, attributes: attributes, bases: &bases, depth: depth)
    }

    mutating func appendEndTag(_ name: UnsafePointer<UInt8>, depth: Int) {
        capture.endTag(name, depth: depth)
    }

    /// What an element that begins while text is gathered means for the text.
    mutating func interruption(by element: Element, in part: DocumentPart, partDepth: Int) -> TextCapture.Interruption {
        capture.interruption(by: element, in: part, partDepth: partDepth)
    }

    /// Ends the gathering; the text stays until the next one begins.
    ///
    /// - Returns: the element whose text it is.
    @discardableResult
    mutating func end() -> Element {
        capture.end()
        return capture.element
    }

    // MARK: - Values of the gathered text

    /// The text without white space around it; nil where nothing is left.
    var text: String? {
        mutating get {
            capture.bytes.withUnsafeBufferPointer { bytes in
                let text = bytes.trimmed.withoutCDATAMarks
                return text.isEmpty ? nil : String(decoding: text, as: UTF8.self)
            }
        }
    }

    /// The text as an absolute URL.
    var url: String? { mutating get { url(text) } }

    /// The text with its kind.
    var value: TextValue? {
        mutating get {
            if capture.mode == .base64 { return decodedBase64() }
            guard
                let text = capture.bytes.withUnsafeBufferPointer({ bytes -> String? in
                    let text = bytes.trimmed.withoutCDATAMarks
                    return text.isEmpty ? nil : String(decoding: text, as: UTF8.self)
                })
            else { return nil }
            return TextValue(text: text, kind: capture.holdsMarkup ? .html : kind, isCut: capture.isCut)
        }
    }

    private mutating func decodedBase64() -> TextValue? {
        guard let bytes = Base64.bytes(capture.bytes) else {
            guard let text else { return nil }
            return TextValue(text: text, kind: kind, isCut: capture.isCut)
        }
        var mended: [UInt8] = []
        var findings = UTF8Text.Findings()
        _ = bytes.withUnsafeBufferPointer {
            UTF8Text.appendMended($0, isFinal: true, into: &mended, findings: &findings)
        }
        // A picture, or something else that is no text.
        if findings.controls > 0 { return nil }
        let text = mended.withUnsafeBufferPointer { String(decoding: $0.trimmed, as: UTF8.self) }
        return text.isEmpty ? nil : TextValue(text: text, kind: kind, isCut: capture.isCut)
    }

    /// The text as a title: one line of plain text, within its limit.
    ///
    /// - Parameter field: what the JSON calls it.
    mutating func title(_ field: String = "title") -> String? {
        guard let value else { return nil }
        let plain = value.plain
        if plain.isEmpty { return nil }
        if value.isCut, plain.utf8.count <= limits.titleBytes { noteCut(field) }
        return cut(plain, field)
    }

    /// The text with its URLs made absolute. What it is is decided with it: nobody has to look again.
    ///
    /// In an item without xml:base its page counts, which may be told behind the text: then the value says that it is
    /// relative.
    mutating func html() -> TextValue? {
        guard var value else { return nil }
        capture.dropLongText()
        if value.isCut { notes.truncatedFields += 1 }
        value.kind = value.isHTML ? .html : .text
        guard value.kind == .html else { return value }
        if isInItem, !bases.isGiven {
            value.isRelative = HTMLRewriter.mayFindRelativeURL(in: value.text)
        } else {
            value.text = HTMLRewriter.absolutizing(value.text, base: base)
        }
        return value
    }

    /// The text as a date. One that cannot be read is kept as text, under the name of the field that it is meant for.
    mutating func date(_ field: String) -> Timestamp? {
        let reading = capture.bytes.withUnsafeBufferPointer { bytes in
            let text = bytes.trimmed.withoutCDATAMarks
            return text.isEmpty ? nil : FeedDate.parse(text)
        }
        return noted(reading, field) ?? unreadable(text, field)
    }

    // MARK: - Values of any text

    /// A date that stands in an attribute.
    mutating func date(_ text: String?, _ field: String) -> Timestamp? {
        guard let text, !text.isEmpty else { return nil }
        return noted(FeedDate.parse(text), field) ?? unreadable(text, field)
    }

    private mutating func noted(_ reading: FeedDate.Reading?, _ field: String) -> Timestamp? {
        if reading?.assumedZone == true {
            notes.assumedZones += 1
            if isInItem { itemNotes.add(assumedUTC: field) }
        }
        return reading?.time
    }

    private mutating func unreadable(_ text: String?, _ field: String) -> Timestamp? {
        guard let text else { return nil }
        // A month's name may mean several, unless its language is known (identity.md §10).
        if let language = language ?? (isInItem ? itemLanguage : nil) ?? feedLanguage,
            let reading = FeedDate.parse(text, language: language)
        {
            return noted(reading, field)
        }
        notes.unreadableDates += 1
        let raw = Article.RawDate(field: field, text: text.cut(toBytes: 256))
        if isInItem { itemNotes.add(rawDate: raw) } else { feedNotes.add(rawDate: raw) }
        return nil
    }

    /// What relative URLs are resolved against.
    var base: String? { mutating get { bases.current ?? ownURL } }

    /// An absolute URL that may be followed: http, https or mailto. Anything else is kept as text.
    mutating func url(_ reference: String?) -> String? {
        guard let reference, !reference.isEmpty else { return nil }
        guard reference.utf8.count <= limits.urlBytes else {
            noteUnsafe(reference.cut(toBytes: 2048))
            return nil
        }
        if reference.isPlainWebURL { return reference }
        let meant = HostReference.url(reference, beside: [bases.document, bases.current, ownURL]) ?? reference
        guard let url = bases.resolve(meant, base: base), url.isFollowable else {
            noteUnsafe(reference)
            return nil
        }
        return url
    }

    /// RFC 4287 writes out the relations of its registry under this.
    private static let registry = "http://www.iana.org/assignments/relation/"

    /// A link with that reference, as it was written.
    ///
    /// - Returns: nil where it cannot be followed.
    mutating func link(_ reference: String, rel: String?, type: String?) -> Link? {
        var rel = rel?.lowercasedASCII ?? "alternate"
        if rel.hasPrefix(Self.registry) { rel.removeFirst(Self.registry.count) }
        if rel.isEmpty { rel = "alternate" }
        // An empty reference is the base itself, which no page or file is.
        let href = reference.isEmpty && rel == "self" ? bases.current : url(reference)
        guard let href else { return nil }
        return Link(rel: rel, href: href, type: type?.isEmpty == true ? nil : type)
    }

    /// A short text within its limit.
    mutating func cut(_ text: String, _ field: String) -> String {
        guard text.utf8.count > limits.titleBytes else { return text }
        noteCut(field)
        return text.cut(toBytes: limits.titleBytes)
    }

    // MARK: - Notes

    private mutating func noteUnsafe(_ reference: String) {
        let isKept =
            isInItem
            ? itemNotes.add(unsafeURL: reference, limit: limits.listEntries)
            : feedNotes.add(unsafeURL: reference, limit: limits.listEntries)
        if !isKept { noteCut("unsafe_urls") }
    }

    /// Notes that a field was cut, or has more entries than are kept.
    mutating func noteCut(_ field: String) {
        if !isInItem || itemNotes.add(truncated: field) { notes.truncatedFields += 1 }
    }

    /// Notes an attribute that is too long to be read. It is left out whole, because half a URL is another URL.
    mutating func noteOversizedAttribute(of element: Element) {
        switch element {
        case .enclosure, .mediaContent, .mediaThumbnail: noteCut("attachments")
        case .category, .mediaCategory, .podcastCategory, .keywords, .mediaKeywords: noteCut("tags")
        case .author, .creator, .contributor, .secondaryAuthor: noteCut("authors")
        case .image, .logo, .podcastImage: noteCut("image")
        // An item's `about` is its id, and may be as long as any; of what nobody knows nothing is lost.
        case .item, .unknown: break
        case _ where PodcastElement.named(element) != nil || PodcastElement.part(element) != nil: noteCut("podcast")
        default: noteCut("links")
        }
    }
}

extension UnsafeBufferPointer<UInt8> {
    /// What is inside `<![CDATA[` and `]]>` where they are the ends of it: a section that was escaped as if it were text.
    fileprivate var withoutCDATAMarks: UnsafeBufferPointer<UInt8> {
        guard count >= 12, self[1] == UInt8(ascii: "!"), self[count - 1] == UInt8(ascii: ">"), hasPrefix("<![CDATA["),
            self[count - 2] == UInt8(ascii: "]"), self[count - 3] == UInt8(ascii: "]")
        else { return self }
        let inside = UnsafeBufferPointer(rebasing: self[9..<count - 3])
        return inside.firstRange(of: "]]>", from: 0) == nil ? inside.trimmed : self
    }
}

/// The language that xml:lang gives at one place of a document.
private struct LanguageScope {
    private var entries: [(language: String, depth: Int)] = []

    /// Nil where none is given, or it was taken back with an empty one.
    var current: String? {
        guard let language = entries.last?.language, !language.isEmpty else { return nil }
        return language
    }

    /// What the element at that depth says for itself.
    func own(depth: Int) -> String? {
        guard let last = entries.last, last.depth == depth, !last.language.isEmpty else { return nil }
        return last.language
    }

    mutating func push(_ language: String, depth: Int) {
        entries.append((language, depth))
    }

    mutating func pop(depth: Int) {
        while let last = entries.last, last.depth >= depth { entries.removeLast() }
    }
}
