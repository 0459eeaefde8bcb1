import Testing

@testable import Querying

/// A query in its one form, or its error as people see it.
private func form(_ text: String, _ use: QueryUse = .reading) -> String {
    do { return try Query(text, for: use).description } catch { return "\(error)" }
}

@Suite("Queries are read, or refused with the place of what is wrong: filters.md §1")
struct QueryGrammarTests {
    @Test("A query is read as it is meant", arguments: QueryTable.read)
    func read(text: String, expected: String) throws {
        let query = try Query(text)
        #expect(query.description == expected)
        #expect(try Query(query.description) == query)
    }

    @Test("A query that cannot be read says what is wrong, and where", arguments: QueryTable.refused)
    func refused(text: String, expected: String) {
        #expect(form(text) == expected)
    }

    @Test("The table has two hundred queries")
    func table() {
        #expect(QueryTable.read.count + QueryTable.refused.count >= 200)
    }

    @Test("A query is as long, as wide and as deep as it may be, and no more")
    func limits() throws {
        let word = String(repeating: "a", count: QueryLimits.bytes)
        #expect(throws: Never.self) { try Query(word) }
        #expect(form(word + "a") == "column 4097: a query has at most 4096 bytes")
        let terms = Array(repeating: "a", count: 64).joined(separator: " ")
        #expect(throws: Never.self) { try Query(terms) }
        #expect(form(terms + " OR b") == "column 132: a query has at most 64 terms")
        let phrase = Array(repeating: "a", count: 64).joined(separator: " ")
        #expect(throws: Never.self) { try Query("\"\(phrase)\"") }
        #expect(form("\"\(phrase) a\"") == "column 1: side by side stand at most 64 words, not 65")
        let deep = String(repeating: "(", count: 16) + "a" + String(repeating: ")", count: 16)
        #expect(form(deep) == "a")
        #expect(form("(\(deep))") == "column 17: brackets stand in at most 16 others")
    }

    @Test("A column counts characters, not bytes")
    func columns() {
        #expect(form("вертолёт titel:x").hasPrefix("column 10: "))
        #expect(form("土耳其 OR").hasPrefix("column 7: "))
    }

    @Test("A rule may not ask what is only known once an article is stored")
    func inRules() {
        #expect(form("is:blocked", .rule).hasPrefix("column 4: whether an article is blocked"))
        #expect(form("a since:7d", .rule).hasPrefix("column 9: since: asks when an article was stored"))
        #expect(form("a until:7d", .rule).hasPrefix("column 9: until: asks when an article was stored"))
        #expect(form("-a age:>7d is:update /x/", .rule) == "-a age:>7d is:update /x/")
    }

    @Test("A search needs a word, and takes no regex")
    func inSearches() {
        #expect(form("-a", .searching).hasPrefix("column 1: it only says what is not wanted"))
        #expect(form("a OR -b", .searching).hasPrefix("column 1: it only says what is not wanted"))
        #expect(form("-a -b", .searching).hasPrefix("column 1: it only says what is not wanted"))
        #expect(form("a -b", .searching) == "a -b")
        #expect(form("a (b OR c)", .searching) == "a (b OR c)")
        #expect(form("a title:/b/", .searching).hasPrefix("column 9: a search takes no /regex/"))
        #expect(form("-a", .reading) == "-a")
    }

    @Test(
        "What is an operator elsewhere is looked for, with a warning of what it is here",
        arguments: [
            ("a !toy", 3, "has a - before it"), ("a –toy", 3, "has a - before it"), ("a — b", 3, ""),
            ("a \u{2212}toy", 3, "has a - before it"), ("'air defence'", 1, "\"several words\""),
            ("‘air defence’", 1, "\"several words\""), ("a|b", 1, "OR for one of them"),
            ("x a,b", 3, "OR for one of them"),
            ("title=toy", 1, "a field has a colon, title:"), ("a and b", 3, "a blank is enough"),
        ])
    func nearMisses(query: String, column: Int, words: String) {
        guard let query = try? Query(query) else { return #expect(words.isEmpty) }
        #expect(query.warnings.map(\.column) == [column] && query.warnings.allSatisfy { $0.message.contains(words) })
    }

    @Test(
        "Words that only look a little like operators are words",
        arguments: [
            "O'Brien", "'tis time", "10,000 drones", "drone,", "a=b", "s-400", "wow!", "\"a|b\"", "url:a,b", "'air'",
        ])
    func noNearMisses(query: String) throws {
        #expect(try Query(query).warnings.isEmpty)
    }

    @Test("The operators in lower case are words, which is said")
    func warnings() throws {
        #expect(try Query("a or b").warnings.map(\.column) == [3])
        #expect(try Query("a not b").warnings.map(\.column) == [3])
        #expect(try Query("a and b").warnings.map(\.column) == [3])
        #expect(try Query("a \"or\" b").warnings.isEmpty)
        #expect(try Query("a OR NOT b").warnings.isEmpty)
    }

    @Test(
        "A query that contradicts itself is known to match nothing",
        arguments: [
            "age:>7d age:<1d", "age:>7d age:<7d", "a -a", "feed:a feed:b", "lang:ru lang:zh",
            "host:a.example host:b.example",
            "since:2026-11-02 until:2026-11-01", "since:1d until:7d", "age:>7d (age:<1d OR (a -a))", "-(a OR b) a",
            "(a -a) OR (b -b)", "-(a OR -a)", "a (-a OR (b feed:x feed:y))",
        ])
    func contradictions(text: String) throws {
        #expect(try Query(text).cannotMatch)
    }

    @Test(
        "A query that some article matches is not taken for one that matches nothing",
        arguments: [
            "age:>1d age:<7d", "a -b", "feed:a OR feed:b", "lang:zh lang:zh-TW", "host:example.org host:a.example.org",
            "since:2026-11-01 until:2026-11-02", "since:7d until:1d", "-(a b) a", "a OR -a", "tag:a tag:b",
            "category:a category:b",
            "-feed:a -feed:b", "age:>7d (age:<1d OR a)", "title:a -body:a",
        ])
    func noContradictions(text: String) throws {
        #expect(try !Query(text).cannotMatch)
    }
}
