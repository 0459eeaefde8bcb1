internal import ArticleStore
internal import Configuration
internal import FeedModel
internal import Ingestion
internal import SearchIndex
internal import newswire

/// One feed: how it is, when it is polled next and why, what its last polls came to, and what it brings.
struct FeedPage {
    private let context: PageContext
    private let feeds: FeedSnapshot
    private let place: Int
    private let feed: FeedConfiguration
    private let state: FeedState?
    private let reasons: FeedReasons

    init(_ context: PageContext) throws(WebFailure) {
        self.context = context
        feeds = try context.feeds()
        let id = context.call.parameters["id"] ?? ""
        guard let place = feeds.place(of: FeedIdentifier(id)) else {
            throw WebFailure(
                404, "there is no feed \(id.cut(100))", hint: "All feeds that are configured are on the page Feeds.")
        }
        self.place = place
        feed = feeds.feed(place)
        state = try feeds.state(place)
        reasons = FeedReasons(feed: feed, state: state, health: try feeds.health(place), times: context.times)
    }

    private var title: String { feeds.title(place) ?? feed.id.text }

    var page: Page {
        get throws {
            let reader = try StoreReader.ifThere(directory: feeds.configuration.store.directory)
            let explanation = try explanation()
            let moved: HTML? = feed.moveNotice(state).map { notice in
                "<p class=\"calm\"><strong class=\"warn\">Moved.</strong> \(notice)</p>"
            }
            let content: HTML = """
                <nav class="acts" aria-label="Where this is"><a href="\(context.links.to(["feeds"]))">Feeds</a></nav>\
                <h1 dir="auto">\(title.cut(300))</h1><p>\(reasons.word) – \(reasons.why) \(reasons.marks)</p>\
                \(done)\(moved)\(facts)\(buttons)<h2>Next poll</h2>\(rows(of: explanation))<h2>Articles</h2>\
                \(try chart(reader))\(articlesLinks)<h2>Last polls</h2>\(polls(of: explanation))<h2>Configuration</h2>\
                \(configuration)
                """
            var page = Page(title.cut(100), .feeds, content)
            page.alternates = ArticlesPage.alternates(context, query: [("feed", feed.id.text)])
            return page
        }
    }

    private func explanation() throws -> FeedExplanation {
        var polls: [PollRecord] = []
        if let state {
            let hash = UInt32(truncatingIfNeeded: FeedHash.of(feed.id))
            polls = try PollHistoryReader(directory: feeds.configuration.store.directory).polls(of: state, hash: hash)
        }
        let host = feeds.host(of: feed, state)
        return FeedExplanation(
            feed, state, polls: polls, schedule: feeds.configuration.schedule,
            host: (host.key, host.allowance, host.pausedUntil), pace: host.pace, now: context.now)
    }

    private var facts: HTML {
        let (times, url) = (context.times, reasons.health.url)
        var facts: [(HTML, HTML?)] = [
            ("id", "<code>\(feed.id.text)</code>"), ("address", .outward(url, "\(url.cut(300))", isPublisher: true)),
            ("tags", feed.tags.isEmpty ? nil : "\(feed.tags.map { HTML.tag("\($0)") })"),
        ]
        if let adopted = state?.move.adopted { facts.append(("asked at", .outward(adopted, "\(adopted.cut(300))"))) }
        facts += [
            ("last poll", state?.lastPoll.map { times.whole($0) }),
            ("status", state?.status.map { "HTTP \($0)" }),
            ("last success", state?.lastSuccess.map { times.whole($0) }),
        ]
        if let failure = state?.failure {
            let count: HTML? = (state?.failures ?? 0) > 1 ? ", \(state?.failures ?? 0) times in a row" : nil
            let since: HTML? = state?.schedule.failingSince.map { ", since \(times.past($0))" }
            facts.append(("error", "<span class=\"bad\">\(failure.word)</span>: \(failure.message)\(count)\(since)"))
        }
        facts += [
            ("next poll", reasons.health.nextPoll.map { times.whole($0) }),
            ("silent since", reasons.health.silentSince.map { times.whole($0) }),
            ("newest", state?.schedule.rhythm.latest.map { times.whole($0) }),
            ("articles", state.map { .grouped($0.articles) }),
            ("blocked by rules", state.flatMap { $0.blocked > 0 ? .grouped($0.blocked) : nil }),
            ("all blocked", state?.recentBlocks?.sentence.map { "\($0)" }),
            ("same address as", reasons.health.sameAs.isEmpty ? nil : links(reasons.health.sameAs)),
            ("pages that wait", reasons.health.pages.waiting > 0 ? .grouped(reasons.health.pages.waiting) : nil),
            ("pages left alone until", reasons.health.pages.pausedUntil.map { times.whole($0) }),
            ("had the ids", feed.formerly.isEmpty ? nil : "\(feed.formerly.map(\.text).joined(separator: ", "))"),
        ]
        return .facts(facts)
    }

    private func links(_ ids: [FeedIdentifier]) -> HTML {
        ids.prefix(5).map { id -> HTML in "<a href=\"\(context.links.feed(id.text))\">\(id.text)</a>" }.joined(", ")
    }

    /// What was done with the button that led here.
    private var done: HTML {
        switch context["done"] {
        case "poll":
            "<p class=\"calm\" role=\"status\">It is polled as soon as its host may be asked. Reload to see what came.</p>"
        case "pause": "<p class=\"calm\" role=\"status\">It is paused.</p>"
        case "resume": "<p class=\"calm\" role=\"status\">It is polled again.</p>"
        default: HTML()
        }
    }

    private var buttons: HTML {
        guard context.mayManage else { return HTML() }
        func button(_ action: String, _ words: HTML, _ span: String? = nil) -> HTML {
            let field: HTML? = span.map { "<input type=\"hidden\" name=\"for\" value=\"\($0)\">" }
            let target = context.links.to(["feeds", feed.id.text, action])
            return "<form method=\"post\" action=\"\(target)\">\(field)<button>\(words)</button></form>"
        }
        let isHeld = state?.isHeld(at: context.now) ?? false
        let pause: HTML =
            isHeld
            ? button("resume", "Resume")
            : button("pause", "Pause 1 h", "1h") + button("pause", "Pause 1 d", "1d")
                + button("pause", "Pause for good")
        return "<div class=\"acts\">\(button("poll", "Poll now"))\(pause)</div>"
    }

    private func rows(of explanation: FeedExplanation) -> HTML {
        let rows = explanation.rows.map { row -> (HTML, HTML?) in
            (row.isTerm ? "– \(row.name)" : "\(row.name)", "\(row.text)")
        }
        return .facts(rows)
    }

    private func polls(of explanation: FeedExplanation) -> HTML {
        if explanation.polls.isEmpty { return "<p>None are kept.</p>" }
        let rows = explanation.polls.suffix(Int(PollHistory.perFeed)).reversed().map { poll -> HTML in
            let kind: HTML = poll.outcome == .failed || poll.outcome == .gone ? " class=\"bad\"" : ""
            let notes = poll.terms.notes.words
            let remarks: HTML? = notes.isEmpty ? nil : " (\(notes.joined(separator: ", ")))"
            let next: HTML = poll.next.map { context.times.clock($0) } ?? "never"
            return """
                <tr><th scope="row">\(context.times.past(poll.startedAt))</th><td\(kind)>\(poll.outcomeWords)</td>\
                <td class="n" data-l="bytes">\(HTML.grouped(poll.bytes))</td><td data-l="interval">\(SpanText.text(poll.terms.interval))</td>\
                <td data-l="next">\(next)</td><td>\(poll.terms.reason.word.replacing("_", with: " "))\(remarks)</td></tr>
                """
        }
        return """
            <table class="rows"><caption>The last \(rows.count), the newest first</caption><thead><tr><th scope="col">Time</th>\
            <th scope="col">Outcome</th><th scope="col" class="n">Bytes</th><th scope="col">Interval</th><th scope="col">Next</th>\
            <th scope="col">By</th></tr></thead><tbody>\(rows)</tbody></table>
            """
    }

    private func chart(_ reader: StoreReader?) throws -> HTML {
        guard let reader else { return "<p>There is no store yet.</p>" }
        let days = try FeedDays(
            of: feeds.ids(of: feed.id) ?? [feed.id], in: reader, context.house.parts.search, now: context.now)
        let bars = days.counts.map { BarChart.Bar(name: TimeWords.shortDay($0.start), count: $0.count) }
        let cut: HTML? = days.countedSince.map {
            "<p class=\"dim\">Counted since \(context.times.past($0)): there was no time for what is older.</p>"
        }
        return "\(BarChart(bars: bars, title: "Articles a day, last 30 days", unit: "Day").html)\(cut)"
    }

    private var articlesLinks: HTML {
        let (links, id) = (context.links, feed.id.text)
        return """
            <p class="acts"><a href="\(links.to(["articles"], [("feed", id)]))">Its articles</a> \
            <a href="\(links.to(["out", "articles.atom"], [("feed", id)]))">Atom</a> \
            <a href="\(links.to(["out", "articles.json"], [("feed", id)]))">JSON Feed</a> \
            <a href="\(links.to(["api", "feeds", id]))">This as JSON</a></p>
            """
    }

    private var configuration: HTML {
        let source = "\(feed.source.file), line \(feed.source.line)"
        return """
            <p class="dim">What is in force, with every default, from <code>\(source)</code>. Secrets are never shown.</p>\
            <pre tabindex="0">\(feeds.configuration.effectiveText(of: feed))</pre>
            """
    }
}

extension HTML {
    /// Names with what is to be said of each; without what there is nothing to say of.
    static func facts(_ facts: [(name: HTML, text: HTML?)]) -> HTML {
        let parts = facts.compactMap { fact -> HTML? in
            fact.text.map { "<dt>\(fact.name)</dt><dd dir=\"auto\">\($0)</dd>" }
        }
        return parts.isEmpty ? HTML() : "<dl class=\"at\">\(parts)</dl>"
    }
}
