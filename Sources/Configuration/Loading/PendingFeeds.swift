private import FeedModel

/// What a `[[feed]]` table sets of a feed's options; everything else comes from the defaults.
struct FeedOverrides: Hashable, Sendable {
    var interval: Duration?
    var userAgent: String?
    var headers: [HeaderField] = []
    var basicAuth: FeedOptions.BasicAuth?
    var bearer: Secret?
    var clientCert: FeedOptions.ClientCertificate?
    /// Set to an empty text: no proxy, though `[fetch]` names one. The same holds for `caFile`.
    var proxy: String?
    var timeout: Duration?
    var connectTimeout: Duration?
    var maxAgeCap: Duration?
    var privateNetworks: PrivateNetworks?
    var caFile: String?
    var tlsVerify: Bool?
    var http2: Bool?
    var keepAlive: Bool?
    var aliases: Bool?
    var updates: StoreSettings.Updates?
    var enabled: Bool?
}

/// A feed as one file names it, before ids and defaults are settled.
struct PendingFeed {
    var url: String
    var localPath: String?
    var id: String?
    var title: String?
    var tags: [String]
    var place: SourcePlace
    /// nil for a line of a list, which can set nothing.
    var overrides: Shared<FeedOverrides>?
}

/// The feeds of all files, each URL once.
struct PendingFeeds {
    private(set) var feeds: [PendingFeed] = []
    private var tags = Interner<[String]>()
    private var overrides = Interner<Shared<FeedOverrides>>()
    private var indexes: [String: Int] = [:]
    private var places: [String: SourcePlace] = [:]

    /// What became of a feed that was added.
    enum Addition {
        case added
        /// A list names a feed that is known from elsewhere: its tags and title have been taken over.
        case merged(with: SourcePlace)
        /// Two tables for one URL that are not told apart by ids.
        case sameURL(as: SourcePlace)
        case sameID(as: SourcePlace)
        case tooMany
    }

    mutating func add(_ feed: PendingFeed) -> Addition {
        var feed = feed
        if !feed.tags.isEmpty { feed.tags = tags.interned(feed.tags) }
        if let own = feed.overrides { feed.overrides = overrides.interned(own) }
        if let id = feed.id {
            if let other = places[id] { return .sameID(as: other) }
        }
        if let index = indexes[feed.url] {
            let other = feeds[index]
            if feed.overrides == nil {
                feeds[index].merge(feed)
                return .merged(with: other.place)
            }
            if other.overrides == nil {
                var table = feed
                table.merge(other)
                feeds[index] = table
                if let id = feed.id { places[id] = feed.place }
                return .merged(with: other.place)
            }
            guard feed.id != nil, other.id != nil else { return .sameURL(as: other.place) }
        }
        guard feeds.count < LoadingState.Limit.feeds else { return .tooMany }
        if let id = feed.id { places[id] = feed.place }
        if indexes[feed.url] == nil { indexes[feed.url] = feeds.count }
        feeds.append(feed)
        return .added
    }
}

extension PendingFeed {
    fileprivate mutating func merge(_ other: PendingFeed) {
        if title == nil { title = other.title }
        for tag in other.tags where tags.count < 100 && !tags.contains(tag) { tags.append(tag) }
    }
}
