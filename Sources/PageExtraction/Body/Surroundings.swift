/// What the elements around a node are, up to the container: asked of every block, and so known for all of them from one
/// pass over the page.
struct Surroundings: OptionSet {
    let rawValue: UInt8

    static let cell = Surroundings(rawValue: 1)
    static let listItem = Surroundings(rawValue: 2)
    static let quotation = Surroundings(rawValue: 4)
    static let preformatted = Surroundings(rawValue: 8)

    private init(of element: PageElement) {
        switch element {
        case .td, .th: self = .cell
        case .li, .dd, .dt: self = .listItem
        case .blockquote: self = .quotation
        case .pre: self = .preformatted
        default: self = []
        }
    }

    init(rawValue: UInt8) { self.rawValue = rawValue }

    /// For each node: what it is, and what it stands in, inside of the container.
    ///
    /// - Parameter containers: in the order of the page.
    static func all(in tree: PageTree, containers: [PageTree.Node]) -> [Surroundings] {
        var all: [Surroundings] = []
        all.reserveCapacity(tree.count)
        var next = containers[...]
        for (node, entry) in tree.entries.enumerated() {
            if next.first == node {
                next = next.dropFirst()
                all.append([])
            } else {
                let around = entry.parent < 0 ? [] : all[Int(entry.parent)]
                all.append(around.union(Surroundings(of: entry.element)))
            }
        }
        return all
    }
}
