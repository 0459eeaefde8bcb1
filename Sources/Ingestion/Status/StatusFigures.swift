package import ArticleStore
package import FeedModel

/// How the service and the store are at one moment: what `newswire status` shows and Prometheus reads.
package struct StatusFigures: Sendable, Equatable {
    /// The running service; nil where none runs and all that is known is on disk.
    package var service: ServiceFigures?
    package var feeds: [FeedCondition: Int] = [:]
    /// When the next feed is due.
    package var nextPoll: Timestamp?
    package var hostsPaused = 0
    /// How long the feed that has waited longest for its poll has been due, in seconds.
    package var oldestOverdue: Int64 = 0
    package var store = StoreFigures()
    package var consumers: [Consumer] = []
    /// What is too old by `[store] keep` all at once, and goes bit by bit.
    package var backlog: RetentionMemory.Backlog?
    /// Why the clock does not count for what lasts; nil where it does, or nobody can tell.
    package var clockDoubt: String?

    package struct Consumer: Sendable, Equatable {
        package var name: String
        /// nil where its cursor cannot be read.
        package var seq: UInt64?
        package var behind: UInt64?

        package init(name: String, seq: UInt64?, behind: UInt64?) {
            self.name = name
            self.seq = seq
            self.behind = behind
        }
    }

    package init() {}

    /// The same with what was seen on the disk.
    func seen(_ disk: StatusFigures) -> StatusFigures {
        var figures = self
        figures.store.segments = disk.store.segments
        figures.store.bytes = disk.store.bytes
        figures.store.freeBytes = disk.store.freeBytes
        figures.consumers = disk.consumers
        return figures
    }
}

/// What only the running service knows.
package struct ServiceFigures: Sendable, Equatable {
    package var version: String
    package var libcurl: String
    package var libxml2: String
    package var pid: Int32
    package var startedAt: Timestamp
    package var polls = PollCounters()
    package var running = 0
    /// The machine's own network seems to be down.
    package var isOffline = false
    /// When the configuration was last read anew.
    package var lastReload: Reload?
    /// Why articles cannot be stored; nil where they can.
    package var storeFailure: String?
    /// File systems that do not answer.
    package var delays: [DiskDelay] = []

    package init(version: String, libcurl: String, libxml2: String, pid: Int32, startedAt: Timestamp) {
        self.version = version
        self.libcurl = libcurl
        self.libxml2 = libxml2
        self.pid = pid
        self.startedAt = startedAt
    }

    package struct Reload: Sendable, Equatable {
        package var time: Timestamp
        package var succeeded: Bool

        package init(time: Timestamp, succeeded: Bool) {
            self.time = time
            self.succeeded = succeeded
        }
    }
}

/// What is on disk.
package struct StoreFigures: Sendable, Equatable {
    package var directory = ""
    package var lastSeq: UInt64 = 0
    package var segments = 0
    package var bytes: UInt64 = 0
    package var freeBytes: UInt64?
    /// Writes that waited for the disk, since the service started.
    package var syncs: DurationSum?

    package init() {}
}
