/// Cuts a page into its blocks, in one walk over the tree.
///
/// A block ends where an element begins or ends that stands on lines of its own, and at two line breaks in a row.
struct BlockCutter {
    private let tree: PageTree
    private let bytes: UnsafeBufferPointer<UInt8>
    private var blocks: [PageBlock] = []
    /// The block that is being read.
    private var current: PageBlock?
    /// The elements that are open around the place, links among them.
    private var open: [(end: PageTree.Node, isBlock: Bool, isLink: Bool, node: PageTree.Node)] = []
    private var owners: [PageTree.Node] = [0]
    private var links = 0
    private var breaks = 0

    static func cut(_ tree: PageTree) -> [PageBlock] {
        tree.bytes.withUnsafeBufferPointer { bytes in
            var cutter = BlockCutter(tree: tree, bytes: bytes)
            cutter.run()
            return cutter.blocks
        }
    }

    private init(tree: PageTree, bytes: UnsafeBufferPointer<UInt8>) {
        self.tree = tree
        self.bytes = bytes
    }

    private mutating func run() {
        var node = 0
        while node < tree.count {
            while let last = open.last, last.end <= node { leave(last) }
            let element = tree.element(node)
            let roles = element.roles
            if element == .text {
                take(node)
            } else if element == .br {
                breaks += 1
                current?.hasBreaks = true
                current?.measure.separate()
            } else if element == .head || roles.contains(.unread) {
                node = tree.end(node)
                continue
            } else {
                enter(node, roles)
            }
            node += 1
        }
        flush()
    }

    private mutating func take(_ node: PageTree.Node) {
        let entry = tree.entries[node]
        if entry.flags.contains(.blank) {
            current?.measure.separate()
            return
        }
        if breaks >= 2 { flush() }
        breaks = 0
        let owner = owners[owners.count - 1]
        var block =
            current
            ?? PageBlock(nodes: node..<node + 1, owner: owner, measure: TextMeasure(), beginsWithLink: links > 0)
        current = nil
        let before = block.characters
        block.measure.add(bytes, Int(entry.start)..<Int(entry.stop))
        if links > 0 { block.linkCharacters += block.characters - before }
        block.nodes = block.nodes.lowerBound..<node + 1
        current = block
    }

    private mutating func enter(_ node: PageTree.Node, _ roles: PageElement.Roles) {
        let isBlock = roles.contains(.block)
        if isBlock { flush() }
        let end = tree.end(node)
        guard end > node + 1 else { return }
        let isLink = tree.flags(node).contains(.link)
        guard isBlock || isLink else { return }
        open.append((end, isBlock, isLink, node))
        if isBlock { owners.append(node) }
        if isLink { links += 1 }
    }

    private mutating func leave(_ element: (end: PageTree.Node, isBlock: Bool, isLink: Bool, node: PageTree.Node)) {
        open.removeLast()
        if element.isBlock {
            flush()
            owners.removeLast()
        }
        if element.isLink { links -= 1 }
    }

    private mutating func flush() {
        breaks = 0
        guard let block = current else { return }
        current = nil
        if block.characters > 0 { blocks.append(block) }
    }
}
