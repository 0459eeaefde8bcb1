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
        if open.isInterrupted(by: name) {
            findings.crossedTags += 1
            flush(input, upTo: index, &output)
            open.closeItem(into: &output)
        }
        let isEmpty = scanner.isEmpty || HTMLJunk.isVoid(name)
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
