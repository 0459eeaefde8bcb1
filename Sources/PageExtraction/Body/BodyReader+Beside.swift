extension BodyReader {
    /// Rule 4: what stands beside an article by its element or role, and what is hidden. What holds much of the page's text
    /// stays: there are pages that are one form, and such as show themselves by a script.
    mutating func dropBesideElements() {
        let good = sums.total(in: tree.nodes).goodCharacters
        let isHiddenKept = 10 * hiddenGoodCharacters() > 3 * good
        var node = 1
        while node < tree.count {
            guard let rule = besideRule(node), rule != .hidden || !isHiddenKept, !holdsSelected(node) else {
                node += 1
                continue
            }
            let end = tree.end(node)
            let total = sums.total(in: node..<end)
            guard 100 * total.goodCharacters <= 35 * good else {
                node += 1
                continue
            }
            drop(node, by: rule)
            if rule == .hidden, !tree.element(node).roles.contains(.block) { unseen.append(node..<end) }
            node = end
        }
    }

    private func besideRule(_ node: PageTree.Node) -> BodyRule? {
        let flags = tree.flags(node)
        if isHidden(node) { return .hidden }
        if flags.contains(.besideRole) { return .besideElement }
        switch tree.element(node) {
        case .nav, .footer, .aside, .menu, .dialog, .form, .search: return .besideElement
        case .header: return sums.total(in: node..<tree.end(node)).goodBlocks < 2 ? .besideElement : nil
        case .button, .label: return .besideElement
        default: return nil
        }
    }

    /// By an attribute, or by a class that every page style has for that. One with conditions, such as `hidden md:block`,
    /// hides nothing for sure.
    private func isHidden(_ node: PageTree.Node) -> Bool {
        if tree.flags(node).contains(.hidden) { return true }
        let name = Int(tree.entries[node].className)
        return names[name].kinds.contains(.unseen) && !tree.names.value(name).contains(UInt8(ascii: ":"))
    }

    private func hiddenGoodCharacters() -> Int {
        var total = 0
        var node = 1
        while node < tree.count {
            guard isHidden(node) else {
                node += 1
                continue
            }
            total += sums.total(in: node..<tree.end(node)).goodCharacters
            node = tree.end(node)
        }
        return total
    }

    /// Whatever is not in the containers.
    mutating func dropOutside() {
        for block in blocks.indices where blocks[block].isKept {
            let nodes = blocks[block].nodes
            let container = container(around: nodes.lowerBound)
            if container.map({ nodes.upperBound > tree.end($0) }) ?? true { blocks[block].dropped = .outsideContainer }
        }
        sums.update(blocks)
    }

    /// What readers wrote below the article, and what is asked of them about cookies, before the article is looked for:
    /// where that is longer than the article, it would win.
    mutating func dropComments() {
        let good = sums.total(in: tree.nodes).goodCharacters
        var found: [PageTree.Node] = []
        var comments = 0
        var node = 1
        while node < tree.count {
            let kinds = kinds(of: node)
            let element = tree.element(node)
            guard !kinds.isDisjoint(with: [.comments, .consent]), kinds.isDisjoint(with: [.body, .piece]),
                element != .body, element != .article, element != .html,
                !headlines.hasFirst(in: tree.descendants(node)), !holdsSelected(node)
            else {
                node += 1
                continue
            }
            found.append(node)
            comments += sums.total(in: node..<tree.end(node)).goodCharacters
            node = tree.end(node)
        }
        guard good - comments >= min(300, good / 4) else { return }
        for node in found { drop(node, by: .besideName) }
    }

    /// Rules 5 and 6: what the names of elements call something else than text, but for a name that is on so much of the
    /// text that it must mean another thing on this page.
    mutating func dropByName() {
        let guarded = guardedWords(in: containers, percent: 25, captions: 60)
        for container in containers {
            var node = container + 1
            let end = tree.end(container)
            while node < end {
                guard isJunk(node, guarded) else {
                    node += 1
                    continue
                }
                drop(node, by: .besideName)
                if !tree.element(node).roles.contains(.block), kinds(of: node).contains(.unseen) {
                    unseen.append(node..<tree.end(node))
                }
                node = tree.end(node)
            }
        }
    }

    func isJunk(_ node: PageTree.Node, _ guarded: Set<UInt64>) -> Bool {
        let entry = tree.entries[node]
        if entry.className == 0 && entry.idName == 0 { return false }
        if entry.element.roles.contains(.tablePart) || entry.element == .table { return false }
        return [entry.className, entry.idName].contains { number in
            let name = names[Int(number)]
            guard name.isJunk, !name.junkWords.allSatisfy({ guarded.contains($0) }) else { return false }
            return !(name.junkWords.allSatisfy(BodyNames.isTeaser) && entry.element != .a && leadsNowhere(node))
        }
    }

    /// What has text and no link leads to no other article, though it is called a teaser: some call a standfirst so.
    private func leadsNowhere(_ node: PageTree.Node) -> Bool {
        let total = sums.total(in: node..<tree.end(node))
        return total.linkCharacters == 0 && total.goodBlocks > 0
    }

    /// The words of names whose elements hold more than that part of the good text in the containers.
    ///
    /// - Parameter captions: that part for words that mean captions, of which some pages have more than text.
    func guardedWords(in containers: [PageTree.Node], percent: Int, captions: Int) -> Set<UInt64> {
        var held: [UInt64: Int] = [:]
        var all = 0
        for container in containers {
            let end = tree.end(container)
            all += sums.total(in: container..<end).goodCharacters
            for node in container + 1..<max(end, container + 1) {
                let entry = tree.entries[node]
                if entry.className == 0 && entry.idName == 0 { continue }
                let words = names[Int(entry.className)].junkWords + names[Int(entry.idName)].junkWords
                if words.isEmpty { continue }
                let good = sums.total(in: node..<tree.end(node)).goodCharacters
                if good > 0 { for word in words { held[word, default: 0] += good } }
            }
        }
        return Set(held.filter { 100 * $0.value > (BodyNames.isCaption($0.key) ? captions : percent) * all }.keys)
    }

    /// Rule 9: captions are no text, though they stay in the HTML. One is known by its element, or by a picture that it
    /// stands beside with nothing else around the two.
    mutating func dropCaptions() {
        var beside: [Int] = []
        var words = 0
        for container in containers {
            for node in container + 1..<max(tree.end(container), container + 1) {
                switch tree.element(node) {
                case .figcaption: drop(node, by: .caption)
                case .img, .picture, .video:
                    for block in captions(beside: node, in: container) where blocks[block].isKept {
                        beside.append(block)
                        words += blocks[block].words
                    }
                default: break
                }
            }
        }
        let all = keptBlocks.reduce(0) { $0 + blocks[$1].words }
        guard 4 * words <= all else { return }
        for block in beside { drop(block: block, by: .caption) }
    }

    /// The blocks that stand with a picture in an element which holds little else.
    private func captions(beside picture: PageTree.Node, in container: PageTree.Node) -> Range<Int> {
        var found = 0..<0
        for place in tree.ancestors(picture).prefix(5) {
            if place == container || tree.element(place) == .body || tree.element(place) == .article { break }
            let total = sums.total(in: place..<tree.end(place))
            if total.words > 60 || total.blocks > 3 { break }
            if total.blocks == 0 { continue }
            let range = sums.blocks(in: place..<tree.end(place))
            // A picture in a paragraph or among the items of a list has no caption.
            let isInText = range.contains { block in
                let owner = blocks[block].owner
                return tree.contains(owner, picture) || isHeading(block) || tree.element(owner) == .li
                    || tree.element(owner).roles.contains(.tablePart) || isQuotation(block)
            }
            if isInText { break }
            found = range
        }
        return found
    }
}
