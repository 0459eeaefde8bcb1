private import Querying

extension Options {
    /// The rows of `[[filter]]`.
    static let filters: [Option] = [
        Option(
            "name", .text(refusal: FilterRule.refusal(ofName:)),
            """
            The name of the rule, by which articles and messages name it: letters A–Z a–z, digits, and . _ -, at most \
            64 of them. No two rules have one name.
            """, example: "\"drones\"", in: .filter(\.name)),
        Option(
            "action", .word,
            """
            What the rule does: "block" blocks what matches; "keep" blocks what matches no rule that keeps in that \
            feed; "label" gives what matches a label.
            """, example: "\"label\"", in: .filter(\.action)),
        Option(
            "label", .text(refusal: FilterRule.refusal(ofLabel:)),
            "With action = \"label\", the label that articles get, at most 64 bytes. An article has at most 16.",
            example: "\"drones\"", in: .filter(\.label)),
        Option(
            "match", .query,
            """
            The query that says which articles are meant: words, "several words", field:value, /regex/, with OR, - and \
            brackets. Its language is told in docs/filters.md. In a /regex/ \\b, \\w and \\d know letters and digits of ASCII \
            alone. Between apostrophes TOML leaves quotation marks and \
            backslashes as they are.
            """, example: "'drone* OR \"unmanned aircraft\"'", in: .filter(\.match)),
        Option(
            "feeds", .feedIDs,
            "Ids of feeds for which the rule is. If feeds and tags are left out, it is for all feeds.",
            example: "[\"example\"]", in: .filter(\.feeds)),
        Option(
            "tags", .tags, "The rule is for feeds with one of these tags as well.", example: "[\"defence\"]",
            in: .filter(\.tags)),
    ]
}

extension FilterSettings: OptionValues {
    static let table = OptionTable.filter
    static let standard: Self? = nil
    static let rows = Options.rows(of: Self.self)
}
