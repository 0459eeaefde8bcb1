import Configuration
import FeedModel
import Querying
import Testing

@testable import Ingestion

@Suite("What a reload says of rules: filters.md §2.8")
struct ReloadEffectsTests {
    private func configuration(_ rules: [(name: String, query: String)]) throws -> Configuration {
        var configuration = Configuration(path: "/n.toml", store: StoreSettings(directory: "/s"))
        configuration.filters = FilterRules(
            try rules.map { FilterRule(name: $0.name, action: .block, query: try Query($0.query, for: .rule)) })
        return configuration
    }

    private func said(_ old: [(String, String)], _ new: [(String, String)]) throws -> [String] {
        let old = try configuration(old)
        return ReloadEffects(from: old, to: try configuration(new), startedWith: old).diagnostics.map(\.message)
    }

    @Test("One line names the rules that are new, gone or changed, and there is none where they are as they were")
    func rules() throws {
        let old = [("a", "x"), ("b", "x"), ("c", "x y")]
        #expect(
            try said(old, [("c", "(x) y"), ("b", "z"), ("d", "x"), ("e", "x")]) == [
                "rules: 2 added (d, e), 1 removed (a), 1 changed (b); they hold for what is stored from here on, and change "
                    + "nothing that is"
            ])
        #expect(try said(old, old.reversed()).isEmpty)
        #expect(try said([], []).isEmpty)
    }

    @Test("Of very many rules the first twenty are named, and the others counted")
    func many() throws {
        let said = try said([], (0..<30).map { ("r\($0)", "x") })
        #expect(said.count == 1 && said[0].hasPrefix("rules: 30 added (r0, ") && said[0].contains("r19 and 10 more); "))
    }
}
