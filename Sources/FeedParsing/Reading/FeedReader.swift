import FeedModel

/// Reads the events of one XML document into a feed.
///
/// What an element means is decided in two steps: `ElementTable` says what it is, and the innermost part of the document
/// that is open says what that is good for. What has no meaning where it stands is passed over with everything in it, so
/// that the title of an image never becomes the title of a feed.
///
/// The reader only hands the events round. `ElementStack` knows where the document stands, `FieldReader` gathers text and
/// makes values of it, and each part of the document has a reader that owns what has been read of it.
struct FeedReader: ~Copyable {
    /// What the document has turned out to be.
    enum Outcome {
        /// No root element has been seen.
        case undecided
        case feed
        case other(root: String)
    }

    private(set) var outcome = Outcome.undecided
    /// Set before what is open is closed by force: what is open then is incomplete.
    var endsEarly = false
    /// Whether the root element has had anything in it.
    private(set) var sawContent = false
    private(set) var articles: [Article] = []
    /// How many items were passed over beyond the limit, known ones not counted.
    private(set) var dropped = 0
    private var intake: ItemIntake
    /// How many items there were without any element in them.
    private(set) var blankItems = 0

    private var elements = ElementTable()
    private var stack = ElementStack()
    private var fields: FieldReader
    /// What the instructions of the markup that is being parsed stand for.
    private var aside = AsideText()

    private var channel = ChannelReader()
    private var item = ItemReader()
    private var person = PersonReader()
    private var image = ImageReader()
    private var source = SourceReader()

    init(baseURL: String?, limits: ParseLimits) {
        fields = FieldReader(baseURL: baseURL, limits: limits)
        intake = ItemIntake(limits)
    }

    /// What stands beyond the limit; nil where nothing does.
    var surplus: SurplusItems? { intake.isBeyondLimit ? intake.surplus : nil }

    /// What has been noticed so far and a person may want to know.
    var notes: ReadingNotes { mutating get { fields.notes } }

    /// The feed as far as it has been read, without its articles and warnings.
    mutating func feed() -> Feed {
        channel.feed(format: fields.format, notes: fields.feedNotes)
    }

    /// Takes what belongs to the markup that comes next.
    ///
    /// - Parameters:
    ///   - markupBytes: how much of it comes.
    ///   - texts: what its instructions stand for; goes on empty.
    mutating func expect(markupBytes: Int, texts: inout AsideText) {
        fields.expect(bytes: markupBytes + texts.bytes.count)
        aside.take(from: &texts)
    }

    // MARK: - Events

    mutating func start(
        _ name: XMLElementName?, namespaces: XMLNamespaces, attributes: XMLAttributes
    ) {
        stack.push()
        guard !stack.isSkipping, let name else { return }
        if !attributes.isEmpty, attributes.hasXMLAttributes {
            if let base = attributes.xml("base") { fields.pushBase(base, depth: stack.depth) }
            if let language = attributes.xml("lang") { fields.pushLanguage(language, depth: stack.depth) }
        }
        let element = elements.element(name)
        if fields.capture.isActive, !endsText(element) {
            return fields.appendStartTag(name, attributes, depth: stack.depth)
        }
        if stack.depth > 1 { sawContent = true }
        if attributes.hasOversizedValue { fields.noteOversizedAttribute(of: element) }
        let use =
            switch stack.part {
            case .document: startRoot(element, name, namespaces, attributes)
            case .root: startInRoot(element, name, attributes)
            case .feed: channel.start(element, attributes, &fields)
            case .item: item.start(element, attributes, &fields)
            case .group: Self.startInGroup(element)
            case .image: ImageReader.start(element, limit: fields.limits.fieldBytes)
            case .source: source.start(element, attributes, &fields)
            case .person: person.start(element, limit: fields.limits.fieldBytes)
            case .media:
                fields.isInItem
                    ? item.startMedia(element, attributes, &fields) : channel.startMedia(element, attributes, &fields)
            case .podcast:
                fields.isInItem
                    ? item.startPodcastPart(element, attributes, &fields)
                    : channel.startPodcastPart(element, attributes, &fields)
            case .place: PlaceReader.start(element)
            case .skipHours, .skipDays: PollingHintsReader.start(element)
            }
        open(use, element, attributes)
    }

    mutating func end(_ name: UnsafePointer<UInt8>?) {
        if stack.isSkipping {
            stack.endSkipping()
        } else {
            if fields.capture.isActive {
                if fields.capture.depth == stack.depth {
                    if endsEarly, !fields.capture.element.isReadInPart { fields.end() } else { finishField() }
                } else if let name {
                    fields.appendEndTag(name, depth: stack.depth)
                }
            }
            if stack.endsPart {
                finishPart()
                stack.leave()
            }
        }
        fields.popScopes(depth: stack.depth)
        stack.pop()
    }

    mutating func text(_ bytes: UnsafeBufferPointer<UInt8>) {
        if !stack.isSkipping, fields.capture.isActive { fields.append(bytes) }
    }

    /// The text that an instruction stands for.
    mutating func textAside(_ name: UnsafePointer<UInt8>?) {
        guard let name, let range = aside.due(name), !stack.isSkipping, fields.capture.isActive else { return }
        aside.bytes.withUnsafeBufferPointer { fields.append(UnsafeBufferPointer(rebasing: $0[range])) }
    }

    // MARK: - Fields and parts

    /// Whether an element that begins while text is gathered belongs beside the text or has a meaning of its own there,
    /// so that the gathering is over.
    private mutating func endsText(_ element: Element) -> Bool {
        switch fields.interruption(by: element, in: stack.part, partDepth: stack.partDepth) {
        case .none: return false
        case .drops: fields.end()
        case .ends: finishField()
        }
        return true
    }

    private mutating func open(_ use: ElementUse, _ element: Element, _ attributes: XMLAttributes) {
        switch use {
        case .ignored: stack.skip()
        case .transparent: break
        case .field: fields.begin(element, attributes, depth: stack.depth)
        case .plainText(let limit): fields.begin(element, depth: stack.depth, limit: limit)
        case .part(let part): open(part, element, attributes)
        }
    }

    private mutating func open(_ part: DocumentPart, _ element: Element, _ attributes: XMLAttributes) {
        stack.enter(part)
        switch part {
        case .item: return item.begin(attributes, language: fields.ownLanguage(depth: stack.depth), &fields)
        case .person: person = PersonReader(element, attributes)
        case .image: image.begin(attributes, &fields)
        case .source: source.begin(attributes, &fields)
        default: return
        }
        // Some write as the element's own text what others have inside.
        fields.begin(element, depth: stack.depth, limit: fields.limits.fieldBytes)
    }

    /// Hands the text that has been gathered to the part that it stands in.
    private mutating func finishField() {
        let element = fields.end()
        let part = stack.part
        switch part {
        case .feed, .root, .skipHours, .skipDays: channel.finish(element, in: part, &fields)
        case .item, .place: item.finish(element, in: part, &fields)
        case .media where fields.isInItem: item.finish(element, in: part, &fields)
        case .media: channel.finish(element, in: part, &fields)
        case .person: person.finish(element, &fields)
        case .image: image.finish(element, &fields)
        case .source: source.finish(element, &fields)
        case .group, .document, .podcast: break
        }
    }

    /// Takes what the innermost part has turned out to be: its end tag has come.
    private mutating func finishPart() {
        let isInItem = stack.outerPart == .item
        switch stack.part {
        case .item: finishItem()
        case .person:
            if isInItem { item.add(person, &fields) } else { channel.add(person, &fields) }
        case .image:
            guard let url = image.url else { return }
            if isInItem { item.setImage(url) } else { channel.setImage(url) }
        case .source: if let source = source.source { item.setSource(source) }
        case .media: item.endMedia()
        case .podcast:
            if fields.isInItem { item.finishPodcastPart(&fields) } else { channel.finishPodcastPart(&fields) }
        default: break
        }
    }

    private mutating func finishItem() {
        defer { fields.endItem() }
        if intake.isClosed {
            intake.leave()
            return passOver()
        }
        var article = item.article(&fields)
        if !article.isIdentifiable {
            fields.notes.emptyItems += 1
            if item.isBlank { blankItems += 1 }
        }
        article.isIncomplete = endsEarly
        let left = intake.surplus.left
        guard intake.holds(article, homePageURL: channel.homePageURL(fields.format)) else {
            if intake.surplus.left > left || !article.isIdentifiable { passOver() }
            return
        }
        fields.notes.truncatedFields += article.truncatedFields.contains("id") ? 1 : 0
        articles.append(consume article)
    }

    private mutating func passOver() {
        dropped += 1
        fields.notes.surplusItems += 1
    }

    // MARK: - The document's frame

    private mutating func startRoot(
        _ element: Element, _ name: XMLElementName, _ namespaces: XMLNamespaces, _ attributes: XMLAttributes
    ) -> ElementUse {
        let element = element == .unknown ? elements.adopt(name) : element
        let part: DocumentPart
        switch element {
        case .rss:
            fields.format = .rss(version: attributes("version"))
            part = .root
        case .rdf:
            fields.format = .rdf(uri: namespaces.usual)
            part = .root
        case .feed:
            fields.format = .atom(version: attributes("version"), uri: name.uriText ?? "")
            part = .feed
        case .channel where name.isRSS11:
            fields.format = .rss10
            channel.setAbout(attributes)
            part = .feed
        case .channel:
            fields.format = .cdf
            channel.startCDF(attributes, depth: stack.depth, &fields)
            part = .feed
        case .item where Optional(name.local).equalsIgnoringCase("entry") && name.uri != nil:
            // RFC 4287 §4.1.2: an entry may be a document by itself.
            fields.format = .atom(version: attributes("version"), uri: name.uriText ?? "")
            stack.enter(.root)
            part = .item
        default:
            outcome = .other(root: String(String(cString: name.local).prefix(64)))
            return .ignored
        }
        outcome = .feed
        channel.setLanguage(fields.language)
        return .part(part)
    }

    private mutating func startInRoot(
        _ element: Element, _ name: XMLElementName, _ attributes: XMLAttributes
    ) -> ElementUse {
        var element = element
        if element == .unknown, Optional(name.local).equalsIgnoringCase("channel") {
            element = elements.adopt(name)
        }
        switch element {
        case .channel:
            if fields.format == .rss10, name.uri != nil { fields.format = .rdf(uri: name.uriText) }
            channel.setAbout(attributes)
            if let language = fields.language { channel.setLanguage(language) }
            // Of a second channel only the items count: what it says of itself is not the feed's.
            return .part(!channel.hasTitle && articles.isEmpty ? .feed : .group)
        case .feed: return .part(.feed)
        case .image, .item, .textInput, .title, .link, .description:
            // RSS 1.0 has items beside the channel; other documents forget it.
            return channel.start(element, attributes, &fields)
        default: return .ignored
        }
    }

    /// A part of a feed with a name of its own: of it only the items count.
    private static func startInGroup(_ element: Element) -> ElementUse {
        switch element {
        case .item: .part(.item)
        case .channel: .part(.group)
        default: .ignored
        }
    }
}
