/// Mends markup on its way to the XML parser, so that what a browser would read is not lost to well-formedness.
///
/// It takes valid UTF-8 and gives markup in which every element is closed in order, every attribute is quoted, every
/// reference is one of XML's own, and which has no declarations, comments or processing instructions: document types,
/// and with them every entity that a document could declare, never reach the XML parser (security.md §6).
struct MarkupRepair {
    /// What was mended, for the feed's warnings.
    struct Findings: Equatable {
        var junkBefore = false
        var junkAfter = false
        var declaresEntities = false
        var bareAmpersands = 0
        var unknownEntities = 0
        var forbiddenReferences = 0
        var byteReferences = 0
        var literalAngles = 0
        var mendedTags = 0
        var innerMarks = 0
        var crossedTags = 0
        var deepElements = 0
        /// How many elements began that are items by their names, wherever they stand.
        var itemTags = 0
        var oversizedTags = 0
    }

    enum Place {
        case prolog, content, cdata, comment, declaration, instruction, doctype, epilog
    }

    /// A longer tag is no tag.
    static let longestTag = 1_114_112
    static let mostAttributes = 512
    /// How many namespaces may be declared at one place of a document: the XML parser looks through all of them for each
    /// prefix.
    static let mostDeclarations = 128

    var findings = Findings()
    /// Text that is not in the output.
    var aside = AsideText()
    var open: OpenElements
    /// Up to here the input of `process` is in its output, or was replaced there.
    var copied = 0
    /// What stands for the reference that was read last, where that is not kept.
    var replacement: [UInt8] = []
    var place = Place.prolog
    private var placeBefore = Place.prolog
    private var doctype = DoctypeScanner()
    /// HTML was met where the root element should be.
    var sawJunkTags = false
    /// There was an `html` element among it.
    var sawPage = false
    private(set) var sawDeclaration = false
    /// Where the input of `process` begins in the document.
    private(set) var offset = 0
    var deadEnds = DeadEnds()
    /// How far ahead was looked, all in all.
    var looked = 0
    /// Up to this place of the document it is settled where CDATA sections end.
    var settled = 0

    init(depth: Int) {
        open = OpenElements(limit: depth)
    }

    /// Whether the root element has begun and ended.
    var isComplete: Bool { place == .epilog }
    var hasRoot: Bool { place == .epilog || !open.isEmpty }

    /// Appends the mended form of `input` to `output`.
    ///
    /// - Parameters:
    ///   - isFinal: nothing comes after `input`.
    ///   - most: it ends as soon as it has taken so many bytes, though not in the midst of a tag.
    /// - Returns: how many bytes were taken; the rest is to come again with what follows it.
    mutating func process(
        _ input: UnsafeBufferPointer<UInt8>, isFinal: Bool, atMost most: Int = .max, into output: inout [UInt8]
    ) -> Int {
        var index = 0
        copied = 0
        let end = min(input.count, most)
        while index < end {
            let next: Int?
            switch place {
            case .content: next = content(input, index, isFinal, &output)
            case .cdata: next = cdata(input, index, isFinal, &output)
            case .comment: next = dropping(input, index, skip(past: "-->", input, index), &output)
            // Nothing in an XML declaration is an angle bracket, and its last question mark may be missing.
            case .declaration: next = dropping(input, index, skip(past: ">", input, index), &output)
            case .instruction: next = dropping(input, index, skip(past: "?>", input, index), &output)
            case .doctype: next = dropping(input, index, skipDoctype(input, index), &output)
            case .prolog: next = prolog(input, index, isFinal, &output)
            case .epilog: next = dropping(input, index, epilog(input, index), &output)
            }
            guard let next else { break }
            index = next
        }
        flush(input, upTo: index, &output)
        offset += index
        return index
    }

    /// Appends what closes everything that is open. Nothing may be processed after it.
    mutating func close(into output: inout [UInt8]) {
        open.closeAll(into: &output)
    }

    // MARK: - Output

    // What needs no mending is copied in runs as long as possible: most documents are one run.

    mutating func flush(_ input: UnsafeBufferPointer<UInt8>, upTo end: Int, _ output: inout [UInt8]) {
        if end > copied { output.append(contentsOf: UnsafeBufferPointer(rebasing: input[copied..<end])) }
        copied = max(copied, end)
    }

    /// Puts `text` in the place of a part of the input.
    mutating func replace(
        _ input: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, with text: StaticString, _ output: inout [UInt8]
    ) {
        flush(input, upTo: range.lowerBound, &output)
        text.withUTF8Buffer { output.append(contentsOf: $0) }
        copied = range.upperBound
    }

    private mutating func dropping(
        _ input: UnsafeBufferPointer<UInt8>, _ start: Int, _ end: Int?, _ output: inout [UInt8]
    ) -> Int? {
        guard let end else { return nil }
        replace(input, start..<end, with: "", &output)
        return end
    }

    // MARK: - Places

    private mutating func prolog(
        _ input: UnsafeBufferPointer<UInt8>, _ start: Int, _ isFinal: Bool, _ output: inout [UInt8]
    ) -> Int? {
        var index = start
        while index < input.count, input[index] != UInt8(ascii: "<") {
            if input[index] > 0x20 { findings.junkBefore = true }
            index += 1
        }
        replace(input, start..<index, with: "", &output)
        guard index < input.count else { return index }
        return markup(input, index, isFinal, &output) ?? (index > start ? index : nil)
    }

    private mutating func epilog(_ input: UnsafeBufferPointer<UInt8>, _ start: Int) -> Int {
        if !findings.junkAfter {
            // Comments after the root are common and harmless.
            var index = start
            while index < input.count, input[index] <= 0x20 { index += 1 }
            if index < input.count, !input.hasPrefixIgnoringCase("<!--", at: index) { findings.junkAfter = true }
        }
        return input.count
    }

    private mutating func content(
        _ input: UnsafeBufferPointer<UInt8>, _ start: Int, _ isFinal: Bool, _ output: inout [UInt8]
    ) -> Int? {
        let index = input.firstSpecialByte(from: start)
        let isBeforeTag = index < input.count && input[index] == UInt8(ascii: "<")
        if index - start >= AsideText.shortest || !isBeforeTag {
            if let next = longText(input, start, isFinal, &output) { return next }
        }
        guard index < input.count else { return index }
        let next: Int?
        switch input[index] {
        case UInt8(ascii: "<"):
            if open.hasRoom, let end = Self.leaf(input, index) { return end }
            next = markup(input, index, isFinal, &output)
        case UInt8(ascii: "&"): next = referenceInText(input, index, isFinal, &output)
        default: next = bracket(input, index, isFinal, &output)
        }
        // The text before what has to wait is taken.
        return next ?? (index > start ? index : nil)
    }

    private mutating func referenceInText(
        _ input: UnsafeBufferPointer<UInt8>, _ index: Int, _ isFinal: Bool, _ output: inout [UInt8]
    ) -> Int? {
        // In feeds of escaped HTML every tag has two of these.
        if input.count - index >= 4, input[index + 2] == UInt8(ascii: "t"), input[index + 3] == UInt8(ascii: ";"),
            input[index + 1] == UInt8(ascii: "l") || input[index + 1] == UInt8(ascii: "g")
        {
            return index + 4
        }
        guard let found = reference(input, index, isFinal) else { return nil }
        if !found.isKept {
            flush(input, upTo: index, &output)
            output.append(contentsOf: replacement)
            copied = found.end
        }
        return found.end
    }

    /// `]]>` must not stand in text.
    private mutating func bracket(
        _ input: UnsafeBufferPointer<UInt8>, _ index: Int, _ isFinal: Bool, _ output: inout [UInt8]
    ) -> Int? {
        if index + 2 >= input.count, !isFinal { return nil }
        if index + 2 < input.count, input[index + 1] == UInt8(ascii: "]"), input[index + 2] == UInt8(ascii: ">") {
            replace(input, index..<index + 3, with: "]]&gt;", &output)
            return index + 3
        }
        return index + 1
    }

    private mutating func cdata(
        _ input: UnsafeBufferPointer<UInt8>, _ start: Int, _ isFinal: Bool, _ output: inout [UInt8]
    ) -> Int? {
        var mark: Int?
        if let first = input.firstRange(of: "]]>", from: start)?.lowerBound {
            guard let last = sectionEnd(input, first, isFinal) else { return nil }
            mark = last
        }
        let end = mark ?? (isFinal ? input.count : input.count - 2)
        if mark == nil, end <= start { return nil }
        flush(input, upTo: start, &output)
        if mark != nil, end - start < AsideText.shortest, input.isPlainText(start..<end) {
            // As text it costs the parser less than the instruction that would stand for it.
            output.append(contentsOf: UnsafeBufferPointer(rebasing: input[start..<end]))
            place = .content
            copied = end + 3
            return copied
        }
        aside.add(to: &output) { $0.append(contentsOf: UnsafeBufferPointer(rebasing: input[start..<end])) }
        if mark != nil { place = .content }
        copied = mark == nil ? end : end + 3
        return copied
    }

    private mutating func skip(past mark: StaticString, _ input: UnsafeBufferPointer<UInt8>, _ start: Int) -> Int? {
        if let end = input.firstRange(of: mark, from: start) {
            place = placeBefore
            return end.upperBound
        }
        let end = input.count - mark.utf8CodeUnitCount + 1
        return end > start ? end : nil
    }

    private mutating func skipDoctype(_ input: UnsafeBufferPointer<UInt8>, _ start: Int) -> Int? {
        guard let end = doctype.scan(input, from: start) else { return input.count }
        if doctype.declaresEntities { findings.declaresEntities = true }
        place = placeBefore
        return end
    }

    // MARK: - Markup

    /// What a `<` begins.
    private mutating func markup(
        _ input: UnsafeBufferPointer<UInt8>, _ index: Int, _ isFinal: Bool, _ output: inout [UInt8]
    ) -> Int? {
        guard index + 1 < input.count else { return isFinal ? literal(input, index, &output) : nil }
        switch input[index + 1] {
        case UInt8(ascii: "!"): return declaration(input, index, isFinal, &output)
        case UInt8(ascii: "?"):
            if input.count - index < 6, !isFinal { return nil }
            guard input.count - index >= 6, input[index + 5].isXMLSpace,
                input.hasPrefixIgnoringCase("<?xml", at: index)
            else { return enter(.instruction, input, index..<index + 2, &output) }
            if place == .prolog { sawDeclaration = true }
            return enter(.declaration, input, index..<index + 5, &output)
        case UInt8(ascii: "/"):
            guard let end = open.closeInnermost(input, at: index) else {
                return endTag(input, index, isFinal, &output)
            }
            if open.isEmpty { place = .epilog }
            return end
        case let byte where byte.beginsName: return startTag(input, index, isFinal, &output)
        default: return literal(input, index, &output)
        }
    }

    private mutating func declaration(
        _ input: UnsafeBufferPointer<UInt8>, _ index: Int, _ isFinal: Bool, _ output: inout [UInt8]
    ) -> Int? {
        // "<![CDATA[" and "<!DOCTYPE" are the longest.
        if input.count - index < 9, !isFinal { return nil }
        if input.hasPrefixIgnoringCase("<!--", at: index) {
            return enter(.comment, input, index..<index + 4, &output)
        }
        if input.hasPrefixIgnoringCase("<![cdata[", at: index) {
            if place == .content { place = .cdata }
            replace(input, index..<index + 9, with: "", &output)
            return index + 9
        }
        if input.hasPrefixIgnoringCase("<!doctype", at: index), place == .prolog {
            doctype = DoctypeScanner()
            return enter(.doctype, input, index..<index + 9, &output)
        }
        return literal(input, index, &output)
    }

    /// Begins what is passed over.
    private mutating func enter(
        _ place: Place, _ input: UnsafeBufferPointer<UInt8>, _ mark: Range<Int>, _ output: inout [UInt8]
    ) -> Int {
        placeBefore = self.place
        self.place = place
        replace(input, mark, with: "", &output)
        return mark.upperBound
    }

    /// A `<` that begins nothing.
    mutating func literal(_ input: UnsafeBufferPointer<UInt8>, _ index: Int, _ output: inout [UInt8]) -> Int {
        if place == .content {
            findings.literalAngles += 1
            replace(input, index..<index + 1, with: "&lt;", &output)
        } else {
            findings.junkBefore = true
            replace(input, index..<index + 1, with: "", &output)
        }
        return index + 1
    }
}
