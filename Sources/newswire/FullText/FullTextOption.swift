internal import ArgumentParser
internal import Configuration

/// The option by which `dump` and `deliver` give the pages of articles.
struct FullTextOption: ParsableArguments {
    @Option(
        name: .customLong("fulltext"),
        help: ArgumentHelp(
            "Give articles with their pages, as far as those were fetched: prefer puts the page's text in the place of the "
                + "feed's, both puts it beside it, only gives the pages alone. With --updates a page comes by itself, too, "
                + "whose article was given without it.", valueName: "WHAT"))
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

    func join(_ choice: ArticleChoice, wait: PageWait? = nil) -> FullTextJoin? {
        fullText.map { FullTextJoin($0, updates: choice.updates, wait: wait) }
    }
}
