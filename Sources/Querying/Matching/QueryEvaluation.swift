private import FeedModel

/// `QueryEvaluation` asks queries of one article. It belongs to the thread that made it.
///
/// An answer is true, false, or nil where a /regex/ could not be told within its limits (filters.md §1.4): then it is not
/// known whether the query matches, and nothing is done to an article by it.
package final class QueryEvaluation {
    let matcher: QueryMatcher
    let article: QueriedArticle
    var texts: ArticleTexts
    private lazy var title = found(in: texts.title)
    private lazy var body = found(in: texts.body)
    private lazy var authors = found(in: texts.authors)
    private lazy var url = found(in: texts.url)
    /// The body was looked at.
    private(set) var hasReadBody = false

    init(_ matcher: QueryMatcher, _ article: QueriedArticle) {
        self.matcher = matcher
        self.article = article
        texts = ArticleTexts(article)
    }

    /// Tells whether the query of this number, from 0, matches.
    package func matches(_ query: Int) -> Bool? { answer(matcher.steps[query]) }

    func answer(_ step: QueryMatcher.Step) -> Bool? {
        switch step {
        case .all(let steps): return Self.first(false, of: steps, answer)
        case .any(let steps): return Self.first(true, of: steps, answer)
        case .not(let step): return answer(step).map { !$0 }
        case .words(let field, let term): return contains(term, field)
        case .anyWords(let field, let terms): return contains(oneOf: terms, field)
        case .condition(let condition): return holds(condition)
        }
    }

    /// Asks one after the other until the answer is `deciding`; where none is, and one is not known, it is not known.
    private static func first(
        _ deciding: Bool, of steps: [QueryMatcher.Step], _ answer: (QueryMatcher.Step) -> Bool?
    ) -> Bool? {
        var isKnown = true
        for step in steps {
            switch answer(step) {
            case deciding: return deciding
            case nil: isKnown = false
            default: break
            }
        }
        return isKnown ? !deciding : nil
    }

    private func found(in text: ArticleTexts.Text) -> FoundTerms {
        FoundTerms(matcher.index, in: text.bytes, pieces: text.pieces)
    }

    /// Tells of each term by itself whether it is there; `words(of:)` asks that.
    func contains(_ term: TermIndex.Term, _ field: WordField) -> Bool {
        switch field {
        case .titleOrBody: title.contains(term) || bodyContains(term)
        case .title: title.contains(term)
        case .body: bodyContains(term)
        case .author: authors.contains(term)
        case .url: url.contains(term)
        }
    }

    private func contains(oneOf terms: [TermIndex.Term], _ field: WordField) -> Bool {
        switch field {
        case .titleOrBody: title.contains(oneOf: terms) || bodyContains(oneOf: terms)
        case .title: title.contains(oneOf: terms)
        case .body: bodyContains(oneOf: terms)
        case .author: authors.contains(oneOf: terms)
        case .url: url.contains(oneOf: terms)
        }
    }

    private func bodyContains(_ term: TermIndex.Term) -> Bool {
        hasReadBody = true
        return body.contains(term)
    }

    private func bodyContains(oneOf terms: [TermIndex.Term]) -> Bool {
        hasReadBody = true
        return body.contains(oneOf: terms)
    }

    private func holds(_ condition: QueryCondition) -> Bool? {
        switch condition {
        case .words: return nil
        case .pattern(let field, let pattern): return answer(pattern, field)
        case .host(let host): return texts.host.map { $0 == host || $0.hasSuffix(".\(host)") } ?? false
        case .feed(let feed): return article.feed.text == feed
        case .tag(let tag): return article.tags.contains(TagKey(tag))
        case .category(let category): return texts.categories.contains(TagKey(category))
        case .language(let language):
            let own = article.article.language ?? article.feedLanguage
            return own.map { LanguageTag($0).isWithin(language) } ?? false
        case .olderThan(let span): return article.age > span
        case .youngerThan(let span): return article.age < span
        case .since(let time): return article.storedAt >= time.time(now: article.now)
        case .until(let time): return article.storedAt < time.time(now: article.now)
        case .state(let state): return article.states.contains(state)
        case .has(let part): return article.has(part)
        }
    }

    private func answer(_ pattern: Pattern, _ field: PatternField) -> Bool? {
        switch field {
        case .text(.titleOrBody):
            let inTitle = texts.title.search(pattern)
            if inTitle == .found { return true }
            let inBody = searchBody(pattern)
            return inTitle == .undecided && inBody == .absent ? nil : inBody.isFound
        case .text(.title): return texts.title.search(pattern).isFound
        case .text(.body): return searchBody(pattern).isFound
        case .text(.author): return texts.authors.search(pattern).isFound
        case .text(.url): return texts.url.search(pattern).isFound
        case .host: return texts.hostText.search(pattern).isFound
        case .category: return texts.categoryText.search(pattern).isFound
        }
    }

    private func searchBody(_ pattern: Pattern) -> Pattern.Answer {
        hasReadBody = true
        return texts.body.search(pattern)
    }
}

extension Pattern.Answer {
    fileprivate var isFound: Bool? {
        switch self {
        case .found: true
        case .absent: false
        case .undecided: nil
        }
    }
}
