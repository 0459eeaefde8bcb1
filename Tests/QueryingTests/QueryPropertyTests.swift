import FeedModel
import TestSupport
import Testing

@testable import Querying

@Suite("Queries and their evaluation, over many made-up ones")
struct QueryPropertyTests {
    private static let words = [
        "air", "defence", "uav", "Łódź", "土耳其", "s-400", "ёж", "O'Brien", "북한", "or", "a:b", "x\"y", "z\\",
    ]

    /// A random query, as a person could write it.
    private static func text(_ random: inout SeededGenerator, depth: Int = 0) -> String {
        switch Int.random(in: 0..<(depth > 3 ? 5 : 9), using: &random) {
        case 0, 1: return word(&random)
        case 2:
            return ["title:", "body:", "author:", "url:", "category:"].randomElement(using: &random)! + quoted(&random)
        case 3:
            return ["is:update", "has:image", "age:>3d", "lang:ru", "host:example.org", "feed:a", "tag:b"]
                .randomElement(using: &random)!
        case 4: return "/" + ["a.c", "^x", "\\/b", "[dt]ef"].randomElement(using: &random)! + "/"
        case 5: return "-(" + text(&random, depth: depth + 1) + ")"
        case 6: return "(" + text(&random, depth: depth + 1) + " OR " + text(&random, depth: depth + 1) + ")"
        case 7: return "(" + text(&random, depth: depth + 1) + " " + text(&random, depth: depth + 1) + ")"
        default: return "NOT " + word(&random)
        }
    }

    private static func word(_ random: inout SeededGenerator) -> String {
        let word = words.prefix(9).randomElement(using: &random)!
        return Bool.random(using: &random) ? word : "\(word)*"
    }

    private static func quoted(_ random: inout SeededGenerator) -> String {
        let words = (0..<Int.random(in: 1...3, using: &random)).map { _ in Self.words.randomElement(using: &random)! }
        let escaped = words.joined(separator: " ").flatMap { $0 == "\"" || $0 == "\\" ? ["\\", $0] : [$0] }
        return "\"\(String(escaped))\""
    }

    @Test("A query that was printed is read as the same query, and printed as the same text")
    func roundTrip() throws {
        var random = SeededGenerator(seed: 1)
        for _ in 0..<3000 {
            let text = Self.text(&random)
            let query = try Query(text)
            let again = try Query(query.description)
            #expect(again == query, "\(text)")
            #expect(again.description == query.description)
        }
    }

    @Test("What is read of random characters is printed and read as the same, and what is refused has a place in it")
    func randomCharacters() {
        var random = SeededGenerator(seed: 2)
        let pieces = [
            "a", "b*", "OR", " ", " ", "(", ")", "\"", "-", "/", ":", "title", "is", "age:>1d", "土", "\\", "NOT", "*",
            "x y", "\u{3000}",
        ]
        for _ in 0..<20_000 {
            let text = (0..<Int.random(in: 1...12, using: &random)).map { _ in pieces.randomElement(using: &random)! }
                .joined()
            do {
                let query = try Query(text)
                #expect(try Query(query.description) == query, "\(text)")
            } catch {
                #expect((0...text.utf8.count).contains(error.offset), "\(text)")
            }
        }
    }

    /// Whether words stand side by side in a text, found in the plainest way.
    private static func contains(_ term: WordsTerm, _ text: String) -> Bool {
        let tokens = Tokenizer.tokens(of: text)
        guard tokens.count >= term.tokens.count else { return false }
        return (0...tokens.count - term.tokens.count).contains { start in
            term.tokens.indices.allSatisfy { index in
                let isPrefix = term.isPrefix && index == term.tokens.count - 1
                let token = tokens[start + index]
                return isPrefix ? token.starts(with: term.tokens[index]) : token == term.tokens[index]
            }
        }
    }

    @Test("Words, phrases and beginnings are found where the plainest search finds them")
    func terms() throws {
        var random = SeededGenerator(seed: 3)
        let syllables = ["a", "ab", "abc", "b", "ba", "土", "耳", "е", "ё", "-"]
        func text(_ count: Int) -> String {
            (0..<count).map { _ in syllables.randomElement(using: &random)! + (Bool.random(using: &random) ? " " : "") }
                .joined()
        }
        for _ in 0..<300 {
            let terms = (0..<20).compactMap { _ in
                WordsTerm(text(Int.random(in: 1...4, using: &random)), isPrefix: Bool.random(using: &random))
            }
            var index = TermIndex()
            let added = terms.map { index.add($0) }
            let title = text(Int.random(in: 0...30, using: &random))
            let bytes = Array(title.utf8)
            let found = FoundTerms(index, in: bytes, pieces: [0..<bytes.count])
            let placed = FoundTerms(index, in: bytes, pieces: [0..<bytes.count], keepsPlaces: true)
            for (term, number) in zip(terms, added) {
                let expected = Self.contains(term, title)
                #expect(found.contains(number) == expected, "\(term.text) \(title)")
                #expect((placed.place(of: number) != nil) == expected, "\(term.text) \(title)")
                if let place = placed.place(of: number) {
                    #expect(Self.contains(term, String(decoding: bytes[place], as: UTF8.self)))
                }
            }
        }
    }

    @Test("Not, and and or are what they are in logic, a third answer included")
    func logic() throws {
        // The answer to a pattern that cannot be told is nil, whatever stands around it.
        let explosive = "/a[ab]{300}c/"
        let article = queried { $0.article.title = PatternTests.explosiveText }
        #expect(try matches(explosive, article) == nil)
        #expect(try matches("-\(explosive)", article) == nil)
        #expect(try matches("\(explosive) feed:example", article) == nil)
        #expect(try matches("\(explosive) feed:other", article) == false)
        #expect(try matches("\(explosive) OR feed:example", article) == true)
        #expect(try matches("\(explosive) OR feed:other", article) == nil)
    }
}
