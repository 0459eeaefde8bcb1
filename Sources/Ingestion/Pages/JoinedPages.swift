internal import Archiving

/// `JoinedPages` is an article that stands on several pages, as far as they were fetched: the texts behind one another, and all
/// else as the first page has it.
struct JoinedPages {
    /// The article so far.
    private(set) var content: PageContent
    /// So many pages are in it.
    private(set) var count = 1
    /// Where the pages behind the first one are kept as they came, as far as they are.
    private(set) var places: [ArchivePlace] = []
    /// The URL of the next page; nil where there is none.
    private(set) var next: String?
    /// The URLs that were asked for.
    private var seen: Set<String>
    /// The paragraphs so far.
    private var paragraphs: Set<Substring>

    /// Bytes of text and of HTML that the whole article may have, as one page may (docs/spec/fulltext.md §8).
    private static let mostText = 2 << 20
    private static let mostHTML = 4 << 20

    /// - Parameter url: where the first page was found.
    init(_ first: PageContent, at url: String) {
        content = first
        seen = [url]
        paragraphs = Set(Self.paragraphs(of: first.text))
        next = further(first)
    }

    /// Puts the text of the next page behind what there is. One whose text is there already for the most part is no further
    /// page: a site that shows the whole article on each, or leads back to the first. With that, and where there would be too
    /// much, the article ends.
    ///
    /// - Parameter place: where the page is kept as it came.
    mutating func add(_ page: PageContent, at url: String, in place: ArchivePlace? = nil) {
        next = nil
        seen.insert(url)
        let added = Self.paragraphs(of: page.text)
        let repeated = added.reduce(0) { $0 + (paragraphs.contains($1) ? $1.utf8.count : 0) }
        let length = added.reduce(0) { $0 + $1.utf8.count }
        if repeated * 2 >= length { return }
        guard content.text.utf8.count + page.text.utf8.count <= Self.mostText,
            content.html.utf8.count + page.html.utf8.count <= Self.mostHTML
        else { return end("The article is longer than what is kept of one; it was cut after page \(count).") }
        count += 1
        if let place { places.append(place) }
        paragraphs.formUnion(added)
        content.text += "\n\n" + page.text
        content.html += page.html
        if page.isPaywalled { content.isPaywalled = true }
        for warning in page.warnings where !content.warnings.contains(warning) { content.warnings.append(warning) }
        next = further(page)
    }

    /// Says why nothing follows.
    ///
    /// - Parameter warning: a sentence.
    mutating func end(_ warning: String) {
        next = nil
        content.warnings.append(warning)
    }

    private func further(_ page: PageContent) -> String? {
        page.furtherPages[count + 1].flatMap { seen.contains($0) ? nil : $0 }
    }

    private static func paragraphs(of text: String) -> [Substring] { text.split(separator: "\n") }
}
