import FeedModel

/// The stages that a document goes through, and the pieces that wait between them.
final class DocumentPipeline {
    private enum Stage {
        /// Too little is here to know what it is.
        case sniffing
        case xml
        case json
        /// The answer is known, or there is no more time: the rest is not looked at.
        case done
    }

    private let context: DocumentContext
    private let limits: ParseLimits
    /// Markup goes to the parser in pieces of about this size, whatever the pieces of the transfer.
    private let blockBytes: Int
    private var stage = Stage.sniffing
    private var head: [UInt8] = []
    /// How much of the document has to be here before the next look at its encoding: the same, whatever the pieces.
    private var sniffedBytes = EncodingDecision.prefixBytes
    private var json: [UInt8] = []
    private var decoder: TextDecoder?
    private var repair: MarkupRepair
    private var parser: XMLPushParser?
    private var warnings: [String] = []
    /// Decoded text that the repair has not taken yet.
    private var text: [UInt8] = []
    /// Mended markup that the parser has not got yet.
    private var markup: [UInt8] = []
    private var nextMend: Int
    private var spent = Duration.zero
    private var lastLook = Duration.zero
    private var isOutOfTime = false
    private var refusal: NotAFeed?

    init(context: DocumentContext, limits: ParseLimits, blockBytes: Int) {
        self.context = context
        self.limits = limits
        self.blockBytes = blockBytes
        nextMend = blockBytes / 2
        repair = MarkupRepair(depth: limits.depth)
    }

    func parse(_ bytes: UnsafeRawBufferPointer) {
        let bytes = bytes.bindMemory(to: UInt8.self)
        guard !bytes.isEmpty else { return }
        switch stage {
        case .done: return
        case .json: json.append(contentsOf: bytes)
        case .xml: decode(bytes, isFinal: false)
        case .sniffing:
            // Blank lines before the document mean nothing, and could hide what it is.
            head.append(contentsOf: head.isEmpty ? UnsafeBufferPointer(rebasing: bytes.drop { $0.isXMLSpace }) : bytes)
            while stage == .sniffing, head.count >= sniffedBytes {
                sniff(isLast: sniffedBytes == EncodingDecision.windowBytes)
            }
        }
    }

    func finish() -> ParseResult {
        if stage == .sniffing { sniff(isLast: true) }
        if let refusal { return .notAFeed(refusal) }
        if stage == .json { return readJSON() }
        decode(UnsafeBufferPointer(start: nil, count: 0), isFinal: true)
        return result()
    }

    // MARK: - Stages

    /// Decides what the document is, by its first bytes.
    ///
    /// - Parameter isLast: whether it is to be decided now, whatever may still come.
    private func sniff(isLast: Bool) {
        let head = self.head
        self.head = []
        let kind = DocumentKind(head)
        switch kind {
        case .empty, .binary:
            refusal = NotAFeed(kind == .empty ? .empty : .binary)
            stage = .done
        case .json:
            stage = .json
            json = head
        case .markup:
            let decision = head.withUnsafeBufferPointer {
                let window = UnsafeBufferPointer(
                    rebasing: $0.prefix(isLast ? EncodingDecision.windowBytes : sniffedBytes))
                return EncodingDecision(window: window, isLast: isLast, contentType: context.contentType)
            }
            guard let decision else {
                self.head = head
                sniffedBytes = EncodingDecision.windowBytes
                return
            }
            warnings = decision.warnings
            decoder = TextDecoder(decision.encoding)
            stage = .xml
            head.withUnsafeBufferPointer {
                decode(UnsafeBufferPointer(rebasing: $0.dropFirst(decision.skipped)), isFinal: false)
            }
        }
    }

    private func decode(_ bytes: UnsafeBufferPointer<UInt8>, isFinal: Bool) {
        guard stage == .xml, decoder != nil else { return }
        lastLook = limits.clock()
        var rest = bytes
        repeat {
            let block = UnsafeBufferPointer(rebasing: rest.prefix(blockBytes))
            rest = UnsafeBufferPointer(rebasing: rest.dropFirst(block.count))
            let isLast = isFinal && rest.isEmpty
            decoder?.decode(block, isFinal: isLast, into: &text)
            if isLast || text.count >= nextMend { mend(isFinal: isLast) } else { lookAtClock() }
        } while !rest.isEmpty && stage == .xml
    }

    /// Moves text through the repair and on to the parser, piece by piece.
    private func mend(isFinal: Bool) {
        var start = 0
        while stage == .xml {
            let taken = text.withUnsafeBufferPointer {
                repair.process(
                    UnsafeBufferPointer(rebasing: $0[start...]), isFinal: isFinal, atMost: 2 * blockBytes, into: &markup
                )
            }
            start += taken
            let isLast = start == text.count || taken == 0
            if markup.count + repair.aside.bytes.count >= blockBytes / 2 || isLast && isFinal { push() }
            lookAtClock()
            if isLast { break }
        }
        if start == text.count { text.removeAll(keepingCapacity: true) } else { text.removeSubrange(..<start) }
        // What has to wait is looked at again only with as much more behind it: each byte a few times at most.
        nextMend = text.count + max(text.count, blockBytes / 2)
    }

    /// Ends the reading where it has taken too long.
    private func lookAtClock() {
        let time = limits.clock()
        spent += time - lastLook
        lastLook = time
        guard spent > limits.time, stage == .xml else { return }
        isOutOfTime = true
        stage = .done
    }

    private func push() {
        if parser == nil, repair.hasRoot {
            parser = XMLPushParser(FeedReader(baseURL: context.baseURL, limits: limits))
        }
        guard parser != nil else { return }
        parser?.reader.pointee.expect(markupBytes: markup.count, texts: &repair.aside)
        markup.withUnsafeBufferPointer { parser?.parse($0) }
        markup.removeAll(keepingCapacity: true)
        if case .other(let root)? = parser?.reader.pointee.outcome {
            refusal = repair.sawPage ? NotAFeed(.html, root: "html") : NotAFeed(.xml, root: root)
            stage = .done
        }
    }

    // MARK: - The answer

    private func readJSON() -> ParseResult {
        var bytes: [UInt8] = []
        swap(&bytes, &json)
        return JSONFeedReader.read(bytes, context: context, limits: limits)
    }

    private func result() -> ParseResult {
        if let refusal { return .notAFeed(refusal) }
        let isTruncated = isOutOfTime || !repair.isComplete
        if !isTruncated || parser == nil {
            parser?.finish()
        } else {
            push()
            parser?.reader.pointee.endsEarly = true
            repair.close(into: &markup)
            push()
            parser?.finish()
        }
        guard let feed = parser?.reader.pointee.feed(), case .feed? = parser?.reader.pointee.outcome else {
            return .notAFeed(refusal ?? unmarked)
        }
        // A text that speaks of <rss> is none.
        if isTruncated, repair.findings.junkBefore, parser?.reader.pointee.sawContent != true {
            return .notAFeed(NotAFeed(repair.sawPage ? .html : .text))
        }
        // Nor is a page whose script writes one.
        if repair.sawPage, parser?.reader.pointee.articles.isEmpty != false { return .notAFeed(NotAFeed(.html)) }
        return .feed(completed(feed, isTruncated: isTruncated))
    }

    private func completed(_ draft: Feed, isTruncated: Bool) -> Feed {
        var feed = draft
        if !warnings.isEmpty { feed.warningClasses.insert(.encoding) }
        if let reader = parser?.reader {
            feed.articles = reader.pointee.articles
            feed.droppedArticles = reader.pointee.dropped
            feed.surplus = reader.pointee.surplus
            let notes = reader.pointee.notes
            let mended = repair.findings.warnings
            if !mended.isEmpty { feed.warningClasses.insert(.markup) }
            feed.warningClasses.formUnion(notes.classes)
            warnings += mended + notes.warnings
        }
        feed.isTruncated = isTruncated
        if isTruncated {
            feed.warningClasses.insert(.truncated)
            warnings.append(
                isOutOfTime
                    ? "Reading took too long; the rest of the document was left out."
                    : "The document ended early; what had come was taken.")
        }
        let others = warnings.count
        feed.encoding = encodingName
        if warnings.count > others { feed.warningClasses.insert(.encoding) }
        feed.warnings = warnings
        if repair.findings.itemTags > parser?.reader.pointee.blankItems ?? 0 { feed.noteLostItems() }
        return feed
    }

    /// The name of the encoding that the document turned out to be in.
    private var encodingName: String {
        guard let encoding = decoder?.encoding, let findings = decoder?.findings else { return "utf-8" }
        var name = encoding.name
        switch encoding.form {
        case .utf8:
            if findings.foreignBytes > 0 {
                name = findings.hasNonASCII ? "utf-8" : "windows-1252"
                warnings.append("\(findings.foreignBytes) bytes that are not UTF-8 were read as windows-1252.")
            }
            if findings.cutSequences > 0 {
                warnings.append("\(findings.cutSequences) broken UTF-8 sequences were replaced.")
            }
            if name == "us-ascii", findings.hasNonASCII {
                name = "utf-8"
                warnings.append("The document is UTF-8, although it is said to be us-ascii.")
            }
        case .windows1252 where findings.foreignBytes > 0 && name != "windows-1252":
            warnings.append("The document is windows-1252, although it is said to be \(name).")
            name = "windows-1252"
        default: break
        }
        if let unreadable = decoder?.unreadable, unreadable > 0 {
            warnings.append("\(unreadable) characters could not be read as \(name).")
        }
        if findings.c1Controls > 0 {
            warnings.append("\(findings.c1Controls) control characters were read as windows-1252.")
        }
        if findings.controls > 0 { warnings.append("\(findings.controls) forbidden characters were left out.") }
        return name
    }

    /// What a document without a root element is.
    private var unmarked: NotAFeed {
        if repair.sawJunkTags { return NotAFeed(.html) }
        if repair.sawDeclaration { return NotAFeed(.xml) }
        return NotAFeed(.text)
    }
}

/// What the first bytes of a document say that it is.
enum DocumentKind {
    case empty, binary, json, markup

    init(_ head: [UInt8]) {
        var index = 0
        if head.starts(with: [0xef, 0xbb, 0xbf]) { index = 3 }
        while index < head.count, head[index] <= 0x20, head[index] != 0 { index += 1 }
        guard index < head.count else {
            self = .empty
            return
        }
        if head[index] == UInt8(ascii: "{") || head[index] == UInt8(ascii: "[") {
            self = .json
            return
        }
        self = Self.isBinary(head) ? .binary : .markup
    }

    /// Compressed data, images and the like: by their signatures, or by having more control characters than any text.
    private static func isBinary(_ head: [UInt8]) -> Bool {
        let signatures: [[UInt8]] = [
            [0x1f, 0x8b], [0x50, 0x4b, 0x03, 0x04], [0x89, 0x50, 0x4e, 0x47], [0xff, 0xd8, 0xff],
            [0x28, 0xb5, 0x2f, 0xfd],
            [0x47, 0x49, 0x46, 0x38], [0x25, 0x50, 0x44, 0x46], [0x7f, 0x45, 0x4c, 0x46], [0x42, 0x5a, 0x68],
        ]
        if signatures.contains(where: { head.starts(with: $0) }) { return true }
        // UTF-16 and UTF-32 have NULs, but an angle bracket early on.
        if head.prefix(512).contains(UInt8(ascii: "<")) { return false }
        let controls = head.prefix(512).count { $0 < 0x20 && $0 != 0x0a && $0 != 0x0d && $0 != 0x09 }
        return controls * 10 > min(head.count, 512)
    }
}
