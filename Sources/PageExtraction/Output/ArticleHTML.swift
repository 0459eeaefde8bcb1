private import FeedParsing

/// The article as clean HTML: the blocks of its text in their order, with the pictures between them
/// (docs/spec/fulltext.md §1.3).
struct ArticleHTML {
    private let reader: BodyReader
    private let tree: PageTree
    private var html: ClippedHTML
    /// The elements around the block that was written last: lists, items, quotations, tables and their parts.
    private var open: [PageTree.Node] = []

    /// Returns HTML that has been through the sanitizer; URLs in it are absolute.
    ///
    /// - Parameter maximumBytes: no text is added behind so many, as the sanitizer writes it.
    static func write(_ reader: BodyReader, maximumBytes: Int) -> (html: String, isCut: Bool) {
        var writer = ArticleHTML(reader, maximumBytes: maximumBytes)
        var isCut = false
        let pictures = ArticlePictures(reader).pictures
        var next = pictures[...]
        for block in reader.keptBlocks {
            if writer.html.isFull {
                isCut = true
                break
            }
            while let picture = next.first, picture.node < reader.blocks[block].nodes.lowerBound {
                writer.write(picture)
                next = next.dropFirst()
            }
            writer.write(block)
        }
        for picture in next where !writer.html.isFull { writer.write(picture) }
        writer.close(to: 0)
        return (HTMLSanitizer.sanitize(writer.html.bytes, baseURL: reader.tree.baseURL), isCut || writer.html.isCut)
    }

    private init(_ reader: BodyReader, maximumBytes: Int) {
        self.reader = reader
        html = ClippedHTML(maximumBytes: maximumBytes)
        tree = reader.tree
    }

    private mutating func write(_ block: Int) {
        let owner = reader.blocks[block].owner
        arrange(structure(around: owner))
        let element = tree.element(owner)
        let tag: StaticString =
            switch element {
            case .h1, .h2: "h2"
            case .h3: "h3"
            case .h4, .h5, .h6: "h4"
            case .pre: "pre"
            default: reader.isHeading(block) ? "h3" : "p"
            }
        // An item, a cell or a quotation that is one line needs no paragraph.
        let isBare = open.last == owner
        if !isBare { put("<", tag, ">") }
        writeLine(reader.blocks[block].nodes, isPreformatted: element == .pre)
        if !isBare { put("</", tag, ">") }
        html.endLine()
    }

    private mutating func write(_ picture: ArticlePictures.Picture) {
        close(to: 0)
        put("<figure>")
        put("<img src=\"")
        html.append(plain: Array(picture.url.utf8))
        put("\"")
        if let text = picture.alternative, !text.isEmpty {
            put(" alt=\"")
            html.append(plain: Array(text.utf8))
            put("\"")
        }
        put(">")
        if let caption = picture.caption {
            put("<figcaption>")
            html.append(plain: Array(caption.utf8))
            put("</figcaption>")
        }
        put("</figure>")
        html.endLine()
    }

    // MARK: Lists, quotations and tables

    private func structure(around owner: PageTree.Node) -> [PageTree.Node] {
        var chain: [PageTree.Node] = []
        var node: PageTree.Node? = owner
        while let place = node, !reader.isContainer(place) {
            if Self.tag(of: tree.element(place)) != nil { chain.append(place) }
            node = tree.parent(place)
        }
        return chain.reversed()
    }

    private static func tag(of element: PageElement) -> StaticString? {
        switch element {
        case .ul, .menu: "ul"
        case .ol: "ol"
        case .li: "li"
        case .blockquote: "blockquote"
        case .table: "table"
        case .tr: "tr"
        case .td: "td"
        case .th: "th"
        default: nil
        }
    }

    private mutating func arrange(_ wanted: [PageTree.Node]) {
        let common = zip(open, wanted).prefix { $0 == $1 }.count
        close(to: common)
        for node in wanted[common...] {
            guard let tag = Self.tag(of: tree.element(node)) else { continue }
            put("<", tag, ">")
            open.append(node)
        }
    }

    private mutating func close(to depth: Int) {
        while open.count > depth, let node = open.popLast() {
            if let tag = Self.tag(of: tree.element(node)) { put("</", tag, ">") }
        }
    }

    // MARK: Lines

    private mutating func writeLine(_ nodes: Range<PageTree.Node>, isPreformatted: Bool) {
        var inline: [(end: PageTree.Node, tag: StaticString)] = []
        var node = nodes.lowerBound
        // A link or an emphasis that holds the whole line began before its text.
        for place in tree.ancestors(node) {
            if tree.element(place).roles.contains(.block) { break }
            if let tag = begin(place) { inline.insert((tree.end(place), tag), at: 0) }
        }
        while node < nodes.upperBound {
            while let last = inline.last, last.end <= node {
                put("</", last.tag, ">")
                inline.removeLast()
            }
            let entry = tree.entries[node]
            if let end = reader.unseen.end(at: node) {
                node = end
                continue
            }
            if entry.element.roles.contains(.unread) {
                node = tree.end(node)
                continue
            }
            if entry.element == .text {
                html.append(
                    raw: tree.bytes, Int(entry.start)..<Int(entry.stop), isPreformatted: isPreformatted)
            } else if entry.element == .br {
                put("<br>")
            } else if let tag = begin(node) {
                inline.append((tree.end(node), tag))
            }
            node += 1
        }
        while let last = inline.popLast() { put("</", last.tag, ">") }
    }

    /// Opens what stands in a line and is kept; nil for all else.
    private mutating func begin(_ node: PageTree.Node) -> StaticString? {
        switch tree.element(node) {
        case .a:
            guard let url = tree.webURL(tree.attribute("href", of: node)) else { return nil }
            put("<a href=\"")
            html.append(plain: Array(url.utf8))
            put("\">")
            return "a"
        case .em, .i:
            put("<em>")
            return "em"
        case .strong, .b:
            put("<strong>")
            return "strong"
        case .code:
            put("<code>")
            return "code"
        default: return nil
        }
    }

    // MARK: Bytes

    private mutating func put(_ pieces: StaticString...) {
        for piece in pieces { html.put(piece) }
    }
}
