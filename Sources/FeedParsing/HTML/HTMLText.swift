/// `HTMLText` reads the text in HTML, for titles and names.
package enum HTMLText {
    /// What a reader sees: markup removed, references decoded once, white space collapsed, nothing around it.
    ///
    /// Contents of `script` and `style` are left out; where a block begins or ends, words do not run together. A comment that
    /// is not closed ends at the next `>`, or is only its mark, because a title has no rest that it could hide.
    package static func plainText(_ html: String) -> String {
        var text = html
        let plain: String? = text.withUTF8 { bytes in
            if isPlain(bytes) { return nil }
            var raw: [UInt8] = []
            raw.reserveCapacity(bytes.count)
            var tokenizer = HTMLTokenizer(bytes, keepsUnclosed: true)
            var skipsRawText = false
            var isInCDATA = false
            while let token = tokenizer.next() {
                switch token {
                case .text(let range):
                    appendDecoded(bytes, range, droppingCDATAEnd: isInCDATA, to: &raw)
                case .unclosedTag(let range):
                    let isComment = UnsafeBufferPointer(rebasing: bytes[range]).hasPrefix("<!--")
                    let rest = range.dropFirst(isComment ? 4 : 0)
                    appendDecoded(bytes, rest, droppingCDATAEnd: isInCDATA, to: &raw)
                case .rawText(let range):
                    if !skipsRawText { appendDecoded(bytes, range, droppingCDATAEnd: isInCDATA, to: &raw) }
                case .tag(let tag):
                    let name = HTMLName(bytes, tag.name)
                    skipsRawText = name != .title && name != .textarea
                    if separatesWords(name) { raw.append(0x20) }
                case .markup(let range):
                    if range.count == 9, bytes[range.lowerBound + 2] == UInt8(ascii: "[") { isInCDATA = true }
                }
            }
            return collapsed(raw)
        }
        return plain ?? html
    }

    /// The text with its references decoded and nothing else changed.
    static func decodeEntities(_ text: String) -> String {
        var text = text
        return text.withUTF8 { bytes in
            guard bytes.contains(UInt8(ascii: "&")) else { return String(decoding: bytes, as: UTF8.self) }
            var result: [UInt8] = []
            result.reserveCapacity(bytes.count)
            HTMLEntities.decode(bytes, into: &result)
            return String(decoding: result, as: UTF8.self)
        }
    }

    /// The text with those references decoded that end in a semicolon, and nothing else changed.
    static func decodeWholeReferences(_ text: String) -> String {
        var text = text
        return text.withUTF8 { bytes in
            var result: [UInt8] = []
            result.reserveCapacity(bytes.count)
            var start = 0
            while let ampersand = bytes.first(UInt8(ascii: "&"), from: start) {
                result.append(contentsOf: bytes[start..<ampersand])
                let reference = HTMLEntities.reference(in: bytes, at: ampersand)
                start = ampersand + (reference?.length ?? 1)
                let isWhole = reference != nil && bytes[start - 1] == UInt8(ascii: ";")
                if let reference, isWhole {
                    result.append(reference)
                } else {
                    result.append(contentsOf: bytes[ampersand..<start])
                }
            }
            result.append(contentsOf: bytes[start...])
            return String(decoding: result, as: UTF8.self)
        }
    }

    /// Whether text of unknown kind is meant as HTML: it has a tag that HTML knows, a comment or a reference.
    static func looksLikeHTML(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { bytes in
            if bytes.first(UInt8(ascii: "<"), from: 0) != nil {
                var tokenizer = HTMLTokenizer(bytes)
                while let token = tokenizer.next() {
                    switch token {
                    case .tag(let tag): if HTMLVocabulary.knows(HTMLName(bytes, tag.name)) { return true }
                    case .markup(let range): if range.count >= 7, bytes[range.lowerBound + 2] == 0x2d { return true }
                    case .text, .rawText, .unclosedTag: break
                    }
                }
            }
            var index = 0
            while let ampersand = bytes.first(UInt8(ascii: "&"), from: index) {
                if let reference = HTMLEntities.reference(in: bytes, at: ampersand),
                    bytes[ampersand + reference.length - 1] == UInt8(ascii: ";")
                {
                    return true
                }
                index = ampersand + 1
            }
            return false
        }
    }

    /// Whether a tag of HTML's stands in front of everything else.
    static func beginsWithTag(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        var tokenizer = HTMLTokenizer(bytes)
        guard case .tag(let tag)? = tokenizer.next() else { return false }
        return !tag.isEnd && HTMLVocabulary.knows(HTMLName(bytes, tag.name))
    }

    /// Whether the text is already what `plainText` would return.
    private static func isPlain(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        // A space may neither begin nor end the text nor follow another.
        var previous: UInt8 = 0x20
        for byte in bytes {
            // No-break spaces begin with C2 and the typographic ones with E2 80: those take the long way.
            if byte == UInt8(ascii: "<") || byte == UInt8(ascii: "&") || byte < 0x20 || byte == 0x7f || byte == 0xc2 {
                return false
            }
            if byte == 0x20, previous == 0x20 { return false }
            previous = byte
        }
        return previous != 0x20 || bytes.isEmpty
    }

    static func appendDecoded(
        _ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, droppingCDATAEnd: Bool, to raw: inout [UInt8]
    ) {
        let start = raw.count
        HTMLEntities.decode(UnsafeBufferPointer(rebasing: bytes[range]), into: &raw)
        if droppingCDATAEnd { raw.removeCDATAEnds(from: start) }
    }

    /// Runs of white space, no-break spaces among them, become one space; U+0000 and other controls go.
    static func collapsed(_ raw: [UInt8]) -> String {
        var result: [UInt8] = []
        result.reserveCapacity(raw.count)
        var needsSpace = false
        var index = 0
        while index < raw.count {
            let byte = raw[index]
            if byte <= 0x20 || byte == 0x7f {
                if byte == 0x20 || (byte >= 0x09 && byte <= 0x0d) { needsSpace = !result.isEmpty }
                index += 1
                continue
            }
            if byte == 0xc2, index + 1 < raw.count, raw[index + 1] == 0xa0 {
                needsSpace = !result.isEmpty
                index += 2
                continue
            }
            if needsSpace {
                result.append(0x20)
                needsSpace = false
            }
            result.append(byte)
            index += 1
        }
        return String(decoding: result, as: UTF8.self)
    }

    private static func separatesWords(_ name: HTMLName) -> Bool {
        HTMLVocabulary.blocks.contains(name)
    }
}

extension [UInt8] {
    /// Removes each `]]>`, which ends a CDATA section: its beginning was markup, its contents text.
    mutating func removeCDATAEnds(from start: Int = 0) {
        var write = start
        for read in start..<count {
            self[write] = self[read]
            write += 1
            if write >= start + 3, self[write - 1] == UInt8(ascii: ">"), self[write - 2] == UInt8(ascii: "]"),
                self[write - 3] == UInt8(ascii: "]")
            {
                write -= 3
            }
        }
        removeLast(count - write)
    }
}

extension HTMLText {
    /// Returns HTML as plain text for reading: a blank line between paragraphs, list items on lines of their own.
    package static func paragraphs(_ html: String) -> String {
        var html = html
        return html.withUTF8 { bytes in
            var lines: [String] = []
            var raw: [UInt8] = []
            var tokenizer = HTMLTokenizer(bytes)
            func flush(blankLine: Bool) {
                let line = collapsed(raw)
                raw.removeAll(keepingCapacity: true)
                if !line.isEmpty { lines.append(line) }
                if blankLine, lines.last?.isEmpty == false { lines.append("") }
            }
            while let token = tokenizer.next() {
                switch token {
                case .text(let range):
                    HTMLEntities.decode(UnsafeBufferPointer(rebasing: bytes[range]), into: &raw)
                case .tag(let tag):
                    let name = HTMLName(bytes, tag.name)
                    guard HTMLVocabulary.blocks.contains(name) else { continue }
                    flush(blankLine: !lineBreaks.contains(name))
                    if name == listItem, !tag.isEnd { raw.append(contentsOf: "- ".utf8) }
                case .rawText, .unclosedTag, .markup:
                    break
                }
            }
            flush(blankLine: false)
            while lines.last?.isEmpty == true { lines.removeLast() }
            return lines.joined(separator: "\n")
        }
    }

    private static let listItem = HTMLName("li")
    private static let lineBreaks = HTMLVocabulary.names(["br", "li", "tr", "td", "th", "dt", "dd", "option"])
}

extension HTMLText {
    /// Appends to `text` what a reader sees of HTML, in UTF-8: without tags, comments, scripts and styles, references
    /// decoded, a line feed where a block begins or ends, and white space as it is. Linear in the HTML.
    package static func appendVisible(_ html: String, to text: inout [UInt8]) {
        var html = html
        html.withUTF8 { bytes in
            text.reserveCapacity(text.count + bytes.count)
            var tokenizer = HTMLTokenizer(bytes)
            var showsRawText = false
            while let token = tokenizer.next() {
                switch token {
                case .text(let range):
                    HTMLEntities.decode(UnsafeBufferPointer(rebasing: bytes[range]), into: &text)
                case .tag(let tag):
                    let name = HTMLName(bytes, tag.name)
                    showsRawText = name == .textarea || name == .xmp
                    if separatesWords(name) { text.append(0x0a) }
                case .rawText(let range):
                    if showsRawText { text.append(contentsOf: bytes[range]) }
                case .unclosedTag, .markup:
                    break
                }
            }
        }
    }
}
