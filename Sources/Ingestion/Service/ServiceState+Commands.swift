internal import ArticleStore
internal import Configuration
internal import FeedModel
internal import JSONText
internal import Logging
internal import Scheduling

/// What commands ask of the running service (contract.md §1).
extension ServiceState {
    func answer(_ request: ControlRequest, _ reply: ControlReply, running: Set<Int>) -> [PollEntry] {
        switch request {
        case .poll(let feeds, let selection, let isDryRun):
            tellConfiguration(reply)
            let mode: PollMode =
                isDryRun ? .dryRun : selection == .due ? .onSchedule : .byHand(isForced: selection == .force)
            return poll(feeds, selection, mode, reply, running: running)
        case .status:
            let figures = figures(running: running.count)
            parts.survey.ask { seen in
                reply.send { figures.seen(seen).write(to: &$0) }
                reply.done()
            }
        case .store: reply.done()
        case .metrics:
            let figures = figures(running: running.count)
            parts.survey.ask { seen in
                reply.send { $0.string(figures.seen(seen).prometheus) }
                reply.done()
            }
        case .pause(let feeds, let until):
            hold(feeds, until: until ?? FeedState.Schedule.forGood, reply)
        case .resume(let feeds): hold(feeds, until: nil, reply)
        case .expire(let cutoff, let isByClock, let isForced, let isDryRun):
            parts.retention.expire(
                before: cutoff, isByClock: isByClock, isForced: isForced, isDryRun: isDryRun, reply)
        case .reload:
            if let delay = parts.reload.watch.delay {
                reply.fail("\(delay); the old configuration stays in force")
            } else {
                reloads.add(reply)
                beginReload()
            }
        }
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
        for feed in roster.feeds(ids) {
            let state = parts.store.state(of: feed.id)
            let (key, allowance) = roster.allowances.allowance(for: feed, state: state)
            if let reason = rules.reasonToSkip(feed, state, host: key) {
                skipped.append(.skipped(feed, state, reason))
            } else if let number = roster.number(of: feed.id) {
                let urgency: PollUrgency = selection == .force ? .forced : .asked
                wanted.append(
                    PollEntry(feed: number, host: key, due: time, allowance: allowance, urgency: urgency))
            }
        }
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
                metadata: ["feeds": "\(feeds.count)", "feed": "\(feeds.first?.id.text ?? "none")"])
            // Before the answer: whatever is asked next finds the feeds in their new places.
            lineChanges()
            reply.done()
        }
    }
}
