private import CLibXML2

/// libxml2's push parser with recovery, as a stream of events to a `FeedReader`.
///
/// It gets markup that `MarkupRepair` has mended: no document type, no entity but XML's own five, bounded depth.
struct XMLPushParser: ~Copyable {
    private let context: OpaquePointer
    /// Every callback finds it by the context; its address stays the same until the parser is gone.
    let reader: UnsafeMutablePointer<FeedReader>

    /// Nil where there is no memory.
    init?(_ reader: consuming FeedReader) {
        _ = Self.initialized
        self.reader = .allocate(capacity: 1)
        self.reader.initialize(to: reader)
        var handler = Self.handler
        // The handler is copied by libxml2. No encoding is named: what comes is UTF-8 without a declaration. Without data of
        // ours every callback gets the context, which leads to the reader.
        guard let context = xmlCreatePushParserCtxt(&handler, nil, nil, 0, nil) else {
            self.reader.deinitialize(count: 1)
            self.reader.deallocate()
            return nil
        }
        let options =
            XML_PARSE_RECOVER.rawValue | XML_PARSE_NONET.rawValue | XML_PARSE_NOERROR.rawValue
            | XML_PARSE_NOWARNING.rawValue
        xmlCtxtUseOptions(context, Int32(bitPattern: options))
        context.pointee._private = UnsafeMutableRawPointer(self.reader)
        self.context = OpaquePointer(context)
    }

    deinit {
        xmlFreeParserCtxt(UnsafeMutablePointer(context))
        reader.deinitialize(count: 1)
        reader.deallocate()
    }

    /// Pushes a piece; the events that it completes reach the reader before this returns.
    func parse(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard let base = bytes.baseAddress else { return }
        base.withMemoryRebound(to: CChar.self, capacity: bytes.count) { bytesBase in
            var start = 0
            while start < bytes.count {
                let length = min(bytes.count - start, Int(Int32.max) / 2)
                xmlParseChunk(UnsafeMutablePointer(context), bytesBase + start, Int32(length), 0)
                start += length
            }
        }
    }

    func finish() {
        xmlParseChunk(UnsafeMutablePointer(context), nil, 0, 1)
    }

    private static let initialized: Void = newswire_xml_initialize()

    private static var handler: xmlSAXHandler {
        var handler = xmlSAXHandler()
        handler.initialized = UInt32(XML_SAX2_MAGIC)
        handler.startElementNs = { context, name, prefix, uri, namespaceCount, namespaces, count, _, attributes in
            context.feedReader?.pointee.start(
                XMLElementName(local: name, prefix: prefix, uri: uri),
                namespaces: XMLNamespaces(namespaces, count: Int(namespaceCount)),
                attributes: XMLAttributes(attributes, count: Int(count)))
        }
        handler.endElementNs = { context, name, _, _ in context.feedReader?.pointee.end(name) }
        handler.characters = { context, text, count in
            context.feedReader?.pointee.text(UnsafeBufferPointer(start: text, count: Int(count)))
        }
        handler.ignorableWhitespace = handler.characters
        handler.cdataBlock = handler.characters
        handler.processingInstruction = { context, name, _ in context.feedReader?.pointee.textAside(name) }
        return handler
    }
}

extension UnsafeMutableRawPointer? {
    /// The reader of the parser whose context this is.
    ///
    /// Behind its first error, such as an attribute that stands twice, libxml2 leaves out every `&amp;` and its like, though
    /// it is to go on: so it is told that there was none.
    fileprivate var feedReader: UnsafeMutablePointer<FeedReader>? {
        guard let context = self?.assumingMemoryBound(to: xmlParserCtxt.self) else { return nil }
        context.pointee.wellFormed = 1
        return context.pointee._private?.assumingMemoryBound(to: FeedReader.self)
    }
}

/// Text that goes past the XML parser: it is final, and the parser would only look at each byte again.
///
/// Where it belongs, the markup has a processing instruction, whose event says that the text is due. Instructions of the
/// document itself never reach the parser, so that there are no others. Their names go round, so that texts stay in
/// their places even if an instruction were lost.
struct AsideText {
    /// Shorter texts cost less inside the parser.
    static let shortest = 64
    private static let round = 256
    /// The parser lags behind by less than one push.
    private static let mostWaiting = 1024 * 1024

    private(set) var bytes: [UInt8] = []
    private var ends: [Int] = []
    /// The number of the first text in `ends`.
    private var first = 0
    /// How many of them have been due.
    private var delivered = 0

    /// Adds what `body` appends as one text, and to the markup the instruction that stands for it. Nothing appended is no
    /// text.
    mutating func add(to markup: inout [UInt8], _ body: (inout [UInt8]) -> Void) {
        body(&bytes)
        guard bytes.count > ends.last ?? 0 else { return }
        let name = UInt8((first &+ ends.count) % Self.round)
        ends.append(bytes.count)
        markup.append(UInt8(ascii: "<"))
        markup.append(UInt8(ascii: "?"))
        markup.append(UInt8(ascii: "a") &+ name >> 4)
        markup.append(UInt8(ascii: "a") &+ name & 15)
        markup.append(UInt8(ascii: "?"))
        markup.append(UInt8(ascii: ">"))
    }

    /// Takes the texts of `other`, which goes on empty where they end.
    mutating func take(from other: inout AsideText) {
        if isEmpty {
            swap(&self, &other)
            other.first = first
            other.ends.removeAll(keepingCapacity: true)
            other.bytes.removeAll(keepingCapacity: true)
            other.delivered = 0
        } else if bytes.count < Self.mostWaiting {
            for end in other.ends { ends.append(bytes.count + end) }
            bytes.append(contentsOf: other.bytes)
            other.bytes.removeAll(keepingCapacity: true)
            other.ends.removeAll(keepingCapacity: true)
        } else {
            // The parser has stopped: nothing is called for any more.
            let next = other.first &+ other.ends.count
            self = AsideText()
            other = AsideText()
            first = next
        }
        other.first = first &+ ends.count
    }

    /// Whether all texts have been due.
    var isEmpty: Bool { delivered == ends.count }

    /// The text that the instruction of that name stands for; nil where there is none.
    mutating func due(_ name: UnsafePointer<UInt8>) -> Range<Int>? {
        guard name[0] >= UInt8(ascii: "a"), name[1] >= UInt8(ascii: "a"), name[2] == 0 else { return nil }
        let number = Int(name[0] &- UInt8(ascii: "a")) << 4 | Int(name[1] &- UInt8(ascii: "a"))
        var index = delivered
        while index < ends.count {
            let begin = index == 0 ? 0 : ends[index - 1]
            if (first &+ index) % Self.round == number {
                delivered = index + 1
                return begin..<ends[index]
            }
            index += 1
        }
        return nil
    }
}

extension FeedParser {
    /// Tells which libxml2 is in use: `2.9.14`.
    package static var libxml2Version: String {
        // `20914` and perhaps more behind it.
        let digits = String(cString: newswire_xml_version()).prefix { $0.isASCII && $0.isNumber }
        guard let number = Int(digits) else { return "unknown" }
        return "\(number / 10_000).\(number / 100 % 100).\(number % 100)"
    }
}
