/// Mends markup on its way to the XML parser, so that what a browser would read is not lost to well-formedness.
///
/// It takes valid UTF-8 and gives markup in which every element is closed in order, every attribute is quoted, every
/// reference is one of XML's own, and which has no declarations, comments or processing instructions: document types,
/// and with them every entity that a document could declare, never reach the XML parser (security.md §6).
struct MarkupRepair {
    /// What was mended, for the feed's warnings.
    struct Findings {
        var junkBefore = false
        var junkAfter = false
        var declaresEntities = false
        var bareAmpersands = 0
        var unknownEntities = 0
        var forbiddenReferences = 0
        var byteReferences = 0
        var literalAngles = 0
        var mendedTags = 0
        var crossedTags = 0
        var deepElements = 0
        var oversizedTags = 0
    }

    private enum Place {
        case prolog, content, cdata, comment, instruction, doctype, epilog
    }

    /// A longer tag is no tag.
    static let longestTag = 1_114_112
    static let mostAttributes = 512

    var findings = Findings()
    private(set) var open: OpenElements
    private var place = Place.prolog
    private var placeBefore = Place.prolog
    private var doctype = DoctypeScanner()
    /// HTML was met where the root element should be.
    private(set) var sawJunkTags = false
    private(set) var sawDeclaration = false

    init(depth: Int) {
        open = OpenElements(limit: depth)
    }

    /// Whether the root element has begun and ended.
    var isComplete: Bool { place == .epilog }
    var hasRoot: Bool { place == .epilog || !open.isEmpty }

    /// Appends the mended form of `input` to `output`.
    ///
    /// - Parameter isFinal: nothing comes after `input`.
    /// - Returns: how many bytes were taken; the rest is to come again with what follows it.
    mutating func process(_ input: UnsafeBufferPointer<UInt8>, isFinal: Bool, into output: inout [UInt8]) -> Int {
        var index = 0
        while index < input.count {
            let next: Int?
            switch place {
            case .content: next = content(input, index, isFinal, &output)
            case .cdata: next = cdata(input, index, isFinal, &output)
            case .comment: next = skip(past: "-->", input, index)
            case .instruction: next = skip(past: "?>", input, index)
            case .doctype: next = skipDoctype(input, index)
            case .prolog: next = prolog(input, index, isFinal, &output)
            case .epilog: next = epilog(input, index)
            }
            guard let next else { break }
            index = next
        }
        return index
    }

    /// Appends what closes everything that is open. Nothing may be processed after it.
    mutating func close(into output: inout [UInt8]) {
        if place == .cdata { output.append(contentsOf: "]]>".utf8) }
        open.closeAll(into: &output)
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
        guard index < input.count else { return index }
        return index > start ? index : markup(input, index, isFinal, &output)
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
        output.append(contentsOf: UnsafeBufferPointer(rebasing: input[start..<index]))
        guard index < input.count else { return index }
        let next: Int?
        switch input[index] {
        case UInt8(ascii: "<"): next = markup(input, index, isFinal, &output)
        case UInt8(ascii: "&"): next = reference(input, index, isFinal, &output)
        default: next = bracket(input, index, isFinal, &output)
        }
        // What was copied is taken, even where what follows has to wait.
        return next ?? (index > start ? index : nil)
    }

    /// `]]>` must not stand in text.
    private func bracket(
        _ input: UnsafeBufferPointer<UInt8>, _ index: Int, _ isFinal: Bool, _ output: inout [UInt8]
    ) -> Int? {
        if index + 2 >= input.count, !isFinal { return nil }
        if index + 2 < input.count, input[index + 1] == UInt8(ascii: "]"), input[index + 2] == UInt8(ascii: ">") {
            output.append(contentsOf: "]]&gt;".utf8)
            return index + 3
        }
        output.append(UInt8(ascii: "]"))
        return index + 1
    }

    private mutating func cdata(
        _ input: UnsafeBufferPointer<UInt8>, _ start: Int, _ isFinal: Bool, _ output: inout [UInt8]
    ) -> Int? {
        if let end = input.firstRange(of: "]]>", from: start) {
            output.append(contentsOf: UnsafeBufferPointer(rebasing: input[start..<end.upperBound]))
            place = .content
            return end.upperBound
        }
        let end = isFinal ? input.count : input.count - 2
        guard end > start else { return nil }
        output.append(contentsOf: UnsafeBufferPointer(rebasing: input[start..<end]))
        return end
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

    private mutating func enter(_ place: Place) {
        placeBefore = self.place
        self.place = place
    }

    /// What a `<` begins.
    private mutating func markup(
        _ input: UnsafeBufferPointer<UInt8>, _ index: Int, _ isFinal: Bool, _ output: inout [UInt8]
    ) -> Int? {
        guard index + 1 < input.count else {
            if !isFinal { return nil }
            return literal(input, index, &output)
        }
        switch input[index + 1] {
        case UInt8(ascii: "!"): return declaration(input, index, isFinal, &output)
        case UInt8(ascii: "?"):
            if place == .prolog, input.hasPrefixIgnoringCase("<?xml", at: index) { sawDeclaration = true }
            enter(.instruction)
            return index + 2
        case UInt8(ascii: "/"): return endTag(input, index, isFinal, &output)
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
            enter(.comment)
            return index + 4
        }
        if input.hasPrefixIgnoringCase("<![cdata[", at: index) {
            if place == .content {
                output.append(contentsOf: "<![CDATA[".utf8)
                place = .cdata
            }
            return index + 9
        }
        if input.hasPrefixIgnoringCase("<!doctype", at: index), place == .prolog {
            doctype = DoctypeScanner()
            enter(.doctype)
            return index + 9
        }
        return literal(input, index, &output)
    }

    /// A `<` that begins nothing.
    private mutating func literal(
        _ input: UnsafeBufferPointer<UInt8>, _ index: Int, _ output: inout [UInt8]
    ) -> Int {
        if place == .content {
            findings.literalAngles += 1
            output.append(contentsOf: "&lt;".utf8)
        } else {
            findings.junkBefore = true
        }
        return index + 1
    }

    private mutating func endTag(
        _ input: UnsafeBufferPointer<UInt8>, _ index: Int, _ isFinal: Bool, _ output: inout [UInt8]
    ) -> Int? {
        var end = index + 2
        while end < input.count, input[end].continuesName { end += 1 }
        let name = index + 2..<end
        while end < input.count, input[end] != UInt8(ascii: ">"), input[end] != UInt8(ascii: "<"),
            end - index < 1024
        {
            end += 1
        }
        if end == input.count, !isFinal, end - index < 1024 { return nil }
        if place == .prolog { return end < input.count && input[end] != UInt8(ascii: "<") ? end + 1 : end }
        guard !name.isEmpty else { return literal(input, index, &output) }
        if !open.close(UnsafeBufferPointer(rebasing: input[name]), into: &output) { findings.crossedTags += 1 }
        if open.isEmpty { place = .epilog }
        return end < input.count && input[end] == UInt8(ascii: ">") ? end + 1 : end
    }

    private mutating func startTag(
        _ input: UnsafeBufferPointer<UInt8>, _ index: Int, _ isFinal: Bool, _ output: inout [UInt8]
    ) -> Int? {
        var scanner = TagScanner(input, at: index)
        switch scanner.scan() {
        case .notATag: return literal(input, index, &output)
        case .unfinished:
            if !isFinal, input.count - index < Self.longestTag { return nil }
            if isFinal { return input.count }
            findings.oversizedTags += 1
            return literal(input, index, &output)
        case .tag: break
        }
        let name = UnsafeBufferPointer(rebasing: input[scanner.name])
        if place == .prolog {
            if HTMLJunk.contains(name) {
                sawJunkTags = true
                findings.junkBefore = true
                return scanner.end
            }
            place = .content
        }
        if open.closeInterrupted(by: name, into: &output) { findings.crossedTags += 1 }
        let isEmpty = scanner.isEmpty || HTMLJunk.isVoid(name)
        guard open.open(name, isEmpty: isEmpty) else {
            findings.deepElements += 1
            return scanner.end
        }
        if scanner.isClean, isEmpty == scanner.isEmpty {
            output.append(contentsOf: UnsafeBufferPointer(rebasing: input[index..<scanner.end]))
        } else {
            if scanner.isBroken { findings.mendedTags += 1 }
            rewrite(input, scanner, isEmpty: isEmpty, into: &output)
        }
        if open.isEmpty { place = .epilog }
        return scanner.end
    }

    /// Writes a start tag anew, with what XML asks for.
    private mutating func rewrite(
        _ input: UnsafeBufferPointer<UInt8>, _ scanner: TagScanner, isEmpty: Bool, into output: inout [UInt8]
    ) {
        output.append(UInt8(ascii: "<"))
        output.append(contentsOf: UnsafeBufferPointer(rebasing: input[scanner.name]))
        var scanner = scanner
        scanner.rewind()
        var written: [Range<Int>] = []
        while written.count < Self.mostAttributes, let attribute = scanner.nextAttribute() {
            let name = UnsafeBufferPointer(rebasing: input[attribute.name])
            guard XMLName.isQualifiedName(name), !written.contains(where: { input[$0].elementsEqual(name) })
            else { continue }
            written.append(attribute.name)
            output.append(UInt8(ascii: " "))
            output.append(contentsOf: name)
            output.append(UInt8(ascii: "="))
            output.append(UInt8(ascii: "\""))
            appendValue(UnsafeBufferPointer(rebasing: input[attribute.value]), to: &output)
            output.append(UInt8(ascii: "\""))
        }
        if isEmpty { output.append(UInt8(ascii: "/")) }
        output.append(UInt8(ascii: ">"))
    }

    private mutating func appendValue(_ value: UnsafeBufferPointer<UInt8>, to output: inout [UInt8]) {
        var index = 0
        while index < value.count {
            switch value[index] {
            case UInt8(ascii: "<"):
                output.append(contentsOf: "&lt;".utf8)
                index += 1
            case UInt8(ascii: "\""):
                output.append(contentsOf: "&quot;".utf8)
                index += 1
            case UInt8(ascii: "&"):
                // With isFinal it always answers.
                index = reference(value, index, true, &output) ?? value.count
            default:
                output.append(value[index])
                index += 1
            }
        }
    }
}
