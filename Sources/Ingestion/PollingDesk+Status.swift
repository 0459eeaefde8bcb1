internal import ArticleStore
internal import Configuration
internal import FeedModel
internal import Logging
internal import Scheduling

/// How the service is: for `newswire status`, Prometheus and systemd.
extension PollingDesk {
    func figures(running: Int) -> StatusFigures {
        var figures = StatusFigures.onDisk(store: store.path, lastSeq: store.lastSeq)
        let time = now()
        countEndedHolds(at: time)
        figures.feeds = census.counts
        figures.nextPoll = nextDue
        figures.hostsPaused = pauses.count
        figures.oldestOverdue = overdue(at: time)
        figures.store.syncs = writer.commitDurations
        figures.backlog = retention.backlog
        figures.clockDoubt = clock.doubt?.description
        var service = about
        service.polls = counters
        service.running = running
        service.isOffline = watch.isNetworkDown
        service.lastReload = lastReload
        service.storeFailure = store.trouble?.description
        figures.service = service
        return figures
    }

    /// Seconds.
    private func overdue(at time: Timestamp) -> Int64 {
        let first = dueTimes.min() ?? time
        return first < time ? (time.milliseconds - first.milliseconds) / 1000 : 0
    }

    /// The metrics for node_exporter, at their time.
    func writeMetrics(running: Int, at time: Timestamp) {
        guard let path = current?.configuration.status.textfile,
            time.milliseconds - lastMetrics.milliseconds >= Self.metricsInterval
        else { return }
        lastMetrics = time
        let failure = MetricsFile(path: path).write(figures(running: running).prometheus)
        // Once, and not every 15 seconds.
        if let failure, failure != metricsFailure {
            logger.warning("[status] textfile: \(failure); the service's sandbox may need ReadWritePaths= for it")
        }
        metricsFailure = failure
    }

    func status(nextDue: Timestamp?) -> String {
        if let trouble = store.trouble { return "nothing is stored: \(trouble)" }
        var text = "\(feedCount) feed\(feedCount == 1 ? "" : "s"), \(failing.count) failing"
        if watch.isNetworkDown { text += ", offline" }
        if let nextDue {
            text += ", next in \(max(0, (nextDue.milliseconds - now().milliseconds + 999) / 1000)) s"
        }
        return text
    }
}

/// How many feeds are in which condition, kept as they change.
struct FeedCensus {
    /// By the feeds' numbers.
    private var conditions: [FeedCondition?] = []
    private(set) var counts: [FeedCondition: Int] = [:]

    mutating func note(_ feed: Int, _ condition: FeedCondition) {
        while conditions.count <= feed { conditions.append(nil) }
        if let old = conditions[feed] { counts[old, default: 1] -= 1 }
        conditions[feed] = condition
        counts[condition, default: 0] += 1
    }

    mutating func removeAll() {
        conditions = []
        counts = [:]
    }
}
