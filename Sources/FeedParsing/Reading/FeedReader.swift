import FeedModel

/// Reads the events of one XML document into a feed.
///
/// What an element means is decided in two steps: `ElementTable` says what it is, and the innermost scope that is open
/// says what that is good for. What has no meaning where it stands is passed over with everything in it, so that the
/// title of an image never becomes the title of a feed.
struct FeedReader: ~Copyable {
    /// The part of the document that an element stands in.
    enum Scope {
        /// Outside the root element.
        case document
        /// Inside `rdf:RDF` or `rss`, beside the channel.
        case root
        case feed
        case item
        /// A group of items with a name of its own (CDF).
        case group
        case image, source, person, media, podcastOwner, place, skipHours, skipDays
    }

    struct OpenScope {
        var scope: Scope
        var depth: Int
    }

    /// Where a document stands from the reader's point of view.
    enum Outcome {
        /// No root element has been seen.
        case undecided
        case feed
        case other(root: String)
    }

    let limits: ParseLimits
    var outcome = Outcome.undecided
    /// Set before what is open is closed by force: what is open then is incomplete.
    var endsEarly = false
    /// Whether the root element has had anything in it.
    private(set) var sawContent = false

    var depth = 0
    private var elements = ElementTable()
    private var scopes = [OpenScope(scope: .document, depth: 0)]
    /// The depth of the element that is passed over with everything in it; 0 when there is none.
    private var skippedFrom = 0
    var capture = TextCapture()
    /// What the instructions of the markup that is being parsed stand for.
    var aside = AsideText()
    /// What the captured text is where no element stands in it.
    var capturedKind = TextValue.Kind.unknown
    /// What the link whose text is captured says of itself.
    var openLinkRel: String?
    var openLinkType: String?
    var bases: BaseURLs
    var languages = LanguageScope()

    var feed = FeedDraft()
    var item = ItemDraft()
    var person = PersonDraft()
    var image = ImageDraft()
    var source = SourceDraft()
    var media = MediaDraft()
    var articles: [Article] = []
    var dropped = 0
    var notes = ReadingNotes()

    init(baseURL: String?, limits: ParseLimits) {
        self.limits = limits
        bases = BaseURLs(document: baseURL)
    }

    var scope: Scope { scopes[scopes.count - 1].scope }

    /// The depth of the element that opened the innermost scope.
    var scopeDepth: Int { scopes[scopes.count - 1].depth }

    /// The scope around the innermost one.
    var outerScope: Scope { scopes.count > 1 ? scopes[scopes.count - 2].scope : .document }

    /// Whether an item is open.
    var isInItem: Bool { scopes.contains { $0.scope == .item } }

    mutating func enter(_ scope: Scope) {
        scopes.append(OpenScope(scope: scope, depth: depth))
    }

    /// Passes over the element that has just begun.
    mutating func skip() {
        skippedFrom = depth
    }

    // MARK: - Events

    mutating func start(
        _ name: XMLElementName?, namespaces: XMLNamespaces, attributes: XMLAttributes
    ) {
        depth += 1
        guard skippedFrom == 0, let name else { return }
        if !attributes.isEmpty, attributes.hasXMLAttributes {
            if let base = attributes.xml("base") { bases.push(base, depth: depth) }
            if let language = attributes.xml("lang") { languages.push(language, depth: depth) }
        }
        let element = elements.element(name)
        if capture.isActive {
            if !leavesCapture(element) {
                capture.startTag(name, attributes: attributes, bases: &bases, depth: depth)
                return
            }
        }
        if depth > 1 { sawContent = true }
        if attributes.hasOversizedValue { noteOversizedAttribute(of: element) }
        switch scope {
        case .document: startRoot(element, name, namespaces, attributes)
        case .root: startInRoot(element, name, attributes)
        case .feed: startInFeed(element, attributes)
        case .item: startInItem(element, attributes)
        case .group: startInGroup(element, attributes)
        case .image: startInImage(element)
        case .source: startInSource(element, attributes)
        case .person, .podcastOwner: startInPerson(element, attributes)
        case .media: startMedia(element, attributes)
        case .place: startInPlace(element, attributes)
        case .skipHours, .skipDays: startInSkipList(element)
        }
    }

    mutating func end(_ name: UnsafePointer<UInt8>?) {
        defer { depth -= 1 }
        if skippedFrom != 0 {
            if depth == skippedFrom { skippedFrom = 0 }
        } else {
            if capture.isActive {
                if capture.depth == depth { finishCapture() } else if let name { capture.endTag(name) }
            }
            if let last = scopes.last, last.depth == depth {
                leave(last.scope)
                scopes.removeLast()
            }
        }
        bases.pop(depth: depth)
        languages.pop(depth: depth)
    }

    mutating func text(_ bytes: UnsafeBufferPointer<UInt8>) {
        if skippedFrom == 0, capture.isActive { capture.append(bytes) }
    }

    /// The text that an instruction stands for.
    mutating func textAside(_ name: UnsafePointer<UInt8>?) {
        guard let name, let range = aside.due(name), skippedFrom == 0, capture.isActive else { return }
        aside.bytes.withUnsafeBufferPointer { capture.append(UnsafeBufferPointer(rebasing: $0[range])) }
    }

    // MARK: - The document's frame

    private mutating func startRoot(
        _ element: Element, _ name: XMLElementName, _ namespaces: XMLNamespaces, _ attributes: XMLAttributes
    ) {
        let element = element == .unknown ? elements.adopt(name) : element
        switch element {
        case .rss:
            feed.format = Self.rssFormat(attributes("version"))
            enter(.root)
        case .rdf:
            feed.format = Self.rdfFormat(namespaces.usual)
            enter(.root)
        case .feed:
            feed.format = Self.atomFormat(attributes("version"), uri: name.uriText ?? "")
            enter(.feed)
        case .channel where name.isRSS11:
            feed.format = .rss10
            feed.about = attributes("about")
            enter(.feed)
        case .channel:
            feed.format = .cdf
            enter(.feed)
            startCDFChannel(attributes)
        case .item where Optional(name.local).equalsIgnoringCase("entry") && name.uri != nil:
            // RFC 4287 §4.1.2: an entry may be a document by itself.
            feed.format = Self.atomFormat(attributes("version"), uri: name.uriText ?? "")
            enter(.root)
            startItem(attributes)
        default:
            outcome = .other(root: String(String(cString: name.local).prefix(64)))
            skip()
            return
        }
        outcome = .feed
        feed.language = languages.current
    }

    private mutating func startInRoot(_ element: Element, _ name: XMLElementName, _ attributes: XMLAttributes) {
        var element = element
        if element == .unknown, Optional(name.local).equalsIgnoringCase("channel") {
            element = elements.adopt(name)
        }
        switch element {
        case .channel:
            if feed.format == .rss10, name.uri != nil { feed.format = Self.rdfFormat(name.uriText) }
            feed.about = feed.about ?? attributes("about")
            if let language = languages.current { feed.language = language }
            // Of a second channel only the items count: what it says of itself is not the feed's.
            enter(feed.title == nil && articles.isEmpty ? .feed : .group)
        case .feed: enter(.feed)
        case .image, .item, .textInput, .title, .link, .description:
            // RSS 1.0 has items beside the channel; other documents forget it.
            startInFeed(element, attributes)
        default: skip()
        }
    }

    private static func rssFormat(_ version: String?) -> Feed.Format {
        guard let version else { return .rss20 }
        if version.hasPrefix("0.90") || version == "0.9" { return .rss090 }
        if version.hasPrefix("0.91") { return .rss091 }
        // 0.93 and 0.94 were drafts on the way from 0.92 to 2.0.
        if version.hasPrefix("0.9") { return .rss092 }
        return version.hasPrefix("1.") ? .rss10 : .rss20
    }

    private static func rdfFormat(_ uri: String?) -> Feed.Format {
        guard let uri else { return .rss10 }
        return uri.contains("netscape.com") && uri.contains("0.9") ? .rss090 : .rss10
    }

    private static func atomFormat(_ version: String?, uri: String) -> Feed.Format {
        if uri.contains("2005/Atom") { return .atom10 }
        return version?.hasPrefix("0.") == true || uri.contains("atom/ns") || uri.contains("echo") ? .atom03 : .atom10
    }
}

/// What a reader noticed and a person may want to know; becomes `Feed.warnings`.
struct ReadingNotes {
    var assumedZones = 0
    var unreadableDates = 0
    var truncatedFields = 0
    var surplusItems = 0
    var emptyItems = 0

    var classes: WarningClasses {
        var classes: WarningClasses = []
        if assumedZones + unreadableDates > 0 { classes.insert(.dates) }
        if truncatedFields + surplusItems > 0 { classes.insert(.limits) }
        return classes
    }

    var warnings: [String] {
        var warnings: [String] = []
        func note(_ count: Int, _ one: String, _ many: (Int) -> String) {
            if count == 1 { warnings.append(one) }
            if count > 1 { warnings.append(many(count)) }
        }
        note(assumedZones, "A date without a time zone was read as UTC.") {
            "\($0) dates without a time zone were read as UTC."
        }
        note(unreadableDates, "A date could not be read.") { "\($0) dates could not be read." }
        note(truncatedFields, "A field was cut to its limit.") { "\($0) fields were cut to their limits." }
        note(surplusItems, "An item beyond the limit was passed over.") {
            "\($0) items beyond the limit were passed over."
        }
        note(emptyItems, "An item has nothing that it could be known by.") {
            "\($0) items have nothing that they could be known by."
        }
        return warnings
    }
}
