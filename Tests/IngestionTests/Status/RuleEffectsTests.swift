import FeedModel
import Querying
import Testing

@testable import Ingestion

@Suite("What rules do is counted by their names (filters.md §3.6)")
struct RuleEffectsTests {
    private func effects(rules: Range<Int>) throws -> RuleEffects {
        var effects = RuleEffects()
        for number in rules {
            let rules = FilterRules([
                FilterRule(name: "rule\(number)", action: .block, query: try Query("story", for: .rule)),
                FilterRule(name: "l", action: .label("Label \(number % 2)"), query: try Query("story", for: .rule)),
            ])
            var article = Article()
            article.title = "Story"
            let time = Timestamp(seconds: 0)
            effects.add(
                rules.verdict(on: QueriedArticle(article, feed: FeedIdentifier("a"), storedAt: time, now: time)))
        }
        return effects
    }

    private func metrics(_ effects: RuleEffects) -> String {
        var report = PollReport(feed: FeedIdentifier("a"), url: "https://example.org/", outcome: .new)
        report.effects = effects
        var figures = PrometheusTests.full
        figures.service?.polls.add(report)
        return figures.prometheus
    }

    @Test("Each rule and each label is a time series, and with more than 200 names there is one for all")
    func metrics() throws {
        let few = metrics(try effects(rules: 0..<3))
        #expect(few.contains("\nnewswire_articles_blocked_total{rule=\"rule2\"} 1\n"))
        #expect(few.contains("\nnewswire_articles_labelled_total{label=\"Label 0\"} 2\n"))
        let most = metrics(try effects(rules: 0..<200))
        #expect(most.contains("{rule=\"rule199\"} 1\n"))
        let many = metrics(try effects(rules: 0..<201))
        #expect(many.contains("\nnewswire_articles_blocked_total 201\n") && !many.contains("{rule="))
        #expect(many.contains("{label=\"Label 1\"} 100\n"))
    }

    @Test("What two polls have counted is added up, and many names in both together are too many")
    func sum() throws {
        var sum = try effects(rules: 0..<150)
        sum.add(try effects(rules: 100..<200))
        #expect(sum.blocked == 250 && sum.byRule?["rule120"] == 2 && sum.byRule?.count == 200)
        sum.add(try effects(rules: 200..<201))
        #expect(sum.blocked == 251 && sum.byRule == nil && sum.byLabel?.count == 2)
    }
}
