internal import Configuration
internal import FeedModel
internal import Locking

/// `ReaderLists` is what readers are told of the configured feeds whatever is in them, and ask for each minute: found out once
/// for a configuration, however many feeds that has.
struct ReaderLists: Sendable {
    private let generation: Int
    /// The numbers of feeds, by their places in the configuration.
    let numbers: [UInt32]
    /// The categories in the order of the configuration, each once whatever its case.
    let categories: [String]
    /// What feeds are labelled with, each once whatever its case: all tags, and the category of those that have none.
    let labels: [String]
    /// The places of labels that feeds have together, each once.
    private let sets: [[Int]]
    /// By the places of feeds, where their labels are in `sets`.
    private let setOfFeed: [Int32]

    /// Gives those of a desk's moment.
    static func current(_ desk: ReaderDesk) throws(WebFailure) -> ReaderLists {
        let house = desk.call.house
        if let known = house.readerLists.withLock({ $0 }), known.generation == desk.snapshot.generation { return known }
        let made = try ReaderLists(desk.snapshot, house.parts.numbers)
        house.readerLists.withLock { $0 = made }
        return made
    }

    private init(_ snapshot: FeedSnapshot, _ numbers: FeedNumbers) throws(WebFailure) {
        generation = snapshot.generation
        let feeds = snapshot.configuration.feeds
        self.numbers = try numbers.numbers(of: feeds.map(\.id))
        var categories: [String] = []
        var labels: [String] = []
        var places: [TagKey: Int] = [:]
        var known: Set<TagKey> = []
        var sets: [[Int]] = []
        var indexes: [[String]: Int32] = [:]
        setOfFeed = feeds.map { feed in
            // Most feeds have the tags that another has.
            if let index = indexes[feed.tags] { return index }
            let category = ReaderDesk.category(of: feed)
            if known.insert(TagKey(category)).inserted { categories.append(category) }
            var set: [Int] = []
            for label in feed.tags.isEmpty ? [category] : feed.tags {
                let place = places[TagKey(label)] ?? labels.count
                if place == labels.count {
                    labels.append(label)
                    places[TagKey(label)] = place
                }
                if !set.contains(place) { set.append(place) }
            }
            sets.append(set)
            indexes[feed.tags] = Int32(sets.count - 1)
            return Int32(sets.count - 1)
        }
        self.categories = categories
        self.labels = labels
        self.sets = sets
    }

    /// The places in `labels` of those that a feed has.
    func labels(ofFeed place: Int) -> [Int] { sets[Int(setOfFeed[place])] }
}
