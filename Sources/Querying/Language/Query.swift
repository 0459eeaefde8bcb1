package import FeedModel

/// `Query` says which articles are meant, in the language of filters.md §1: one for rules, `--match` and searches.
///
/// It is a value that was checked when it was read. What it means is the same wherever it stands, which `QueryMatcher`
/// tells of an article.
package struct Query: Sendable {
    /// What it says.
    package let root: QueryNode
    /// What is allowed, but hardly what was meant. They are no part of what makes two queries equal.
    package let warnings: [QueryIssue]

    /// Reads a query.
    ///
    /// - Parameter use: where it is to be used, because not everything is allowed everywhere.
    /// - Throws: the first thing that is wrong, with its place.
    package init(_ text: String, for use: QueryUse = .reading) throws(QueryIssue) {
        var parser = QueryParser(text, use)
        root = try parser.parse()
        if use == .searching, !root.asksForSomething {
            throw QueryIssue("it only says what is not wanted: a search needs a word to look for", at: 0, in: text)
        }
        warnings = parser.warnings
    }
}

extension Query: Equatable {
    package static func == (left: Query, right: Query) -> Bool { left.root == right.root }
}

/// `QueryUse` is where a query is used, by which more or less is allowed in it (filters.md §1.2, §1.4, §2.2).
package enum QueryUse: Sendable {
    /// Reading records that are stored: `--match`.
    case reading
    /// A rule of the configuration, which is asked before an article is stored.
    case rule
    /// A search that an index answers.
    case searching
}

/// `QueryNode` is what a query says, or a part of it.
package indirect enum QueryNode: Sendable, Equatable {
    /// All of them; two at least, and none of them is `all` itself.
    case all([QueryNode])
    /// One of them at least; two at least, and none of them is `any` itself.
    case any([QueryNode])
    case not(QueryNode)
    case condition(QueryCondition)

    /// Whether there has to be something in an article that it asks for.
    var asksForSomething: Bool {
        switch self {
        case .all(let nodes): nodes.contains(where: \.asksForSomething)
        case .any(let nodes): nodes.allSatisfy(\.asksForSomething)
        case .not: false
        case .condition: true
        }
    }
}

/// `QueryCondition` is one thing that a query asks of an article.
package enum QueryCondition: Sendable, Equatable {
    case words(WordField, WordsTerm)
    case pattern(PatternField, Pattern)
    /// The host of the URL is this, or below it; as `HostKey` has it.
    case host(String)
    /// The feed has this id.
    case feed(String)
    case tag(String)
    case category(String)
    /// The language has this tag, or one that begins with its parts; in lower case.
    case language(String)
    case olderThan(Duration)
    case youngerThan(Duration)
    case since(TimeReference)
    case until(TimeReference)
    case state(ArticleState)
    case has(ArticlePart)
}

/// `WordField` is where words are looked for.
package enum WordField: String, Sendable, CaseIterable {
    /// Without a field: in the title or in the body.
    case titleOrBody = ""
    case title, body, author, url
}

/// `PatternField` is where a pattern is looked for: wherever words are, and in what is compared as a whole otherwise.
package enum PatternField: RawRepresentable, Sendable, Equatable, CaseIterable {
    case text(WordField)
    case host, category

    package static var allCases: [PatternField] { WordField.allCases.map(Self.text) + [.host, .category] }

    package init?(rawValue: String) {
        guard let field = Self.allCases.first(where: { $0.rawValue == rawValue }) else { return nil }
        self = field
    }

    package var rawValue: String {
        switch self {
        case .text(let field): field.rawValue
        case .host: "host"
        case .category: "category"
        }
    }
}

/// What a record is that can be asked with `is:`.
package enum ArticleState: String, Sendable, CaseIterable {
    /// It is another version of an article.
    case update
    /// It was in its feed when that was polled first.
    case initial
    /// It was fetched from before the feed was polled first.
    case backfill
    /// A rule has blocked it.
    case blocked
}

/// `ArticlePart` is what an article may have that can be asked with `has:`.
package enum ArticlePart: String, Sendable, CaseIterable {
    case body, image, attachment
}

/// `WordsTerm` is words that stand side by side.
package struct WordsTerm: Sendable, Equatable {
    /// The words as they were written, without quotes and asterisk.
    package let text: String
    /// Another word that begins with the last one does as well.
    package let isPrefix: Bool
    /// What the text is cut into; one at least.
    package let tokens: [[UInt8]]

    /// Returns nil where the text has no token.
    init?(_ text: String, isPrefix: Bool = false) {
        let tokens = Tokenizer.tokens(of: text)
        if tokens.isEmpty { return nil }
        self.text = text
        self.isPrefix = isPrefix
        self.tokens = tokens
    }
}
