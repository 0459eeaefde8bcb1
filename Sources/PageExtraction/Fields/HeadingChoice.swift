/// `HeadingChoice` tells which of a page's headings is the article's headline, by its titles: logos and sections are headings
/// of the first level, too.
struct HeadingChoice {
    enum Likeness: Int, Comparable {
        /// No title is like it, or one only ends with it, as with the site's name.
        case none
        /// It shares most of its words with a title.
        case alike
        /// A title begins with it, or is it.
        case begins

        static func < (left: Likeness, right: Likeness) -> Bool { left.rawValue < right.rawValue }
    }

    private(set) var heading: PageMarks.Heading?
    private(set) var likeness = Likeness.none

    /// Takes the first of those that are most like a title.
    init(_ headings: [PageMarks.Heading], titles: [String]) {
        let titles = titles.map { ComparedWords.words($0) }
        for heading in headings {
            let likeness = Self.likeness(of: ComparedWords.words(heading.text), to: titles)
            if self.heading == nil || likeness > self.likeness { (self.heading, self.likeness) = (heading, likeness) }
        }
    }

    private static func likeness(of words: [String], to titles: [[String]]) -> Likeness {
        guard !words.isEmpty else { return .none }
        var best = Likeness.none
        for title in titles {
            if title.starts(with: words) { return .begins }
            let isSuffix = title.count > words.count + 1 && title.suffix(words.count).elementsEqual(words)
            if !isSuffix || words.count > 5, ComparedWords.areAlike(words, title) { best = .alike }
        }
        return best
    }
}
