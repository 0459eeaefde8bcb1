/// `PageTitle` chooses the headline of an article among what a page has in its place: headings, titles for search engines
/// and for social networks, most of them with the site's name or a kicker.
///
/// Each form has a weight, and forms of the same words add theirs up. A heading that is like the titles outweighs them all,
/// since it is what readers see.
enum PageTitle {
    /// Titles that are longer are cut.
    static let maximumBytes = 1024
    /// A part of a heading with fewer words is a kicker at most.
    private static let fewestWords = 3

    private struct Form {
        var text: String
        var words: [String]
        var weight: Double
    }

    private enum Weight {
        static let heading = 4.0
        /// A heading that is like no title may be of something else.
        static let otherHeading = 1.0
        static let openGraph = 1.05
        static let linked = 1.0
        static let document = 0.8
        static let other = 0.4
    }

    /// The headline; nil where the page has none.
    static func headline(of metadata: PageMetadata, marks: PageMarks) -> String? {
        let (head, site) = (metadata.head, metadata.site)
        let openGraph = head.metas.first(of: ["og:title"])
        let linked = metadata.linked.flatMap { $0.isArticle ? $0.headlines.first : nil }
        let titles = [openGraph, linked, head.documentTitle].compactMap { $0 }
        let headings = marks.headings.filter { !site.isName($0.text) }
        let choice = HeadingChoice(headings, titles: titles + titles.map { site.removed(from: $0, knowing: []) })

        let parts = kickerless(choice.heading, titles: titles, site: site)
        let known = [choice.heading?.text, linked, openGraph].compactMap { $0 } + parts
        var forms: [Form] = []
        func add(_ text: String?, weight: Double, knowing known: [String]) {
            guard let text, !text.isEmpty else { return }
            let bare = site.removed(from: text, knowing: known)
            let words = ComparedWords.words(bare)
            // A title that was cut off is none.
            let isCut = bare.hasSuffix("…") || bare.hasSuffix("...")
            guard !words.isEmpty, !isCut || weight >= Weight.otherHeading else { return }
            forms.append(Form(text: bare, words: words, weight: weight))
        }
        let isLike = choice.likeness > .none
        add(choice.heading?.text, weight: isLike ? Weight.heading : Weight.otherHeading, knowing: [])
        add(openGraph, weight: Weight.openGraph, knowing: known)
        add(linked, weight: Weight.linked, knowing: known)
        add(head.documentTitle, weight: Weight.document, knowing: known)
        for name in PageMetas.titles.dropFirst() {
            add(head.metas.first(of: [name]), weight: Weight.other, knowing: known)
        }
        if isLike, !forms.isEmpty { settle(&forms, parts: parts, isOfParts: choice.heading?.parts.isEmpty == false) }
        return chosen(among: forms).map(cut)
    }

    /// The parts of a heading that may be all of the headline: none where a title has the kicker, too, but for one that is
    /// set apart by an upright line.
    private static func kickerless(_ heading: PageMarks.Heading?, titles: [String], site: SiteNames) -> [String] {
        guard let heading else { return [] }
        let isWhole = titles.contains { title in
            !title.contains("|") && ComparedWords.areEqual(site.removed(from: title, knowing: []), heading.text)
        }
        return isWhole ? [] : heading.parts.filter { ComparedWords.words($0).count >= fewestWords }
    }

    /// Where another form is what is left of the heading without its kicker, the kicker goes. Where it is the same words, it
    /// has the marks between them that the page makes by the heading's parts.
    private static func settle(_ forms: inout [Form], parts: [String], isOfParts: Bool) {
        let others = forms.dropFirst()
        if let part = parts.first(where: { part in others.contains { $0.words == ComparedWords.words(part) } }) {
            forms[0].text = part
            forms[0].words = ComparedWords.words(part)
        }
        if isOfParts, let same = others.first(where: { $0.words == forms[0].words }) { forms[0].text = same.text }
    }

    /// The form that most of the weight is on; of equal ones that which comes first is how it is written.
    private static func chosen(among forms: [Form]) -> String? {
        var best: (text: String, weight: Double)?
        for form in forms {
            let weight = forms.reduce(0) { $0 + ($1.words == form.words ? $1.weight : 0) }
            if weight > best?.weight ?? 0 { best = (form.text, weight) }
        }
        return best?.text
    }

    private static func cut(_ text: String) -> String {
        guard text.utf8.count > maximumBytes else { return text }
        var result = ""
        var length = 0
        for character in text {
            length += character.utf8.count
            if length > maximumBytes { break }
            result.append(character)
        }
        return result
    }
}
