private import Text

/// `FurtherPages` finds the pages on which an article goes on: those to which its page links, by a number or by "next", and whose
/// URLs differ from its own in a page's number alone (fulltext.md §5.2).
///
/// What only says of itself that it comes next is nearly always another article, and is not taken. It is a function of the
/// links, and asks nobody.
struct FurtherPages: Equatable {
    /// The URL of the page that follows, by its number. Where the number in the page's own URL may be a page's or not, there are
    /// two: `/story/7` may have `/story/7/2` behind it, or `/story/8`. Whoever knows how many pages came before knows which.
    var next: [Int: String] = [:]
    /// The highest number of a page that the links name; nil where there is none.
    var count: Int?

    /// So many links of a page are looked at.
    private static let mostLinks = 4000

    /// Reads the links of a page.
    ///
    /// - Parameter url: where it was found; nothing is found without.
    static func read(_ tree: PageTree, url: String?) -> FurtherPages {
        guard let own = url.flatMap({ PagedURL($0) }) else { return FurtherPages() }
        var pages = FurtherPages()
        var looked = 0
        let heads = tree.metadata.filter { tree.element($0) == .link }
        for node in heads + tree.nodes.filter({ tree.flags($0).contains(.link) }) {
            if looked == mostLinks { break }
            guard let reference = tree.attribute("href", of: node), reference.utf8.contains(where: \.isASCIIDigit)
            else {
                continue
            }
            looked += 1
            guard let url = tree.webURL(reference), url.utf8.count <= PageAddress.maximumLength,
                let target = PagedURL(url)
            else { continue }
            let found = target.numbers(behind: own)
            if found.isEmpty { continue }
            let label = PageLinkLabel(of: node, in: tree)
            // Some count from 0, so that their second page has the number 1: which one "2" means is not known then.
            if found.contains(where: { $0.number == 1 }), label.isNext || label.names(2) { return FurtherPages() }
            for (number, isNext) in found where number > 1 {
                guard label.names(number) || isNext && label.isNext else { continue }
                pages.count = max(pages.count ?? 0, number)
                if isNext, pages.next[number] == nil { pages.next[number] = target.url }
            }
        }
        return pages
    }
}

/// What a link says of where it leads.
struct PageLinkLabel {
    private var words: [Substring] = []
    /// Whether it says that something comes next.
    private(set) var isNext: Bool

    /// Longer texts of links are headlines.
    private static let longest = 40

    init(of node: PageTree.Node, in tree: PageTree) {
        isNext = tree.attribute("rel", of: node, hasWord: "next")
        if tree.element(node) == .link { return }
        var text = tree.text(of: node)
        if text.isEmpty { text = tree.attribute("aria-label", of: node) ?? tree.attribute("title", of: node) ?? "" }
        guard text.count <= Self.longest else { return }
        words = text.lowercased().split { !$0.isLetter && !$0.isNumber }
        if words.contains(where: { Self.nextWords.contains($0) }) { isNext = true }
        if words.isEmpty, text.contains(where: { Self.arrows.contains($0) }) { isNext = true }
    }

    func names(_ number: Int) -> Bool { words.contains("\(number)") }

    private static let arrows: Set<Character> = ["›", "»", "→", "⟩", "▶", "►", ">"]
    private static let nextWords: Set<Substring> = [
        "next", "weiter", "nächste", "nächsten", "suivant", "suivante", "siguiente", "seguinte", "próxima",
        "successiva",
        "successivo", "avanti", "volgende", "następna", "następny", "dalej", "далее", "следующая", "nästa", "neste",
        "næste",
        "seuraava", "další", "次へ", "下一页",
    ]
}
