/// Parts of a page, asked node by node: whether it is in one of them, and where that ends.
///
/// A page may have as many of them as it has elements, so that none is looked for.
struct NodeRanges {
    /// For each node up to the last one that is in a part the end of that; 0 for what is in none.
    private var ends: [Int32] = []

    var isEmpty: Bool { ends.isEmpty }

    mutating func append(_ nodes: Range<PageTree.Node>) {
        if ends.count < nodes.upperBound {
            ends.append(contentsOf: repeatElement(0, count: nodes.upperBound - ends.count))
        }
        for node in nodes where ends[node] < nodes.upperBound { ends[node] = Int32(nodes.upperBound) }
    }

    /// Behind the part that the node is in; nil where it is in none.
    func end(at node: PageTree.Node) -> PageTree.Node? {
        guard node < ends.count, ends[node] > 0 else { return nil }
        return Int(ends[node])
    }
}
