internal import ArticleStore
internal import Configuration
internal import FeedModel
internal import JSONText
internal import Logging
internal import Querying
internal import Scheduling

/// What commands ask of the running service (contract.md §1).
extension ServiceState {
    func answer(_ request: ControlRequest, _ reply: ControlReply, running: Set<Int>) -> [PollEntry] {
        switch request {
        case .poll(let feeds, let selection, let isDryRun):
            tellConfiguration(reply)
            return poll(feeds, selection, PollMode(selection, isDryRun: isDryRun), reply, running: running)
        case .status:
            let figures = figures(running: running.count)
            let blocks = blocksOfToday
            parts.survey.ask { seen in
                var figures = figures.seen(seen)
                figures.blockedLastDay = blocks?.count
                reply.send { figures.write(to: &$0) }
                reply.done()
            }
        case .store, .service: preconditionFailure("who listens answers these, also while the loop is busy")
        case .metrics:
            let figures = figures(running: running.count)
            let feeds = feedMetrics
            parts.survey.ask { seen in
                let text = figures.seen(seen).prometheus + (feeds?.prometheus ?? "")
                reply.send { $0.string(text) }
                reply.done()
            }
        case .pause(let feeds, let until):
            hold(feeds, until: until ?? FeedState.Schedule.forGood, reply)
        case .resume(let feeds): hold(feeds, until: nil, reply)
        case .expire(let cutoff, let isByClock, let isForced, let isDryRun):
            parts.retention.expire(
                before: cutoff, isByClock: isByClock, isForced: isForced, isDryRun: isDryRun, reply)
        case .reread(let places, let extractor): parts.pages.reread(places, by: extractor, reply)
        case .takeConsumer(let name, let seq):
            guard let consumers = parts.consumers else { return refuseFleet(reply) }
            consumers.take(name, seq: seq, reply)
        case .freeConsumer(let name):
            guard let consumers = parts.consumers else { return refuseFleet(reply) }
            consumers.free(name, reply)
        case .forgetConsumer(let name):
            guard let consumers = parts.consumers else { return refuseFleet(reply) }
            consumers.forget(name, reply)
        case .reload:
            if let delay = parts.reload.watch.delay {
                ReloadOutcome(delay).answer(reply)
            } else {
                reloads.add(reply)
                beginReload()
            }
        }
        return []
    }

    private func refuseFleet(_ reply: ControlReply) -> [PollEntry] {
        reply.fail("the running service is in no fleet; where [fleet] is new, restart it")
        return []
    }

    private func poll(
        _ ids: [FeedIdentifier], _ selection: PollSelection, _ mode: PollMode, _ reply: ControlReply,
        running: Set<Int>
    ) -> [PollEntry] {
        let time = now()
        let rules = rules(selection, at: time)
        var skipped = roster.unknown(ids).map { id in
            var report = PollReport(feed: id, url: "", outcome: .skipped)
            report.notes = [
                "the running service does not know it; `systemctl reload newswire` lets it read the configuration"
            ]
            return report
        }
        var wanted: [PollEntry] = []
        var elsewhere = Elsewhere()
        for feed in roster.feeds(ids) {
            let state = parts.store.state(of: feed.id)
            if let territory = parts.territory, feed.enabled,
                let shard = elsewhere.add(feed, state, territory)
            {
                // Who asks for all is told how many.
                if !ids.isEmpty { skipped.append(.skipped(feed, state, territory.reason(shard))) }
                continue
            }
            let (key, allowance) = roster.allowances.allowance(for: feed, state: state)
            if let reason = rules.reasonToSkip(feed, state, host: key) {
                skipped.append(.skipped(feed, state, reason))
            } else if let number = roster.number(of: feed.id) {
                wanted.append(
                    PollEntry(
                        feed: number, host: key, due: time,
                        allowance: parts.health.paced(allowance, of: key, at: time), urgency: mode.urgency))
            }
        }
        elsewhere.tell(reply)
        let answer = PollAnswer(reply, count: skipped.count + wanted.count)
        for report in skipped { answer.add(report) }
        for entry in wanted { manualPolls.add(entry.feed, mode, isRunning: running.contains(entry.feed), answer) }
        return wanted
    }

    func passOver(_ number: Int, _ obstacle: PollObstacle) {
        switch obstacle {
        case .pausedHost(let host, let until): passOver(number, SkipRules.pausedHost(host, until))
        case .hostDelay(let host, let until): passOver(number, SkipRules.spaced(host, until))
        }
    }

    private func passOver(_ number: Int, _ reason: String) {
        guard let feed = roster.feed(number) else { return }
        manualPolls.passOver(
            number, .skipped(feed, parts.store.state(of: feed.id), reason), after: parts.writer.afterFlush)
    }

    func isStillWanted(_ number: Int) -> Bool {
        guard manualPolls.contains(number) else { return false }
        guard let feed = roster.feed(number) else {
            if let id = roster.id(of: number) {
                var report = PollReport(feed: id, url: "", outcome: .skipped)
                report.notes = ["the configuration was read anew, and it has the feed no more, or not enabled"]
                manualPolls.passOver(number, report, after: parts.writer.afterFlush)
            }
            return false
        }
        let state = parts.store.state(of: feed.id)
        if let territory = parts.territory, !territory.mayPoll(feed, adoptedURL: state?.move.adopted) {
            passOver(number, territory.reason(Territory.shard(of: feed, adoptedURL: state?.move.adopted)))
            return false
        }
        let selection: PollSelection = manualPolls.urgency(of: number) == .forced ? .force : .all
        let key = roster.allowances.allowance(for: feed, state: state).key
        guard let reason = rules(selection, at: now()).reasonToSkip(feed, state, host: key) else { return true }
        passOver(number, reason)
        return false
    }

    private func rules(_ selection: PollSelection, at time: Timestamp) -> SkipRules {
        SkipRules(
            selection: selection, health: parts.health, schedule: roster.configuration.schedule, now: time,
            isClockDoubtful: parts.clock.doubt != nil)
    }

    /// Whoever asks may mean another configuration than the one that is polled.
    private func tellConfiguration(_ reply: ControlReply) {
        let path = roster.configuration.path
        reply.send { json in
            json.beginObject()
            json.member("configuration", path)
            json.endObject()
        }
    }

    /// - Parameter until: nil resumes.
    private func hold(_ ids: [FeedIdentifier], until: Timestamp?, _ reply: ControlReply) {
        if let id = roster.unknown(ids).first {
            return reply.fail(
                "the running service does not know \(id); `systemctl reload newswire` lets it read the configuration")
        }
        let feeds = roster.feeds(ids)
        parts.writer.hold(feeds, until: until) { [logger = parts.logger, lineChanges = parts.lineChanges] error in
            if let error { return reply.fail(error.description) }
            logger.notice(
                until == nil ? "resumed by hand" : "paused by hand",
                metadata: feeds.count == 1 ? ["feed": "\(feeds[0].id)"] : ["feeds": "\(feeds.count)"])
            // Before the answer: whatever is asked next finds the feeds in their new places.
            lineChanges()
            reply.done()
        }
    }
}

/// How the service is: for `newswire status`, Prometheus and systemd.
extension ServiceState {
    func heartbeat(nextDue: Timestamp?, running: Int) {
        self.nextDue = nextDue
        let steady = parts.clock.steady()
        if signs.isTimeForSign(at: steady, every: parts.notifier.aliveInterval) { parts.notifier.alive() }
        guard signs.isTimeForStatus(at: steady) else { return }
        tellDelays()
        for line in reports.due(at: now()) { parts.logger.log(line) }
        followClock()
        if let events = parts.events { tellEvents(events, steady) }
        if let line = digest.line(at: steady, failing: roster.conditions[.failing] ?? 0) { parts.logger.log(line) }
        parts.notifier.status(status(nextDue: nextDue))
        if let path = roster.configuration.status.textfile, signs.isTimeForMetrics(at: steady) {
            writeMetrics(to: path, running: running)
        }
    }

    private func tellEvents(_ events: EventLog, _ steady: SteadyTime) {
        let (time, settings) = (now(), roster.configuration.events)
        let disk = serviceEvents.look(disk: parts.store.trouble?.description, at: time)
        if let disk { events.recordSoon([disk]) }
        let doubt = parts.clock.doubt?.description
        if serviceEvents.isNews(ofClock: doubt != nil, steady), let doubt {
            events.recordSoon { [store = parts.store] in
                [ServiceEvents.clock(doubt, trusted: store.lastTrusted, at: time)]
            }
        }
        if signs.isTimeForConsumers(at: steady, every: settings.stuckAfter.milliseconds) {
            parts.survey.ask { seen in
                events.recordSoon(
                    ServiceEvents.look(consumers: seen.consumers, patience: settings.stuckAfter, at: time))
            }
        }
        if signs.isTimeToTrim(at: steady) { events.trim(settings.keep, now: parts.clock.trusted) }
    }

    /// All but what is on the disk (`StatusFigures.seen`).
    func figures(running: Int) -> StatusFigures {
        var figures = StatusFigures()
        let time = now()
        roster.countEndedHolds(at: time, memory: outlook)
        figures.feeds = roster.conditions
        figures.marked = roster.marked
        figures.pages = parts.pages.figures
        figures.archive = parts.pages.archiveFigures
        figures.fleet = parts.fleet.map { FleetStatus($0(), steady: SystemClock.steady().milliseconds, time: time) }
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
        service.storeFailure = parts.writer.trouble?.description
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
        let feeds = feedMetrics
        parts.survey.ask { [metrics = parts.metrics] seen in
            metrics.write(figures.seen(seen).prometheus + (feeds?.prometheus ?? ""), to: path)
        }
    }

    /// What rules have blocked of late, where there are rules; to be counted beside the loop.
    private var blocksOfToday: BlocksOfToday? {
        if roster.configuration.filters.isEmpty { return nil }
        return BlocksOfToday(feeds: roster.configuration.feeds.map(\.id), store: parts.store, now: now())
    }

    /// The figures of each feed, where somebody wants them.
    private var feedMetrics: FeedMetrics? {
        guard roster.configuration.status.feedMetrics else { return nil }
        return FeedMetrics(feeds: roster.configuration.feeds, store: parts.store)
    }

    func status(nextDue: Timestamp?) -> String {
        if let trouble = parts.writer.trouble { return "nothing is stored: \(trouble)" }
        if let delay = delays.first { return "\(delay)" }
        if let trouble = parts.fleet?().trouble(at: SystemClock.steady().milliseconds) { return trouble }
        var text = ""
        if let failure = reloads.last?.failure {
            let since = Timestamp(seconds: failure.since.seconds)
            text = "the configuration on disk is not in force, since \(since): \(failure.reason); "
        }
        // As `newswire status` counts them, also after a start.
        text +=
            "\(roster.feedCount) feed\(roster.feedCount == 1 ? "" : "s"), \(roster.conditions[.failing] ?? 0) failing"
        if let gone = roster.conditions[.gone], gone > 0 { text += ", \(gone) gone" }
        if parts.health.isNetworkDown { text += ", offline" }
        if let nextDue {
            text += ", next in \(max(0, (nextDue.milliseconds - now().milliseconds + 999) / 1000)) s"
        }
        return text
    }
}
