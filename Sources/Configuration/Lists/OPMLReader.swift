private import CLibXML2
private import Text

extension OPMLDocument {
    /// `ReadError` says why bytes are no OPML.
    package struct ReadError: Error, Sendable, Equatable {
        /// The line is counted from 1.
        package var line: Int
        /// The message goes on where "the file" begins: `is larger than 64 MiB`.
        package var message: String
    }

    /// Reads a document of at most 64 MiB.
    ///
    /// Broken XML is read as far as it goes, with a warning. External entities, and entities that the document
    /// declares, are never followed. Throws where the root is not `<opml>`, and for what would take libxml2 very long.
    package static func read(_ bytes: [UInt8]) throws(ReadError) -> OPMLDocument {
        guard bytes.count <= LoadingState.Limit.fileBytes else {
            throw ReadError(line: 1, message: "is larger than 64 MiB")
        }
        let bytes = OPMLBounds.withReferences(bytes) ?? bytes
        if let line = OPMLBounds.firstLineBeyond(bytes) {
            throw ReadError(
                line: line, message: "has more attributes, namespaces or ampersands than an OPML document can need")
        }
        let reader = OPMLReader()
        reader.parse(bytes)
        guard reader.hasRoot else {
            throw ReadError(
                line: reader.document.warnings.first?.line ?? 1,
                message: "is no OPML: there is no <opml> element at its start")
        }
        return reader.document
    }
}

/// Collects outlines while libxml2 reads. Used by one thread, and only while `parse` runs.
private final class OPMLReader {
    private(set) var document = OPMLDocument()
    private(set) var hasRoot = false
    private var isOther = false
    private var context: xmlParserCtxtPtr?
    /// The names of the open folders, as tags: feeds of one folder share them.
    private var folders = FeedTags()
    /// For each open outline, whether its name is one of the folders. libxml2 ends a document that is nested deeper
    /// than 256.
    private var outlines: [Bool] = []
    private var hasXMLError = false
    /// Whether the element that is open is the document's title.
    private var isTitle = false
    private var titleBytes: [UInt8] = []
    private var isFull = false
    private typealias Warning = OPMLDocument.Warning

    func parse(_ bytes: [UInt8]) {
        var handler = xmlSAXHandler()
        handler.initialized = UInt32(XML_SAX2_MAGIC)
        handler.startElementNs = { reader, name, _, _, _, _, count, _, attributes in
            OPMLReader.from(reader)?.start(name, attributes, Int(count))
        }
        handler.characters = { reader, start, count in OPMLReader.from(reader)?.characters(start, Int(count)) }
        handler.endElementNs = { reader, name, _, _ in OPMLReader.from(reader)?.end(name) }
        handler.serror = { reader, error in
            OPMLReader.from(reader)?.failed(error?.pointee.message, error?.pointee.line)
        }

        // The context keeps the pointer only as long as this function runs, and self outlives that.
        let reader = Unmanaged.passUnretained(self).toOpaque()
        guard let context = xmlCreatePushParserCtxt(&handler, reader, nil, 0, nil) else { return }
        defer {
            // A document type makes a tree for its entities even here; only a reset frees it.
            xmlCtxtReset(context)
            xmlFreeParserCtxt(context)
        }
        self.context = context
        defer { self.context = nil }
        xmlCtxtUseOptions(context, Int32(XML_PARSE_RECOVER.rawValue | XML_PARSE_NONET.rawValue))
        bytes.withUnsafeBytes { buffer in
            var offset = 0
            while offset < buffer.count, !isOther {
                let count = min(buffer.count - offset, 1 << 20)
                let chunk = buffer.baseAddress?.assumingMemoryBound(to: CChar.self)
                xmlParseChunk(context, chunk.map { $0 + offset }, Int32(count), 0)
                offset += count
            }
            xmlParseChunk(context, nil, 0, 1)
        }
    }

    private static func from(_ pointer: UnsafeMutableRawPointer?) -> OPMLReader? {
        pointer.map { Unmanaged<OPMLReader>.fromOpaque($0).takeUnretainedValue() }
    }

    private var line: Int { max(Int(xmlSAX2GetLineNumber(context)), 1) }

    private func start(
        _ name: UnsafePointer<xmlChar>?, _ attributes: UnsafeMutablePointer<UnsafePointer<xmlChar>?>?, _ count: Int
    ) {
        let name = Self.folded(name)
        guard hasRoot else {
            hasRoot = name == "opml"
            isOther = !hasRoot
            if isOther { xmlStopParser(context) }
            return
        }
        isTitle = name == "title" && outlines.isEmpty && document.title == nil
        guard name == "outline" else { return }
        outline(Self.attributes(attributes, count))
    }

    private func end(_ name: UnsafePointer<xmlChar>?) {
        if isTitle { document.title = ListText.cleaned(String(decoding: titleBytes, as: UTF8.self), limit: 4096) }
        isTitle = false
        if Self.folded(name) == "outline", outlines.popLast() == true { folders.removeLast() }
    }

    private func characters(_ start: UnsafePointer<xmlChar>?, _ count: Int) {
        guard isTitle, titleBytes.count + count <= 65_536 else { return }
        titleBytes += UnsafeBufferPointer(start: start, count: count)
    }

    private func outline(_ attributes: [String: String]) {
        let names = [attributes["title"], attributes["text"]].compactMap { $0 }
        let name = names.lazy.map { ListText.cleaned($0, limit: 4096) }.first { !$0.isEmpty }
        // Names of feeds are titles; names of all else are folders.
        guard let url = attributes["xmlurl"].map(Self.trimmed), !url.isEmpty else {
            return outlines.append(name.map { folders.add($0) } ?? false)
        }
        outlines.append(false)
        guard document.entries.count < LoadingState.Limit.feeds else {
            if document.entries.count == LoadingState.Limit.feeds, !isFull {
                isFull = true
                document.warnings.append(Warning(line: line, message: "holds more than a million feeds"))
            }
            return
        }
        document.entries.append(
            OPMLDocument.Entry(
                url: url, title: name == url ? nil : name,
                tags: tags(withCategories: attributes["category"] ?? ""),
                siteURL: attributes["htmlurl"].map(Self.trimmed), line: line))
    }

    /// Categories are separated by commas, and their own parts by slashes.
    private func tags(withCategories categories: String) -> [String] {
        if categories.isEmpty || folders.isFull { return folders.list }
        var tags = folders
        for category in categories.utf8.split(whereSeparator: { $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "/") }) {
            if tags.isFull { break }
            tags.add(String(Substring(category)))
        }
        return tags.list
    }

    /// Reports the first error of a broken document, which says most: those that follow are mostly its consequences.
    private func failed(_ message: UnsafePointer<CChar>?, _ line: Int32?) {
        guard !hasXMLError, !isOther else { return }
        hasXMLError = true
        let text = message.map { String(cString: $0) } ?? "unknown error"
        document.warnings.append(
            Warning(
                line: max(Int(line ?? 1), 1),
                message: "is broken XML and was read as far as it goes: \(ListText.cleaned(text, limit: 200))"))
    }

    /// Attributes come as five pointers each: name, prefix, namespace, and the value's start and end.
    private static func attributes(
        _ raw: UnsafeMutablePointer<UnsafePointer<xmlChar>?>?, _ count: Int
    ) -> [String: String] {
        guard let raw else { return [:] }
        var result: [String: String] = [:]
        for index in 0..<count {
            guard raw[index * 5 + 1] == nil, let start = raw[index * 5 + 3], let end = raw[index * 5 + 4] else {
                continue
            }
            let value = UnsafeBufferPointer(start: start, count: min(end - start, 65_536))
            result[folded(raw[index * 5])] = text(value)
        }
        return result
    }

    /// libxml2 hands on an ampersand as `&#38;`, for a tree to be built; every other reference it has resolved.
    private static func text(_ value: UnsafeBufferPointer<UInt8>) -> String {
        guard value.contains(UInt8(ascii: "&")) else { return String(decoding: value, as: UTF8.self) }
        var bytes: [UInt8] = []
        var rest = value[...]
        while let ampersand = rest.firstIndex(of: UInt8(ascii: "&")) {
            bytes += rest[...ampersand]
            rest = rest[(ampersand + 1)...]
            if rest.starts(with: "#38;".utf8) { rest = rest.dropFirst(4) }
        }
        return String(decoding: bytes + rest, as: UTF8.self)
    }

    private static func folded(_ name: UnsafePointer<xmlChar>?) -> String {
        name.map { String(cString: $0).lowercased() } ?? ""
    }

    private static func trimmed(_ text: String) -> String {
        String(text.unicodeScalars.trimming { $0.properties.isWhitespace })
    }
}

/// What would cost libxml2 far more than reading it: it compares each attribute of a tag with all others, looks through
/// all namespaces that are declared for each name, and from each ampersand looks for the next semicolon, however far.
enum OPMLBounds {
    /// Between two angle brackets.
    private static let mostAttributes = 512
    /// In the whole document.
    private static let mostNamespaces = 512
    /// Bytes between ampersands and the semicolons behind them, for each byte of the document.
    private static let mostSearching = 256

    /// The line that has too many of them; nil where there is none, as in all documents that programs write.
    static func firstLineBeyond(_ bytes: [UInt8]) -> Int? {
        var line = 1
        var attributes = 0
        var namespaces = 0
        // An equals sign, then a quote, with nothing but white space between; NULs are half of what UTF-16 has.
        var followsEquals = false
        var matched = 0
        var ampersands = 0
        var searching = 0
        let xmlns = Self.xmlns
        let mostSearching = Self.mostSearching * max(bytes.count, 65_536)
        for byte in bytes where byte != 0 {
            searching += ampersands
            matched = byte == xmlns[matched] ? matched + 1 : byte == xmlns[0] ? 1 : 0
            if matched == xmlns.count {
                matched = 0
                namespaces += 1
            }
            switch byte {
            case UInt8(ascii: "&"): ampersands += 1
            case UInt8(ascii: ";"): ampersands = 0
            case UInt8(ascii: "="): followsEquals = true
            case UInt8(ascii: "\""), UInt8(ascii: "'"):
                if followsEquals { attributes += 1 }
                followsEquals = false
            case UInt8(ascii: "<"), UInt8(ascii: ">"):
                attributes = 0
                followsEquals = false
            case 0x0a: line += 1
            case 0...0x20: break
            default: followsEquals = false
            }
            if attributes > mostAttributes || namespaces > mostNamespaces { return line }
            if searching > mostSearching { return line }
        }
        return nil
    }

    private static let xmlns = Array("xmlns".utf8)

    /// The document with each ampersand that begins no reference written as one, as programs should have; nil where
    /// there is none, and in UTF-16.
    static func withReferences(_ bytes: [UInt8]) -> [UInt8]? {
        if bytes.prefix(4).contains(0) || bytes.first ?? 0 >= 0xfe { return nil }
        return bytes.withUnsafeBufferPointer { bytes in
            var result: [UInt8] = []
            var copied = 0
            var index = 0
            while index < bytes.count {
                if bytes[index] == UInt8(ascii: "<"), isAt(index, "<![CDATA[", bytes) {
                    // There an ampersand is one.
                    index = end(ofSection: index, bytes)
                    continue
                }
                index += 1
                guard bytes[index - 1] == UInt8(ascii: "&"), !isReference(index, bytes) else { continue }
                result.append(contentsOf: bytes[copied..<index])
                result.append(contentsOf: "amp;".utf8)
                copied = index
            }
            if copied == 0 { return nil }
            result.append(contentsOf: bytes[copied...])
            return result
        }
    }

    private static func isAt(_ index: Int, _ text: StaticString, _ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        guard bytes.count - index >= text.utf8CodeUnitCount else { return false }
        for offset in 0..<text.utf8CodeUnitCount where bytes[index + offset] != text.utf8Start[offset] { return false }
        return true
    }

    private static func end(ofSection start: Int, _ bytes: UnsafeBufferPointer<UInt8>) -> Int {
        var index = start + 9
        while index < bytes.count, !isAt(index, "]]>", bytes) { index += 1 }
        return index
    }

    /// Whether a name or number and a semicolon follow, as near as in any reference.
    private static func isReference(_ start: Int, _ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        var index = start
        while index < bytes.count, index - start <= 40 {
            switch bytes[index] {
            case UInt8(ascii: ";"): return index > start
            case UInt8(ascii: "#") where index == start: break
            case let byte where byte.isASCIIAlphanumeric: break
            default: return false
            }
            index += 1
        }
        return false
    }
}
