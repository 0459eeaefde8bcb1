internal import FeedModel
internal import Querying

/// `QueryTranslation` makes of a query what SQLite is asked in one file: words to look for, in the language of FTS5, and
/// conditions on the rows of `record` for what is no word. Both together say exactly what `QueryEvaluation` says of the
/// records.
struct QueryTranslation {
    /// What `words MATCH` is given; nil where no word is looked for.
    private(set) var match: String?
    /// Conditions on the table `record`, called `r`, all of which have to hold.
    private(set) var conditions: [String] = []

    /// Asks for all records.
    init() {}

    /// - Parameters:
    ///   - now: ages are counted back from here.
    ///   - feedNumbers: by which numbers the file knows a feed.
    init(
        _ query: Query, now: Timestamp, feedNumbers: @escaping (FeedIdentifier) throws(SearchFailure) -> [Int64]
    ) throws(SearchFailure) {
        let translator = Translator(now: now, feedNumbers: feedNumbers)
        let nodes = if case .all(let nodes) = query.root { nodes } else { [query.root] }
        var words = WordsOfAll()
        for node in nodes {
            switch try translator.part(node) {
            case .row(let condition): conditions.append(condition)
            case .words(let expression, let isNegated): words.add(expression, isNegated: isNegated)
            }
        }
        match = words.expression
    }

    /// Asks as well that one of these stands there.
    mutating func require(facets: [Facet]) {
        let expression = Translator.expression(of: facets)
        match = match.map { "(\($0)) AND \(expression)" } ?? expression
    }
}

/// Words that have to be there together, and words that must not.
private struct WordsOfAll {
    private var wanted: [String] = []
    private var unwanted: [String] = []

    mutating func add(_ expression: String, isNegated: Bool) {
        if isNegated { unwanted.append(expression) } else { wanted.append(expression) }
    }

    /// Nil where there is nothing.
    var expression: String? {
        if wanted.isEmpty, unwanted.isEmpty { return nil }
        let all = wanted.isEmpty ? Translator.expression(of: [.all]) : wanted.joined(separator: " AND ")
        return unwanted.isEmpty ? "(\(all))" : "((\(all)) NOT (\(unwanted.joined(separator: " OR "))))"
    }
}

private struct Translator {
    /// What a part of a query becomes.
    enum Part {
        /// An expression of FTS5, which must not hold where it is negated.
        case words(String, isNegated: Bool)
        /// A condition on a row.
        case row(String)
    }

    let now: Timestamp
    let feedNumbers: (FeedIdentifier) throws(SearchFailure) -> [Int64]

    func part(_ node: QueryNode) throws(SearchFailure) -> Part {
        switch node {
        case .condition(let condition): return try part(condition)
        case .not(let inner):
            switch try part(inner) {
            case .words(let expression, let isNegated): return .words(expression, isNegated: !isNegated)
            case .row(let condition): return .row("NOT (\(condition))")
            }
        case .all(let nodes): return try joined(nodes, by: "AND") { Self.joinedByAnd($0) }
        case .any(let nodes): return try joined(nodes, by: "OR") { Self.joinedByOr($0) }
        }
    }

    private typealias Words = (expression: String, isNegated: Bool)

    /// Joins parts: as words where all are words, else as conditions on rows.
    private func joined(
        _ nodes: [QueryNode], by word: String, _ join: ([Words]) -> Words
    ) throws(SearchFailure) -> Part {
        var words: [Words] = []
        var rows: [String] = []
        for node in nodes {
            switch try part(node) {
            case .words(let expression, let isNegated): words.append((expression, isNegated))
            case .row(let condition): rows.append("(\(condition))")
            }
        }
        guard !rows.isEmpty else {
            let (expression, isNegated) = join(words)
            return .words(expression, isNegated: isNegated)
        }
        for (expression, isNegated) in words {
            // Nothing in an expression has to be escaped: see `RecordTerms`.
            rows.append(
                "r.seq \(isNegated ? "NOT " : "")IN (SELECT rowid FROM words WHERE words MATCH '\(expression)')")
        }
        return .row(rows.joined(separator: " \(word) "))
    }

    private static func joinedByAnd(_ parts: [Words]) -> Words {
        var words = WordsOfAll()
        for part in parts { words.add(part.expression, isNegated: part.isNegated) }
        // Not nil: a node has parts.
        return (words.expression!, false)
    }

    /// One of them: or, where some are negated, not all of their contraries.
    private static func joinedByOr(_ parts: [Words]) -> Words {
        if parts.allSatisfy({ !$0.isNegated }) {
            return ("(\(parts.map(\.expression).joined(separator: " OR ")))", false)
        }
        var contraries = WordsOfAll()
        for part in parts { contraries.add(part.expression, isNegated: !part.isNegated) }
        return (contraries.expression!, true)
    }

    static func expression(of facets: [Facet]) -> String {
        let words = facets.map { "\"\(String(decoding: $0.bytes, as: UTF8.self))\"" }
        return "facet : (\(words.joined(separator: " OR ")))"
    }

    private func words(_ facet: Facet) -> Part { .words(Self.expression(of: [facet]), isNegated: false) }

    private func part(_ condition: QueryCondition) throws(SearchFailure) -> Part {
        switch condition {
        case .words(let field, let term): return .words(Self.expression(of: term, in: field), isNegated: false)
        case .host(let host): return words(.host(host))
        case .tag(let tag): return words(.tag(TagKey(tag)))
        case .category(let category): return words(.category(TagKey(category)))
        case .language(let language): return words(.language(language))
        case .feed(let feed):
            let numbers = try feedNumbers(FeedIdentifier(feed))
            return numbers.isEmpty
                ? .row("0") : .words(Self.expression(of: numbers.map { .feed($0) }), isNegated: false)
        case .olderThan(let span): return .row("coalesce(r.dated, r.stored_at * 1000) < \(milliseconds(ago: span))")
        case .youngerThan(let span): return .row("coalesce(r.dated, r.stored_at * 1000) > \(milliseconds(ago: span))")
        case .since(let time): return .row("r.stored_at >= \(Self.secondsUp(time.time(now: now)))")
        case .until(let time): return .row("r.stored_at < \(Self.secondsUp(time.time(now: now)))")
        case .state(let state):
            switch state {
            case .update: return Self.row(.update)
            case .initial: return Self.row(.saysInitial)
            case .blocked: return Self.row(.blocked)
            // No record says so.
            case .backfill: return .row("0")
            }
        case .has(let part):
            switch part {
            case .body: return Self.row(.body)
            case .image: return Self.row(.image)
            case .attachment: return Self.row(.attachment)
            }
        case .pattern:
            throw SearchFailure(
                .unsearchable, "a search takes no /regex/, for it would have to read everything",
                advice: "look for words, or use `newswire dump --match`")
        }
    }

    private static func row(_ flag: RecordFlags) -> Part { .row("r.flags & \(flag.rawValue)") }

    private static func expression(of term: WordsTerm, in field: WordField) -> String {
        let columns =
            switch field {
            case .titleOrBody: "{body title}"
            case .title: "title"
            case .body: "body"
            case .author: "author"
            case .url: "url"
            }
        let text = term.tokens.map { String(decoding: $0, as: UTF8.self) }.joined(separator: " ")
        return "\(columns) : \"\(text)\"\(term.isPrefix ? " *" : "")"
    }

    private func milliseconds(ago span: Duration) -> Int64 {
        let (seconds, attoseconds) = span.components
        let whole = seconds.multipliedReportingOverflow(by: 1000)
        let length =
            whole.overflow ? Int64.max : whole.partialValue.addingOrClamping(attoseconds / 1_000_000_000_000_000)
        return now.milliseconds.addingOrClamping(-length)
    }

    /// The first whole second that is not before a time.
    static func secondsUp(_ time: Timestamp) -> Int64 {
        time.seconds + (time.milliseconds == Timestamp(seconds: time.seconds).milliseconds ? 0 : 1)
    }
}

extension Timestamp {
    /// The first whole second that is not before it: records are stored at whole seconds.
    var secondsUp: Int64 { Translator.secondsUp(self) }
}
