/// Where a page has headlines, so that a rule can ask of any element whether one is in it.
struct HeadlinePlaces {
    /// In the order of the page.
    let first: [PageTree.Node]
    private let firstAndSecond: [PageTree.Node]

    init(_ tree: PageTree) {
        var first: [PageTree.Node] = []
        var all: [PageTree.Node] = []
        for (node, entry) in tree.entries.enumerated() where entry.element == .h1 || entry.element == .h2 {
            if entry.element == .h1 { first.append(node) }
            all.append(node)
        }
        (self.first, firstAndSecond) = (first, all)
    }

    /// Whether an `h1` is among the nodes.
    func hasFirst(in nodes: Range<PageTree.Node>) -> Bool { Self.has(first, in: nodes) }

    /// Whether an `h1` or an `h2` is.
    func hasFirstOrSecond(in nodes: Range<PageTree.Node>) -> Bool { Self.has(firstAndSecond, in: nodes) }

    private static func has(_ places: [PageTree.Node], in nodes: Range<PageTree.Node>) -> Bool {
        let place = places.partitioningIndex { $0 >= nodes.lowerBound }
        return place < places.count && places[place] < nodes.upperBound
    }
}

extension [PageTree.Node] {
    /// The first place of a sorted list that the condition holds for, as it does for all behind it; the end where it holds
    /// for none.
    func partitioningIndex(_ condition: (PageTree.Node) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if condition(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
