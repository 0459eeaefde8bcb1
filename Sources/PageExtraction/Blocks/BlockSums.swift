/// What stands in any element of a page, asked in a step: sums over the blocks that are kept, from the first on.
///
/// Blocks stand in the order of the page and an element is a range of nodes, so that what is in it is a difference of two
/// sums. They are as old as the last `update`.
struct BlockSums {
    /// What there is between two places.
    struct Total {
        var blocks = 0
        var characters = 0
        var linkCharacters = 0
        var words = 0
        var commas = 0
        var goodCharacters = 0
        var goodBlocks = 0

        var linkShare: Double { Double(linkCharacters) / Double(max(characters, 1)) }
    }

    /// The first block that begins at a node or behind it; one more than there are nodes.
    private var firstBlock: [Int32]
    private var sums: [Total] = []

    init(_ blocks: [PageBlock], nodes: Int) {
        firstBlock = [Int32](repeating: 0, count: nodes + 1)
        var block = 0
        for node in 0...nodes {
            while block < blocks.count, blocks[block].nodes.lowerBound < node { block += 1 }
            firstBlock[node] = Int32(block)
        }
        update(blocks)
    }

    /// Sums up anew, without what has been dropped.
    mutating func update(_ blocks: [PageBlock]) {
        var sums: [Total] = []
        sums.reserveCapacity(blocks.count + 1)
        var total = Total()
        sums.append(total)
        for block in blocks {
            if block.isKept {
                total.blocks += 1
                total.characters += block.characters
                total.linkCharacters += block.linkCharacters
                total.words += block.words
                total.commas += block.measure.commas
                if block.isGood {
                    total.goodCharacters += block.characters
                    total.goodBlocks += 1
                }
            }
            sums.append(total)
        }
        self.sums = sums
    }

    /// The numbers of the blocks that begin in a range of nodes.
    func blocks(in nodes: Range<PageTree.Node>) -> Range<Int> {
        Int(firstBlock[nodes.lowerBound])..<Int(firstBlock[nodes.upperBound])
    }

    func total(in nodes: Range<PageTree.Node>) -> Total {
        let range = blocks(in: nodes)
        let (from, to) = (sums[range.lowerBound], sums[range.upperBound])
        return Total(
            blocks: to.blocks - from.blocks, characters: to.characters - from.characters,
            linkCharacters: to.linkCharacters - from.linkCharacters, words: to.words - from.words,
            commas: to.commas - from.commas, goodCharacters: to.goodCharacters - from.goodCharacters,
            goodBlocks: to.goodBlocks - from.goodBlocks)
    }
}
