/// An element that may hold the article, and what speaks for it.
struct ContainerCandidate {
    enum Kind: Int, Comparable {
        case articleBody, bodyName, article, pieceName, main, scored

        static func < (left: Kind, right: Kind) -> Bool { left.rawValue < right.rawValue }
    }

    var node: PageTree.Node
    var kind: Kind
    var goodCharacters: Int
    var linkShare: Double
    var score: Double
    /// It stands in what is called something else than text.
    var isDoubtful = false
}

extension BodyReader {
    /// The headline of the page, as far as an `h1` shows it.
    mutating func findHeadline() {
        let titles = metadata.titles.prefix(Self.mostCompared).map(Comparison.init(_:))
        for node in headlines.first.prefix(50) {
            guard let text = tree.lineText(of: node).map(Comparison.init(_:)) else { continue }
            if text.words.isEmpty { continue }
            if titles.contains(where: { text.isTitle($0) }) {
                (headline, isHeadlineSure) = (node, true)
                return
            }
            headline = headline ?? node
        }
    }

    /// A short article loses against anything longer on its page. So where the headline says what the title says, the text
    /// that begins behind it is the article: the nearest element around it that holds some. A container that calls itself
    /// the article and stands behind the headline gives way only to text that nothing calls something else.
    mutating func holdToHeadline() {
        guard isHeadlineSure, let headline, let first = containers.first else { return }
        let isDoubtful = first < headline || !isContainerNamed
        // What stands in the same article as its headline is that article's text, however long the words between the two.
        if !isDoubtful, let own = article(around: headline), own == article(around: first) { return }
        let guarded = isDoubtful ? [] : guardedWords(in: [0], percent: 35, captions: 60)
        for place in tree.ancestors(headline) {
            let behind = tree.end(headline)..<tree.end(place)
            guard sums.total(in: behind).goodCharacters >= 400 else { continue }
            if tree.contains(place, first) || tree.contains(first, place) { return }
            if isDoubtful || hasPlainText(in: behind, guarded) { containers = [place] }
            return
        }
    }

    /// The innermost `article` that the node is or stands in.
    private func article(around node: PageTree.Node) -> PageTree.Node? {
        tree.element(node) == .article ? node : tree.ancestors(node).first { tree.element($0) == .article }
    }

    /// Whether there is good text, in elements that nothing calls something else.
    private func hasPlainText(in nodes: Range<PageTree.Node>, _ guarded: Set<UInt64>) -> Bool {
        var (node, characters) = (nodes.lowerBound, 0)
        while node < nodes.upperBound {
            if isJunk(node, guarded) {
                node = tree.end(node)
                continue
            }
            for block in sums.blocks(in: node..<node + 1) where blocks[block].isKept && blocks[block].isGood {
                characters += blocks[block].characters
            }
            node += 1
        }
        return characters >= 400
    }

    /// Rule 1: of the elements that say that they hold the article, the most telling one that holds most of the text; and
    /// otherwise the one that has the best text.
    mutating func chooseContainers() {
        guard let scored = bestScored() else {
            containers = [0]
            return
        }
        candidates.append(scored)
        var ofKind: [ContainerCandidate.Kind: [ContainerCandidate]] = [:]
        for node in 1..<tree.count {
            guard let kind = candidateKind(node) else { continue }
            let total = sums.total(in: node..<tree.end(node))
            // What is named as the text of an article may be short lines and nothing else.
            let good = kind <= .bodyName ? max(total.goodCharacters, total.characters / 4) : total.goodCharacters
            guard good > 0 else { continue }
            ofKind[kind, default: []].append(
                ContainerCandidate(node: node, kind: kind, goodCharacters: good, linkShare: total.linkShare, score: 0))
        }
        for kind in ofKind.keys.sorted() {
            guard let all = ofKind[kind], var best = all.first else { continue }
            for candidate in all.dropFirst() {
                // Of those in each other, the inner one that holds nearly as much.
                let isInner = tree.contains(best.node, candidate.node)
                let enough = isInner ? 9 * best.goodCharacters / 10 : best.goodCharacters
                if candidate.goodCharacters > enough { best = candidate }
            }
            let parts = pieces(of: best)
            if parts.count > 1 {
                best.goodCharacters = parts.reduce(0) { $0 + sums.total(in: $1..<tree.end($1)).goodCharacters }
            }
            candidates.append(best)
            if let one = oneOfMany(best, all) {
                containers = pieces(of: one)
                isContainerNamed = true
                return
            }
        }
        for candidate in candidates.dropFirst() where isEnough(candidate, beside: scored) {
            containers = pieces(of: candidate)
            isContainerNamed = true
            narrow(to: scored)
            return
        }
        containers = [scored.node]
        widenToModules()
    }

    /// What has the best text is taken instead where it stands in what calls itself the article and holds nearly all of it.
    private mutating func narrow(to scored: ContainerCandidate) {
        guard containers.count == 1, tree.contains(containers[0], scored.node) else { return }
        let good = sums.total(in: containers[0]..<tree.end(containers[0])).goodCharacters
        if 100 * scored.goodCharacters >= 97 * good { containers = [scored.node] }
    }

    /// Rule 3: where pieces that are alike stand one after another, the one with the page's headline, or the first behind it.
    private func oneOfMany(_ best: ContainerCandidate, _ all: [ContainerCandidate]) -> ContainerCandidate? {
        guard let headline, best.kind != .main else { return nil }
        let model = tree.entries[best.node]
        var alike: [ContainerCandidate] = []
        var articles = Set<PageTree.Node>()
        for candidate in all {
            let entry = tree.entries[candidate.node]
            guard entry.element == model.element, entry.className == model.className || best.kind <= .bodyName,
                candidate.goodCharacters >= 300, let around = articleWithHeadline(candidate.node),
                articles.insert(around).inserted
            else { continue }
            // Of those in each other, the outer one.
            if let last = alike.last, tree.contains(last.node, candidate.node) { continue }
            alike.append(candidate)
        }
        guard alike.count >= 2 else { return nil }
        if let around = alike.first(where: { tree.contains($0.node, headline) }) { return around }
        guard let behind = alike.first(where: { $0.node > headline }), behind.node == alike[0].node else { return nil }
        return behind
    }

    /// The article that the element is or stands in, where that has a headline of its own.
    private func articleWithHeadline(_ node: PageTree.Node) -> PageTree.Node? {
        if tree.element(node) == .article {
            return headlines.hasFirstOrSecond(in: tree.descendants(node)) ? node : nil
        }
        guard let around = tree.ancestors(node).first(where: { tree.element($0) == .article }) else { return nil }
        return headlines.hasFirstOrSecond(in: around..<node) ? around : nil
    }

    private func isEnough(_ candidate: ContainerCandidate, beside scored: ContainerCandidate) -> Bool {
        var scored = scored
        if scored.isDoubtful { scored.goodCharacters /= 5 }
        if 100 * candidate.goodCharacters >= 55 * scored.goodCharacters { return true }
        return candidate.kind <= .bodyName && candidate.goodCharacters >= 1500
            && 100 * candidate.goodCharacters >= 30 * scored.goodCharacters
    }

    private func candidateKind(_ node: PageTree.Node) -> ContainerCandidate.Kind? {
        let entry = tree.entries[node]
        if entry.flags.contains(.articleBody) { return .articleBody }
        guard entry.element.roles.contains(.container) || entry.element == .unknown, entry.element != .body else {
            return nil
        }
        let kinds = kinds(of: node)
        if kinds.contains(.body) { return .bodyName }
        if entry.element == .article || entry.flags.contains(.articleRole) { return .article }
        if kinds.contains(.piece) { return .pieceName }
        if entry.element == .main || entry.flags.contains(.mainRole) { return .main }
        return nil
    }

    /// Rule 2: what has the same class inside the same article and no headline of its own is one body in pieces.
    private func pieces(of candidate: ContainerCandidate) -> [PageTree.Node] {
        let className = tree.entries[candidate.node].className
        guard candidate.kind <= .bodyName, className != 0 || candidate.kind == .articleBody else {
            return [candidate.node]
        }
        let around =
            tree.ancestors(candidate.node).first { tree.element($0) == .article || tree.element($0) == .main }
            ?? tree.parent(candidate.node) ?? 0
        var pieces: [PageTree.Node] = []
        var node = around + 1
        while node < tree.end(around) {
            let isAlike =
                tree.entries[node].className == className
                && (candidate.kind != .articleBody || tree.flags(node).contains(.articleBody))
            let isPiece = isAlike && !headlines.hasFirst(in: tree.descendants(node))
            if node == candidate.node || isPiece && sums.total(in: node..<tree.end(node)).goodBlocks > 0 {
                pieces.append(node)
                node = tree.end(node)
            } else {
                node += 1
            }
        }
        return pieces.contains(candidate.node) ? pieces : [candidate.node]
    }

    /// Each good block speaks for the elements around it, the less the farther they are.
    private func bestScored() -> ContainerCandidate? {
        var scores: [PageTree.Node: Double] = [:]
        let guarded = guardedWords(in: [0], percent: 35, captions: 60)
        var junkEnd = 0
        var node = 1
        for block in blocks where block.isKept && block.isGood {
            while node <= block.owner {
                if node >= junkEnd, isJunk(node, guarded) { junkEnd = tree.end(node) }
                node += 1
            }
            // What is called something else than text speaks less for what is around it.
            let weight = block.nodes.lowerBound < junkEnd ? 0.2 : 1
            let worth =
                weight * (1 + min(12, Double(block.characters) / 80) + min(10, Double(block.measure.commas)))
            var place: PageTree.Node? = block.owner
            if !tree.element(block.owner).roles.contains(.container) { place = tree.parent(block.owner) }
            var level = 0
            while let node = place, level < 6 {
                if tree.element(node).roles.contains(.container) || tree.element(node) == .unknown {
                    scores[node, default: 0] += worth / (level == 0 ? 1 : level == 1 ? 2 : Double(3 * level))
                    level += 1
                }
                place = tree.parent(node)
            }
        }
        var best: ContainerCandidate?
        for (node, score) in scores {
            let total = sums.total(in: node..<tree.end(node))
            let worth = score * (1 - total.linkShare)
            if let known = best, worth < known.score || worth == known.score && node < known.node { continue }
            best = ContainerCandidate(
                node: node, kind: .scored, goodCharacters: total.goodCharacters, linkShare: total.linkShare,
                score: worth)
        }
        guard var best else { return nil }
        while let parent = tree.parent(best.node) {
            let total = sums.total(in: parent..<tree.end(parent))
            guard 3 * total.goodCharacters > 4 * best.goodCharacters else {
                if total.goodCharacters == best.goodCharacters, parent != 0, tree.element(parent) != .body {
                    // Nothing more in it: what is beside it decides nothing.
                    let score = (scores[parent] ?? 0) * (1 - total.linkShare)
                    guard score >= best.score else { break }
                    best.node = parent
                    best.score = score
                    continue
                }
                break
            }
            let score = (scores[parent] ?? 0) * (1 - total.linkShare)
            guard score >= 0.5 * best.score, total.linkShare <= best.linkShare + 0.1 else { break }
            best = ContainerCandidate(
                node: parent, kind: .scored, goodCharacters: total.goodCharacters, linkShare: total.linkShare,
                score: score)
        }
        best.isDoubtful = isJunk(best.node, guarded) || tree.ancestors(best.node).contains { isJunk($0, guarded) }
        return best
    }
}
