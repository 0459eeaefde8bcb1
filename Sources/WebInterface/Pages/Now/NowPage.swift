internal import ArticleStore
internal import Configuration
internal import FeedModel
internal import Ingestion
internal import JSONText
internal import newswire

/// The first page: how the service and the store are, what needs somebody, how much comes, and the newest of it.
struct NowPage {
    private let context: PageContext
    private let feeds: FeedSnapshot
    private let reader: StoreReader?

    init(_ context: PageContext) throws(WebFailure) {
        self.context = context
        feeds = try context.feeds()
        do throws(StoreError) {
            reader = try StoreReader.ifThere(directory: context.house.configuration.store.directory)
        } catch {
            throw WebFailure(503, "opening the store: \(error)", hint: "`newswire store verify` looks at it.")
        }
    }

    var page: Page {
        get throws {
            var status: JSONValue?
            var trouble: String?
            do throws(WebFailure) {
                status = try context.house.parts.service.status(context.house.configuration)
            } catch {
                trouble = error.message
            }
            guard let reader else { return Page("Now", .now, withoutStore(trouble)) }
            let activity = try context.house.activity.figures(in: reader, now: context.now)
            // Once a page: of each segment of a store somebody has to ask how long it is.
            let figures = StatusFigures.onDisk(store: feeds.configuration.store.directory).store
            let situation = try Situation(
                feeds, reader, status: status, trouble: trouble, freeBytes: figures.freeBytes,
                bytesOfWeek: activity.bytesOfWeek, now: context.now)
            let needs = NeedsSomebody.needs(situation, context.links)
            let content: HTML = """
                <h1>Now</h1><p>\(service(situation, status))</p><p>\(store(situation, figures, activity))</p>\
                \(list(needs))<h2>Articles</h2>\(chart(activity))\(try newest())
                """
            var page = Page(needs.isEmpty ? "Now" : "Now (\(needs.count))", .now, content)
            page.alternates = ArticlesPage.alternates(context, query: [])
            return page
        }
    }

    private func withoutStore(_ trouble: String?) -> HTML {
        """
        <h1>Now</h1><p>There is no store at <code>\(context.house.configuration.store.directory)</code> yet: the service \
        makes it when it starts.</p><p>\(HTML.counted(feeds.configuration.feeds.count, "feed")) are configured.</p>
        """
    }

    private func service(_ situation: Situation, _ status: JSONValue?) -> HTML {
        let times = context.times
        guard let status else {
            let last: HTML? = situation.lastPoll.map { " The last poll was \(times.past($0))." }
            return "<strong class=\"bad\">The service does not run.</strong> This is what is on disk.\(last)"
        }
        let started: HTML? = time(status, "started_at").map { " since \(times.past($0))" }
        let next: HTML? = time(status, "next_poll").map { ", the next poll is \(times.future($0))" }
        let version: HTML? = status["version"]?.string.map { " (newswire \($0))" }
        return "<strong class=\"ok\">The service runs</strong>\(started)\(version)\(next).\(conditions)"
    }

    /// How many feeds are how, each number leading to them.
    private var conditions: HTML {
        let counts = feeds.list(FeedQuery()).counts
        let parts = FeedCondition.allCases.compactMap { condition -> HTML? in
            guard let count = counts[condition], count > 0 else { return nil }
            let link = context.links.to(["feeds"], [("state", condition.rawValue)])
            return "<a href=\"\(link)\">\(HTML.grouped(count)) \(condition.rawValue)</a>"
        }
        return parts.isEmpty ? " No feeds are configured." : " Feeds: \(parts.joined(", "))."
    }

    private func store(
        _ situation: Situation, _ figures: StoreFigures, _ activity: ActivityFigures
    ) -> HTML {
        var text: HTML = """
            The store has \(HTML.grouped(figures.lastSeq)) records in \(ByteCount.text(figures.bytes))
            """
        if situation.storeFailure != nil {
            text += ", <strong class=\"bad\">and takes no more</strong>"
        } else if situation.isRunning {
            text += ", and takes more"
        }
        if let free = situation.freeBytes {
            text += "; \(ByteCount.text(free)) are left"
            if let week = activity.bytesOfWeek, week > 0 {
                let days = free / max(1, week / 7)
                text +=
                    days > 3650 ? ", enough for years" : ", enough for \(HTML.counted(days, "day")) at this week’s rate"
            }
        }
        return text + "."
    }

    private func list(_ needs: [Need]) -> HTML {
        if needs.isEmpty {
            return "<h2 id=\"needs\">Needs somebody</h2><p class=\"calm\">Nothing needs anybody.</p>"
        }
        let items = needs.map { need -> HTML in
            let kind: HTML = need.rank == .everything ? " class=\"worst\"" : ""
            let what: HTML = need.link.map { "<a href=\"\($0)\">\(need.what)</a>" } ?? need.what
            let since: HTML? = need.since.map { " since \(context.times.past($0))" }
            let why: HTML? = need.why.map { "<p>\($0)</p>" }
            return
                "<li\(kind) data-row><p><strong>\(what)</strong>\(since)</p>\(why)<p class=\"dim\">\(need.toDo)</p></li>"
        }
        return
            "<h2 id=\"needs\">Needs somebody <span class=\"dim\">(\(needs.count))</span></h2><ul class=\"needs\">\(items)</ul>"
    }

    private func chart(_ activity: ActivityFigures) -> HTML {
        let bars = activity.hours.map { BarChart.Bar(name: TimeWords.minuteOfDay($0.start), count: $0.count) }
        let since: HTML? = activity.countedSince.map {
            "<p class=\"dim\">Counted since \(context.times.past($0)): there was no time yet for what is older.</p>"
        }
        return "\(BarChart(bars: bars, title: "Articles an hour, last 24 h", unit: "Hour").html)\(since)"
    }

    private func newest() throws -> HTML {
        let listing = try ArticleListing(context, ArticleListing.Wish(), limit: 10)
        if listing.rows.isEmpty { return "<p>No articles are stored yet.</p>" }
        return """
            \(listing.table(caption: "The newest", context))<p><a href="\(context.links.to(["articles"]))">All articles</a></p>
            """
    }

    private func time(_ status: JSONValue, _ key: StaticString) -> Timestamp? {
        status[key]?.string.flatMap { Timestamp(rfc3339: $0) }
    }
}
