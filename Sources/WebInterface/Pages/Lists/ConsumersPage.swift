internal import ArticleStore
internal import Configuration
internal import FeedModel
internal import Text

/// Who reads the articles, how far each is, and who keeps retention from removing old ones.
struct ConsumersPage {
    private let context: PageContext
    private let standings: [ConsumerStanding]

    init(_ context: PageContext) throws {
        self.context = context
        standings = try ConsumerStanding.all(of: context.house.configuration.store.directory)
    }

    var page: Page {
        let content: HTML = "<h1>Consumers</h1>\(list)\(retention)"
        return Page("Consumers", .consumers, content)
    }

    private var list: HTML {
        if standings.isEmpty {
            return """
                <p>Nobody reads with a cursor. <code>newswire dump --consumer NAME</code> makes a consumer, and so does a \
                delivery.</p>
                """
        }
        return """
            <table class="rows"><caption>\(HTML.counted(standings.count, "consumer"))</caption><thead><tr><th scope="col">Consumer</th>\
            <th scope="col" class="n">Cursor</th><th scope="col" class="n">Behind</th><th scope="col">Oldest it has not had</th>\
            <th scope="col">Cursor moved</th><th scope="col">Deliveries</th></tr></thead><tbody>\(standings.map(row))</tbody></table>
            """
    }

    private func row(_ standing: ConsumerStanding) -> HTML {
        let events: HTML? = standing.isOfEvents ? " \(HTML.tag("events"))" : nil
        let ahead: HTML? = standing.isAhead ? " \(HTML.tag("ahead of the store", "bad"))" : nil
        let cursor: HTML =
            standing.trouble.map { "<span class=\"bad\">cannot be read: \($0)</span>" }
            ?? standing.cursor.map { .grouped($0) } ?? ""
        let oldest: HTML = standing.oldestWaiting.map { context.times.past($0) } ?? "<span class=\"ok\">none</span>"
        let moved: HTML? = standing.movedAt.map { context.times.past($0) }
        let failure: HTML =
            standing.failure.map { failure in
                "<span class=\"bad\">fail</span> since \(context.times.past(failure.since)): \(failure.reason)"
            } ?? ""
        return """
            <tr data-row><th scope="row">\(standing.name)\(events)\(ahead)</th><td class="n" data-l="cursor">\(cursor)</td>\
            <td class="n" data-l="behind">\(HTML.grouped(standing.waiting))</td><td data-l="oldest">\(oldest)</td>\
            <td data-l="moved">\(moved)</td><td>\(failure)</td></tr>
            """
    }

    private var retention: HTML {
        let holding: HTML
        switch context.house.configuration.store.keep {
        case .forever: holding = "Articles are kept for ever (<code>[store] keep</code>): nobody holds anything back."
        case .span(let span):
            let cutoff = context.now.adding(seconds: -Int(span.components.seconds))
            let holders = standings.filter { standing in
                !standing.isOfEvents && (standing.trouble != nil || standing.oldestWaiting.map { $0 < cutoff } ?? false)
            }
            let kept: HTML =
                "Articles are kept \(ConfigDuration.text(span)) (<code>[store] keep</code>), and longer where a consumer has not had them."
            if holders.isEmpty {
                holding = "\(kept) Nobody holds older ones back."
            } else {
                let names = holders.map { holder -> HTML in "<strong>\(holder.name)</strong>" }.joined(", ")
                holding = "\(kept) <span class=\"warn\">Older ones wait for</span> \(names)."
            }
        }
        return "<h2>Retention</h2><p>\(holding)</p>"
    }
}
