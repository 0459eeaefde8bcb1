import FeedModel
import Testing

@testable import Querying

@Suite("Rules judge an article: filters.md §2")
struct FilterRulesTests {
    private func rule(
        _ name: String, _ action: FilterRule.Action, _ query: String, feeds: [String] = [], tags: [String] = []
    ) throws -> FilterRule {
        FilterRule(
            name: name, action: action, query: try Query(query, for: .rule),
            feeds: Set(feeds.map { FeedIdentifier($0) }),
            tags: Set(tags.map { TagKey($0) }))
    }

    private func verdict(_ rules: FilterRule..., on article: QueriedArticle = queried()) -> FilterVerdict {
        FilterRules(rules).verdict(on: article)
    }

    @Test("An article is blocked if a rule that blocks matches it")
    func block() throws {
        #expect(try verdict(rule("no", .block, "drone")).blockedBy == "no")
        #expect(try verdict(rule("no", .block, "tanks")).blockedBy == nil)
        #expect(verdict().blockedBy == nil)
    }

    @Test("An article is blocked if its feed has rules that keep and none of them matches")
    func keep() throws {
        #expect(try verdict(rule("yes", .keep, "drone")).blockedBy == nil)
        #expect(try verdict(rule("yes", .keep, "tanks")).blockedBy == "yes")
        #expect(try verdict(rule("one", .keep, "tanks"), rule("two", .keep, "drone")).blockedBy == nil)
        #expect(try verdict(rule("one", .keep, "tanks"), rule("two", .keep, "ships")).blockedBy == "one")
        #expect(try verdict(rule("other", .keep, "tanks", feeds: ["other"])).blockedBy == nil)
        #expect(
            try verdict(rule("other", .keep, "drone", feeds: ["other"]), rule("mine", .keep, "tanks")).blockedBy
                == "mine")
    }

    @Test("A rule that blocks counts whatever is kept, and the first in the configuration's order gives the name")
    func order() throws {
        #expect(try verdict(rule("keep", .keep, "drone"), rule("block", .block, "strike")).blockedBy == "block")
        #expect(try verdict(rule("b", .block, "drone"), rule("a", .block, "strike")).blockedBy == "b")
        #expect(try verdict(rule("k", .keep, "tanks"), rule("b", .block, "drone")).blockedBy == "k")
        #expect(try verdict(rule("b", .block, "drone"), rule("k", .keep, "tanks")).blockedBy == "b")
    }

    @Test("Every rule that labels adds its label, blocked or not, in the order of the configuration")
    func labels() throws {
        let verdict = try verdict(
            rule("a", .label("Drones"), "drone"), rule("b", .block, "strike"), rule("c", .label("tanks"), "tanks"),
            rule("d", .label("air"), "\"air defence\""), rule("e", .label("drones"), "strike"))
        #expect(verdict.labels == ["Drones", "air"])
        #expect(verdict.blockedBy == "b")
    }

    @Test("An article gets at most sixteen labels")
    func labelLimit() throws {
        let rules = try (0..<20).map { try rule("r\($0)", .label("l\($0)"), "drone") }
        #expect(FilterRules(rules).verdict(on: queried()).labels == (0..<16).map { "l\($0)" })
        #expect(FilterRules(rules).verdict(on: queried()).omittedLabels == (16..<20).map { "l\($0)" })
    }

    @Test("A rule is for the feeds that it names and for those with its tags, or for all")
    func scope() throws {
        #expect(try verdict(rule("a", .block, "drone", feeds: ["example"])).blockedBy == "a")
        #expect(try verdict(rule("a", .block, "drone", feeds: ["other"])).blockedBy == nil)
        #expect(try verdict(rule("a", .block, "drone", tags: ["DEFENCE"])).blockedBy == "a")
        #expect(try verdict(rule("a", .block, "drone", tags: ["naval"])).blockedBy == nil)
        #expect(try verdict(rule("a", .block, "drone", feeds: ["other"], tags: ["defence"])).blockedBy == "a")
    }

    @Test("A rule that cannot be told blocks nothing, neither by matching nor by not matching, and is named")
    func undecided() throws {
        let article = queried { $0.article.title = PatternTests.explosiveText }
        let pattern = "title:/a[ab]{300}c/"
        let blocking = try verdict(rule("a", .block, pattern), on: article)
        #expect(blocking.blockedBy == nil && blocking.undecided == ["a"])
        let negated = try verdict(rule("a", .block, "-\(pattern)"), on: article)
        #expect(negated.blockedBy == nil && negated.undecided == ["a"])
        let keeping = try verdict(rule("a", .keep, pattern), rule("b", .keep, "tanks"), on: article)
        #expect(keeping.blockedBy == nil && keeping.undecided == ["a"])
        let labelling = try verdict(rule("a", .label("x"), pattern), on: article)
        #expect(labelling.labels.isEmpty && labelling.undecided == ["a"])
    }

    @Test("Findings say of each rule for the feed whether it matches, and with which words")
    func findings() throws {
        let rules = FilterRules([
            try rule("a", .block, "drone lodz"), try rule("b", .keep, "x", feeds: ["other"]),
            try rule("c", .label("l"), "tanks"),
        ])
        let (verdict, findings) = rules.findings(on: queried())
        #expect(verdict == rules.verdict(on: queried()))
        #expect(
            findings == [
                FilterFinding(rule: 0, matches: true, words: ["Drone", "Łódź"]),
                FilterFinding(rule: 2, matches: false, words: []),
            ])
    }

    @Test("Rules that hardly do what was meant are doubted")
    func doubts() throws {
        let feeds: Set = [FeedIdentifier("a"), FeedIdentifier("b")]
        let tags: Set = [TagKey("naval")]
        func doubts(_ rule: FilterRule) -> [String] {
            FilterRules([rule]).doubts(feeds: feeds, tags: tags).map(\.message)
        }
        #expect(try doubts(rule("r", .keep, "x")).first?.hasPrefix("it keeps what matches in all feeds") == true)
        #expect(try doubts(rule("r", .keep, "x", tags: ["Naval"])).isEmpty)
        #expect(
            try doubts(rule("r", .block, "x", feeds: ["c"])) == [
                "no feed has one of its feeds or tags, so that it does nothing"
            ])
        #expect(
            try doubts(rule("r", .block, "x", tags: ["air"])) == [
                "no feed has one of its feeds or tags, so that it does nothing"
            ])
        #expect(try doubts(rule("r", .block, "x", feeds: ["a", "c"])) == ["there is no feed c"])
        #expect(
            try doubts(rule("r", .label("NAVAL"), "x")).first?.hasPrefix("its label NAVAL is also a tag of feeds")
                == true)
        #expect(
            try doubts(rule("r", .block, "age:>7d age:<1d")) == ["its query contradicts itself and matches nothing"])
        #expect(try doubts(rule("r", .block, "a or b")).first?.hasPrefix("column 3: or is a word") == true)
        #expect(try doubts(rule("r", .block, "a", feeds: ["a", "b"])).isEmpty)
        #expect(try doubts(rule("r", .block, "a", feeds: ["a"], tags: ["Air"])) == ["no feed has the tag air"])
        #expect(
            try doubts(rule("r", .block, "x (feed:c OR -feed:a)")) == [
                "its query asks for feed:c, and there is no such feed"
            ])
        #expect(
            try doubts(rule("r", .block, "x -tag:Air tag:NAVAL")) == [
                "its query asks for tag:air, and no feed has that tag"
            ])
    }

    @Test("A query tells which feeds and tags it names, and can name feeds by other ids")
    func queryNames() throws {
        let query = try Query("x (feed:a OR -(feed:b tag:T)) /y/ -title:/z/", for: .rule)
        #expect(query.feeds == [FeedIdentifier("a"), FeedIdentifier("b")])
        #expect(query.tags == [TagKey("t")] && query.patternCount == 2)
        let other = query.replacingFeeds { $0.text == "b" ? FeedIdentifier("c") : $0 }
        #expect(other == (try Query("x (feed:a OR -(feed:c tag:T)) /y/ -title:/z/", for: .rule)))
    }

    @Test("A change of rules is told by their names")
    func changes() throws {
        let old = FilterRules([try rule("a", .block, "x"), try rule("b", .block, "x"), try rule("c", .block, "x y")])
        let new = FilterRules([try rule("c", .block, "(x) y"), try rule("b", .keep, "x"), try rule("d", .block, "x")])
        let changes = new.changes(since: old)
        #expect(changes.added == ["d"] && changes.removed == ["a"] && changes.changed == ["b"])
    }

    @Test("The name of a rule and a label are refused where they could not be told or shown")
    func names() {
        for name in ["no-deals", "a.b_c", "X1", String(repeating: "a", count: 64)] {
            #expect(FilterRule.refusal(ofName: name) == nil)
        }
        for name in ["", "a b", "ä", String(repeating: "a", count: 65)] {
            #expect(FilterRule.refusal(ofName: name) != nil)
        }
        for label in ["drones", "Air Force", "дроны"] { #expect(FilterRule.refusal(ofLabel: label) == nil) }
        for label in ["", " a", "a ", "a\nb", "a\u{202e}b", String(repeating: "ж", count: 33)] {
            #expect(FilterRule.refusal(ofLabel: label) != nil)
        }
    }
}
