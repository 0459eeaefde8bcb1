private import CLibXML2

/// libxml2's push parser with recovery, as a stream of events to a `FeedReader`.
///
/// It gets markup that `MarkupRepair` has mended: no document type, no entity but XML's own five, bounded depth.
struct XMLPushParser: ~Copyable {
    private let context: OpaquePointer
    /// The address that every callback gets; it stays the same until the parser is gone.
    let reader: UnsafeMutablePointer<FeedReader>

    /// Nil where there is no memory.
    init?(_ reader: consuming FeedReader) {
        _ = Self.initialized
        self.reader = .allocate(capacity: 1)
        self.reader.initialize(to: reader)
        var handler = Self.handler
        // The handler is copied by libxml2. No encoding is named: what comes is UTF-8 without a declaration.
        guard let context = xmlCreatePushParserCtxt(&handler, self.reader, nil, 0, nil) else {
            self.reader.deinitialize(count: 1)
            self.reader.deallocate()
            return nil
        }
        let options =
            XML_PARSE_RECOVER.rawValue | XML_PARSE_NONET.rawValue | XML_PARSE_NOERROR.rawValue
            | XML_PARSE_NOWARNING.rawValue
        xmlCtxtUseOptions(context, Int32(bitPattern: options))
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
        handler.startElementNs = { reader, name, prefix, uri, namespaceCount, namespaces, count, _, attributes in
            reader.feedReader?.pointee.start(
                XMLElementName(local: name, prefix: prefix, uri: uri),
                namespaces: XMLNamespaces(namespaces, count: Int(namespaceCount)),
                attributes: XMLAttributes(attributes, count: Int(count)))
        }
        handler.endElementNs = { reader, name, _, _ in reader.feedReader?.pointee.end(name) }
        handler.characters = { reader, text, count in
            reader.feedReader?.pointee.text(UnsafeBufferPointer(start: text, count: Int(count)))
        }
        handler.ignorableWhitespace = handler.characters
        handler.cdataBlock = handler.characters
        handler.processingInstruction = { reader, name, _ in reader.feedReader?.pointee.textAside(name) }
        return handler
    }
}

extension UnsafeMutableRawPointer? {
    /// The reader that a parser was made with.
    fileprivate var feedReader: UnsafeMutablePointer<FeedReader>? { self?.assumingMemoryBound(to: FeedReader.self) }
}
