private import FeedModel
private import Querying
private import Text

extension Configuration {
    /// Returns warnings of a delivery that hardly does what was meant, as those of rules (filters.md §2.2): of feeds and tags
    /// that there are not, of former ids, and of its queries.
    ///
    /// What is not configured any more may be in the store, which tells when the delivery starts. Only ids by which the store
    /// knows feeds tell whether it names one: ask where the configuration was loaded with the known feeds.
    package func review(_ delivery: DeliveryFile) -> [Diagnostic] {
        let settings = delivery.settings
        return review(feeds: settings.feeds, tags: settings.tags, match: settings.match) { key, message in
            delivery.diagnostic(.warning, key, message)
        }
    }

    /// Returns the same warnings of a table of `[publish]`.
    package func review(_ publication: PublishSettings) -> [Diagnostic] {
        review(feeds: publication.feeds, tags: publication.tags, match: nil) { key, message in
            publication.diagnostic(.warning, key, message)
        }
    }

    private func review(
        feeds names: [FeedIdentifier]?, tags labels: [String]?, match: [String]?,
        _ diagnostic: (String, String) -> Diagnostic
    ) -> [Diagnostic] {
        let succession = FeedSuccession(feeds)
        let tags = Set((feeds.flatMap(\.tags) + filters.labels).map(TagKey.init))
        var found: [Diagnostic] = []
        func warn(_ key: String, _ message: String) {
            found.append(diagnostic(key, "\(key): \(SafeText.line(message))"))
        }
        func warn(_ key: String, former ids: [FeedIdentifier]) {
            for id in ids {
                if let new = succession.successor(of: id) { warn(key, FeedSuccession.message(former: id, of: new)) }
            }
        }
        warn("feeds", former: names ?? [])
        for feed in names ?? [] where !succession.ids.contains(feed) && succession.successor(of: feed) == nil {
            let nearest = EditDistance.nearest(to: feed.text, among: succession.ids.map(\.text).sorted())
            warn(
                "feeds",
                "there is no feed \(feed); "
                    + (nearest.map { "did you mean \($0)?" }
                        ?? "the delivery starts only where the store has articles of it"))
        }
        for tag in labels ?? [] where !tags.contains(TagKey(tag)) {
            warn(
                "tags",
                "no feed has the tag \(tag), and no rule gives it; the delivery starts only where the store has it")
        }
        for query in match ?? [] {
            // It was read before, when the file was.
            guard let query = try? Query(query) else { continue }
            warn("match", former: query.feeds.sorted())
            let current = query.replacingFeeds(succession.current)
            for doubt in current.doubts(feeds: succession.ids, tags: tags) { warn("match", doubt) }
        }
        return found
    }
}
