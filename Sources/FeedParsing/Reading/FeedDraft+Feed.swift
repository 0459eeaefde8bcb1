import FeedModel

extension FeedDraft {
    /// Decides what stands where in a feed (contract.md §3). Articles, encoding and warnings are the caller's.
    func feed() -> Feed {
        var feed = Feed(format: format)
        feed.title = title ?? secondaryTitle
        feed.homePageURL = homePageURL
        feed.feedURL = links.first { $0.rel == "self" }?.href
        feed.nextURL = links.first { $0.rel == "next" }?.href
        feed.description = (description ?? secondaryDescription)?.text
        feed.icon = podcastImage ?? logo ?? image
        feed.favicon = icon
        feed.language = language
        feed.authors = !authors.isEmpty ? authors : !secondaryAuthors.isEmpty ? secondaryAuthors : owners
        feed.contributors = contributors
        feed.hubs = hubs
        feed.id = id ?? about
        feed.updated = updated ?? published ?? date
        feed.copyright = rights
        feed.generator = generator ?? generatorAgent
        feed.links = links
        if let homePage, !links.contains(where: { $0.href == homePage }) {
            feed.links.insert(Link(rel: "alternate", href: homePage), at: 0)
        }
        feed.tags = tags
        feed.hints = hints
        feed.hints.updatePeriodSeconds = updatePeriodSeconds
        feed.unsafeURLs = unsafeURLs
        feed.rawDates = rawDates
        return feed
    }

    /// Where the document says that it, or its page, is.
    var ownURL: String? { homePage ?? links.first { $0.rel == "self" }?.href ?? links.alternate?.href }

    private var homePageURL: String? {
        let page = links.alternate
        if format == .atom10 || format == .atom03 { return page?.href ?? homePage }
        return homePage ?? page?.href
    }

    /// polling.md §4: the period divided by the frequency; daily and once where an element is there and says nothing.
    private var updatePeriodSeconds: Int? {
        guard updatePeriod != nil || updateFrequency != nil else { return nil }
        let period: Double
        switch updatePeriod?.lowercased() ?? "" {
        case "hourly": period = 3600
        case "", "daily", "dayly": period = 86_400
        case "weekly": period = 604_800
        case "monthly": period = 2_592_000
        case "yearly": period = 31_536_000
        default: return nil
        }
        guard let updateFrequency else { return Int(period) }
        guard let frequency = Double(updateFrequency), frequency > 0, frequency.isFinite else { return nil }
        let seconds = (period / frequency).rounded(.down)
        return seconds >= 1 && seconds <= 1e9 ? Int(seconds) : nil
    }
}
