package import Archiving
package import ArticleStore
package import FeedModel
import Glibc
package import JSONText

/// `StatusFigures` says how the service and the store are at one moment: what `newswire status` shows and Prometheus
/// reads.
package struct StatusFigures: Sendable, Equatable {
    /// The running service knows these; nil where none runs and all that is known is on disk.
    package var service: ServiceFigures?
    /// So many configured feeds are in which condition.
    package var feeds: [FeedCondition: Int] = [:]
    /// So many feeds have something about them that is worth a look.
    package var marked = MarkedFeeds()
    /// So many articles were blocked by rules in this hour and the 23 before it; nil where there are no rules.
    package var blockedLastDay: UInt64?
    /// The pages of articles came to this since the start; nil where no service fetches any.
    package var pages: PageFigures?
    /// What was kept of pages that wait was damaged, and is in these files beside the store's.
    package var damagedPages: [String] = []
    /// Pages are kept as they came to this extent; nil where none are.
    package var archive: ArchiveFigures?
    /// This machine stands in its fleet like this; nil for a machine alone, and where no service runs.
    package var fleet: FleetStatus?
    /// The next feed is due at this time.
    package var nextPoll: Timestamp?
    /// So many hosts have asked to be left alone for a while.
    package var hostsPaused = 0
    /// The feed that has waited longest for its poll has been due for so many seconds.
    package var oldestOverdue: Int64 = 0
    /// The store has these on disk.
    package var store = StoreFigures()
    /// These consumers have a cursor.
    package var consumers: [Consumer] = []
    /// Says what is too old by `[store] keep` all at once, and goes bit by bit; nil for nothing.
    package var backlog: RetentionMemory.Backlog?
    /// Says why the clock does not count for what lasts; nil where it does, or nobody can tell.
    package var clockDoubt: String?

    package init() {}

    /// The same with what was seen on the disk.
    func seen(_ disk: StatusFigures) -> StatusFigures {
        var figures = self
        figures.store.segments = disk.store.segments
        figures.store.bytes = disk.store.bytes
        figures.store.freeBytes = disk.store.freeBytes
        figures.consumers = disk.consumers
        figures.damagedPages = disk.damagedPages
        return figures
    }
}

/// `ServiceFigures` are what only the running service knows.
package struct ServiceFigures: Sendable, Equatable {
    /// The service is of this version.
    package var version: String
    /// It uses this version of libcurl.
    package var libcurl: String
    /// It uses this version of libxml2.
    package var libxml2: String
    /// It runs as this process.
    package var pid: Int32
    /// The service was started at this time.
    package var startedAt: Timestamp
    /// The polls since the start came to this.
    package var polls = PollCounters()
    /// So many polls run right now.
    package var running = 0
    /// Tells whether the machine's own network seems to be down.
    package var isOffline = false
    /// Says what came of reading the configuration anew the last time; nil where that was never done.
    package var lastReload: Reload?
    /// Says why articles cannot be stored; nil where they can.
    package var storeFailure: String?
    /// These file systems do not answer.
    package var delays: [DiskDelay] = []

    package init(version: String, libcurl: String, libxml2: String, pid: Int32, startedAt: Timestamp) {
        self.version = version
        self.libcurl = libcurl
        self.libxml2 = libxml2
        self.pid = pid
        self.startedAt = startedAt
    }

    /// `Reload` is one reading of a changed configuration.
    package struct Reload: Sendable, Equatable {
        /// It was read at this time.
        package var time: Timestamp
        /// Says why it was not put in force; nil where it was.
        package var failure: Failure?

        package init(time: Timestamp, failure: Failure? = nil) {
            self.time = time
            self.failure = failure
        }

        /// `Failure` says why the configuration on disk is not the one in force.
        package struct Failure: Sendable, Equatable {
            /// It has been so since this time, at which it was read.
            package var since: Timestamp
            /// The reason is the first error with its file and line, or the file system that does not answer.
            package var reason: String

            package init(since: Timestamp, reason: String) {
                self.since = since
                self.reason = reason
            }
        }
    }
}

/// `StoreFigures` says what is on disk.
package struct StoreFigures: Sendable, Equatable {
    /// The store lies in this folder.
    package var directory = ""
    /// The last record has this number; 0 for none.
    package var lastSeq: UInt64 = 0
    /// The articles are kept in so many files.
    package var segments = 0
    /// Those files have so many bytes.
    package var bytes: UInt64 = 0
    /// The file system has so many bytes left for newswire; nil where that cannot be told.
    package var freeBytes: UInt64?
    /// Writes have waited for the disk so long since the service started; nil where none runs.
    package var syncs: DurationSum?

    package init() {}
}

/// `FeedCondition` says in one word how a feed is (contract.md §1, `feeds --json`).
package enum FeedCondition: String, Sendable, CaseIterable {
    case ok, failing, gone, paused, never

    /// Judges a feed by what is remembered of it.
    ///
    /// - Parameters:
    ///   - isEnabled: in the configuration; one that is not counts as paused.
    ///   - state: nil for a feed that nothing is known of.
    package init(isEnabled: Bool, _ state: FeedOutlook?, now: Timestamp) {
        guard isEnabled, state?.isHeld(at: now) != true else {
            self = .paused
            return
        }
        guard let state, state.lastPoll != nil else {
            self = .never
            return
        }
        self = state.failureKind == nil ? .ok : state.failureKind == .gone ? .gone : .failing
    }
}

/// `PollCounters` say what the polls since the start came to.
package struct PollCounters: Sendable, Equatable {
    /// So many polls had which outcome.
    package private(set) var outcomes: [PollReport.Outcome: Int] = [:]
    /// So many polls failed in which way.
    package private(set) var failures: [FailureKind: Int] = [:]
    /// So many articles were stored as new.
    package private(set) var newArticles = 0
    /// So many articles were stored as new versions.
    package private(set) var updatedArticles = 0
    /// So many articles were stored as duplicates.
    package private(set) var duplicateArticles = 0
    /// Rules have done this to them.
    package private(set) var effects = RuleEffects()
    /// So many bytes of bodies came over the wire.
    package private(set) var bytes: Int64 = 0
    /// Compression has saved so many bytes of bodies.
    package private(set) var bytesSavedByCompression: Int64 = 0
    /// Answers without a body have saved so many bytes.
    package private(set) var bytesSavedByNotModified: Int64 = 0
    /// So many documents gave which class of warning.
    package private(set) var warnings: [String: Int] = [:]
    /// Polls took so long (`PollReport.durationMilliseconds`).
    package private(set) var durations = DurationSum()
    /// Polls began so late, by the time at which they were due.
    package private(set) var lag = DurationSum()

    package init() {}

    /// Takes in what came of a poll.
    package mutating func add(_ report: PollReport) {
        outcomes[report.outcome, default: 0] += 1
        if report.outcome == .skipped { return }
        if let failure = report.failure { failures[failure.kind, default: 0] += 1 }
        newArticles += report.newArticles
        updatedArticles += report.updatedArticles
        duplicateArticles += report.duplicateArticles
        effects.add(report.effects)
        bytes += report.bytes
        bytesSavedByCompression += report.bytesUnpacked
        bytesSavedByNotModified += report.bytesNotSent
        for name in report.warnings.names { warnings[name, default: 0] += 1 }
        durations.add(milliseconds: report.durationMilliseconds)
    }

    /// Takes in that a poll has begun, so many milliseconds after it was due.
    package mutating func began(lateBy milliseconds: Int64) {
        lag.add(milliseconds: milliseconds)
    }
}

extension StatusFigures {
    /// Returns what the disk can tell without reading articles. What cannot be read is left out: a status says what it
    /// can.
    ///
    /// - Parameters:
    ///   - store: the folder.
    ///   - lastSeq: as the writer knows it; nil looks for it.
    package static func onDisk(store: String, lastSeq: UInt64? = nil) -> StatusFigures {
        var figures = StatusFigures()
        figures.store.directory = store
        figures.store.freeBytes = freeBytes(store)
        guard let reader = try? StoreReader(directory: store) else { return figures }
        figures.backlog = reader.retentionMemory?.backlog
        figures.damagedPages = reader.pagesAside()
        let last = lastSeq ?? (try? reader.lastSeq()) ?? 0
        figures.store.lastSeq = last
        if let sizes = try? reader.segmentSizes() {
            figures.store.segments = sizes.count
            figures.store.bytes = sizes.reduce(0, +)
        }
        figures.consumers = consumers(of: store, last: last)
        let events = ArticleStore.eventsFolder(of: store)
        if let reader = try? StoreReader(directory: events) {
            figures.consumers += consumers(of: events, last: (try? reader.lastSeq()) ?? 0).map { consumer in
                var consumer = consumer
                consumer.isOfEvents = true
                return consumer
            }
        }
        return figures
    }

    private static func consumers(of store: String, last: UInt64) -> [Consumer] {
        guard let cursors = try? Cursors(directory: store), let consumers = try? cursors.list() else { return [] }
        return consumers.map { cursor in
            Consumer(
                name: cursor.name, seq: cursor.seq, behind: cursor.seq.map { last > $0 ? last - $0 : 0 },
                failure: cursors.failure(of: cursor.name), published: cursors.publishFigures(of: cursor.name))
        }
    }

    private static func freeBytes(_ path: String) -> UInt64? {
        var figures = statvfs()
        guard statvfs(path, &figures) == 0 else { return nil }
        return UInt64(figures.f_bavail) * UInt64(figures.f_frsize)
    }
}

extension StatusFigures {
    /// Writes `newswire status --json`: one object, in which keys without a value are left out.
    package func write(to json: inout JSONWriter) {
        json.beginObject()
        json.key("running")
        json.bool(service != nil)
        if let service { service.writeMembers(to: &json) }
        json.key("feeds")
        json.beginObject()
        for state in FeedCondition.allCases {
            json.key(state.rawValue)
            json.integer(feeds[state] ?? 0)
        }
        json.endObject()
        json.member("feeds_with_id_churn", marked[.churn])
        json.member("feeds_with_volatile_articles", marked[.volatile])
        json.member("feeds_over_item_limit", marked[.long])
        json.member("feeds_blocked_whole", marked[.blocked])
        json.member("blocked_24h", blockedLastDay)
        if let pages {
            json.key("fulltext")
            json.beginObject()
            pages.writeMembers(to: &json)
            json.endObject()
        }
        json.member("damaged_pages", damagedPages)
        if let archive {
            json.key("archive")
            archive.write(to: &json)
        }
        if let fleet {
            json.key("fleet")
            fleet.write(to: &json)
        }
        json.member("next_poll", nextPoll)
        json.member("hosts_paused", hostsPaused)
        json.member("oldest_overdue_seconds", oldestOverdue)
        json.member("clock_doubt", clockDoubt)
        if let backlog {
            json.key("retention")
            json.beginObject()
            json.member("waiting", backlog.waiting)
            json.member("daily", backlog.daily)
            json.member("since", backlog.since)
            json.member("until", backlog.until)
            json.endObject()
        }
        json.key("store")
        json.beginObject()
        json.member("directory", store.directory)
        json.member("last_seq", store.lastSeq)
        json.member("segments", store.segments)
        json.member("bytes", store.bytes)
        json.member("free_bytes", store.freeBytes)
        if let syncs = store.syncs { json.member("commits", syncs) }
        json.endObject()
        json.key("consumers")
        json.beginArray()
        for consumer in consumers { consumer.write(to: &json) }
        json.endArray()
        json.endObject()
    }
}

extension ServiceFigures {
    fileprivate func writeMembers(to json: inout JSONWriter) {
        json.member("version", version)
        json.member("pid", pid)
        json.member("started_at", startedAt)
        json.member("polls_running", running)
        json.flag("offline", isOffline)
        json.member("store_failure", storeFailure)
        if !delays.isEmpty { json.member("waiting_for", delays.map(\.description)) }
        if let lastReload {
            json.member("last_reload", lastReload.time)
            json.key("last_reload_successful")
            json.bool(lastReload.failure == nil)
            json.member("configuration_wrong_since", lastReload.failure?.since)
            json.member("configuration_error", lastReload.failure?.reason)
        }
        json.key("polls")
        json.beginObject()
        for outcome in PollReport.Outcome.allCases {
            json.key(outcome.rawValue)
            json.integer(polls.outcomes[outcome] ?? 0)
        }
        json.endObject()
        json.key("failures")
        json.beginObject()
        for (kind, count) in polls.failures.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            json.key(kind.rawValue)
            json.integer(count)
        }
        json.endObject()
        json.key("warnings")
        json.beginObject()
        for (kind, count) in polls.warnings.sorted(by: { $0.key < $1.key }) {
            json.key(kind)
            json.integer(count)
        }
        json.endObject()
        json.member("new", polls.newArticles)
        json.member("updated", polls.updatedArticles)
        json.member("duplicates", polls.duplicateArticles)
        json.member("bytes", polls.bytes)
        json.member("bytes_saved_by_compression", polls.bytesSavedByCompression)
        json.member("bytes_saved_by_not_modified", polls.bytesSavedByNotModified)
        json.member("durations", polls.durations)
        json.member("lag", polls.lag)
    }
}

extension JSONWriter {
    /// Writes a member with how often something happened, and how long it took.
    mutating func member(_ key: StaticString, _ value: DurationSum) {
        self.key(key)
        beginObject()
        member("count", value.count)
        self.key("seconds")
        number(value.seconds)
        self.key("longest")
        number(value.longest)
        endObject()
    }
}
