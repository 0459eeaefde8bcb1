private import CLibXML2

/// What libxml2's HTML parser tells of a document, in its order.
///
/// The pointers are libxml2's and hold only until the method returns; names and values end in a zero.
class HTMLEvents {
    /// - Parameter attributes: names and values in turn, a nil name at the end; a value may be nil.
    func start(_ name: UnsafePointer<UInt8>, _ attributes: UnsafeMutablePointer<UnsafePointer<UInt8>?>?) {}
    func end(_ name: UnsafePointer<UInt8>) {}
    func text(_ bytes: UnsafeBufferPointer<UInt8>) {}
    /// The contents of `script` and `style`.
    func rawText(_ bytes: UnsafeBufferPointer<UInt8>) {}

    /// Set by a method above to have nothing more told.
    final var isDone = false {
        didSet { if isDone, let parser { HTMLEventReader.stop(parser) } }
    }

    /// libxml2's parser while it runs.
    fileprivate final var parser: UnsafeMutableRawPointer?
}

/// libxml2's HTML parser, told to build no tree, load nothing and complain to nobody.
enum HTMLEventReader {
    /// libxml2 counts bytes in an int, and nothing larger is read.
    private static let maximumLength = 1 << 26

    /// Text that stands in no element would be given a paragraph, so everything is put into one that nobody knows.
    private static let wrapper: StaticString = "<x-newswire>"

    /// Reads HTML in UTF-8 and tells `events` of it, on this thread and before it returns.
    static func read(_ bytes: UnsafeRawBufferPointer, into events: HTMLEvents) {
        guard let start = bytes.bindMemory(to: CChar.self).baseAddress else { return }
        xmlInitParser()
        var handler = xmlSAXHandler()
        handler.initialized = 1
        handler.startElement = { context, name, attributes in
            HTMLEventReader.events(context)?.started(name, attributes)
        }
        handler.endElement = { context, name in HTMLEventReader.events(context)?.ended(name) }
        handler.characters = { context, text, count in HTMLEventReader.events(context)?.characters(text, count) }
        handler.ignorableWhitespace = { context, text, count in
            HTMLEventReader.events(context)?.characters(text, count)
        }
        handler.cdataBlock = { context, text, count in HTMLEventReader.events(context)?.cdata(text, count) }
        // The events outlive the parser: both are gone when this function returns.
        let pointer = Unmanaged.passUnretained(events).toOpaque()
        guard let parser = htmlCreatePushParserCtxt(&handler, pointer, nil, 0, nil, XML_CHAR_ENCODING_UTF8)
        else { return }
        defer { htmlFreeParserCtxt(parser) }
        let options =
            HTML_PARSE_RECOVER.rawValue | HTML_PARSE_NONET.rawValue | HTML_PARSE_NOERROR.rawValue
            | HTML_PARSE_NOWARNING.rawValue | HTML_PARSE_NOIMPLIED.rawValue | HTML_PARSE_COMPACT.rawValue
            | HTML_PARSE_IGNORE_ENC.rawValue
        htmlCtxtUseOptions(parser, Int32(options))
        events.parser = UnsafeMutableRawPointer(parser)
        defer { events.parser = nil }
        withExtendedLifetime(events) {
            wrapper.withUTF8Buffer { buffer in
                buffer.withMemoryRebound(to: CChar.self) {
                    _ = htmlParseChunk(parser, $0.baseAddress, Int32($0.count), 0)
                }
            }
            // In one piece: libxml2 takes a character cut in two for another encoding.
            htmlParseChunk(parser, start, Int32(min(bytes.count, maximumLength)), 0)
            if !events.isDone { htmlParseChunk(parser, nil, 0, 1) }
        }
    }

    fileprivate static func stop(_ parser: UnsafeMutableRawPointer) {
        xmlStopParser(parser.assumingMemoryBound(to: xmlParserCtxt.self))
    }

    private static func events(_ context: UnsafeMutableRawPointer?) -> HTMLEvents? {
        context.map { Unmanaged<HTMLEvents>.fromOpaque($0).takeUnretainedValue() }
    }
}

extension HTMLEvents {
    fileprivate func started(
        _ name: UnsafePointer<UInt8>?, _ attributes: UnsafeMutablePointer<UnsafePointer<UInt8>?>?
    ) {
        if let name, !isDone { start(name, attributes) }
    }

    fileprivate func ended(_ name: UnsafePointer<UInt8>?) {
        if let name, !isDone { end(name) }
    }

    fileprivate func characters(_ text: UnsafePointer<UInt8>?, _ count: Int32) {
        if !isDone, count > 0 { self.text(UnsafeBufferPointer(start: text, count: Int(count))) }
    }

    fileprivate func cdata(_ text: UnsafePointer<UInt8>?, _ count: Int32) {
        if !isDone, count > 0 { rawText(UnsafeBufferPointer(start: text, count: Int(count))) }
    }
}
