extension BodyReader {
    /// The first and the last block that is a paragraph of the article for sure: long, and not of links.
    var paragraphs: (first: Int, last: Int)? {
        let long = keptBlocks.filter { blocks[$0].isGood && !isHeading($0) && !isCell($0) }
        guard let first = long.first, let last = long.last else { return nil }
        return (first, last)
    }

    func isHeading(_ block: Int) -> Bool {
        let owner = blocks[block].owner
        return tree.element(owner).roles.contains(.heading) || tree.flags(owner).contains(.headingRole)
    }

    func isCell(_ block: Int) -> Bool { isIn(.cell, block) }
    func isListItem(_ block: Int) -> Bool { isIn(.listItem, block) }

    /// Whether one of the elements around the block, inside the container, is one of those.
    private func isIn(_ elements: Surroundings, _ block: Int) -> Bool {
        !surroundings[blocks[block].owner].isDisjoint(with: elements)
    }

    /// Rules 10 and 11: the headline and the standfirst are fields, and no text.
    mutating func takeHeadAndStandfirst() {
        let titles = metadata.titles.prefix(Self.mostCompared).map(Comparison.init(_:))
        let descriptions = comparedDescriptions
        guard let first = paragraphs?.first else { return }
        var isAtStart = true
        for block in keptBlocks where block <= first || isAtStart {
            let text = Comparison(self.text(block))
            if block < first || blocks[block].words < 30, titles.contains(where: { text.isTitle($0) }) {
                drop(block: block, by: .headline)
                continue
            }
            if tree.element(blocks[block].owner) == .h1, block < first {
                drop(block: block, by: .headline)
                continue
            }
            guard block < first || block == first && blocks[block].words < 60 else {
                isAtStart = false
                continue
            }
            guard standfirst == nil, blocks[block].words >= 5, blocks[block].words <= 90 else { continue }
            let isDescribed = descriptions.contains { text.begins(like: $0) }
            let name = standfirstName(block)
            // What is called a lead alone is as often the first paragraph as not.
            let isNamed = (name.contains(.standfirst) || name.contains(.lead) && isDescribed) && hasText(behind: block)
            guard isNamed || block < first && (isDescribed || isHeading(block)) else { continue }
            standfirst = self.text(block)
            drop(block: block, by: .standfirst)
        }
    }

    /// A page that has more titles or descriptions than that has them to be slow.
    static let mostCompared = 64

    private var comparedDescriptions: [Comparison] {
        metadata.descriptions.prefix(Self.mostCompared).map(Comparison.init(_:)).filter { $0.words.count >= 5 }
    }

    /// Whether there is an article without the block: a paragraph or two behind it.
    private func hasText(behind block: Int) -> Bool {
        (block + 1..<blocks.count).lazy.filter { blocks[$0].isKept && blocks[$0].isGood }.prefix(2).count == 2
    }

    /// Rule 16: quotations and embedded posts between the paragraphs stay whole.
    func isQuotation(_ block: Int) -> Bool { isIn(.quotation, block) }

    /// A standfirst often stands above the element that holds the text: between the headline and the first paragraph.
    mutating func findStandfirstOutside() {
        guard standfirst == nil, let first = keptBlocks.first else { return }
        let descriptions = comparedDescriptions
        let start = headline.map { sums.blocks(in: $0..<tree.end($0)).upperBound } ?? max(0, first - 20)
        guard start < first, first - start < 60 else { return }
        for block in start..<first {
            let (place, words) = (blocks[block], blocks[block].words)
            guard words >= 7, words <= 90, place.linkShare < 0.3, place.dropped != .caption, place.dropped != .byline,
                place.dropped != .hidden, place.dropped != .phrase, !isListItem(block)
            else { continue }
            let isSecondHeading = headline != nil && isHeading(block) && tree.element(place.owner) == .h2
            guard isSecondHeading || !standfirstName(block).isEmpty || begins(block, likeOneOf: descriptions) else {
                continue
            }
            standfirst = text(block)
            blocks[block].dropped = .standfirst
            return
        }
    }

    private mutating func begins(_ block: Int, likeOneOf descriptions: [Comparison]) -> Bool {
        if descriptions.isEmpty { return false }
        let text = Comparison(text(block))
        return descriptions.contains { text.begins(like: $0) }
    }

    /// What the names around a block say that leads to a text, where it is short.
    private func standfirstName(_ block: Int) -> BodyNames.Kinds {
        var node: PageTree.Node? = blocks[block].owner
        var level = 0
        while let place = node, level < 3, !isContainer(place) {
            let kinds = kinds(of: place)
            if !kinds.isDisjoint(with: [.standfirst, .lead]), !kinds.contains(.body) {
                let total = sums.total(in: place..<tree.end(place))
                return total.characters < 600 ? kinds.intersection([.standfirst, .lead]) : []
            }
            node = tree.parent(place)
            level += 1
        }
        return []
    }

    /// Rule 13: what sites say on every page.
    mutating func dropPhrases() {
        for block in keptBlocks where blocks[block].words <= 60 && !isQuotation(block) {
            guard let phrase = PagePhrases.phrase(beginning: text(block)) else { continue }
            let isWhole = blocks[block].words <= phrase.words + 3
            let dropped =
                switch phrase.kind {
                case .advertisement, .subscribe, .rights: blocks[block].words <= 25
                case .note: true
                case .readMore:
                    blocks[block].words <= 30 && (blocks[block].linkCharacters > 0 || isWhole || isHeading(block))
                case .credit: blocks[block].words <= 20
                case .about: blocks[block].words <= 12
                case .end: false
                }
            if dropped { drop(block: block, by: .phrase) }
        }
    }

    /// Rule 12: who wrote it and when.
    mutating func dropBylines() {
        guard let (first, last) = paragraphs else { return }
        for block in keptBlocks where blocks[block].words < 25 {
            let isOutside = block < first || block > last
            if isQuotation(block) { continue }
            guard isOutside || blocks[block].words < 12 else { continue }
            if isCell(block) || isListItem(block) && !isOutside { continue }
            let text = self.text(block)
            // Few words, and so many bytes: signs, or whatever, but no names and no date.
            if text.utf8.count > Self.longestByline { continue }
            if PagePhrases.isDateLine(text) || PagePhrases.isByline(text) && (isOutside || blocks[block].words < 8) {
                drop(block: block, by: .byline)
            }
        }
    }

    private static let longestByline = 4096

    /// Behind the last paragraphs: how to reach who wrote it, which is no more of the article than the byline.
    mutating func dropContacts() {
        for block in keptBlocks.suffix(6).reversed() {
            guard blocks[block].words <= 40, !isHeading(block), !isQuotation(block) else { continue }
            let text = self.text(block)
            if text.utf8.count > Self.longestByline || !text.utf8.contains(UInt8(ascii: "@")) { continue }
            let hasAddress = text.split(separator: " ").contains { word in
                let parts = word.split(separator: "@", omittingEmptySubsequences: false)
                return parts.count == 2 && parts[1].utf8.count >= 3 && (parts[0].isEmpty || parts[1].contains("."))
            }
            if hasAddress { drop(block: block, by: .byline) }
        }
    }

    /// Rule 14: a heading that begins the rest of the site ends the article. Where it stands in a box behind which much of
    /// the text follows, it ends no more than that box.
    mutating func dropAfterEnd() {
        let kept = keptBlocks
        let all = kept.reduce(0) { $0 + blocks[$1].characters }
        var seen = 0
        var hasEnded = false
        var boxEnd = 0
        for (place, block) in kept.enumerated() {
            if !hasEnded, blocks[block].nodes.lowerBound >= boxEnd, blocks[block].words <= 8, 10 * seen >= 4 * all,
                !isCell(block), let phrase = PagePhrases.phrase(beginning: text(block)), phrase.kind == .end,
                blocks[block].words <= phrase.words + 3 || isHeading(block)
            {
                if let box = box(around: block, before: place > 0 ? kept[place - 1] : nil),
                    10 * sums.total(in: tree.end(box)..<tree.count).goodCharacters >= 3 * all
                {
                    boxEnd = tree.end(box)
                } else {
                    hasEnded = true
                }
            }
            seen += blocks[block].characters
            if hasEnded || blocks[block].nodes.lowerBound < boxEnd { drop(block: block, by: .afterEnd) }
        }
    }

    /// The largest element in the container that begins with the block and holds more than it.
    private func box(around block: Int, before: Int?) -> PageTree.Node? {
        var found: PageTree.Node?
        for place in tree.ancestors(blocks[block].owner) {
            if containers.contains(place) || place <= (before.map { blocks[$0].nodes.lowerBound } ?? 0) { break }
            found = place
        }
        guard let found, sums.blocks(in: found..<tree.end(found)).count > 1 else { return nil }
        return found
    }

    /// Rule 15: short lines before the first and behind the last paragraph.
    mutating func dropShortEdges() {
        guard let (first, last) = paragraphs else { return }
        for block in keptBlocks where block < first || block > last {
            let size = blocks[block]
            if size.words < 8, !size.measure.endsSentence, !isListItem(block), !isCell(block),
                !isIn([.quotation, .preformatted], block)
            {
                drop(block: block, by: .shortEdge)
            }
        }
    }

    mutating func dropRepeated() {
        var said = Set<UInt64>()
        for block in keptBlocks where !isCell(block) && blocks[block].words >= 8 {
            if !said.insert(WordHash.of(text(block).utf8)).inserted { drop(block: block, by: .repeated) }
        }
    }

    /// A heading that nothing follows before the end. A long sentence is a paragraph, whatever element it is in.
    mutating func dropEmptyHeadings() {
        var isFollowed = false
        for block in keptBlocks.reversed() {
            let isSentence = blocks[block].words >= 15 && blocks[block].measure.endsSentence
            if isHeading(block), !isSentence {
                if !isFollowed { drop(block: block, by: .emptyHeading) }
            } else {
                isFollowed = true
            }
        }
    }

    /// Rule 17: the page's own articleBody judges, where it holds nearly all of what was chosen.
    mutating func dropUnconfirmed() {
        guard let body = metadata.linked?.body, body.utf8.count > 300 else { return }
        let said = Shingles(body)
        let kept = keptBlocks
        var shares: [(block: Int, share: Double)] = []
        var (all, found) = (0, 0)
        for block in kept {
            let own = Shingles(text(block))
            let common = own.count(in: said)
            all += own.count
            found += common
            shares.append((block, Double(common) / Double(max(own.count, 1))))
        }
        guard Double(found) >= 0.8 * Double(said.count), 10 * found >= 7 * all else { return }
        for (block, share) in shares where share < 0.25 && blocks[block].words >= 4 {
            drop(block: block, by: .unconfirmed)
        }
    }
}
