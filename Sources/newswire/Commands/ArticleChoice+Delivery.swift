internal import Configuration
internal import FeedModel

extension ArticleChoice {
    /// The choice that a delivery makes.
    init(_ settings: DeliverySettings) {
        self.init()
        feeds = (settings.feeds ?? []).map(\.text)
        tags = settings.tags ?? []
        matches = settings.match ?? []
        updates = settings.updates ?? false
        duplicates = settings.duplicates ?? false
        blocked = settings.blocked ?? false
        refilter = settings.refilter ?? false
        noInitial = settings.noInitial ?? false
        events = settings.events ?? false
    }

    /// Writes down what was given.
    func fill(_ settings: inout DeliverySettings) {
        settings.feeds = feeds.isEmpty ? nil : feeds.map { FeedIdentifier($0) }
        settings.tags = tags.isEmpty ? nil : tags
        settings.match = matches.isEmpty ? nil : matches
        settings.updates = updates ? true : nil
        settings.duplicates = duplicates ? true : nil
        settings.blocked = blocked ? true : nil
        settings.refilter = refilter ? true : nil
        settings.noInitial = noInitial ? true : nil
        settings.events = events ? true : nil
    }
}
