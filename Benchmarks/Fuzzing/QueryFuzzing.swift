import FeedModel

@testable import Querying

/// A query, and behind a line break the title of an article and its body as HTML.
enum QueryFuzzing {
    static func run(_ bytes: [UInt8]) {
        let parts = bytes.split(separator: 0x0a, maxSplits: 2, omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
        let text = parts.count > 1 ? parts[1] : parts[0]
        tokens(text, asking: parts[0])
        guard let query = read(parts[0]) else { return }
        var article = Article()
        article.title = text
        article.contentHTML = parts.count > 2 ? parts[2] : nil
        article.authors = [Author(name: text)]
        article.url = text
        let now = Timestamp(seconds: 1_790_000_000)
        let queried = QueriedArticle(article, feed: FeedIdentifier("a"), storedAt: now, now: now)
        let evaluation = QueryMatcher([query]).evaluation(of: queried)
        let answer = evaluation.matches(0)
        demand(evaluation.matches(0) == answer, "a query is answered the same again", parts[0])
        let words = evaluation.words(of: 0)
        demand(words.isEmpty || answer == true, "words are of what matches", parts[0])
        if query.cannotMatch { demand(answer != true, "what cannot match does not", parts[0]) }
    }

    private static func read(_ text: String) -> Query? {
        let query: Query
        do { query = try Query(text) } catch {
            demand((0...text.utf8.count).contains(error.offset), "a mistake has a place in the query", text)
            return nil
        }
        // What is printed may be longer, and then too long.
        let printed = query.description
        guard printed.utf8.count <= QueryLimits.bytes else { return query }
        do {
            let again = try Query(printed)
            demand(again == query, "a query is read as it was printed", "\(text)\n\(printed)")
            demand(again.description == printed, "a query has one form", "\(text)\n\(printed)")
        } catch {
            demand(false, "what was printed is read", "\(text)\n\(printed)\n\(error)")
        }
        return query
    }

    /// - Parameter query: what is asked beside the text's own words.
    private static func tokens(_ text: String, asking query: String) {
        let words = Tokenizer.tokens(of: text)
        let tokens = Set(words)
        for token in tokens {
            let word = String(decoding: token, as: UTF8.self)
            demand(!token.isEmpty && Array(word.utf8) == token, "a token is text", text)
            demand(Tokenizer.tokens(of: word) == [token], "a token that is cut again stays what it is", text)
        }
        lookUp(words.prefix(wordsAsked) + Tokenizer.tokens(of: query).prefix(wordsAsked), in: text, tokens)
    }

    /// So many of each: more would cost more than they find.
    private static let wordsAsked = 16

    /// Asks for words as the matcher does, by its table, which has to say the same as the set of what the text was cut into.
    private static func lookUp(_ words: ArraySlice<[UInt8]>, in text: String, _ tokens: Set<[UInt8]>) {
        var index = TermIndex()
        var asked: [(term: TermIndex.Term, word: [UInt8], isPrefix: Bool)] = []
        for word in words {
            for isPrefix in [false, true] {
                guard let term = WordsTerm(String(decoding: word, as: UTF8.self), isPrefix: isPrefix),
                    term.tokens == [word]
                else { continue }
                asked.append((index.add(term), word, isPrefix))
            }
        }
        let bytes = Array(text.utf8)
        let found = FoundTerms(index, in: bytes, pieces: [bytes.indices])
        for (term, word, isPrefix) in asked {
            let isThere = isPrefix ? tokens.contains { $0.starts(with: word) } : tokens.contains(word)
            demand(found.contains(term) == isThere, "the matcher finds the words that a text is cut into", text)
        }
    }
}
