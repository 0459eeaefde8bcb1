import FeedModel
import Querying
import TestSupport
import Testing

@testable import Configuration

@Suite("[[filter]] tables: filters.md §2")
struct FilterTableTests {
    private let fixture = ConfigurationFixture()

    /// A configuration of one rule with these lines, whose table begins in line 2.
    private func rule(_ lines: String) -> String { "\n[[filter]]\n\(lines)\n" }

    private let plain = "name = \"n\"\naction = \"block\"\nmatch = \"drone\""

    @Test("Rules are read in the order of the files, with their action, query and scope")
    func rules() throws {
        fixture.write(
            "[[filter]]\nname = \"c\"\naction = \"keep\"\nmatch = 'title:\"x y\"'\ntags = [\"Naval\"]\n",
            to: "more/rules.toml")
        let configuration = try fixture.load(
            """
            include = ["more/*.toml"]
            [[filter]]
            name = "a"
            action = "block"
            match = 'url:/\\/(deals|sponsored)\\//'
            feeds = ["one", "two", "one"]
            [[filter]]
            name = "b"
            action = "label"
            label = "Drones"
            match = "drone*"
            """)
        let rules = configuration.filters.rules
        #expect(rules.map(\.name) == ["a", "b", "c"])
        #expect(rules.map(\.action) == [.block, .label("Drones"), .keep])
        #expect(rules[0].feeds == [FeedIdentifier("one"), FeedIdentifier("two")] && rules[0].tags.isEmpty)
        #expect(rules[1].isForAllFeeds && rules[2].tags == [TagKey("naval")])
        #expect(rules[0].query == (try Query("url:/\\/(deals|sponsored)\\//", for: .rule)))
        #expect(try fixture.load("").filters.isEmpty)
    }

    @Test(
        "A rule that cannot be read whole is an error with its line, and says what to write",
        arguments: [
            ("action = \"block\"\nmatch = \"x\"", "2: error: [[filter]] name: is missing; each rule needs one"),
            ("name = \"n\"\nmatch = \"x\"", "2: error: [[filter]] action: is missing; write \"block\", \"keep\" or"),
            ("name = \"n\"\naction = \"block\"", "2: error: [[filter]] match: is missing; a rule needs a query"),
            ("name = \"a b\"\naction = \"block\"\nmatch = \"x\"", "3: error: [[filter]] name: the name of a rule"),
            (
                "name = \"n\"\naction = \"hide\"\nmatch = \"x\"",
                "4: error: [[filter]] action: must be \"block\", \"keep\" or \"label\", not \"hide\""
            ),
            (
                "name = \"n\"\naction = \"label\"\nmatch = \"x\"",
                "2: error: [[filter]] label: is missing; action = \"label\" needs one"
            ),
            (
                "name = \"n\"\naction = \"keep\"\nlabel = \"l\"\nmatch = \"x\"",
                "5: error: [[filter]] label: stands only beside action = \"label\", not \"keep\""
            ),
            (
                "name = \"n\"\naction = \"label\"\nlabel = \" l\"\nmatch = \"x\"",
                "5: error: [[filter]] label: a label has 1 to 64 bytes"
            ),
            (
                "name = \"n\"\naction = \"block\"\nmatch = \"a OR titel:x\"",
                "5: error: [[filter]] match: column 6, at \"titel:x\": there is no field \"titel\": did you mean title:?"
            ),
            (
                "name = \"n\"\naction = \"block\"\nmatch = \"a (b\"",
                "5: error: [[filter]] match: column 3, at \"(b\": the bracket that is opened here is not closed"
            ),
            (
                "name = \"n\"\naction = \"block\"\nmatch = \"\"",
                "5: error: [[filter]] match: column 1, at the end of the query: a term is missing"
            ),
            (
                "name = \"n\"\naction = \"block\"\nmatch = \"x is:blocked\"",
                "5: error: [[filter]] match: column 6, at \"blocked\": whether an article is blocked"
            ),
            (
                "name = \"n\"\naction = \"block\"\nmatch = \"since:7d\"",
                "5: error: [[filter]] match: column 7, at \"7d\": since: asks when an article was stored"
            ),
        ])
    func mistakes(lines: String, message: String) {
        let errors = fixture.errors(rule(lines))
        #expect(errors.count == 1 && errors[0].hasPrefix("newswire.toml:\(message)"), "\(errors)")
    }

    @Test(
        "A list of feeds or tags that is empty or holds what is none is refused, for it would be all feeds",
        arguments: [
            ("feeds = []", "feeds: is empty; without it the rule is for all feeds"),
            ("tags = []", "tags: is empty; without it the rule is for all feeds"),
            ("feeds = [\"a b\"]", "feeds: \"a b\" is no id of a feed: it may hold letters, digits"),
            ("feeds = [3]", "feeds: must be a list of texts"),
            ("feeds = [\"\(String(repeating: "a", count: 129))\"]", "is no id of a feed: it is longer than 128 bytes"),
        ])
    func scopes(line: String, message: String) {
        let errors = fixture.errors(rule("\(plain)\n\(line)"))
        #expect(errors.count == 1 && errors[0].hasPrefix("newswire.toml:6: error: [[filter]] "), "\(errors)")
        #expect(errors.first?.contains(message) == true, "\(errors)")
    }

    @Test("Two rules of one name are an error that names the place of the first, also where that has a mistake")
    func names() {
        fixture.write("[[filter]]\n\(plain)\n", to: "more/rules.toml")
        let twice = fixture.errors("include = [\"more/*.toml\"]\n[[filter]]\n\(plain)\n")
        #expect(twice.count == 1, "\(twice)")
        #expect(twice.first?.hasPrefix("more/rules.toml:2: error: [[filter]] name: \"n\" is already in ") == true)
        #expect(twice.first?.hasSuffix("newswire.toml:2") == true)
        let wrong = fixture.errors("[[filter]]\nname = \"n\"\naction = \"x\"\nmatch = \"x\"\n[[filter]]\n\(plain)\n")
        #expect(wrong.count == 2 && wrong[1].contains("is already in"), "\(wrong)")
    }

    @Test("A [filter] of one bracket is said to want two, alone and before others")
    func brackets() {
        #expect(
            fixture.errors("[filter]\n\(plain)\n") == [
                "newswire.toml:1: error: filter: write [[filter]] with two brackets before each rule"
            ])
        #expect(
            fixture.errors("[filter]\n\(plain)\n[[filter]]\n\(plain)\n") == [
                "newswire.toml:5: error: is not TOML: write [[filter]] with two brackets before each rule"
            ])
        #expect(
            fixture.errors("filter = [3]\n") == ["newswire.toml:1: error: [[filter]]: must be a table, not a number"])
    }

    @Test("There are at most 1000 rules, and 1000 regular expressions in all of them")
    func limits() throws {
        func rules(_ count: Int, _ match: String) -> String {
            (0..<count).map { "[[filter]]\nname = \"n\($0)\"\naction = \"block\"\nmatch = '\(match)'\n" }.joined()
        }
        #expect(try fixture.load(rules(1000, "x")).filters.rules.count == 1000)
        let many = fixture.errors(rules(1001, "x"))
        #expect(many.count == 1 && many[0].contains("[[filter]]: there are more than 1000 rules"), "\(many)")
        let terms = Array(repeating: "/a/", count: 50).joined(separator: " ")
        #expect(try fixture.load(rules(20, terms)).filters.rules.count == 20)
        let patterns = fixture.errors(rules(21, terms))
        #expect(patterns.count == 1 && patterns[0].contains("more than 1000 /regex/"), "\(patterns)")
    }

    @Test(
        "A query is printed between apostrophes where that spares escapes, and else between quotation marks",
        arguments: [
            ("drone", "\"drone\""), ("it's", "\"it's\""), ("title:\"gift guide\"", "'title:\"gift guide\"'"),
            ("/\\d/", "'/\\d/'"), ("\"it's\"", "\"\\\"it's\\\"\""), ("\"a\"\nb", "\"\\\"a\\\"\\nb\""),
        ])
    func readable(text: String, printed: String) throws {
        #expect(TOMLText.readable(text) == printed)
        let configuration = try fixture.load(rule("name = \"n\"\naction = \"block\"\nmatch = \(printed)"))
        #expect(configuration.filters.rules.map(\.query) == [try Query(text, for: .rule)])
        #expect(configuration.printEffective().contains("\nmatch = \(printed)\n"))
    }
}
