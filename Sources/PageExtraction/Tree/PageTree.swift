private import FeedParsing

/// `PageTree` is an HTML page as a tree in flat arrays.
///
/// Nodes are numbered in the order of their beginnings, so that what is in an element is a range of numbers and a walk over
/// the page, or over any part of it, is a loop. Node 0 is the page. The tree keeps the page's bytes: names, attributes and
/// text are read from them when they are asked for. It is a value that never changes, made by `PageTreeBuilder`.
struct PageTree {
    /// The number of a node.
    typealias Node = Int

    struct Entry {
        var element: PageElement
        var flags: Flags
        /// -1 for the page itself.
        var parent: Int32
        /// Behind the last node that is in it.
        var end: Int32
        /// Text as it stands in the page, references and all; the attributes of an element.
        var start: Int32
        var stop: Int32
        /// What its `class` and its `id` are, as numbers of `names`; 0 for none.
        var className: Int32
        var idName: Int32
    }

    /// What attributes say that rules ask often.
    struct Flags: OptionSet, Sendable {
        let rawValue: UInt16

        /// `hidden`, `aria-hidden="true"`, or a style that shows nothing.
        static let hidden = Flags(rawValue: 1)
        /// It has an `itemprop`.
        static let itemprop = Flags(rawValue: 2)
        /// Its `role` is one of what stands around an article: navigation, banner, complementary, …
        static let besideRole = Flags(rawValue: 4)
        static let articleRole = Flags(rawValue: 8)
        static let mainRole = Flags(rawValue: 16)
        static let articleBody = Flags(rawValue: 32)
        /// An `a` with an `href`.
        static let link = Flags(rawValue: 64)
        /// A `role` that says "heading".
        static let headingRole = Flags(rawValue: 128)
        /// Text: nothing but white space.
        static let blank = Flags(rawValue: 256)
    }

    /// The page, valid UTF-8.
    let bytes: [UInt8]
    let entries: [Entry]
    /// The distinct values of `class` and `id`.
    let names: NameTable
    /// What the head, and more rarely the body, says of the page: `meta` and `link` elements in their order.
    let metadata: [Node]
    /// The contents of `<script type="application/ld+json">` in `bytes`, as long as they are within bounds.
    let linkedData: [Range<Int>]
    /// What relative URLs of the page are relative to: its own `base`, or where it came from.
    let baseURL: String?
    /// More nodes, bytes or linked data than are read.
    let isCut: Bool
    /// The page has an `html` tag, or a doctype of HTML.
    let hasRoot: Bool
    /// The first thing on the page that is no white space is a tag, a comment or the like.
    let beginsWithMarkup: Bool

    var count: Int { entries.count }
    /// Whether there is any element that HTML knows: what has none is something else.
    var hasElements: Bool { entries.dropFirst().contains { $0.element != .text && $0.element != .unknown } }
    var nodes: Range<Node> { 0..<entries.count }

    func element(_ node: Node) -> PageElement { entries[node].element }
    func flags(_ node: Node) -> Flags { entries[node].flags }

    /// Nil for the page itself.
    func parent(_ node: Node) -> Node? {
        let parent = entries[node].parent
        return parent < 0 ? nil : Int(parent)
    }

    /// Behind the last node that is in it.
    func end(_ node: Node) -> Node { Int(entries[node].end) }

    /// All that is in it, at any depth, in the order of the page.
    func descendants(_ node: Node) -> Range<Node> { node + 1..<end(node) }

    /// Whether `node` is `outer` or stands in it.
    func contains(_ outer: Node, _ node: Node) -> Bool { node >= outer && node < end(outer) }

    func children(_ node: Node) -> Children { Children(tree: self, place: node + 1, end: end(node)) }

    /// Its parent, the parent of that, and so on up to the page; never more than some hundred.
    func ancestors(_ node: Node) -> some Sequence<Node> {
        sequence(state: node) { place in
            guard let parent = parent(place) else { return nil }
            place = parent
            return parent
        }
    }

    struct Children: Sequence, IteratorProtocol {
        fileprivate let tree: PageTree
        fileprivate var place: Node
        fileprivate let end: Node

        mutating func next() -> Node? {
            guard place < end else { return nil }
            defer { place = tree.end(place) }
            return place
        }
    }
}

extension PageTree {
    /// The name of an element as the page writes it.
    func name(of node: Node) -> String {
        // Attributes stand behind the name, and nothing else does.
        var start = Int(entries[node].start)
        let end = start
        while start > 0, bytes[start - 1] != UInt8(ascii: "<") { start -= 1 }
        return String(decoding: bytes[start..<end], as: UTF8.self).lowercased()
    }

    /// The value of an attribute, references decoded, without white space around it; nil where there is none. The first
    /// counts where there are several.
    func attribute(_ name: StaticString, of node: Node) -> String? {
        let entry = entries[node]
        guard entry.element != .text, entry.stop > entry.start else { return nil }
        return bytes.withUnsafeBufferPointer { bytes in
            var attributes = HTMLAttributes(bytes, in: Int(entry.start)..<Int(entry.stop))
            var count = 0
            while let attribute = attributes.next(), count < PageLimits.attributes {
                count += 1
                guard attribute.name.count == name.utf8CodeUnitCount,
                    attribute.name.indices.allSatisfy({ index in
                        let byte = bytes[index]
                        let lower = byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte
                        return lower == name.utf8Start[index - attribute.name.lowerBound]
                    })
                else { continue }
                var value: [UInt8] = []
                let raw = attribute.value.prefix(PageLimits.attributeBytes)
                HTMLEntities.decode(UnsafeBufferPointer(rebasing: bytes[raw]), inAttribute: true, into: &value)
                return TextCollapse.trimmed(value)
            }
            return nil
        }
    }

    /// Whether a word of an attribute of words, such as `rel` or `itemprop`, is that one, in any case.
    func attribute(_ name: StaticString, of node: Node, hasWord word: String) -> Bool {
        guard let value = attribute(name, of: node) else { return false }
        return value.split(whereSeparator: \.isWhitespace).contains { $0.lowercased() == word }
    }

    /// The distinct words of its class and its id, in lower case and cut at hyphens, underscores and capitals: `article-body`
    /// and `articleBody` both give `article`, `body`. Empty for text and for what has neither.
    func words(of node: Node) -> [String] {
        let entry = entries[node]
        return names.words(Int(entry.className)) + names.words(Int(entry.idName))
    }

    /// What a reader sees of it: references decoded, white space collapsed, blocks and `br` apart by a space, nothing of
    /// scripts, styles and what is drawn. Takes a time that grows with the element.
    func text(of node: Node) -> String {
        var collapse = TextCollapse()
        append(node, to: &collapse)
        return collapse.finish()
    }

    func append(_ node: Node, to collapse: inout TextCollapse) {
        var index = node
        let end = max(end(node), node + 1)
        while index < end {
            let entry = entries[index]
            if entry.element == .text {
                collapse.append(raw: bytes, Int(entry.start)..<Int(entry.stop))
            } else if entry.element.roles.contains(.unread), index != node {
                index = self.end(index)
                continue
            } else if entry.element == .br || entry.element.roles.contains(.block) {
                collapse.separate()
            }
            index += 1
        }
    }

    /// The same of an element that holds a line or two; nil for one that holds more text in the page's bytes than any line
    /// has. Elements stand in each other, so that whoever reads many of them has to pass over the large ones.
    func lineText(of node: Node) -> String? {
        var bytes = 0
        for index in node..<max(end(node), node + 1) where entries[index].element == .text {
            bytes += Int(entries[index].stop - entries[index].start)
            if bytes > PageLimits.lineBytes { return nil }
        }
        return text(of: node)
    }

    /// The absolute URL that an attribute of the page means; nil where it is none of http or https, or is too long.
    func webURL(_ reference: String?) -> String? {
        guard let reference, reference.utf8.count <= PageLimits.urlBytes,
            let url = URLResolution.resolve(reference, base: baseURL), url.utf8.count <= PageLimits.urlBytes,
            URLResolution.isWeb(url)
        else { return nil }
        return url
    }
}

/// How much of a page is read (docs/spec/fulltext.md §8). What is beyond is left out, never waited for.
enum PageLimits {
    static let nodes = 200_000
    static let depth = 256
    /// Of one element.
    static let attributes = 1_000
    static let attributeBytes = 64 << 10
    static let urlBytes = 8 << 10
    static let linkedDataBytes = 1 << 20
    static let linkedDataScripts = 100
    /// Distinct values of `class` and `id`, and the bytes of one that are looked at.
    static let names = 20_000
    static let nameBytes = 1 << 10
    static let metadata = 2_000
    /// Of a headline, a byline or a date, white space and references included.
    static let lineBytes = 64 << 10
}
