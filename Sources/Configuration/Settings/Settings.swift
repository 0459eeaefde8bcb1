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

/// `[fetch]`: how documents are fetched, where a host or a feed says nothing else.
@dynamicMemberLookup
package struct FetchSettings: Sendable, Equatable {
    /// Transfers at a time.
    package var concurrency = 64
    /// Transfers at a time to one host.
    package var hostConcurrency = 1
    /// From start to start of two transfers to one host.
    package var hostDelay: Duration = .seconds(2)
    /// Bytes of a decoded document.
    package var maxBody = 15 << 20
    var transfer = TransferSettings()

    package init() {}

    package subscript<Value>(dynamicMember field: WritableKeyPath<TransferSettings, Value>) -> Value {
        get { transfer[keyPath: field] }
        set { transfer[keyPath: field] = newValue }
    }
}

/// What `[fetch]` sets of every transfer, and a feed of its own: members of both.
package struct TransferSettings: Sendable, Hashable {
    /// Resolving, connecting and TLS together.
    package var connectTimeout: Duration = .seconds(10)
    /// The whole transfer with its redirects.
    package var timeout: Duration = .seconds(30)
    /// Which addresses of networks that are not public may be connected to (security.md §2).
    package var privateNetworks = AddressPolicy.deny
    /// nil: none, whatever the environment says.
    package var proxy: ProxyURL?
    /// Absolute path; nil: the system's bundle.
    package var caFile: String?
}

/// `[host."NAME"]`: what a host and all below it share as one allowance.
package struct HostSettings: Sendable, Equatable {
    package enum PauseScope: String, Sendable, CaseIterable {
        case host
        case feed
    }

    /// The name is the key of the host (`HostKey`), under which all its forms are known.
    package var name: String
    /// From start to start of two transfers. `[fetch] host_delay` where the table says nothing.
    package var delay: Duration
    /// `[fetch] host_concurrency` where the table says nothing.
    package var concurrency: Int
    /// What a 429 or 503 pauses; nil: the host where its address is public, else the feed.
    package var pauseScope: PauseScope?
    /// `[schedule] max_age_cap` where the table says nothing.
    package var maxAgeCap: Duration
    package var source: SourcePlace

    /// Equal in what they say; where it was written does not count.
    package static func == (left: Self, right: Self) -> Bool {
        left.name == right.name && left.delay == right.delay && left.concurrency == right.concurrency
            && left.pauseScope == right.pauseScope && left.maxAgeCap == right.maxAgeCap
    }
}

/// `[schedule]`: the bounds of every interval.
package struct ScheduleSettings: Sendable, Equatable {
    /// Never above `maxInterval`.
    package var minInterval: Duration = .seconds(600)
    package var maxInterval: Duration = .seconds(86_400)
    /// Between the other two.
    package var initialInterval: Duration = .seconds(3600)
    /// The longest freshness of a response that is believed (polling.md §3).
    package var maxAgeCap: Duration = .seconds(86_400)

    package init() {}
}

/// `[store]`: where articles are kept, and which.
package struct StoreSettings: Sendable, Equatable {
    package enum Retention: Sendable, Equatable {
        case forever
        /// At least a second.
        case span(Duration)
    }

    package enum Updates: String, Sendable, CaseIterable {
        case keep
        /// Edits of known articles are not stored.
        case ignore
    }

    package enum Duplicates: String, Sendable, CaseIterable {
        /// A short record that names the article it repeats (identity.md §9).
        case short
        case keep
    }

    /// Absolute path; empty only while files are read, where none has named it.
    package var directory: String
    /// Bytes.
    package var segmentSize = 64 << 20
    package var keep = Retention.forever
    package var updates = Updates.keep
    package var duplicates = Duplicates.short

    package init(directory: String) {
        self.directory = directory
    }
}

/// `[status]`: where figures of the running service are written for others to read.
package struct StatusSettings: Sendable, Equatable {
    /// Absolute path of a file in Prometheus' text format for node_exporter's textfile collector; nil for none.
    package var textfile: String?

    package init() {}
}

/// `[log]`: what is said while the service runs.
package struct LogSettings: Sendable, Equatable {
    package enum Level: String, Sendable, CaseIterable {
        case trace, debug, info, notice, warning, error
    }

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
