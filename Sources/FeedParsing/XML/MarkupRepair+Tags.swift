private import Glibc
private import Text

extension MarkupRepair {
    /// An end tag is kept where it closes the innermost element; what is open inside is closed before it.
    mutating func endTag(
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
        let isClosed = end < input.count && input[end] == UInt8(ascii: ">")
        if isClosed { end += 1 }
        if place == .prolog {
            replace(input, index..<end, with: "", &output)
            return end
        }
        guard !name.isEmpty else { return literal(input, index, &output) }
        let tag = UnsafeBufferPointer(rebasing: input[name])
        if isClosed, open.closeInnermost(tag) {
            // Anything behind the name would stop the parser.
            if end - name.upperBound > 1 { replace(input, name.upperBound..<end, with: ">", &output) }
        } else {
            replace(input, index..<end, with: "", &output)
            if !open.close(tag, into: &output) { findings.crossedTags += 1 }
        }
        if open.isEmpty { place = .epilog }
        return end
    }

    mutating func startTag(
        _ input: UnsafeBufferPointer<UInt8>, _ index: Int, _ isFinal: Bool, _ output: inout [UInt8]
    ) -> Int? {
        var scanner = TagScanner(input, at: index)
        switch scanner.scan(deadEnds, offset: offset) {
        case .notATag: return literal(input, index, &output)
        case .unfinished where input.count - index < Self.longestTag:
            guard isFinal else { return nil }
            replace(input, index..<input.count, with: "", &output)
            return input.count
        case .unfinished, .deadEnd:
            findings.oversizedTags += 1
            scanner.note(&deadEnds, offset: offset)
            return literal(input, index, &output)
        case .tag: break
        }
        let tag = index..<scanner.end
        let name = UnsafeBufferPointer(rebasing: input[scanner.name])
        if place == .prolog {
            let isPage = name.count == 4 && name.hasPrefixIgnoringCase("html")
            if isPage { sawPage = true }
            if isPage || HTMLJunk.contains(name) || sawPage && HTMLJunk.framesPage(name) {
                sawJunkTags = true
                findings.junkBefore = true
                replace(input, tag, with: "", &output)
                return scanner.end
            }
            place = .content
        }
        guard closeUnfinished(before: name, input, tag, isFinal, &output) else { return nil }
        var isEmpty = scanner.isEmpty || HTMLJunk.isVoid(name)
        if !isEmpty, scanner.end - scanner.name.upperBound > 1 {
            guard let isLeftOpen = isLeftOpen(name, input, scanner, isFinal) else { return nil }
            isEmpty = isLeftOpen
        }
        if open.isItem(name) { findings.itemTags += 1 }
        let declarations = min(scanner.declarations, max(0, Self.mostDeclarations - open.declarations))
        guard open.open(name, isEmpty: isEmpty, declarations: declarations) else {
            findings.deepElements += 1
            replace(input, tag, with: "", &output)
            return scanner.end
        }
        if !scanner.isClean || isEmpty != scanner.isEmpty || declarations < scanner.declarations {
            if scanner.isBroken { findings.mendedTags += 1 }
            replace(input, tag, with: "", &output)
            rewrite(input, scanner, isEmpty: isEmpty, declarations: declarations, into: &output)
        }
        if open.isEmpty { place = .epilog }
        return scanner.end
    }

    /// Writes a start tag anew, with what XML asks for.
    ///
    /// - Parameter declarations: how many namespaces it may declare.
    private mutating func rewrite(
        _ input: UnsafeBufferPointer<UInt8>, _ scanner: TagScanner, isEmpty: Bool, declarations: Int,
        into output: inout [UInt8]
    ) {
        output.append(UInt8(ascii: "<"))
        output.append(contentsOf: UnsafeBufferPointer(rebasing: input[scanner.name]))
        var scanner = scanner
        scanner.rewind()
        var written = NameSet()
        var declarationsLeft = declarations
        while written.count < Self.mostAttributes, let attribute = scanner.nextAttribute() {
            let name = UnsafeBufferPointer(rebasing: input[attribute.name])
            if scanner.declaresNamespace(attribute) {
                if declarationsLeft == 0 { continue }
                declarationsLeft -= 1
            }
            guard XMLName.isQualifiedName(name), written.insert(attribute.name, in: input) else { continue }
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
                guard let found = reference(value, index, true) else { return }
                if found.isKept {
                    output.append(contentsOf: UnsafeBufferPointer(rebasing: value[index..<found.end]))
                } else {
                    output.append(contentsOf: replacement)
                }
                index = found.end
            default:
                output.append(value[index])
                index += 1
            }
        }
    }
}

extension MarkupRepair {
    /// Passes an element that holds nothing but a short text, and of which every byte is as it should be:
    /// `<pubDate>Mon, 01 Jan 2024 00:00:00 GMT</pubDate>`. Feeds are mostly made of them, and what opens and closes at
    /// once need not be remembered.
    ///
    /// - Parameter index: where its `<` is.
    /// - Returns: where it ends; nil where it has to be looked at more closely.
    static func leaf(_ input: UnsafeBufferPointer<UInt8>, _ index: Int) -> Int? {
        guard let base = input.baseAddress else { return nil }
        let start = index &+ 1
        var end = start
        var sawColon = false
        while end < input.count {
            if base[end].isASCIILetter {
                end &+= 1
            } else if base[end] == UInt8(ascii: ":"), !sawColon, end > start {
                sawColon = true
                end &+= 1
            } else {
                break
            }
        }
        let length = end &- start
        guard length > 1, end < input.count, base[end] == UInt8(ascii: ">"), base[end &- 1] != UInt8(ascii: ":") else {
            return nil
        }
        let name = UnsafeBufferPointer(start: base + start, count: length)
        if OpenElements.itemName(name) != nil || length <= 3 && HTMLJunk.isVoid(name) { return nil }
        let close = input.firstSpecialByte(from: end &+ 1)
        // Longer text is set aside.
        guard close &- end <= AsideText.shortest, input.count &- close >= length &+ 3,
            base[close] == UInt8(ascii: "<"), base[close &+ 1] == UInt8(ascii: "/"),
            base[close &+ 2 &+ length] == UInt8(ascii: ">"), memcmp(base + close + 2, base + start, length) == 0
        else { return nil }
        return close &+ length &+ 3
    }
}

extension UnsafeBufferPointer<UInt8> {
    /// Where the next `<`, `&` or `]` is, or the end.
    func firstSpecialByte(from start: Int) -> Int {
        first(of: UInt8(ascii: "<"), UInt8(ascii: "&"), UInt8(ascii: "]"), from: start)
    }

    /// Where the next of three bytes is, or the end.
    @inline(__always)
    func first(of first: UInt8, _ second: UInt8, _ third: UInt8, from start: Int) -> Int {
        guard let base = baseAddress else { return 0 }
        let ones: UInt64 = 0x0101_0101_0101_0101
        let (firsts, seconds, thirds) = (ones &* UInt64(first), ones &* UInt64(second), ones &* UInt64(third))
        @inline(__always)
        func zeros(_ word: UInt64) -> UInt64 { (word &- ones) & ~word & 0x8080_8080_8080_8080 }
        var index = start
        while count &- index >= 8 {
            let word = UnsafeRawPointer(base + index).loadUnaligned(as: UInt64.self)
            let hits = zeros(word ^ firsts) | zeros(word ^ seconds) | zeros(word ^ thirds)
            // The first hit is exact, those above it need not be.
            if hits != 0 { return index &+ hits.littleEndian.trailingZeroBitCount / 8 }
            index &+= 8
        }
        while index < count {
            let byte = base[index]
            if byte == first || byte == second || byte == third { break }
            index &+= 1
        }
        return index
    }
}

extension MarkupRepair.Findings {
    /// One sentence for each kind of thing that was mended.
    var warnings: [String] {
        var warnings: [String] = []
        func note(_ count: Int, _ what: String) {
            if count > 0 { warnings.append("\(what) (\(count)).") }
        }
        if junkBefore { warnings.append("There was something before the document that does not belong to it.") }
        if junkAfter { warnings.append("There was something after the document's end.") }
        if declaresEntities { warnings.append("The document declares entities; they were not used.") }
        note(bareAmpersands, "Ampersands that begin no reference were taken as they are")
        note(unknownEntities, "References to unknown entities were taken as text")
        note(forbiddenReferences, "References to characters that XML forbids were left out")
        note(byteReferences, "References to single bytes of UTF-8 were joined to characters")
        note(literalAngles, "Angle brackets that begin no tag were taken as text")
        note(mendedTags, "Tags that are not well-formed were mended")
        note(innerMarks, "Marks inside of CDATA sections were taken as text")
        note(crossedTags, "End tags were missing or in the wrong order")
        note(deepElements, "Elements that are nested too deeply were passed over")
        note(oversizedTags, "Tags without an end were taken as text")
        return warnings
    }
}
