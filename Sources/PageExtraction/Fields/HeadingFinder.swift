/// `HeadingFinder` reads the headings of a page that may be the article's headline, and the parts that they are made of.
struct HeadingFinder {
    private static let mostHeadings = 20
    /// The parts of a heading are looked at where there are no more.
    private static let mostParts = 4

    /// In the order of the page.
    private(set) var headings: [PageMarks.Heading] = []
    /// The elements that they were read from.
    private(set) var nodes: [PageTree.Node] = []

    private let tree: PageTree

    init(tree: PageTree) {
        self.tree = tree
        for node in tree.nodes where nodes.count < Self.mostHeadings && isHeading(node) { read(node) }
        if nodes.isEmpty { tree.nodes.lazy.filter { tree.element($0) == .h2 }.prefix(3).forEach { read($0) } }
    }

    /// The heading that is most likely the article's.
    func headline(titles: [String]) -> PageTree.Node? {
        let heading = HeadingChoice(headings, titles: titles).heading
        return headings.indices.first { headings[$0] == heading }.map { nodes[$0] }
    }

    private func isHeading(_ node: PageTree.Node) -> Bool {
        tree.element(node) == .h1
            || tree.flags(node).contains(.itemprop) && tree.element(node) != .meta
                && tree.attribute("itemprop", of: node, hasWord: "headline")
    }

    private mutating func read(_ node: PageTree.Node) {
        guard tree.end(node) - node <= PageMarkFinder.largestElement, let text = tree.lineText(of: node),
            !text.isEmpty, text.utf8.count <= PageTitle.maximumBytes
        else { return }
        nodes.append(node)
        headings.append(PageMarks.Heading(text: text, parts: parts(of: node)))
    }

    private func parts(of node: PageTree.Node) -> [String] {
        var inner = node
        // A link or a span around everything is no part.
        while let only = onlyChild(of: inner) { inner = only }
        let elements = tree.children(inner).filter { tree.element($0) != .text && tree.element($0) != .br }
        guard (1...Self.mostParts).contains(elements.count) else { return [] }
        var parts: [String] = []
        for element in elements {
            var rest = TextCollapse()
            for child in tree.children(inner) where child != element {
                tree.append(child, to: &rest)
                rest.separate()
            }
            parts += [rest.finish(), tree.text(of: element)]
        }
        return parts.map { String(SiteNames.trimmed($0)) }.filter { !$0.isEmpty }
    }

    private func onlyChild(of node: PageTree.Node) -> PageTree.Node? {
        var only: PageTree.Node?
        for child in tree.children(node) where !tree.flags(child).contains(.blank) {
            if only != nil || tree.element(child) == .text { return nil }
            only = child
        }
        return only
    }
}
