private import FeedParsing

/// The text of an article: paragraphs apart by an empty line; a list item, a row of a table and a quotation each a line.
enum ArticleText {
    /// - Returns: the text, at most `maximumBytes` of it, cut between blocks.
    static func write(_ reader: inout BodyReader, maximumBytes: Int) -> (text: String, isCut: Bool) {
        var text = ""
        var previous: Int?
        for block in reader.keptBlocks {
            let line = reader.text(block)
            if line.isEmpty { continue }
            guard text.utf8.count + line.utf8.count + 2 <= maximumBytes else {
                // A whole article in one line is cut where it is too long, and not left out.
                if text.isEmpty { text = prefix(of: line, maximumBytes: maximumBytes) }
                return (text, true)
            }
            if let previous { text += separator(reader, previous, block) }
            text += line
            previous = block
        }
        return (text, false)
    }

    /// As much of a text as its bytes allow, in whole characters of Unicode.
    private static func prefix(of text: String, maximumBytes: Int) -> String {
        var end = text.utf8.index(text.utf8.startIndex, offsetBy: maximumBytes)
        while end > text.utf8.startIndex, text.utf8[end] & 0xc0 == 0x80 { end = text.utf8.index(before: end) }
        return String(text[..<end])
    }

    /// Cells of a row are apart by a tab; items of a list and rows of a table by a line break; all else by an empty line.
    private static func separator(_ reader: BodyReader, _ first: Int, _ second: Int) -> String {
        if let one = row(reader, first), let next = row(reader, second) { return one == next ? "\t" : "\n" }
        return reader.isListItem(first) && reader.isListItem(second) ? "\n" : "\n\n"
    }

    /// The row of a table that the block is a cell of.
    private static func row(_ reader: BodyReader, _ block: Int) -> PageTree.Node? {
        let owner = reader.blocks[block].owner
        guard reader.tree.element(owner).roles.contains(.tablePart) else { return nil }
        return reader.tree.ancestors(owner).first { reader.tree.element($0) == .tr }
    }

    /// The lines of an `articleBody`, as many as are within the bound.
    static func paragraphs(of body: String, maximumBytes: Int) -> [String] {
        var left = maximumBytes
        return body.split(separator: "\n").prefix { line in
            left -= line.utf8.count + 2
            return left >= 0
        }.map(String.init)
    }

    /// Paragraphs of plain text as HTML, as many as are within the bound.
    static func html(of paragraphs: [String], maximumBytes: Int) -> (html: String, isCut: Bool) {
        var html = ClippedHTML(maximumBytes: maximumBytes)
        for paragraph in paragraphs where !html.isFull {
            html.put("<p>")
            html.append(plain: Array(paragraph.utf8))
            html.put("</p>")
            html.endLine()
        }
        return (HTMLSanitizer.sanitize(html.bytes, baseURL: nil), html.isCut)
    }
}
