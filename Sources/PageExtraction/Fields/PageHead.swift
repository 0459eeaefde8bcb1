/// `PageHead` is what stands in the head of a page, as it stands there: what `PageMetadata` chooses from. Texts are decoded,
/// and their white space is collapsed.
struct PageHead {
    var metas = PageMetas()
    var documentTitle: String?
    /// `lang` of the page's first element.
    var language: String?
    /// The references of `link` elements by `rel`: `canonical` and `image_src`.
    var canonical: [String] = []
    var imageLinks: [String] = []
    /// The texts of `application/ld+json` scripts.
    var linkedData: [[UInt8]] = []
    /// What the page's references are relative to.
    var base: String?
}

extension PageHead {
    init(of tree: PageTree) {
        base = tree.baseURL
        language = tree.attribute("lang", of: 0) ?? tree.attribute("xml:lang", of: 0)
        linkedData = tree.linkedData.map { Array(tree.bytes[$0]) }
        for node in tree.metadata {
            if tree.element(node) == .meta { readMeta(node, of: tree) } else { readLink(node, of: tree) }
        }
        if let title = tree.nodes.first(where: { tree.element($0) == .title }) {
            let text = tree.text(of: title)
            if !text.isEmpty { documentTitle = text }
        }
    }

    private mutating func readMeta(_ node: PageTree.Node, of tree: PageTree) {
        guard let content = tree.attribute("content", of: node) ?? tree.attribute("value", of: node) else { return }
        let name =
            tree.attribute("property", of: node) ?? tree.attribute("name", of: node)
            ?? tree.attribute("itemprop", of: node) ?? tree.attribute("http-equiv", of: node)
        guard let name, name.utf8.count <= PageMetas.longestName else { return }
        var collapse = TextCollapse()
        collapse.append(ArraySlice(content.utf8))
        metas.add(name: name, content: collapse.finish())
    }

    private mutating func readLink(_ node: PageTree.Node, of tree: PageTree) {
        guard let rel = tree.attribute("rel", of: node)?.lowercased(), let href = tree.attribute("href", of: node)
        else { return }
        if rel == "canonical" { canonical.append(href) }
        if rel == "image_src" { imageLinks.append(href) }
    }
}
