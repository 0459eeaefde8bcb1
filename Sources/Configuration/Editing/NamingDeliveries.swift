internal import FeedModel
private import Querying

/// The deliveries that name feeds which get another id, or go: what was written for a feed must not mean nothing from then on
/// without anybody knowing (contract.md §2.13).
struct NamingDeliveries {
    private let feeds: [FeedConfiguration]
    private let deliveries: [DeliveryFile]
    /// What is said of files that cannot be read, and so may name the feeds.
    let unread: [String]

    init(_ feeds: [FeedConfiguration], in configuration: Configuration) {
        self.feeds = feeds
        let (files, diagnostics) = DeliveryFolder(beside: configuration.path).files { _ in true }
        deliveries = files
        unread = diagnostics.filter { $0.severity == .error }.map { "not looked at for the feed: \($0)" }
    }

    /// The deliveries that name the feed among their feeds, with its new id in its place.
    func renamed(to new: FeedIdentifier) -> [DeliveryFile] {
        deliveries.compactMap { delivery in
            var changed = delivery
            for feed in feeds {
                let renamed = changed.settings.feeds?.renaming(Self.names(of: feed), to: new)
                changed.settings.feeds = renamed ?? changed.settings.feeds
            }
            return changed.settings == delivery.settings ? nil : changed
        }
    }

    /// What is said of queries that ask for the feed by an id that it had. They go on to mean it, as `formerly` tells of that.
    func notes(ofQueriesWithout new: FeedIdentifier) -> [String] {
        deliveries.flatMap { delivery in
            let asked = Self.feedsInQueries(of: delivery)
            guard !asked.contains(new) else { return [String]() }
            return feeds.compactMap { feed in
                asked.intersection(Self.names(of: feed)).min().map { old in
                    "the delivery \(delivery.name) in \(delivery.place(of: "match")) asks for feed:\(old) in its match, which "
                        + "goes on to mean the feed; write feed:\(new) there"
                }
            }
        }
    }

    /// What is said of deliveries that go on naming feeds which are no more.
    var notes: [String] {
        feeds.flatMap { feed in
            deliveries.compactMap { delivery in
                let names = Self.names(of: feed)
                let isNamed = !names.isDisjoint(with: delivery.settings.feeds ?? [])
                guard isNamed || !names.isDisjoint(with: Self.feedsInQueries(of: delivery)) else { return nil }
                let place = delivery.place(of: isNamed ? "feeds" : "match")
                return "the delivery \(delivery.name) in \(place) still names \(feed.id)"
            }
        }
    }

    private static func names(of feed: FeedConfiguration) -> Set<FeedIdentifier> { Set([feed.id] + feed.formerly) }

    private static func feedsInQueries(of delivery: DeliveryFile) -> Set<FeedIdentifier> {
        // They were read before, when the file was.
        Set((delivery.settings.match ?? []).compactMap { try? Query($0) }.flatMap(\.feeds))
    }
}
