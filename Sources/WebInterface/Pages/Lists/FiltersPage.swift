internal import ArticleStore
internal import Configuration
internal import FeedModel
internal import Querying
internal import newswire

/// The rules of the configuration, what each of them matches, and a box to try a query.
struct FiltersPage {
    /// How long records are read to try a query.
    private static let patience = Duration.seconds(2)
    /// So many articles that match are shown.
    private static let shown = 20

    private let context: PageContext
    private let feeds: FeedSnapshot

    init(_ context: PageContext) throws(WebFailure) {
        self.context = context
        feeds = try context.feeds()
    }

    var page: Page {
        get throws {
            let content: HTML = "<h1>Filters</h1>\(try rules())<h2>Try a query</h2>\(form)\(try trial())"
            return Page("Filters", .filters, content)
        }
    }

    private func rules() throws -> HTML {
        let rules = feeds.configuration.filters.rules
        if rules.isEmpty {
            return
                "<p>The configuration has no <code>[[filter]]</code>: nothing is blocked, and no labels are given.</p>"
        }
        let activity = try context.house.parts.catalogue.activity(of: feeds, context.house, at: context.now)
        let rows = zip(rules, activity.counts).map { rule, count in row(rule, count) }
        let since: HTML? = activity.countedSince.map {
            "<p class=\"dim\">There was time to read what was stored since \(context.times.past($0)); what is older is not counted.</p>"
        }
        return """
            <table class="rows"><caption>\(HTML.counted(rules.count, "rule")), asked of what is stored, whatever was said of it \
            then</caption><thead><tr><th scope="col">Rule</th><th scope="col">Does</th><th scope="col">For</th>\
            <th scope="col" class="n">7 d</th><th scope="col" class="n">30 d</th><th scope="col">The last</th></tr></thead>\
            <tbody>\(rows)</tbody></table>\(since)
            """
    }

    private func row(_ rule: FilterRule, _ count: RuleActivity.Count) -> HTML {
        let scope: HTML
        if rule.isForAllFeeds {
            scope = "all feeds"
        } else {
            let number = feeds.configuration.feeds.count { rule.isFor($0.id, tags: Set($0.tags.map { TagKey($0) })) }
            scope = .counted(number, "feed")
        }
        let last: HTML = count.last.map { context.times.past($0) } ?? "never"
        let undecided: HTML? = count.undecided > 0 ? " \(HTML.tag("\(count.undecided) undecided", "warn"))" : nil
        let query = "\(rule.query)"
        let target = context.links.to(["filters"], [("q", query)])
        return """
            <tr data-row><th scope="row"><a href="\(target)">\(rule.name)</a>\(undecided)<br><small dir="auto">\(query.cut(200))</small></th>\
            <td>\(RuleText.action(of: rule))</td><td>\(scope)</td><td class="n" data-l="7 d">\(HTML.grouped(count.week))</td>\
            <td class="n" data-l="30 d">\(HTML.grouped(count.month))</td><td data-l="last">\(last)</td></tr>
            """
    }

    private var form: HTML {
        """
        <form class="find" role="search" aria-label="Try a query" action="\(context.links.to(["filters"]))"><label>Query, as in a \
        rule<input name="q" size="50" value="\(context["q"] ?? "")" placeholder="deal OR title:&quot;gift guide&quot;"></label>\
        <button>Try it on the last 7 days</button></form>
        """
    }

    // MARK: - Trying

    private func trial() throws -> HTML {
        guard let text = context["q"] else { return HTML() }
        let query: Query
        do throws(QueryIssue) {
            query = try Query(text, for: .rule)
        } catch {
            throw WebFailure(
                400, "reading the query, \(error)", hint: "Words, \"several words\", title:word, -not, OR, /pattern/.")
        }
        guard let reader = try StoreReader.ifThere(directory: feeds.configuration.store.directory) else {
            return "<p>Nothing is stored yet.</p>"
        }
        let rule = FilterRule(name: "tried", action: .label("tried"), query: query)
        let ruling = RecordRuling(FilterRules([rule]), feeds.names)
        return try trial(of: ruling, query, reader)
    }

    private func trial(of ruling: RecordRuling, _ query: Query, _ reader: StoreReader) throws -> HTML {
        let since = context.now.adding(seconds: -7 * 86_400)
        let first = try reader.place(storedSince: since, now: context.now).firstSeq
        let deadline = ContinuousClock.now + Self.patience
        var (looked, matched, undecided) = (0, 0, 0)
        var isCut = false
        var rows: [HTML] = []
        // From the beginning of the week on: the last that are found are shown.
        try reader.read(after: first > 0 ? first - 1 : 0, damage: { _ in }) { slice in
            if looked.isMultiple(of: 256), ContinuousClock.now >= deadline {
                isCut = true
                return false
            }
            guard slice.envelope.kind == .new, let record = StoredRecord(line: slice.bytes) else { return true }
            looked += 1
            let findings = try ruling.findings(on: record, in: reader).findings
            switch findings.first?.matches {
            case true?:
                matched += 1
                rows.append(row(record, seq: slice.envelope.seq, findings[0].words))
                if rows.count > Self.shown { rows.removeFirst() }
            case nil where !findings.isEmpty: undecided += 1
            default: break
            }
            return true
        }
        let warnings = query.warnings.map { "<p class=\"warn\">\("\($0)")</p>" as HTML }
        let cut: HTML? = isCut ? " There was no time for all of the week." : nil
        let unknown: HTML? = undecided > 0 ? " Of \(undecided) it is not known: a /pattern/ takes too long there." : nil
        let list: HTML? =
            rows.isEmpty
            ? nil
            : """
            <table class="rows"><caption>The last of them, and by which words</caption><thead><tr><th scope="col">Stored</th>\
            <th scope="col">Headline</th><th scope="col">Words</th></tr></thead><tbody>\(Array(rows.reversed()))</tbody></table>
            """
        return """
            \(warnings)<p role="status">It matches <strong>\(HTML.grouped(matched))</strong> of \(HTML.counted(looked, "article")) \
            stored since \(context.times.past(since)).\(cut)\(unknown)</p>\(list)
            """
    }

    private func row(_ record: StoredRecord, seq: UInt64, _ words: [String]) -> HTML {
        let time: HTML? = record.storedAt.map { context.times.past($0) }
        let marked = words.prefix(5).map { word -> HTML in "<mark>\(word)</mark>" }.joined(", ")
        return """
            <tr data-row><td>\(time)</td><th scope="row"><a href="\(context.links.article(seq))" dir="auto">\
            \(record.article.headline.cut(150))</a></th><td>\(marked)</td></tr>
            """
    }
}
