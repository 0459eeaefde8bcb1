package import FeedParsing

/// `PageSelection` is what a person has said of a site's pages: where the article is, and what is none of it.
package struct PageSelection: Sendable, Equatable {
    /// The article is in the elements that it selects, where there are any; otherwise the rules look for it.
    package var container: HTMLSelector?
    /// What these select is taken out before anything else.
    package var remove: [HTMLSelector]

    package init(container: HTMLSelector? = nil, remove: [HTMLSelector] = []) {
        self.container = container
        self.remove = remove
    }

    package var isEmpty: Bool { container == nil && remove.isEmpty }

    /// So many selectors of what is taken out are reasonable.
    package static let mostRemoved = 32

    /// What `warnings` says where the container's selector finds no text on a page.
    static let notFound = "container_not_found"

    /// The elements of a page that are meant, each list in the order of the page and none in another.
    func elements(of tree: PageTree) -> (container: [PageTree.Node], removed: [PageTree.Node]) {
        if isEmpty { return ([], []) }
        var search = SelectorSearch(tree, [container].compactMap { $0 } + remove)
        let found = search.run()
        guard container != nil else { return ([], Self.outermost(found.joined(), in: tree)) }
        return (Self.outermost(found[0], in: tree), Self.outermost(found.dropFirst().joined(), in: tree))
    }

    private static func outermost(_ nodes: some Sequence<PageTree.Node>, in tree: PageTree) -> [PageTree.Node] {
        var result: [PageTree.Node] = []
        for node in nodes.sorted() {
            if let last = result.last, tree.contains(last, node) { continue }
            result.append(node)
        }
        return result
    }
}
