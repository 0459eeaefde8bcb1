extension BodyReader {
    /// Rule 7: neighbours alike that are led by a link are teasers of other articles.
    mutating func dropTeasers() {
        for container in containers {
            let all = sums.total(in: container..<tree.end(container)).characters
            for node in [container] + Array(container + 1..<tree.end(container)) {
                guard tree.end(node) > node + 3,
                    tree.element(node).roles.contains(.container) || tree.element(node) == .unknown
                else { continue }
                dropTeaserRows(in: node)
                dropTeasers(among: node, of: all)
            }
        }
        sums.update(blocks)
    }

    private mutating func dropTeasers(among parent: PageTree.Node, of all: Int) {
        struct Likeness: Hashable {
            var element: PageElement
            var className: Int32
        }
        var groups: [Likeness: [PageTree.Node]] = [:]
        for child in tree.children(parent) where tree.element(child) != .text {
            let entry = tree.entries[child]
            guard entry.element.roles.contains(.block) || entry.element == .unknown || entry.element == .a else {
                continue
            }
            groups[Likeness(element: entry.element, className: entry.className), default: []].append(child)
        }
        for (_, members) in groups where members.count >= 3 {
            var led = 0
            var filled = 0
            var together = 0
            var isShort = true
            for member in members {
                let total = sums.total(in: member..<tree.end(member))
                if total.characters == 0 { continue }
                filled += 1
                together += total.characters
                if total.characters >= 400 { isShort = false }
                if isLed(member) { led += 1 }
            }
            guard isShort, filled >= 3, 10 * led >= 6 * filled, 4 * together < 3 * all else { continue }
            for member in members { drop(member, by: .teasers) }
        }
    }

    /// Whether it begins with a link that is a headline: a block of its own, or followed by another element.
    private func isLed(_ node: PageTree.Node) -> Bool {
        let range = sums.blocks(in: node..<tree.end(node))
        guard let first = range.first(where: { blocks[$0].isKept }) else { return false }
        let block = blocks[first]
        guard block.beginsWithLink, block.linkCharacters >= 15, block.linkShare > 0.9 else { return false }
        // A link to a place on the same page leads to no other article.
        let link = tree.ancestors(block.nodes.lowerBound).first { tree.element($0) == .a }
        return link.flatMap { tree.attribute("href", of: $0) }?.hasPrefix("#") != true
    }

    /// Headings that are links, each with a line or two behind it, and all of them side by side.
    private mutating func dropTeaserRows(in parent: PageTree.Node) {
        var rows: [[PageTree.Node]] = []
        var isOpen = false
        func isShort(_ row: [PageTree.Node]) -> Bool {
            row.reduce(0) { $0 + sums.total(in: $1..<tree.end($1)).characters } < 400
        }
        func endRun() {
            defer { (rows, isOpen) = ([], false) }
            guard rows.count >= 3 else { return }
            // Behind the last heading stands as much as behind the others, and then something else.
            let length = rows.dropLast().map(\.count).max() ?? 1
            for row in rows { for node in row.prefix(length) { drop(node, by: .teasers) } }
        }
        for child in tree.children(parent) where tree.element(child) != .text {
            if tree.element(child).roles.contains(.heading), isLed(child) {
                if let last = rows.last, !isShort(last) { endRun() }
                rows.append([child])
                isOpen = true
            } else if isOpen {
                rows[rows.count - 1].append(child)
                if rows[rows.count - 1].count > 6 { endRun() }
            }
        }
        endRun()
    }

    /// Whether half of the text is in lines that end as sentences do.
    private func isOfSentences(_ node: PageTree.Node, _ characters: Int) -> Bool {
        let lines = sums.blocks(in: node..<tree.end(node)).map { blocks[$0] }
        let sentences = lines.filter { $0.isKept && $0.words >= 5 && $0.measure.endsSentence }
        return 2 * sentences.reduce(0) { $0 + $1.characters } >= characters
    }

    /// Rule 8: lists, tables and lines that are made of links.
    mutating func dropLinks() {
        for container in containers {
            var node = container + 1
            while node < tree.end(container) {
                let total = sums.total(in: node..<tree.end(node))
                let isMadeOfLinks =
                    switch tree.element(node) {
                    case .ul, .ol, .dl: 2 * total.linkCharacters > total.characters
                    case .table: 10 * total.linkCharacters > 6 * total.characters
                    default: false
                    }
                if isMadeOfLinks, total.characters > 0 {
                    // Sources and the like are sentences, and text, whatever they link to.
                    if !isOfSentences(node, total.characters) { drop(node, by: .links) }
                    node = tree.end(node)
                } else {
                    node += 1
                }
            }
        }
        let good = keptBlocks.filter { blocks[$0].isGood }
        guard let first = good.first, let last = good.last else { return }
        for block in keptBlocks {
            guard blocks[block].linkShare > 0.75, blocks[block].words < 40, !isQuotation(block) else { continue }
            if blocks[block].measure.endsSentence, block > first, block < last, blocks[block].words > 5 { continue }
            drop(block: block, by: .links)
        }
    }
}
