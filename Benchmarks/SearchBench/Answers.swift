import FeedModel
import Querying
import SearchIndex

/// What an index answers to many questions, so that two indexes of one store can be held against each other: a line for each
/// question with how many entries are found, and a number made of them.
struct Answers {
    let search: ArticleSearch
    let records: UInt64
    /// So many articles are looked for one by one.
    private static let samples: UInt64 = 500

    struct Wrong: Error { var reason: String }

    /// - Throws: where the index has all of the store, and an article is not found exactly once.
    func lines() throws -> [String] {
        var (next, count): (UInt64, UInt64) = (1, 0)
        try search.forEachEntry { id, _, _ in
            if id == next { next += 1 }
            count += 1
            return true
        }
        guard search.standing.isComplete else { return [] }
        guard search.standing.lastSeq == records else {
            throw Wrong(reason: "the index ends at \(search.standing.lastSeq), and the store at \(records)")
        }
        guard next == records + 1, count == records else {
            throw Wrong(reason: "of the entries there are \(count), and \(next - 1) in a row")
        }
        var random = SplitMix(state: 11)
        for _ in 0..<Self.samples {
            // Smaller numbers stand in dates and folders as well.
            let number = 3000 + random.next() % max(1, records - 3000)
            let found = try ids("url:\(number)")
            guard found == [number] || !search.standing.isComplete else {
                throw Wrong(reason: "looking for the article \(number) finds \(found)")
            }
        }
        var lines: [String] = []
        for question in Self.questions {
            let found = try ids(question)
            var mixed = SplitMix(state: UInt64(found.count))
            for id in found { mixed.state = mixed.next() ^ id }
            lines.append("\(question)\t\(found.count)\t\(mixed.next())")
        }
        return lines
    }

    private func ids(_ text: String) throws -> [UInt64] {
        var request = EntryRequest()
        request.query = try Query(text)
        request.limit = .max
        return try search.entries(request, deadline: .now + .seconds(600)).found.map(\.entry.id)
    }

    private static let questions: [String] = {
        var questions: [String] = ["土耳", "土耳其", "-土耳", "feed:feed-7", "since:2026-11-30", "zzzzqqq"]
        for rank in [0, 1, 5, 30, 200, 310, 900, 3000, 40_000, Vocabulary.count - 5] {
            let (word, other) = (Vocabulary.word(rank), Vocabulary.word(rank / 2 + 3))
            questions += [
                word, "title:\(word)", "\(word.prefix(3))*", "\"\(word) \(other)\"", "\(word) -\(other)",
                "title:\(word) OR (body:\(other) feed:feed-11)", "-\(word) -(\(other) OR feed:feed-3)",
            ]
        }
        return questions
    }()
}
