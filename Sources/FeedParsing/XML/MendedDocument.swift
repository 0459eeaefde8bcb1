private import Text

/// `MendedDocument` reads an XML document that is no feed, decoded and mended as feeds are (encodings.md, security.md §6),
/// as a series of tags and texts with their lines.
///
/// A feed that is broken is data, and what could be read of it is taken. Of a list that a person relies on all must be
/// read, or what is missing be known: so everything that was mended, guessed or lost is a flaw with its line.
package struct MendedDocument: ~Copyable {
    /// `Event` is what comes next in the document.
    package enum Event {
        case start(Tag)
        /// An element ends; its own end tag is missing where that is implied.
        case end(name: String, isImplied: Bool)
        /// An end tag closes nothing.
        case strayEnd(name: String)
        /// Text stands there that is more than white space.
        case text(String)
        /// A `<` begins no tag; it is in the text, too.
        case looseAngle
    }

    /// `Tag` is a start tag.
    package struct Tag {
        /// The name is in lower case and without a prefix.
        package var name: String
        /// The attributes without a prefix, by their names in lower case; of two that have one name, the first.
        package var attributes: [String: String]
        /// Tells whether all that stands in the tag is in `attributes`, as far as it has no prefix.
        package var isWhole: Bool
        /// The attributes whose values may be others where the tag is not whole: a quotation mark is missing or one too
        /// many there, or they stand in the tag twice.
        package var doubtful: Set<String> = []
    }

    /// `Flaw` says what in a document is not as it should be.
    package struct Flaw {
        /// The line is counted from 1.
        package var line: Int
        /// The message goes on where "the file" begins: `ends inside <body>`.
        package var message: String
        /// Tells whether something of the document was lost, or may have been.
        package var isLoss: Bool
    }

    private var repair = MarkupRepair(depth: ParseLimits().depth)
    private var output: [UInt8] = []
    /// The line where what is to be read next begins.
    var line = 1
    private var flaws: [Flaw] = []
    private var noted: Set<String> = []
    /// The name of the tag that the document ends in.
    private var cutTag: String?

    /// Reads a whole document, in a time that grows with its length alone.
    ///
    /// - Parameter take: gets each event with its line, and returns whether it wants more.
    /// - Returns: the flaws in the order of their lines; none where `take` has ended the reading.
    package static func read(_ bytes: [UInt8], _ take: (Event, _ line: Int) -> Bool) -> [Flaw] {
        var document = MendedDocument()
        return document.read(bytes, take)
    }

    private mutating func read(_ bytes: [UInt8], _ take: (Event, _ line: Int) -> Bool) -> [Flaw] {
        let text = decode(bytes)
        let first = line
        let isStopped = text.withUnsafeBufferPointer { text in
            var start = 0
            while start < text.count {
                let (taken, goesOn) = step(UnsafeBufferPointer(rebasing: text[start...]), take)
                if !goesOn { return true }
                if taken == 0 { break }
                start += taken
            }
            return false
        }
        if isStopped { return [] }
        noteEnd(text, firstLine: first)
        let ordered = flaws.enumerated().sorted { ($0.element.line, $0.offset) < ($1.element.line, $1.offset) }
        return ordered.map(\.element)
    }

    // MARK: - Flaws

    /// - Parameter isNew: whether there is anything to be noted.
    mutating func note(_ message: String, if isNew: Bool = true, line: Int, isLoss: Bool = false) {
        // The first of its kind leads a person there; the others are often many.
        guard isNew, noted.insert(message).inserted else { return }
        flaws.append(Flaw(line: line, message: message, isLoss: isLoss))
    }

    private mutating func noteEnd(_ text: [UInt8], firstLine: Int) {
        guard repair.hasRoot, !repair.isComplete else { return }
        let open = repair.open.innermost.map {
            repair.open.withName(at: $0) { String(decoding: $0, as: UTF8.self) }
        }
        let end = text.lastIndex { !$0.isXMLSpace } ?? 0
        let lines = text.withUnsafeBufferPointer { Self.lines(UnsafeBufferPointer(rebasing: $0[..<end])) }
        note(
            "ends inside <\(cutTag ?? open ?? "?")>: it was cut off, or an end tag is missing",
            line: firstLine + lines, isLoss: true)
    }

    /// Notes what a step has mended. A bare ampersand is not worth a word, since nothing else can be meant by it.
    private mutating func noteMended(since old: MarkupRepair.Findings, at line: Int) {
        let new = repair.findings
        note("has something before its root element", if: new.junkBefore, line: line)
        note("declares entities, which are never used", if: new.declaresEntities, line: line)
        let sawUnknown = new.unknownEntities > old.unknownEntities
        note(
            "uses entities that it declares itself, or that nobody knows: they are never followed",
            if: sawUnknown && new.declaresEntities, line: line, isLoss: true)
        note(
            "has references to unknown entities, which were taken as text",
            if: sawUnknown && !new.declaresEntities, line: line)
        note(
            "has references to characters that XML forbids, which were left out",
            if: new.forbiddenReferences > old.forbiddenReferences, line: line, isLoss: true)
        note(
            "has references to single bytes of UTF-8, which were joined to characters",
            if: new.byteReferences > old.byteReferences, line: line)
        note("has tags that are not well-formed, and were mended", if: new.mendedTags > old.mendedTags, line: line)
        note(
            "has end tags that are missing or in the wrong order", if: new.crossedTags > old.crossedTags, line: line)
        note(
            "has elements that are nested too deeply, and were left out", if: new.deepElements > old.deepElements,
            line: line, isLoss: true)
        note(
            "has a tag without an end, which was taken as text", if: new.oversizedTags > old.oversizedTags,
            line: line, isLoss: true)
    }

    /// Notes what stands behind the root element. Tags there are not read, and text is handed on, since it may be what is
    /// left of one.
    ///
    /// - Returns: whether more is wanted.
    private mutating func noteBehind(
        _ rest: UnsafeBufferPointer<UInt8>, _ take: (Event, _ line: Int) -> Bool
    ) -> Bool {
        var ahead = MarkupAhead(rest, from: 0, isFinal: true)
        var holdsTags = rest.count > MarkupAhead.farthest
        while let token = ahead.next() {
            if case .start = token { holdsTags = true }
        }
        note("goes on behind its end, which was not read", if: holdsTags, line: line, isLoss: true)
        note("has something behind its end", if: !holdsTags && repair.findings.junkAfter, line: line)
        return holdsTags || !repair.findings.junkAfter || take(.text(Self.decoded(rest)), line)
    }
}

// MARK: - Tags

extension MendedDocument {
    /// Takes one token of the document, with the text before it.
    ///
    /// - Returns: how many bytes were taken, and whether more is wanted.
    private mutating func step(
        _ rest: UnsafeBufferPointer<UInt8>, _ take: (Event, _ line: Int) -> Bool
    ) -> (taken: Int, goesOn: Bool) {
        if repair.isComplete {
            let space = rest.prefix { $0.isXMLSpace }
            line += Self.lines(UnsafeBufferPointer(rebasing: space))
            _ = repair.process(rest, isFinal: true, into: &output)
            return (rest.count, noteBehind(UnsafeBufferPointer(rebasing: rest[space.count...]), take))
        }
        let old = repair.findings
        output.removeAll(keepingCapacity: true)
        let taken = repair.process(rest, isFinal: true, atMost: 1, into: &output)
        let piece = UnsafeBufferPointer(rebasing: rest[..<taken])
        let mark = piece.first(UInt8(ascii: "<"), from: 0) ?? 0
        let tagLine = line + Self.lines(UnsafeBufferPointer(rebasing: piece[..<mark]))
        if repair.findings != old { noteMended(since: old, at: tagLine) }
        if taken == rest.count, mark < taken, piece[mark] == UInt8(ascii: "<"), !output.contains(UInt8(ascii: "<")) {
            cutTag = Self.name(piece, at: mark + 1)
        }
        let goesOn = deliver(piece, mark, old, tagLine, take)
        line += Self.lines(piece)
        return (taken, goesOn)
    }

    /// Makes events of what the repair has made of a piece of the document.
    ///
    /// - Parameter mark: where the piece's own tag begins.
    private mutating func deliver(
        _ piece: UnsafeBufferPointer<UInt8>, _ mark: Int, _ old: MarkupRepair.Findings, _ tagLine: Int,
        _ take: (Event, _ line: Int) -> Bool
    ) -> Bool {
        if repair.findings.literalAngles > old.literalAngles, !take(.looseAngle, tagLine) { return false }
        let isCrossed = repair.findings.crossedTags > old.crossedTags
        let isEndTag = mark + 1 < piece.count && piece[mark + 1] == UInt8(ascii: "/")
        let stray = isCrossed && isEndTag && !output.contains(UInt8(ascii: "<")) ? Self.name(piece, at: mark + 2) : nil
        var aside: [UInt8] = []
        if !repair.aside.isEmpty {
            aside = repair.aside.bytes
            repair.aside = AsideText()
        }
        let firstLine = line
        let goesOn = output.withUnsafeBufferPointer { output in
            var index = 0
            while index < output.count {
                let start = output.first(UInt8(ascii: "<"), from: index) ?? output.count
                // Text stands as it was written, so that its own lines can be counted.
                if let first = output[index..<start].firstIndex(where: { !$0.isXMLSpace }) {
                    let text = Self.decoded(UnsafeBufferPointer(rebasing: output[index..<start]))
                    let line = firstLine + Self.lines(UnsafeBufferPointer(rebasing: output[..<first]))
                    guard take(.text(text), line) else { return false }
                }
                guard start + 1 < output.count else { return true }
                let end: Int
                switch output[start + 1] {
                case UInt8(ascii: "/"):
                    end = (output.first(UInt8(ascii: ">"), from: start) ?? output.count - 1) + 1
                    let name = Self.name(output, at: start + 2) ?? ""
                    guard take(.end(name: name, isImplied: isCrossed && end < output.count), tagLine) else {
                        return false
                    }
                case UInt8(ascii: "?"):
                    // It stands for long text, which is decoded already.
                    end = (output.first(UInt8(ascii: ">"), from: start) ?? output.count - 1) + 1
                    guard take(.text(String(decoding: aside, as: UTF8.self)), firstLine) else { return false }
                default:
                    var scanner = TagScanner(output, at: start)
                    // What the repair has written is a tag.
                    guard case .tag = scanner.scan(DeadEnds(), offset: 0) else { return true }
                    end = scanner.end
                    let tag = Self.tag(output, scanner, writtenAs: piece, at: mark)
                    guard take(.start(tag), tagLine) else { return false }
                    if scanner.isEmpty, !take(.end(name: tag.name, isImplied: false), tagLine) { return false }
                }
                index = end
            }
            return true
        }
        return goesOn && stray.map { take(.strayEnd(name: $0), tagLine) } != false
    }

    /// The name that begins there, in lower case and without its prefix; nil where none does.
    private static func name(_ text: UnsafeBufferPointer<UInt8>, at start: Int) -> String? {
        guard start < text.count, text[start].beginsName else { return nil }
        var end = start
        while end < text.count, text[end].continuesName { end += 1 }
        return local(text, start..<end)
    }

    static func local(_ text: UnsafeBufferPointer<UInt8>, _ name: Range<Int>) -> String {
        let start = text[name].lastIndex(of: UInt8(ascii: ":")).map { $0 + 1 } ?? name.lowerBound
        return String(decoding: text[start..<name.upperBound], as: UTF8.self).lowercased()
    }

    /// Text in which only XML's own references are, as the repair writes it, with each white space as a blank.
    static func decoded(_ text: UnsafeBufferPointer<UInt8>) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count)
        MarkupRepair.appendDecoded(text, to: &bytes)
        for index in bytes.indices where bytes[index].isXMLSpace { bytes[index] = 0x20 }
        return String(decoding: bytes, as: UTF8.self)
    }

    static func lines(_ text: UnsafeBufferPointer<UInt8>) -> Int {
        var count = 0
        for byte in text where byte == UInt8(ascii: "\n") { count &+= 1 }
        return count
    }
}
