internal import ArgumentParser
internal import Configuration

/// The option by which `dump` and `deliver` give the pages of articles.
struct FullTextOption: ParsableArguments {
    @Option(
        name: .customLong("fulltext"),
        help: ArgumentHelp(
            "Give articles with their pages, as far as those were fetched: prefer puts the page's text in the place of the "
                + "feed's, both puts it beside it, only gives the pages alone; --match looks at what is given. With --updates "
                + "a page comes by itself, too, whose article was given without it.", valueName: "WHAT"))
    var fullText: DeliverySettings.FullText?

    func check(_ choice: ArticleChoice) throws {
        guard fullText != nil else { return }
        if choice.events {
            throw ValidationError("--fulltext and --events cannot be used together: events have no pages.")
        }
        if choice.refilter {
            throw ValidationError("--fulltext and --refilter cannot be used together: rules are not asked of pages.")
        }
    }

    /// Refuses formats in which nothing would be seen of a page.
    func check(_ format: DumpFormat) throws {
        guard fullText == .both, !format.hasTexts else { return }
        let others = DumpFormat.allCases.filter(\.hasTexts).map(\.rawValue).joined(separator: ", ")
        throw ValidationError(
            "--fulltext both needs a format that shows texts (\(others)), and --format \(format) has none; with --fulltext "
                + "prefer it lists what --match finds in pages.")
    }

    func join(_ choice: ArticleChoice) -> FullTextJoin? {
        fullText.map { FullTextJoin($0, updates: choice.updates) }
    }
}
