/// `GivenPages` remembers with which pages articles were given, where a pass over the store has ended before these pages, as
/// a batch does that is full: they are not to be given once more by themselves.
struct GivenPages: Sendable {
    /// The articles behind those of the span before, or behind `first`, and up to `through` were given with what pages they had
    /// up to record `pages`.
    private struct Span {
        var through: UInt64
        var pages: UInt64
    }

    /// Nothing is known of articles up to this one.
    private var first: UInt64 = 0
    /// In the order of the articles.
    private var spans: [Span] = []

    /// How many of them are remembered.
    var spanCount: Int { spans.count }

    private var end: UInt64 { spans.last?.through ?? first }

    /// Takes in what a pass has given: the articles from behind `start` on up to `last`.
    mutating func pass(from start: UInt64, through last: UInt64, withPagesTo pages: UInt64) {
        guard last > start else { return }
        // A pass that does not begin where the one before it has ended leaves out what nobody here has given.
        if start != end { (first, spans) = (start, []) }
        if let known = spans.last, known.pages == pages {
            spans[spans.count - 1].through = last
        } else {
            spans.append(Span(through: last, pages: pages))
        }
    }

    /// A pass begins behind that record: what was looked at beyond it was not given, and pages up to it do not come any more.
    mutating func begin(after seq: UInt64) {
        if let place = spans.firstIndex(where: { $0.through > seq }) {
            spans[place].through = seq
            spans.removeSubrange((place + 1)...)
        }
        while let span = spans.first, span.pages <= seq || span.through <= first {
            first = max(first, span.through)
            spans.removeFirst()
        }
        first = min(first, seq)
    }

    /// The last record up to which the pages of an article have come with it; 0 where that is not known.
    func pages(of article: UInt64) -> UInt64 {
        guard article > first else { return 0 }
        return spans.first { $0.through >= article }?.pages ?? 0
    }
}
