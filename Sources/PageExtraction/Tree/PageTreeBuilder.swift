private import FeedParsing

/// `PageTreeBuilder` makes a `PageTree` of a page's bytes, in one pass over them.
///
/// It follows WHATWG HTML §13.2.6 as far as it matters to reading: what tags end by themselves (`p` by any block, `li` by
/// `li`, cells by cells, a link by a link), and how far an end tag reaches. Nothing is moved about in the tree: nodes come
/// in the order of the page. What is nested too deep becomes a neighbour instead, and loses nothing but its depth.
struct PageTreeBuilder {
    private let bytes: UnsafeBufferPointer<UInt8>
    private var tokenizer: HTMLTokenizer
    private var entries: [PageTree.Entry] = []
    private var names: NameTable
    private var open: OpenPageElements
    private var metadata: [PageTree.Node] = []
    private var linkedData: [Range<Int>] = []
    private var linkedDataBytes = 0
    private var base: String?
    private var hasHTMLTag = false
    private var hasDoctype = false
    /// The first thing on the page that is no white space is markup.
    private var beginsWithMarkup: Bool?
    private var isInHead = false
    private var isCut = false
    /// The `ruby` that is read puts its readings in brackets for whoever does not show them above the words.
    private var hasReadingBrackets = false
    /// Elements whose end has been looked for in vain, which need not be looked for again.
    private var endless: Set<PageElement> = []
    /// The raw text that comes next is that of a script with linked data.
    private var expectsLinkedData = false
    /// Bytes of text and tags that may still be read; what is jumped over costs nothing.
    private var budget: Int

    /// Reads the page.
    ///
    /// - Parameters:
    ///   - page: in UTF-8.
    ///   - url: where it came from.
    ///   - maximumBytes: so much is read of its text and tags, without scripts, styles and comments.
    static func build(_ page: [UInt8], url: String?, maximumBytes: Int) -> PageTree {
        page.withUnsafeBufferPointer { bytes in
            var builder = PageTreeBuilder(bytes, page: page, maximumBytes: maximumBytes)
            builder.run()
            let base = builder.base.flatMap { URLResolution.resolve($0, base: url) }
            return PageTree(
                bytes: page, entries: builder.entries, names: builder.names, metadata: builder.metadata,
                linkedData: builder.linkedData, baseURL: base.flatMap { URLResolution.isWeb($0) ? $0 : nil } ?? url,
                isCut: builder.isCut, hasRoot: builder.hasHTMLTag || builder.hasDoctype,
                beginsWithMarkup: builder.beginsWithMarkup ?? false)
        }
    }

    private init(_ bytes: UnsafeBufferPointer<UInt8>, page: [UInt8], maximumBytes: Int) {
        self.bytes = bytes
        tokenizer = HTMLTokenizer(bytes)
        names = NameTable(bytes: page)
        open = OpenPageElements()
        budget = maximumBytes
        entries.reserveCapacity(min(bytes.count / 64 + 16, PageLimits.nodes))
    }

    private mutating func run() {
        append(.html, 0..<0)
        open.push(.html, node: 0)
        while let token = tokenizer.next() {
            guard entries.count < PageLimits.nodes, budget > 0 else {
                isCut = true
                break
            }
            switch token {
            case .text(let range):
                if beginsWithMarkup == nil, !isBlank(range) { beginsWithMarkup = false }
                let kept = whole(range.prefix(budget))
                if kept.count < range.count { isCut = true }
                budget -= kept.count
                text(kept)
            case .rawText(let range): rawText(range)
            case .tag(let tag):
                if beginsWithMarkup == nil { beginsWithMarkup = true }
                budget -= tag.range.count
                if tag.isEnd { end(tag) } else { start(tag) }
            case .markup(let range):
                if beginsWithMarkup == nil { beginsWithMarkup = true }
                if !hasDoctype { readDoctype(range) }
            case .unclosedTag: break
            }
        }
        open.closeAll()
        settle()
    }

    /// Without the beginning of a character at its end.
    private func whole(_ range: Range<Int>) -> Range<Int> {
        var end = range.upperBound
        while end > range.lowerBound, end < bytes.count, bytes[end] & 0xc0 == 0x80 { end -= 1 }
        return range.lowerBound..<end
    }

    private func isBlank(_ range: Range<Int>) -> Bool { bytes[range].allSatisfy { $0 <= 0x20 } }

    /// Whether a doctype of HTML has come, which makes a page of what has no `html` tag.
    private mutating func readDoctype(_ range: Range<Int>) {
        let text: StaticString = "<!doctype html"
        guard range.count >= text.utf8CodeUnitCount else { return }
        hasDoctype = PageAttributes.isName(bytes[range.prefix(text.utf8CodeUnitCount)], text)
    }

    private mutating func text(_ range: Range<Int>) {
        let isBlank = isBlank(range)
        if isInHead, !isBlank { leaveHead() }
        append(.text, range)
        if isBlank { entries[entries.count - 1].flags.insert(.blank) }
    }

    /// The contents of a title are text; those of a script are kept where they are linked data.
    private mutating func rawText(_ range: Range<Int>) {
        if expectsLinkedData {
            expectsLinkedData = false
            guard linkedData.count < PageLimits.linkedDataScripts,
                linkedDataBytes + range.count <= PageLimits.linkedDataBytes
            else {
                isCut = true
                return
            }
            linkedDataBytes += range.count
            linkedData.append(range)
        } else if open.top.element == .title {
            append(.text, range.prefix(PageLimits.attributeBytes))
        }
    }

    // MARK: Tags

    private mutating func start(_ tag: HTMLTokenizer.Tag) {
        var element = PageElement(name: bytes[tag.name])
        switch element {
        case .ruby: hasReadingBrackets = false
        case .rp: hasReadingBrackets = true
        // In brackets it reads well behind its word; without them it would run together with that.
        case .rt where hasReadingBrackets: element = .unknown
        default: break
        }
        switch element {
        case .html:
            // Its attributes are the page's; a second one says nothing.
            if !hasHTMLTag { readAttributes(of: tag, node: 0) }
            hasHTMLTag = true
            return
        case .body where open.isOpen(.body): return
        case .head: isInHead = true
        case .meta, .link, .base, .title, .script, .style, .noscript, .template: break
        default: if isInHead { leaveHead() }
        }
        let roles = element.roles
        open.closeBefore(element, roles)
        if element == .a, let link = open.nearest(.a) {
            if open.closeInline(.a) == nil { forget(link) }
        }
        settle()
        let node = append(element, tag.attributes)
        readAttributes(of: tag, node: node)
        collect(element, node, tag)
        if roles.contains(.void) || isSelfClosed(tag, element) { return }
        // What is not pushed has nothing in it: its contents are its neighbours'.
        let name = element == .unknown ? hash(tag.name) : 0
        if open.push(element, node: node, name: name) {
            skipContents(element, node, tag)
        } else {
            entries[node].end = Int32(node + 1)
        }
    }

    private mutating func end(_ tag: HTMLTokenizer.Tag) {
        let element = PageElement(name: bytes[tag.name])
        switch element {
        case .html, .body: return
        case .head: if isInHead { leaveHead() }
        case .br: append(.br, tag.attributes)
        case .a:
            // A link that began outside of a block and ends in it has to go: it would hold all that follows.
            if open.closeInline(.a) == nil, let link = open.nearest(.a) { forget(link) }
        case .unknown: open.closeUnknown(name: hash(tag.name))
        default: open.close(element)
        }
        settle()
    }

    private mutating func leaveHead() {
        isInHead = false
        open.close(.head)
        settle()
    }

    /// An element whose end tag came where it cannot end is no longer what it was.
    private mutating func forget(_ link: PageTree.Node) {
        entries[link].element = .span
        entries[link].flags.remove(.link)
        open.forget(.a)
    }

    private func isSelfClosed(_ tag: HTMLTokenizer.Tag, _ element: PageElement) -> Bool {
        (element == .svg || element == .math) && bytes[tag.range.upperBound - 2] == UInt8(ascii: "/")
    }

    /// FNV-1a of a name in lower case.
    private func hash(_ name: Range<Int>) -> UInt32 {
        var hash: UInt32 = 0x811c_9dc5
        for byte in bytes[name.prefix(64)] { hash = (hash ^ UInt32(byte | 0x20)) &* 0x0100_0193 }
        return hash
    }

    /// Jumps over drawings, templates and what is for browsers without scripts. One that never ends hides nothing.
    private mutating func skipContents(_ element: PageElement, _ node: PageTree.Node, _ tag: HTMLTokenizer.Tag) {
        switch element {
        case .svg, .math, .template, .noscript:
            if !endless.contains(element), tokenizer.skip(toEndOf: tag.name) { return }
            endless.insert(element)
            entries[node].element = .unknown
        default: break
        }
    }

    private mutating func collect(_ element: PageElement, _ node: PageTree.Node, _ tag: HTMLTokenizer.Tag) {
        switch element {
        case .meta, .link:
            if metadata.count < PageLimits.metadata { metadata.append(node) } else { isCut = true }
        case .base:
            if base == nil { base = value("href", of: tag) }
        case .script:
            expectsLinkedData = value("type", of: tag)?.lowercased().hasPrefix("application/ld+json") ?? false
        default: break
        }
    }

    // MARK: Nodes

    @discardableResult
    private mutating func append(_ element: PageElement, _ range: Range<Int>) -> PageTree.Node {
        let node = entries.count
        entries.append(
            PageTree.Entry(
                element: element, flags: [], parent: node == 0 ? -1 : Int32(open.top.node), end: Int32(node + 1),
                start: Int32(range.lowerBound), stop: Int32(range.upperBound), className: 0, idName: 0))
        return node
    }

    /// What has been closed ends before the next node.
    private mutating func settle() {
        if open.closed.isEmpty { return }
        for node in open.closed { entries[node].end = Int32(entries.count) }
        open.forgetClosed()
    }

    private func value(_ name: StaticString, of tag: HTMLTokenizer.Tag) -> String? {
        var attributes = HTMLAttributes(bytes, in: tag.attributes)
        var count = 0
        while let attribute = attributes.next(), count < PageLimits.attributes {
            count += 1
            guard PageAttributes.isName(bytes[attribute.name], name) else { continue }
            var value: [UInt8] = []
            let raw = attribute.value.prefix(PageLimits.urlBytes)
            HTMLEntities.decode(UnsafeBufferPointer(rebasing: bytes[raw]), inAttribute: true, into: &value)
            return TextCollapse.trimmed(value)
        }
        return nil
    }

    private mutating func readAttributes(of tag: HTMLTokenizer.Tag, node: PageTree.Node) {
        if tag.attributes.count < 4 { return }
        entries[node].start = Int32(tag.attributes.lowerBound)
        entries[node].stop = Int32(tag.attributes.upperBound)
        var reading = PageAttributes(bytes, of: tag, isLink: entries[node].element == .a)
        reading.read()
        entries[node].flags = reading.flags
        if let value = reading.className { entries[node].className = names.number(of: value) }
        if let value = reading.idName { entries[node].idName = names.number(of: value) }
    }
}
