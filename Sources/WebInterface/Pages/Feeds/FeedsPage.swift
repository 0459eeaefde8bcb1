internal import ArticleStore
internal import Configuration
internal import FeedModel
internal import Ingestion
internal import newswire

/// All feeds: chosen by state, tag and text, those that need somebody first.
struct FeedsPage {
    static let pageSize = 50

    private let context: PageContext
    private let feeds: FeedSnapshot

    init(_ context: PageContext) throws(WebFailure) {
        self.context = context
        feeds = try context.feeds()
    }

    /// What a link behind a number asks for, and no box does.
    private enum Mark: String {
        case moved, silent, blocked, unanswered
    }

    private var order: FeedQuery.Order { context["sort"].flatMap { FeedQuery.Order(rawValue: $0) } ?? .need }

    var page: Page {
        get throws {
            var query = FeedQuery()
            if let condition = context["state"].flatMap({ FeedCondition(rawValue: $0) }) {
                query.conditions = [condition]
            }
            if let tag = context["tag"] { query.tags = [tag] }
            query.text = context["text"] ?? ""
            query.order = order
            let listing = feeds.list(query)
            let places = chosen(listing.places)
            let pages = max(1, (places.count + Self.pageSize - 1) / Self.pageSize)
            let number = min(Int(clamping: context.number("page") ?? 1), pages)
            let shown = places.dropFirst((number - 1) * Self.pageSize).prefix(Self.pageSize)
            let content: HTML = """
                <h1>Feeds</h1>\(counts(listing))\(form)\(try table(shown.map { Int($0) }, of: places.count, from: number))\
                \(paging(number, pages))
                """
            return Page("Feeds", .feeds, content)
        }
    }

    private func chosen(_ places: [Int32]) -> [Int32] {
        var places = places
        let contents = feeds.contents
        if let kind = context["class"].map({ FailureKind(word: $0) }) {
            places = places.filter { contents.entries[Int($0)].failureKind == kind }
        }
        switch context["mark"].flatMap({ Mark(rawValue: $0) }) {
        case .moved: places = places.filter { contents.targets[Int($0)]?.adopted != nil }
        case .silent: places = places.filter { contents.entries[Int($0)].silentSince != nil }
        case .blocked: places = places.filter { contents.blocks[Int($0)]?.blocksAll(at: feeds.now) ?? false }
        case .unanswered:
            places = places.filter { place in
                !contents.entries[Int(place)].hasAnswered && contents.entries[Int(place)].lastPoll != nil
            }
        case nil: break
        }
        return places
    }

    /// How many are how; each number is a link to those.
    private func counts(_ listing: FeedListing) -> HTML {
        let all = listing.counts.values.reduce(0, +)
        var parts: [HTML] = [link("all", count: all, state: nil)]
        for condition in FeedCondition.allCases {
            guard let count = listing.counts[condition], count > 0 else { continue }
            parts.append(link(condition.rawValue, count: count, state: condition.rawValue))
        }
        return "<nav class=\"acts\" aria-label=\"Feeds by state\">\(parts)</nav>"
    }

    private func link(_ word: String, count: Int, state: String?) -> HTML {
        let target = context.links.to(
            ["feeds"],
            [("state", state), ("tag", context["tag"]), ("text", context["text"]), ("sort", context["sort"])])
        let isCurrent = context["state"] == state && context["mark"] == nil && context["class"] == nil
        let mark: HTML = isCurrent ? " aria-current=\"page\"" : ""
        return "<a href=\"\(target)\"\(mark)>\(HTML.grouped(count)) \(word)</a>"
    }

    private var form: HTML {
        let orders: [(FeedQuery.Order, HTML)] = [
            (.need, "who needs somebody"), (.nextPoll, "next poll"), (.articles, "articles"), (.silence, "silence"),
            (.title, "title"),
        ]
        let options = orders.map { HTML.option($0.0.rawValue, $0.1, chosen: order.rawValue) }
        let state: HTML? = context["state"].map { "<input type=\"hidden\" name=\"state\" value=\"\($0)\">" }
        return """
            <form class="find" action="\(context.links.to(["feeds"]))">\(state)<label>Title, id or URL<input name="text" \
            value="\(context["text"] ?? "")"></label><label>Tag<input name="tag" value="\(context["tag"] ?? "")"></label>\
            <label>First<select name="sort">\(options)</select></label><button>Show</button></form>
            """
    }

    private func table(_ places: [Int], of count: Int, from page: Int) throws -> HTML {
        if places.isEmpty {
            return feeds.configuration.feeds.isEmpty
                ? "<p>No feeds are configured. <code>newswire add URL</code> adds one.</p>"
                : "<p>No feed is like that. <a href=\"\(context.links.to(["feeds"]))\">All feeds</a></p>"
        }
        let reader = try StoreReader.ifThere(directory: feeds.configuration.store.directory)
        let activity = try reader.map { try context.house.activity.figures(in: $0, now: context.now) }
        let rows = try places.map { try row($0, activity) }
        let first = (page - 1) * Self.pageSize + 1
        let caption: HTML =
            count <= places.count
            ? HTML.counted(count, "feed") : "\(first)–\(first + places.count - 1) of \(HTML.grouped(count))"
        let since: HTML? = activity?.countedSince.map {
            "<p class=\"dim\">New articles are counted since \(context.times.past($0)): there was no time yet for what is older.</p>"
        }
        return """
            <table class="rows feeds"><caption>\(caption)</caption><thead><tr><th scope="col">Feed</th><th scope="col">State</th>\
            <th scope="col">Why</th><th scope="col">Last poll</th><th scope="col">Next poll</th><th scope="col" class="n">24 h</th>\
            <th scope="col" class="n">7 d</th><th scope="col">Newest</th></tr></thead><tbody>\(rows)</tbody></table>\(since)
            """
    }

    private func row(_ place: Int, _ activity: ActivityFigures?) throws -> HTML {
        let feed = feeds.feed(place)
        let state = try feeds.state(place)
        let reasons = FeedReasons(feed: feed, state: state, health: try feeds.health(place), times: context.times)
        let tags = feed.tags.prefix(4).map { HTML.tag("\($0.cut(24))") }
        let title = (feeds.title(place) ?? feed.id.text).cut(90)
        let status: HTML? = state?.status.map { " \($0)" }
        let last: HTML? = state?.lastPoll.map { "\(context.times.past($0))\(status)" }
        let newest: HTML? = state?.schedule.rhythm.latest.map { context.times.past($0) }
        // Fifty of them make most of the page: what HTML lets be left out is, and the style names the cells where there is no
        // room for a head.
        return """
            <tr data-row><th scope="row"><a href="\(context.links.feed(feed.id.text))" dir="auto">\(title)</a> \(tags)\(reasons.marks)\
            <td>\(reasons.word)<td>\(reasons.why)<td>\(last)<td>\(next(reasons))<td class="n">\(activity?.lastDay(feed.id) ?? 0)\
            <td class="n">\(activity?.lastWeek(feed.id) ?? 0)<td>\(newest)
            """
    }

    private func next(_ reasons: FeedReasons) -> HTML? {
        if let next = reasons.health.nextPoll { return context.times.future(next) }
        return reasons.health.state == .never ? "due" : nil
    }

    private func paging(_ number: Int, _ pages: Int) -> HTML {
        if pages < 2 { return HTML() }
        func link(_ page: Int, _ rel: HTML, _ words: HTML) -> HTML {
            let target = context.links.to(
                ["feeds"],
                [
                    ("state", context["state"]), ("tag", context["tag"]), ("text", context["text"]),
                    ("sort", context["sort"]), ("class", context["class"]), ("mark", context["mark"]),
                    ("page", "\(page)"),
                ])
            return "<a rel=\"\(rel)\" href=\"\(target)\">\(words)</a>"
        }
        let previous: HTML? = number > 1 ? link(number - 1, "prev", "Previous") : nil
        let next: HTML? = number < pages ? link(number + 1, "next", "Next") : nil
        return
            "<nav class=\"acts\" aria-label=\"Pages of feeds\">\(previous)\(next)<span class=\"dim\">Page \(number) of \(pages)</span></nav>"
    }
}
