package import ArticleStore
package import Configuration
package import FeedModel
internal import JSONText
internal import Logging
internal import Scheduling

/// What commands ask of the running service (contract.md §1).
extension ServiceState {
    func answer(_ request: ControlRequest, _ reply: ControlReply, running: Set<Int>) -> [PollEntry] {
        guard let current else {
            reply.fail("the service has no configuration yet; try again")
            return []
        }
        switch request {
        case .poll(let feeds, let selection, let isDryRun):
            tellConfiguration(reply, current)
            let mode: PollMode =
                isDryRun ? .dryRun : selection == .due ? .onSchedule : .byHand(isForced: selection == .force)
            return poll(feeds, selection, mode, reply, current, running: running)
        case .status:
            let figures = figures(running: running.count)
            survey.ask { seen in
                reply.send { figures.seen(seen).write(to: &$0) }
                reply.done()
            }
        case .store: reply.done()
        case .metrics:
            let figures = figures(running: running.count)
            survey.ask { seen in
                reply.send { $0.string(figures.seen(seen).prometheus) }
                reply.done()
            }
        case .pause(let feeds, let until):
            hold(feeds, until: until ?? FeedState.Schedule.forGood, reply, current)
        case .resume(let feeds): hold(feeds, until: nil, reply, current)
        case .expire(let cutoff, let isByClock, let isForced, let isDryRun):
            retention.expire(
                before: cutoff, isByClock: isByClock, isForced: isForced, isDryRun: isDryRun, reply)
        case .reload:
            if let delay = reloading.watch.delay {
                reply.fail("\(delay); the old configuration stays in force")
            } else {
                reloadReplies.append(reply)
                beginReload()
            }
        }
        return []
    }

    private func poll(
        _ ids: [FeedIdentifier], _ selection: PollSelection, _ mode: PollMode, _ reply: ControlReply,
        _ current: Current, running: Set<Int>
    ) -> [PollEntry] {
        let time = now()
        let rules = rules(selection, current, at: time)
        var skipped = unknown(ids, current).map { id in
            var report = PollReport(feed: id, url: "", outcome: .skipped)
            report.notes = [
                "the running service does not know it; `systemctl reload newswire` lets it read the configuration"
            ]
            return report
        }
        var wanted: [PollEntry] = []
        for feed in current.feeds(ids) {
            let state = store.state(of: feed.id)
            let (key, allowance) = current.allowances.allowance(for: feed, state: state)
            if let reason = rules.reasonToSkip(feed, state, host: key) {
                skipped.append(.skipped(feed, state, reason))
            } else if let number = numbers[feed.id] {
                let urgency: PollUrgency = selection == .force ? .forced : .asked
                wanted.append(
                    PollEntry(feed: number, host: key, due: time, allowance: allowance, urgency: urgency))
            }
        }
        let answer = PollAnswer(reply, count: skipped.count + wanted.count)
        for report in skipped { answer.add(report) }
        for entry in wanted { asked.add(entry.feed, mode, isRunning: running.contains(entry.feed), answer) }
        return wanted
    }

    func passOver(_ number: Int, _ obstacle: PollObstacle) {
        switch obstacle {
        case .pausedHost(let host, let until): passOver(number, SkipRules.pausedHost(host, until))
        case .hostDelay(let host, let until): passOver(number, SkipRules.spaced(host, until))
        }
    }

    private func passOver(_ number: Int, _ reason: String) {
        guard let feed = current?.feed(number) else { return }
        asked.passOver(number, .skipped(feed, store.state(of: feed.id), reason), after: writer.afterFlush)
    }

    func isStillWanted(_ number: Int) -> Bool {
        guard asked.contains(number) else { return false }
        guard let current, let feed = current.feed(number) else {
            if let id = numbers.first(where: { $0.value == number })?.key {
                var report = PollReport(feed: id, url: "", outcome: .skipped)
                report.notes = ["the configuration was read anew, and it has the feed no more, or not enabled"]
                asked.passOver(number, report, after: writer.afterFlush)
            }
            return false
        }
        let state = store.state(of: feed.id)
        let selection: PollSelection = asked.urgency(of: number) == .forced ? .force : .all
        let key = current.allowances.allowance(for: feed, state: state).key
        guard let reason = rules(selection, current, at: now()).reasonToSkip(feed, state, host: key) else {
            return true
        }
        passOver(number, reason)
        return false
    }

    private func rules(_ selection: PollSelection, _ current: Current, at time: Timestamp) -> SkipRules {
        SkipRules(
            selection: selection, health: health, schedule: current.configuration.schedule, now: time,
            isClockDoubtful: clock.doubt != nil)
    }

    /// Whoever asks may mean another configuration than the one that is polled.
    private func tellConfiguration(_ reply: ControlReply, _ current: Current) {
        reply.send { json in
            json.beginObject()
            json.member("configuration", current.configuration.path)
            json.endObject()
        }
    }

    /// - Parameter until: nil resumes.
    private func hold(_ ids: [FeedIdentifier], until: Timestamp?, _ reply: ControlReply, _ current: Current) {
        if let id = unknown(ids, current).first {
            return reply.fail(
                "the running service does not know \(id); `systemctl reload newswire` lets it read the configuration")
        }
        let feeds = current.feeds(ids)
        writer.hold(feeds, until: until) { [logger, lineChanges] error in
            if let error { return reply.fail(error.description) }
            logger.notice(
                until == nil ? "resumed by hand" : "paused by hand",
                metadata: ["feeds": "\(feeds.count)", "feed": "\(feeds.first?.id.text ?? "none")"])
            // Before the answer: whatever is asked next finds the feeds in their new places.
            lineChanges()
            reply.done()
        }
    }

    private func unknown(_ ids: [FeedIdentifier], _ current: Current) -> [FeedIdentifier] {
        if ids.isEmpty { return [] }
        let known = Set(current.configuration.feeds.map(\.id))
        return ids.filter { !known.contains($0) }
    }
}

extension ServiceState.Current {
    /// Those of the configuration, enabled or not; none meaning all.
    func feeds(_ ids: [FeedIdentifier]) -> [FeedConfiguration] {
        if ids.isEmpty { return configuration.feeds }
        let wanted = Set(ids)
        return configuration.feeds.filter { wanted.contains($0.id) }
    }
}

extension ArticleStore {
    /// Remembers that feeds are not to be polled before a time, or, where that is nil, that they may be.
    package func hold(_ feeds: [FeedConfiguration], until: Timestamp?) throws(StoreError) {
        let commits = feeds.map { feed in
            var state = state(of: feed.id) ?? FeedState(feed: feed.id, configured: feed.url)
            state.schedule.heldUntil = until
            return FeedCommit(feed: feed.id, records: [], state: state)
        }
        _ = try commit(commits)
        try flushStates()
    }
}
