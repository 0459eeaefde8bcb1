import FeedModel

/// What has been gathered of the feed itself, before it is decided what stands where.
struct FeedDraft {
    var title: String?
    var secondaryTitle: String?
    var links = LinkList()
    var homePage: String?
    var about: String?
    var description: TextValue?
    var secondaryDescription: TextValue?
    var language: String?
    var id: String?
    var updated: Timestamp?
    var published: Timestamp?
    var date: Timestamp?
    var people = PeopleLists()
    var rights: String?
    var generator: String?
    var generatorAgent: String?
    var generatorVersion: String?
    var logo: String?
    var icon: String?
    var podcastImage: String?
    var image: String?
    var tags = TagList()
    var hubs: [Feed.Hub] = []
}

extension FeedDraft {
    /// Decides what stands where in a feed (contract.md §3). What is not gathered here is the caller's.
    func feed(format: Feed.Format) -> Feed {
        var feed = Feed(format: format)
        feed.title = title ?? secondaryTitle
        feed.homePageURL = homePageURL(format)
        feed.feedURL = links.first("self")
        feed.nextURL = links.first("next")
        feed.description = (description ?? secondaryDescription)?.text
        feed.icon = podcastImage ?? logo ?? image
        feed.favicon = icon
        feed.language = language
        feed.authors = people.authors.isEmpty ? people.secondaryAuthors : people.authors
        if feed.authors.isEmpty { feed.authors = people.owners }
        feed.contributors = people.contributors
        feed.hubs = hubs
        feed.id = id ?? about
        feed.updated = updated ?? published ?? date
        feed.copyright = rights
        feed.generator = generator ?? generatorAgent
        feed.links = links.links
        if let homePage, !links.contains(href: homePage) {
            feed.links.insert(Link(rel: "alternate", href: homePage), at: 0)
        }
        feed.tags = tags.tags
        return feed
    }

    /// Where the document says that it, or its page, is.
    var ownURL: String? { homePage ?? links.first("self") ?? links.alternate?.href }

    private func homePageURL(_ format: Feed.Format) -> String? {
        let page = links.alternate
        if format == .atom10 || format == .atom03 { return page?.href ?? homePage }
        return homePage ?? page?.href
    }
}
