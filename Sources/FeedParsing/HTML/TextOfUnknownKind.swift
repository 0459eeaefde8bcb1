/// Short texts of which nobody says whether they are HTML: RSS's titles, names and categories.
///
/// Who writes of HTML writes its tags, and who formats a title closes what he opens: that tells one from the other, and where
/// it is in doubt nothing is lost.
enum TextOfUnknownKind {
    /// One line without markup, references decoded once.
    ///
    /// A tag is markup where HTML knows its name and its other tag is there, and so are line breaks and pictures; any other
    /// is text: `List<String>`, `notes on <head>`. Nothing is hidden but comments. Linear in time, whatever the input.
    static func plain(_ text: String) -> String {
        var text = text
        return text.withUTF8 { bytes in
            var raw: [UInt8] = []
            raw.reserveCapacity(bytes.count)
            // Nearly always there are only references.
            guard bytes.first(UInt8(ascii: "<"), from: 0) != nil else {
                HTMLEntities.decode(bytes, into: &raw)
                return HTMLText.collapsed(raw)
            }
            let tokens = tokens(of: bytes)
            let isMarkup = pairedTags(tokens, bytes)
            var isInCDATA = false
            for (index, token) in tokens.enumerated() {
                switch token {
                case .tag(let tag) where isMarkup[index]:
                    if HTMLVocabulary.blocks.contains(HTMLName(bytes, tag.name)) { raw.append(0x20) }
                case .markup(let range) where isCDATAMark(bytes, range): isInCDATA = true
                case .markup(let range) where isComment(bytes, range): break
                case .text(let range), .rawText(let range), .unclosedTag(let range), .markup(let range):
                    HTMLText.appendDecoded(bytes, range, droppingCDATAEnd: isInCDATA, to: &raw)
                case .tag(let tag):
                    HTMLText.appendDecoded(bytes, tag.range, droppingCDATAEnd: isInCDATA, to: &raw)
                }
            }
            return HTMLText.collapsed(raw)
        }
    }

    private static func tokens(of bytes: UnsafeBufferPointer<UInt8>) -> [HTMLTokenizer.Token] {
        var tokenizer = HTMLTokenizer(bytes, readsScripts: true, keepsUnclosed: true)
        var tokens: [HTMLTokenizer.Token] = []
        while let token = tokenizer.next() { tokens.append(token) }
        return tokens
    }

    /// Which of the tokens are tags that are markup.
    private static func pairedTags(_ tokens: [HTMLTokenizer.Token], _ bytes: UnsafeBufferPointer<UInt8>) -> [Bool] {
        var isMarkup = [Bool](repeating: false, count: tokens.count)
        var open: [HTMLName: [Int]] = [:]
        for (index, token) in tokens.enumerated() {
            guard case .tag(let tag) = token else { continue }
            let name = HTMLName(bytes, tag.name)
            guard HTMLVocabulary.knows(name) else { continue }
            if alone.contains(name) {
                isMarkup[index] = true
            } else if !tag.isEnd {
                open[name, default: []].append(index)
            } else if let start = open[name]?.popLast() {
                isMarkup[start] = true
                isMarkup[index] = true
            }
        }
        return isMarkup
    }

    /// Elements of a line of text that have no end tag.
    private static let alone = HTMLVocabulary.names(["br", "img"])

    private static func isCDATAMark(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> Bool {
        range.count == 9 && bytes[range.lowerBound + 2] == UInt8(ascii: "[")
    }

    /// Whether it is a comment that is closed.
    private static func isComment(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> Bool {
        let text = UnsafeBufferPointer(rebasing: bytes[range])
        guard text.hasPrefix("<!--") else { return false }
        return text.hasPrefixIgnoringCase("-->", at: text.count - 3)
            || text.hasPrefixIgnoringCase("--!>", at: text.count - 4)
    }
}
