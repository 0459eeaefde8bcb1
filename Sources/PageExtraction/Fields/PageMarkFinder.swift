/// `PageMarkFinder` finds what pages mark as their authors and dates, by attributes, by names of classes, or by where it
/// stands.
///
/// What comes behind the headline comes first, in the order of the page, then what stands before it, the nearest first.
/// Last comes what stands in asides, footers and teasers, which have authors and dates of their own. In navigation and in
/// comments nothing is looked for.
struct PageMarkFinder {
    /// An element that has more nodes in it is no byline, no date and no heading.
    static let largestElement = 60
    private static let mostMarks = 80
    private static let longestText = 300
    private static let longestLine = 100
    /// So far from the headline, in nodes, a line may be its byline or date without being marked.
    private static let near = -60...200
    /// So far from it an element named for it is the article's byline.
    private static let nearNamed = -80...400
    /// Marked authors of one article stand no further from each other.
    private static let together = 40

    private struct Found<Value> {
        var node: PageTree.Node
        var value: Value
        var isBeside: Bool
    }

    private let tree: PageTree
    /// The heading that the article begins with; nil where there is none.
    private let headline: PageTree.Node?
    private var bylines: [Found<PageMarks.Byline>] = []
    private var dates: [Found<PageMarks.Date>] = []
    private var meanings: ClassMeanings
    /// Behind the element of something else than the article that was met last, and behind the last byline.
    private var besideEnd = 0
    private var bylineEnd = 0

    private init(tree: PageTree, headline: PageTree.Node?) {
        self.tree = tree
        self.headline = headline
        meanings = ClassMeanings(tree.names)
    }

    /// - Parameters:
    ///   - titles: by which the headline is known among the headings.
    ///   - headline: the element that holds it, where that is known already.
    static func marks(of tree: PageTree, titles: [String], headline: PageTree.Node?) -> PageMarks {
        let headings = HeadingFinder(tree: tree)
        var finder = PageMarkFinder(tree: tree, headline: headline ?? headings.headline(titles: titles))
        finder.run()
        return PageMarks(
            headings: headings.headings, bylines: finder.sortedBylines(),
            dates: finder.sorted(finder.dates).map(\.value))
    }

    private mutating func run() {
        var node = 0
        while node < tree.count {
            let element = tree.element(node)
            let meaning = meanings.meaning(of: tree.entries[node])
            if isSkipped(node, element, meaning) {
                node = tree.end(node)
                continue
            }
            if element == .aside || element == .footer || meaning.contains(.beside), !holdsArticle(node) {
                besideEnd = max(besideEnd, tree.end(node))
            }
            if element == .text {
                readLine(node)
            } else if bylines.count < Self.mostMarks || dates.count < Self.mostMarks {
                readElement(node, element, meaning)
            }
            node += 1
        }
    }

    private func isSkipped(_ node: PageTree.Node, _ element: PageElement, _ meaning: ClassMeanings.Meaning) -> Bool {
        switch element {
        case .nav, .form, .select, .iframe: break
        default: guard meaning.contains(.comments) else { return false }
        }
        return !holdsArticle(node)
    }

    /// Whether the headline is in it, or half of a page without one.
    private func holdsArticle(_ node: PageTree.Node) -> Bool {
        headline.map { tree.contains(node, $0) } ?? (tree.descendants(node).count >= tree.count / 2)
    }

    // MARK: - Elements

    private mutating func readElement(_ node: PageTree.Node, _ element: PageElement, _ meaning: ClassMeanings.Meaning) {
        if tree.flags(node).contains(.itemprop) { readProperty(node) }
        if element == .time { readTime(node, meaning) }
        guard tree.descendants(node).count <= Self.largestElement else { return }
        if element == .a, isAuthorLink(node) { add(.marked, node) }
        if meaning.contains(.byline), node >= bylineEnd {
            bylineEnd = tree.end(node)
            add(isNear(node, Self.nearNamed) ? .named : .distant, node, parts: parts(of: node))
        }
        if meaning.contains(.date), element != .time { add(.visible, text: shortText(node), node) }
    }

    private mutating func readProperty(_ node: PageTree.Node) {
        switch tree.attribute("itemprop", of: node)?.lowercased() {
        case "author", "creator":
            guard tree.descendants(node).count <= Self.largestElement else { return }
            let name = tree.descendants(node).first { inner in
                tree.flags(inner).contains(.itemprop) && tree.attribute("itemprop", of: inner, hasWord: "name")
            }
            add(.marked, name ?? node)
        case "datepublished", "datecreated": add(.published, text: date(of: node), node)
        case "datemodified": add(.modified, text: date(of: node), node)
        default: break
        }
    }

    private func date(of node: PageTree.Node) -> String? {
        tree.attribute("content", of: node) ?? tree.attribute("datetime", of: node) ?? shortText(node)
    }

    private mutating func readTime(_ node: PageTree.Node, _ meaning: ClassMeanings.Meaning) {
        guard let time = tree.attribute("datetime", of: node) else {
            return add(.visible, text: shortText(node), node)
        }
        let isUpdate = meaning.contains(.update) && !meaning.contains(.date)
        add(isUpdate ? .modified : .time, text: time, node)
    }

    /// Whether the link says that it leads to the author, or leads to a folder of authors from beside the headline.
    private func isAuthorLink(_ node: PageTree.Node) -> Bool {
        // Further away are links of teasers, and so many that to read them all costs more than they give.
        guard isNear(node, Self.nearNamed) else { return false }
        if tree.attribute("rel", of: node, hasWord: "author") { return true }
        guard isNear(node, Self.near), let reference = tree.attribute("href", of: node) else { return false }
        let path = reference.utf8.prefix { $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") }
        return path.split(separator: UInt8(ascii: "/")).dropLast()
            .contains { AuthorWords.folders.contains(Substring($0).lowercased()) }
            && shortText(node)?.contains(" ") == true
    }

    /// The texts of links in a byline, or else of the innermost elements that are named as it is.
    private mutating func parts(of node: PageTree.Node) -> [String] {
        let links = tree.descendants(node).filter { tree.flags($0).contains(.link) }
        let texts = links.compactMap(shortText)
        if !texts.isEmpty { return texts }
        var named: [PageTree.Node] = []
        for inner in tree.descendants(node) where meanings.meaning(of: tree.entries[inner]).contains(.byline) {
            if let last = named.last, tree.contains(last, inner) { named.removeLast() }
            named.append(inner)
        }
        return named.compactMap(shortText)
    }

    /// A line by the headline without any mark.
    private mutating func readLine(_ node: PageTree.Node) {
        guard isNear(node, Self.near), !tree.flags(node).contains(.blank), let text = shortText(node) else { return }
        if text.utf8.contains(where: { $0 >= 0x30 && $0 <= 0x39 }) { add(.visible, text: text, node) }
        guard let first = ComparedWords.words(text, atMost: 1).first, AuthorWords.openings.contains(first),
            let parent = tree.parent(node), let line = shortText(parent), line.utf8.count <= Self.longestLine,
            ComparedWords.words(line, atMost: 3).count == 3
        else { return }
        add(.line, parent)
    }

    private func isNear(_ node: PageTree.Node, _ range: ClosedRange<Int>) -> Bool {
        // Without a headline an article begins at the top.
        headline.map { range.contains(node - $0) } ?? (node <= 2 * range.upperBound)
    }

    private func shortText(_ node: PageTree.Node) -> String? {
        guard tree.end(node) - node <= Self.largestElement, let text = tree.lineText(of: node) else { return nil }
        return text.isEmpty || text.utf8.count > Self.longestText ? nil : text
    }

    // MARK: - What was found

    private mutating func add(_ kind: PageMarks.Byline.Kind, _ node: PageTree.Node, parts: [String] = []) {
        guard bylines.count < Self.mostMarks, let text = tree.attribute("content", of: node) ?? shortText(node)
        else { return }
        let isBeside = node < besideEnd
        let byline = PageMarks.Byline(kind: isBeside ? .distant : kind, text: text, parts: parts)
        bylines.append(Found(node: node, value: byline, isBeside: isBeside))
    }

    private mutating func add(_ kind: PageMarks.Date.Kind, text: String?, _ node: PageTree.Node) {
        guard dates.count < Self.mostMarks, let text else { return }
        let isBeside = node < besideEnd
        let date = PageMarks.Date(kind: isBeside ? .beside : kind, text: text)
        dates.append(Found(node: node, value: date, isBeside: isBeside))
    }

    private func sorted<Value>(_ found: [Found<Value>]) -> [Found<Value>] {
        let ownOnes = found.filter { !$0.isBeside }
        let others = found.filter(\.isBeside)
        guard let headline else { return ownOnes + others }
        let before = ownOnes.filter { $0.node < headline }.reversed()
        return ownOnes.filter { $0.node >= headline } + before + others
    }

    /// Of those that are marked only the first and what stands with it: others are of other articles.
    private func sortedBylines() -> [PageMarks.Byline] {
        let all = sorted(bylines)
        guard let first = all.first(where: { $0.value.kind == .marked }) else { return all.map(\.value) }
        return all.filter { $0.value.kind != .marked || abs($0.node - first.node) <= Self.together }.map(\.value)
    }
}
