extension QueryEvaluation {
    /// Returns by which words of the article a query matches, as they stand there, each once and in the order of the
    /// query; for what is no text, the condition itself: `tag:defence`. Nothing where it does not match.
    ///
    /// It costs far more than `matches`, for who wants to see it.
    package func words(of query: Int) -> [String] {
        guard matches(query) == true else { return [] }
        var words: [String] = []
        collect(matcher.steps[query], into: &words)
        return words
    }

    /// How much is shown of one place.
    private static let shownBytes = 120

    private func collect(_ step: QueryMatcher.Step, into words: inout [String]) {
        guard answer(step) == true else { return }
        switch step {
        case .all(let steps), .any(let steps): for step in steps { collect(step, into: &words) }
        case .not: break
        case .words(let field, let term): add(word(term, field), to: &words)
        case .anyWords(let field, let terms):
            for term in terms where contains(term, field) { add(word(term, field), to: &words) }
        case .condition(.pattern(let field, let pattern)): add(place(of: pattern, field), to: &words)
        case .condition(let condition): add(condition.description, to: &words)
        }
    }

    private func add(_ word: String?, to words: inout [String]) {
        if let word, !words.contains(word) { words.append(word) }
    }

    private func texts(of field: WordField) -> [ArticleTexts.Text] {
        switch field {
        case .titleOrBody: [texts.title, texts.body]
        case .title: [texts.title]
        case .body: [texts.body]
        case .author: [texts.authors]
        case .url: [texts.url]
        }
    }

    private func texts(of field: PatternField) -> [ArticleTexts.Text] {
        switch field {
        case .text(let field): texts(of: field)
        case .host: [texts.hostText]
        case .category: [texts.categoryText]
        }
    }

    private func word(_ term: TermIndex.Term, _ field: WordField) -> String? {
        for text in texts(of: field) {
            let found = FoundTerms(matcher.index, in: text.bytes, pieces: text.pieces, keepsPlaces: true)
            if let place = found.place(of: term) { return text.shown(place, atMost: Self.shownBytes) }
        }
        return nil
    }

    private func place(of pattern: Pattern, _ field: PatternField) -> String? {
        for text in texts(of: field) {
            if let place = text.place(of: pattern) { return text.shown(place, atMost: Self.shownBytes) }
        }
        return nil
    }
}

extension ArticleTexts.Text {
    fileprivate func place(of pattern: Pattern) -> Range<Int>? {
        bytes.withUnsafeBufferPointer { bytes in
            for piece in pieces {
                if let place = pattern.place(in: UnsafeBufferPointer(rebasing: bytes[piece])) {
                    return piece.lowerBound + place.lowerBound..<piece.lowerBound + place.upperBound
                }
            }
            return nil
        }
    }

    /// A place as text, cut between characters.
    fileprivate func shown(_ place: Range<Int>, atMost limit: Int) -> String {
        guard place.count > limit else { return String(decoding: bytes[place], as: UTF8.self) }
        var end = place.lowerBound + limit
        while end > place.lowerBound, bytes[end] & 0xc0 == 0x80 { end -= 1 }
        return String(decoding: bytes[place.lowerBound..<end], as: UTF8.self) + "…"
    }
}
