internal import ArticleStore
internal import Configuration
internal import FeedModel
internal import Logging
internal import Scheduling

/// How the service is: for `newswire status`, Prometheus and systemd.
extension ServiceState {
    /// All but what is on the disk (`StatusFigures.seen`).
    func figures(running: Int) -> StatusFigures {
        var figures = StatusFigures()
        let time = now()
        countEndedHolds(at: time)
        figures.feeds = census.counts
        figures.nextPoll = nextDue
        figures.hostsPaused = pauses.count
        figures.oldestOverdue = overdue(at: time)
        figures.store.directory = store.path
        figures.store.lastSeq = store.lastSeq
        figures.store.syncs = writer.commitDurations
        figures.backlog = retention.backlog
        figures.clockDoubt = clock.doubt?.description
        var service = about
        service.polls = counters
        service.running = running
        service.isOffline = health.isNetworkDown
        service.lastReload = lastReload
        service.storeFailure = store.trouble?.description
        service.delays = delays
        figures.service = service
        return figures
    }

    /// The file systems that do not answer.
    var delays: [DiskDelay] { watches.compactMap(\.delay) }

    var watches: [DiskWatch] { [writer.watch, survey.watch, reloading.watch, metrics.watch] }

    /// Says what does not answer, once, and that it does again.
    func tellDelays() {
        for line in delayTelling.lines(for: delays) {
            switch line {
            case .begins(let delay): logger.error("\(delay); polling goes on as far as it can without it")
            case .isOver(let action): logger.notice("\(action): the file system answers again")
            }
        }
        if let delay = reloading.watch.delay { giveUpReload(delay) }
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
        let figures = figures(running: running)
        survey.ask { [metrics] seen in metrics.write(figures.seen(seen).prometheus, to: path) }
    }

    func status(nextDue: Timestamp?) -> String {
        if let trouble = store.trouble { return "nothing is stored: \(trouble)" }
        if let delay = delays.first { return "\(delay)" }
        var text = "\(feedCount) feed\(feedCount == 1 ? "" : "s"), \(failing.count) failing"
        if health.isNetworkDown { text += ", offline" }
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
