private import FeedModel

/// What has been gathered while the files of a configuration are read, and what is wrong with them.
final class LoadingState {
    /// Everything newswire reads of a configuration is bounded.
    enum Limit {
        static let fileBytes = 64 << 20
        static let files = 10_000
        static let includeDepth = 8
        static let feeds = 1_000_000
        static let filters = 1000
        static let publications = 1000
        static let webAccounts = 1000
        /// Each /regex/ of a rule may take a megabyte of memory, and some time of each article.
        static let filterPatterns = 1000
        static let diagnostics = 1000
    }

    let environment: [String: String]
    private(set) var diagnostics: [Diagnostic] = []
    private var dropped = 0
    private(set) var hasErrors = false

    var top = TopSettings()
    /// Whether the file has a contact, even one that was refused.
    var isContactNamed = false
    /// Whether the main file was read, even with errors in it.
    var isMainRead = false
    /// The main file and the line of it from which on it is no TOML; nil where it is.
    var brokenMain: (bytes: [UInt8], line: Int)?
    /// Whether what the main file says of the store's place could be read, and nothing else that may have meant it.
    var isStoreCertain = false
    var fetch = FetchSettings()
    var fetchLines: [String: Int] = [:]
    var includePatterns: [String] = []
    var sources = ConfigurationSources()
    var schedule = ScheduleSettings()
    var store = StoreSettings(directory: "")
    var events = EventSettings()
    var fullText = FullTextSettings()
    var archive = ArchiveSettings()
    var deliver = DeliverSettings()
    var publications: [PublishSettings] = []
    var fleet: FleetSettings?
    var web = WebSettings()
    var status = StatusSettings()
    var log = LogSettings()
    var hosts: [String: HostSettings] = [:]
    var feeds = PendingFeeds()
    var filters = PendingFilters()

    init(environment: [String: String]) {
        self.environment = environment
    }

    /// The options of a feed that sets none; known once the main file's settings have been read.
    var feedOptions: FeedOptions {
        FeedOptions(
            transfer: fetch.transfer, pages: fullText.pages, maxAgeCap: schedule.maxAgeCap, updates: store.updates)
    }

    func error(_ message: String, at place: SourcePlace) {
        hasErrors = true
        append(Diagnostic(.error, file: place.file, line: place.line, message))
    }

    func error(_ message: String, file: String) {
        hasErrors = true
        append(Diagnostic(.error, file: file, line: nil, message))
    }

    func warning(_ message: String, at place: SourcePlace) {
        append(Diagnostic(.warning, file: place.file, line: place.line, message))
    }

    func add(_ diagnostic: Diagnostic) {
        if diagnostic.severity == .error { hasErrors = true }
        append(diagnostic)
    }

    private func append(_ diagnostic: Diagnostic) {
        // An error is worth more than the warning it would push out.
        if diagnostics.count >= Limit.diagnostics, diagnostic.severity == .warning || dropped > 0 {
            dropped += 1
        } else {
            diagnostics.append(diagnostic)
        }
    }

    /// Sorts by the order in which files were met, then by line.
    private func sort() {
        var order: [String: Int] = [:]
        for diagnostic in diagnostics where order[diagnostic.file] == nil { order[diagnostic.file] = order.count }
        let keys = diagnostics.enumerated().map { index, diagnostic in
            (order[diagnostic.file, default: 0], diagnostic.line ?? 0, index)
        }
        diagnostics = keys.sorted { $0 < $1 }.map { diagnostics[$0.2] }
    }

    /// All that was found, with what belongs at the end of it.
    func finish(file: String) -> [Diagnostic] {
        sort()
        if dropped > 0 {
            diagnostics.append(
                Diagnostic(hasErrors ? .error : .warning, file: file, line: nil, "and \(dropped) more like these"))
        }
        return diagnostics
    }
}

/// A feed as one file names it, before ids and defaults are settled.
struct PendingFeed {
    var url: String
    var origin: FeedOrigin
    var id: String?
    var title: String?
    var tags: [String]
    var place: SourcePlace
    /// The options that a table sets; nil for a line of a list, which can set nothing.
    var options: Shared<FeedOptions>?
    /// Whether the table sets `max_age_cap`; otherwise the cap of its host comes before that of all feeds.
    var hasOwnCap = false
    /// Whether the table sets no option: it says no more than a line of a list.
    var isPlain = false
}

/// The feeds of all files, each once, however its URL is written.
struct PendingFeeds {
    private(set) var feeds: [PendingFeed] = []
    private var tags = Interner<ExactTexts>()
    private var options = Interner<Shared<FeedOptions>>()
    private var indexes: [String: Int] = [:]
    /// The first feed of each form of a URL.
    private var forms: [String: Int] = [:]
    private var places: [String: SourcePlace] = [:]

    /// What became of a feed that was added.
    enum Addition {
        case added
        /// It is known from elsewhere: tags and title of both are the feed's.
        case merged(with: Known)
        /// Two tables for one URL that are not told apart by ids.
        case sameURL(as: SourcePlace)
        /// Two tables with different options for two URLs of one feed: both are kept.
        case alike(Known)
        case sameID(as: SourcePlace)
        case tooMany
    }

    /// A feed that was there before.
    struct Known {
        var place: SourcePlace
        /// Its URL where that is written otherwise; nil where it is the same.
        var otherURL: String?
        /// No table has named it.
        var isOfList: Bool

        /// How a diagnostic of the feed that was added goes on behind its URL.
        var message: String {
            guard let otherURL else { return "is already in \(place)" }
            return "is the same feed as \(URLRedaction.redacted(otherURL)) in \(place)"
        }
    }

    /// The options in a box that is the same for equal ones.
    mutating func shared(_ options: FeedOptions) -> Shared<FeedOptions> {
        self.options.interned(Shared(options))
    }

    mutating func add(_ feed: PendingFeed) -> Addition {
        var feed = feed
        if !feed.tags.isEmpty { feed.tags = tags.interned(ExactTexts(texts: feed.tags)).texts }
        if let id = feed.id, let other = places[id] { return .sameID(as: other) }
        var alike: Known?
        let form = indexes[feed.url] == nil ? FeedIDResolver.looseForm(feed.url) : ""
        if let index = indexes[feed.url] ?? forms[form] {
            let other = feeds[index]
            let known = Known(
                place: other.place, otherURL: other.url == feed.url ? nil : other.url, isOfList: other.options == nil)
            if feed.isOne(with: other) {
                join(feed, index)
                return .merged(with: known)
            }
            if feed.id == nil || other.id == nil {
                if known.otherURL == nil { return .sameURL(as: other.place) }
                alike = known
            }
        }
        guard feeds.count < LoadingState.Limit.feeds else { return .tooMany }
        if let id = feed.id { places[id] = feed.place }
        if indexes[feed.url] == nil {
            indexes[feed.url] = feeds.count
            if forms[form] == nil { forms[form] = feeds.count }
        }
        feeds.append(feed)
        return alike.map { .alike($0) } ?? .added
    }

    /// Makes one feed of two.
    private mutating func join(_ feed: PendingFeed, _ index: Int) {
        var (joined, other) = (feeds[index], feed)
        if other.rank > joined.rank { swap(&joined, &other) }
        joined.merge(other)
        feeds[index] = joined
        if let id = feed.id { places[id] = feed.place }
        if indexes[feed.url] == nil { indexes[feed.url] = index }
    }
}

extension PendingFeed {
    /// Whether two of one URL can be one feed without losing what either says.
    fileprivate func isOne(with other: PendingFeed) -> Bool {
        if id != nil, other.id != nil { return false }
        if saysLittle || other.saysLittle { return true }
        return options == other.options && hasOwnCap == other.hasOwnCap
    }

    private var saysLittle: Bool { options == nil || isPlain }

    /// Whose URL and place are the feed's: a table counts before a line of a list, and most if it has an id.
    fileprivate var rank: Int { (id == nil ? 0 : 3) + (options == nil ? 0 : isPlain ? 1 : 2) }

    fileprivate mutating func merge(_ other: PendingFeed) {
        if title == nil { title = other.title }
        if id == nil { id = other.id }
        if saysLittle, !other.saysLittle {
            (options, hasOwnCap, isPlain) = (other.options, other.hasOwnCap, other.isPlain)
        }
        tags = FeedTags.joined(tags, other.tags)
    }
}

/// Gives the same value for equal ones, so that what many feeds have alike is in memory once.
struct Interner<Value: Hashable> {
    private var values: Set<Value> = []

    /// The first of the values so far that equal this one.
    mutating func interned(_ value: Value) -> Value {
        values.insert(value).memberAfterInsert
    }
}
