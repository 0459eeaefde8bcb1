/// `PageMarks` is what a page shows of its headline, its authors and its dates, marked as such or by where it stands: texts
/// in the order in which they are believed.
struct PageMarks {
    struct Heading: Equatable {
        var text: String
        /// The texts of its elements, and its own text without each: a kicker may be one, the headline the other.
        var parts: [String] = []
    }

    struct Byline: Equatable {
        enum Kind {
            /// A link with `rel=author`, or an element with `itemprop=author`.
            case marked
            /// An element with a name as of bylines.
            case named
            /// A line by the headline that begins with "By" or its like.
            case line
            /// An element with such a name far from the headline: of the author's portrait below the text, or of another
            /// article.
            case distant
        }

        var kind: Kind
        var text: String
        /// The texts of links in it, or else of the elements in it that have such names themselves.
        var parts: [String] = []
    }

    struct Date: Equatable {
        enum Kind {
            /// Marked as the time of publication: `itemprop=datePublished`.
            case published
            case modified
            /// A `time` element with `datetime`.
            case time
            /// A line by the headline, or one with a name as of dates.
            case visible
            /// Any of these in an aside, a footer or a teaser.
            case beside
        }

        var kind: Kind
        var text: String
    }

    /// First-level headings, and what is marked as the headline.
    var headings: [Heading] = []
    var bylines: [Byline] = []
    var dates: [Date] = []

    func bylines(_ kind: Byline.Kind) -> [Byline] { bylines.filter { $0.kind == kind } }

    func dates(_ kind: Date.Kind) -> [String] { dates.filter { $0.kind == kind }.map(\.text) }
}
