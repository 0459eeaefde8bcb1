extension HTMLText {
    /// HTML as plain text for reading: a blank line between paragraphs, list items on lines of their own.
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
