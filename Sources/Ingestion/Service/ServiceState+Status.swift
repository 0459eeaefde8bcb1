internal import ArticleStore
internal import Configuration
internal import FeedModel
internal import Logging
internal import Scheduling

/// How the service is: for `newswire status`, Prometheus and systemd.
extension ServiceState {
    func heartbeat(nextDue: Timestamp?, running: Int) {
        self.nextDue = nextDue
        let steady = parts.clock.steady()
        if signs.isTimeForSign(at: steady, every: parts.notifier.aliveInterval) { parts.notifier.alive() }
        guard signs.isTimeForStatus(at: steady) else { return }
        tellDelays()
        followClock()
        parts.notifier.status(status(nextDue: nextDue))
        if let path = roster.configuration.status.textfile, signs.isTimeForMetrics(at: steady) {
            writeMetrics(to: path, running: running)
        }
    }

    /// All but what is on the disk (`StatusFigures.seen`).
    func figures(running: Int) -> StatusFigures {
        var figures = StatusFigures()
        let time = now()
        roster.countEndedHolds(at: time, memory: outlook)
        figures.feeds = roster.conditions
        figures.nextPoll = nextDue
        figures.hostsPaused = pauses.count
        figures.oldestOverdue = planned.overdue(at: time)
        figures.store.directory = parts.store.path
        figures.store.lastSeq = parts.store.lastSeq
        figures.store.syncs = parts.writer.commitDurations
        figures.backlog = parts.retention.backlog
        figures.clockDoubt = parts.clock.doubt?.description
        var service = parts.about
        service.polls = counters
        service.running = running
        service.isOffline = parts.health.isNetworkDown
        service.lastReload = reloads.last
        service.storeFailure = parts.store.trouble?.description
        service.delays = delays
        figures.service = service
        return figures
    }

    /// Hosts that are to be left alone.
    var pauses: [(host: String, until: Timestamp)] { parts.health.activePauses(at: now()) }

    /// The file systems that do not answer.
    private var delays: [DiskDelay] { watches.compactMap(\.delay) }

    var watches: [DiskWatch] {
        [parts.writer.watch, parts.survey.watch, parts.reload.watch, parts.metrics.watch]
    }

    /// Says what does not answer, once, and that it does again.
    private func tellDelays() {
        for line in delayTelling.lines(for: delays) {
            switch line {
            case .begins(let delay): parts.logger.error("\(delay); polling goes on as far as it can without it")
            case .isOver(let action): parts.logger.notice("\(action): the file system answers again")
            }
        }
        if let delay = parts.reload.watch.delay { giveUpReload(delay) }
    }

    /// The metrics for node_exporter.
    private func writeMetrics(to path: String, running: Int) {
        let figures = figures(running: running)
        parts.survey.ask { [metrics = parts.metrics] seen in metrics.write(figures.seen(seen).prometheus, to: path) }
    }

    func status(nextDue: Timestamp?) -> String {
        if let trouble = parts.store.trouble { return "nothing is stored: \(trouble)" }
        if let delay = delays.first { return "\(delay)" }
        var text =
            "\(roster.feedCount) feed\(roster.feedCount == 1 ? "" : "s"), \(reports.failingCount) failing"
        if parts.health.isNetworkDown { text += ", offline" }
        if let nextDue {
            text += ", next in \(max(0, (nextDue.milliseconds - now().milliseconds + 999) / 1000)) s"
        }
        return text
    }
}
