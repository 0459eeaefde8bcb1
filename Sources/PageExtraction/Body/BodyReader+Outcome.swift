extension BodyReader {
    /// Where the article is, for the fields that are looked for around it.
    var place: BodyPlace? {
        guard let container = containers.first else { return nil }
        let kept = keptBlocks
        guard let first = kept.first, let last = kept.last else {
            return BodyPlace(container: container, headline: headline, text: container..<container)
        }
        return BodyPlace(
            container: container, headline: headline,
            text: blocks[first].nodes.lowerBound..<blocks[last].nodes.upperBound)
    }

    /// An element that calls itself a paywall stands behind the last paragraph (docs/spec/fulltext.md §5.1).
    var isFollowedByPaywall: Bool {
        guard let text = place?.text, !text.isEmpty else { return false }
        return (text.upperBound..<tree.count).contains { node in
            kinds(of: node).contains(.paywall) && !tree.flags(node).contains(.hidden)
                && tree.element(node).roles.contains(.block)
                && tree.descendants(node).contains { tree.element($0) == .text }
        }
    }

    /// How sure it is that this is the article, from 0 to 1 (docs/spec/fulltext.md §9): its length, its share of the good
    /// text of the page, and how little of it is links and short lines.
    var quality: Double {
        let kept = keptBlocks.map { blocks[$0] }
        let characters = kept.reduce(0) { $0 + $1.characters }
        guard characters > 0 else { return 0 }
        let good = kept.reduce(0) { $0 + ($1.isGood ? $1.characters : 0) }
        let links = kept.reduce(0) { $0 + $1.linkCharacters }
        let all = max(goodCharacters, good)
        let length = min(1, Double(characters) / 800)
        let share = min(1, Double(good) / Double(max(all, 1)) / 0.5)
        let linkless = max(0, 1 - 2 * Double(links) / Double(characters))
        let solid = Double(good) / Double(characters)
        return length * (0.3 + 0.3 * share + 0.2 * linkless + 0.2 * solid)
    }
}
