package import Web

/// What is set at the top of the file.
struct TopSettings: Sendable {
    /// An entry of `include`, and where it stands.
    struct Include: Sendable {
        var entry: String
        var place: SourcePlace
    }

    var contact: String?
    var includes: [Include] = []
}

/// `FetchSettings` are those of `[fetch]`: how documents are fetched where a host or a feed says nothing else.
@dynamicMemberLookup
package struct FetchSettings: Sendable, Equatable {
    /// So many transfers run at a time, over all hosts.
    package var concurrency = 64
    /// So many transfers run at a time to one host.
    package var hostConcurrency = 1
    /// The delay is from the start of one transfer to a host to the start of the next.
    package var hostDelay: Duration = .seconds(2)
    /// A document may have so many bytes once it is decompressed.
    package var maxBody = 15 << 20
    var transfer = TransferSettings()

    package init() {}

    /// Returns one setting of transfers as if it were a member: `fetch.timeout`.
    package subscript<Value>(dynamicMember field: WritableKeyPath<TransferSettings, Value>) -> Value {
        get { transfer[keyPath: field] }
        set { transfer[keyPath: field] = newValue }
    }
}

/// `TransferSettings` are those that may stand in `[fetch]`, for every transfer, and in the table of a feed, for its
/// own.
package struct TransferSettings: Sendable, Hashable {
    /// The timeout is for resolving, connecting and TLS together.
    package var connectTimeout: Duration = .seconds(10)
    /// The timeout is for the whole transfer with its redirects.
    package var timeout: Duration = .seconds(30)
    /// The policy says which addresses of networks that are not public may be connected to (security.md §2).
    package var privateNetworks = AddressPolicy.deny
    /// The proxy is asked in place of the server; where it is nil there is none, whatever the environment says.
    package var proxy: ProxyURL?
    /// The user and password are shown to `proxy` and to nobody else. A feed's own proxy does not get those of
    /// `[fetch]`.
    package var proxyAuth: FeedOptions.BasicAuth?
    /// The absolute path names certificates of authorities in PEM; nil for the system's bundle.
    package var caFile: String?
}

/// `HostSettings` are those of `[host."NAME"]`, which a host and all below it share as one allowance.
package struct HostSettings: Sendable, Equatable {
    /// `PauseScope` says what rests while a server is too busy.
    package enum PauseScope: String, Sendable, CaseIterable {
        case host
        case feed
    }

    /// The name is the key of the host (`HostKey`), under which all its forms are known.
    package var name: String
    /// The delay is from start to start of two transfers: `[fetch] host_delay` where the table says nothing.
    package var delay: Duration
    /// So many transfers run at a time: `[fetch] host_concurrency` where the table says nothing.
    package var concurrency: Int
    /// The scope is what a 429 or 503 pauses; nil for the host where its address is public, else for the feed.
    package var pauseScope: PauseScope?
    /// The cap is `[schedule] max_age_cap` where the table says nothing.
    package var maxAgeCap: Duration
    /// The place is where the table stands.
    package var source: SourcePlace

    /// Two tables are equal that say the same; where they were written does not count.
    package static func == (left: Self, right: Self) -> Bool {
        left.name == right.name && left.delay == right.delay && left.concurrency == right.concurrency
            && left.pauseScope == right.pauseScope && left.maxAgeCap == right.maxAgeCap
    }
}

/// `ScheduleSettings` are those of `[schedule]`: the bounds of every interval.
package struct ScheduleSettings: Sendable, Equatable {
    /// The shortest interval is never above `maxInterval`.
    package var minInterval: Duration = .seconds(600)
    /// The longest interval is what a feed that publishes nothing comes to.
    package var maxInterval: Duration = .seconds(86_400)
    /// The interval that a feed begins with is between the other two.
    package var initialInterval: Duration = .seconds(3600)
    /// The cap is the longest freshness of a response that is believed (polling.md §3).
    package var maxAgeCap: Duration = .seconds(86_400)

    package init() {}
}

/// `StoreSettings` are those of `[store]`: where articles are kept, and which.
package struct StoreSettings: Sendable, Equatable {
    /// `Retention` says how long articles are kept.
    package enum Retention: Sendable, Equatable {
        case forever
        /// At least a second.
        case span(Duration)
    }

    /// `Updates` says what becomes of edits of known articles.
    package enum Updates: String, Sendable, CaseIterable {
        case keep
        /// Edits of known articles are not stored.
        case ignore
    }

    /// `Duplicates` says how an article is stored that another feed had first.
    package enum Duplicates: String, Sendable, CaseIterable {
        /// A record that names the article it repeats, with content where it says more or otherwise (identity.md §9).
        case differing
        /// The same, never with content.
        case short
        /// An article like any other.
        case keep
    }

    /// The path is absolute; it is empty only while files are read and none has named it.
    package var directory: String
    /// A segment has about so many bytes.
    package var segmentSize = 64 << 20
    /// Articles are kept so long.
    package var keep = Retention.forever
    /// The setting holds where a feed says nothing else.
    package var updates = Updates.keep
    /// The setting holds for all feeds.
    package var duplicates = Duplicates.differing

    package init(directory: String) {
        self.directory = directory
    }
}

/// `DeliverSettings` are those of `[deliver]`: what `newswire deliver` may do on behalf of whoever runs it.
package struct DeliverSettings: Sendable, Equatable {
    /// The policy says which addresses of networks that are not public articles may be sent to (security.md §2).
    package var privateNetworks = AddressPolicy.deny

    package init() {}
}

/// `EventSettings` are those of `[events]`: what is worth an event, and how long it is kept.
package struct EventSettings: Sendable, Equatable {
    /// A feed has to fail for so long.
    package var failingAfter: Duration = .seconds(86_400)
    /// A consumer's command has to refuse a batch for so long.
    package var stuckAfter: Duration = .seconds(3600)
    /// Events are kept so long.
    package var keep = StoreSettings.Retention.span(.seconds(365 * 86_400))

    package init() {}
}

/// `StatusSettings` are those of `[status]`: where figures of the running service are written for others to read.
package struct StatusSettings: Sendable, Equatable {
    /// The absolute path names a file in Prometheus' text format for node_exporter's textfile collector; nil for none.
    package var textfile: String?
    /// Tells whether the metrics have figures of each feed.
    package var feedMetrics = false

    package init() {}
}

/// `LogSettings` are those of `[log]`: what is told while the service runs.
package struct LogSettings: Sendable, Equatable {
    /// `Level` says how serious a message is.
    package enum Level: String, Sendable, CaseIterable {
        case trace, debug, info, notice, warning, error
    }

    /// Messages below this level are not logged.
    package var level = Level.info

    package init() {}
}

/// `[[feed]]`: a feed as its table has it, before ids are settled.
struct FeedSettings: Sendable {
    /// nil only until the table has been read.
    var address: FeedAddress?
    var id: String?
    var title: String?
    var tags: [String] = []
    var options: FeedOptions
}
