/// Sites that are put together of modules have a paragraph or two in each, with elements of their own around it: the best
/// one of them is a part of the article.
extension BodyReader {
    /// No module stands deeper in what the site makes around it.
    private static let deepest = 5

    /// Rule 2: where elements beside the one that was scored are like it and hold text, too, what holds them all is the
    /// article: as long as they have a third more, and none of them leads to another article.
    mutating func widenToModules() {
        guard containers.count == 1 else { return }
        let guarded = guardedWords(in: [0], percent: 35, captions: 60)
        var place = containers[0]
        var found: PageTree.Node?
        for _ in 0..<Self.deepest {
            guard let parent = tree.parent(place), parent != 0, tree.element(parent) != .html else { break }
            if hasModules(parent, like: place, guarded) { found = parent }
            place = parent
            if [.main, .article, .body].contains(tree.element(place)) { break }
        }
        if let found { containers = [found] }
    }

    private func hasModules(_ parent: PageTree.Node, like model: PageTree.Node, _ guarded: Set<UInt64>) -> Bool {
        let own = tree.entries[model]
        let firstToken = tree.names.tokens(Int(own.className)).first
        var count = 0
        var (good, links, characters) = (0, 0, 0)
        for child in tree.children(parent) where tree.element(child) == own.element {
            let className = tree.entries[child].className
            guard
                className == own.className
                    || firstToken != nil && tree.names.tokens(Int(className)).first == firstToken
            else { continue }
            let total = sums.total(in: child..<tree.end(child))
            guard total.goodBlocks > 0, child == model || !isJunk(child, guarded) && !leadsElsewhere(child) else {
                continue
            }
            count += 1
            good += total.goodCharacters
            links += total.linkCharacters
            characters += total.characters
        }
        let ownGood = sums.total(in: model..<tree.end(model)).goodCharacters
        return count >= 2 && 2 * good >= 3 * ownGood && 4 * links < characters
    }

    /// Whether its heading is a link, as that of a teaser is, or of a rank that an article's own is.
    private func leadsElsewhere(_ node: PageTree.Node) -> Bool {
        var linkEnd = 0
        for inner in node..<tree.end(node) {
            let element = tree.element(inner)
            if element == .h1 { return true }
            guard element == .a || element.roles.contains(.heading) else { continue }
            let total = sums.total(in: inner..<tree.end(inner))
            if element == .a {
                if total.goodBlocks > 0 { return true }
                linkEnd = max(linkEnd, tree.end(inner))
            } else if inner < linkEnd || 2 * total.linkCharacters > total.characters {
                return true
            }
        }
        return false
    }
}
