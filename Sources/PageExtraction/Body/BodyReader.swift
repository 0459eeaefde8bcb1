/// `BodyReader` finds the article on a page and takes out of it what is none of its text (docs/spec/fulltext.md §3).
///
/// It holds the page's blocks and what is decided about them so far; each rule is a method that goes over them once, in a
/// file of its own, and `read` calls them in their order.
struct BodyReader {
    let tree: PageTree
    let metadata: PageMetadata
    var blocks: [PageBlock]
    /// As of the last `update`.
    var sums: BlockSums
    /// The elements that hold the article, in the order of the page and none in another. Nearly always one.
    var containers: [PageTree.Node] = []
    /// For each node what it stands in, inside of the containers.
    private(set) var surroundings: [Surroundings] = []
    let headlines: HeadlinePlaces
    var candidates: [ContainerCandidate] = []
    /// What each distinct class or id says, by its number.
    let names: [BodyNames.Reading]
    /// Where the page's headline stands: its `h1`, and where there are several, the one that is most like the title.
    var headline: PageTree.Node?
    /// It says what the page's title says.
    var isHeadlineSure = false
    /// The containers call themselves the article.
    var isContainerNamed = false
    /// A person has said which elements these are.
    private(set) var isContainerSelected = false
    /// What a person has selected as the container is not on the page, or has no text.
    private(set) var isSelectionMissing = false
    /// Parts of lines that nobody sees.
    var unseen = NodeRanges()
    /// Elements that were taken out as a whole.
    var droppedElements: [Range<PageTree.Node>] = []
    var standfirst: String?
    /// Of the whole page, before anything was taken out.
    private(set) var goodCharacters = 0
    private(set) var texts: [String?]

    init(tree: PageTree, metadata: PageMetadata) {
        self.tree = tree
        self.metadata = metadata
        headlines = HeadlinePlaces(tree)
        blocks = BlockCutter.cut(tree)
        sums = BlockSums(blocks, nodes: tree.count)
        names = (0..<tree.names.count).map { BodyNames.read(tree.names.value($0)) }
        texts = [String?](repeating: nil, count: blocks.count)
        goodCharacters = sums.total(in: tree.nodes).goodCharacters
    }

    /// Runs the rules.
    static func read(_ tree: PageTree, _ metadata: PageMetadata, _ selection: PageSelection) -> BodyReader {
        var reader = BodyReader(tree: tree, metadata: metadata)
        reader.findHeadline()
        if !selection.isEmpty { reader.select(selection) }
        reader.dropBesideElements()
        reader.sums.update(reader.blocks)
        reader.dropComments()
        reader.sums.update(reader.blocks)
        if !reader.isContainerSelected {
            reader.chooseContainers()
            reader.holdToHeadline()
        }
        var second = reader
        reader.readInside(ignoringNames: false)
        // Rule 18: where almost nothing came of a page that has text, once more with all of it.
        let left = second.sums.total(in: tree.nodes).goodCharacters
        if reader.sums.total(in: tree.nodes).characters < 140, left > 300 {
            if !second.isContainerSelected { second.containers = [0] }
            second.readInside(ignoringNames: true)
            if second.sums.total(in: tree.nodes).characters > 140 { return second }
        }
        return reader
    }

    /// Takes out what a person has said is none of the article, and takes that for its container which is said to be.
    private mutating func select(_ selection: PageSelection) {
        let (selected, removed) = selection.elements(of: tree)
        for node in removed {
            drop(node, by: .removed)
            // What stands in a line with other text is a part of a block.
            unseen.append(node..<tree.end(node))
        }
        sums.update(blocks)
        goodCharacters = sums.total(in: tree.nodes).goodCharacters
        guard selection.container != nil else { return }
        guard selected.contains(where: { sums.total(in: $0..<tree.end($0)).characters > 0 }) else {
            isSelectionMissing = true
            return
        }
        (containers, isContainerSelected, isContainerNamed) = (selected, true, true)
    }

    /// Whether what a person has selected as the container is, or stands in, the element: rules that look at a page from
    /// outside leave that alone.
    func holdsSelected(_ node: PageTree.Node) -> Bool {
        guard isContainerSelected else { return false }
        let place = containers.partitioningIndex { $0 >= node }
        return place < containers.count && containers[place] < tree.end(node)
    }

    private mutating func readInside(ignoringNames: Bool) {
        surroundings = Surroundings.all(in: tree, containers: containers)
        dropOutside()
        if !ignoringNames { dropByName() }
        dropCaptions()
        sums.update(blocks)
        dropTeasers()
        dropLinks()
        sums.update(blocks)
        takeHeadAndStandfirst()
        dropPhrases()
        dropBylines()
        dropContacts()
        dropAfterEnd()
        dropShortEdges()
        dropRepeated()
        dropEmptyHeadings()
        dropUnconfirmed()
        findStandfirstOutside()
        sums.update(blocks)
    }

    /// What the names of an element say, its class and its id.
    func kinds(of node: PageTree.Node) -> BodyNames.Kinds {
        let entry = tree.entries[node]
        return names[Int(entry.className)].kinds.union(names[Int(entry.idName)].kinds)
    }

    /// The text of a block as it will stand in the article.
    mutating func text(_ block: Int) -> String {
        if let text = texts[block] { return text }
        let text = tree.text(of: blocks[block], without: unseen)
        texts[block] = text
        return text
    }

    /// The container that the node is or stands in; nil for what is outside.
    func container(around node: PageTree.Node) -> PageTree.Node? {
        let place = containers.partitioningIndex { $0 > node } - 1
        guard place >= 0, tree.contains(containers[place], node) else { return nil }
        return containers[place]
    }

    func isContainer(_ node: PageTree.Node) -> Bool { container(around: node) == node }

    /// Takes out the blocks that stand wholly in the element and are there still.
    mutating func drop(_ node: PageTree.Node, by rule: BodyRule) {
        let end = tree.end(node)
        if rule != .caption { droppedElements.append(node..<end) }
        for block in sums.blocks(in: node..<end) where blocks[block].isKept && blocks[block].nodes.upperBound <= end {
            blocks[block].dropped = rule
        }
    }

    mutating func drop(block: Int, by rule: BodyRule) { blocks[block].dropped = rule }

    var keptBlocks: [Int] { blocks.indices.filter { blocks[$0].isKept } }
}

extension PageTree {
    /// The text of a block: lines that `br` breaks are lines.
    func text(of block: PageBlock, without unseen: NodeRanges) -> String {
        var lines: [String] = []
        var collapse = TextCollapse()
        var node = block.nodes.lowerBound
        while node < block.nodes.upperBound {
            let entry = entries[node]
            if let end = unseen.end(at: node) {
                node = end
                continue
            }
            if entry.element == .text {
                collapse.append(raw: bytes, Int(entry.start)..<Int(entry.stop))
            } else if entry.element == .br {
                if !collapse.isEmpty { lines.append(collapse.finish()) }
                collapse = TextCollapse()
            } else if entry.element.roles.contains(.unread) {
                node = end(node)
                continue
            }
            node += 1
        }
        if !collapse.isEmpty { lines.append(collapse.finish()) }
        return lines.joined(separator: "\n")
    }
}
