package import ArticleStore
package import Configuration
package import FeedModel
internal import JSONText
internal import Logging

/// What commands ask of the running service (contract.md §1).
extension PollingDesk {
    func answer(_ request: ControlRequest, _ reply: ControlReply, running: Set<Int>) -> PollLineChange {
        guard let current else {
            reply.fail("the service has no configuration yet; try again")
            return .none
        }
        switch request {
        case .poll(let feeds, let selection, let isDryRun):
            let manner: FeedPoller.Manner =
                isDryRun ? .dryRun : selection == .due ? .onSchedule : .byHand(isForced: selection == .force)
            return poll(feeds, selection, manner, reply, current, running: running)
        case .status:
            let figures = figures(running: running.count)
            reply.send { figures.write(to: &$0) }
            reply.done()
        case .metrics:
            let text = figures(running: running.count).prometheus
            reply.send { $0.string(text) }
            reply.done()
        case .pause(let feeds, let until):
            return hold(feeds, until: until ?? FeedState.Schedule.forGood, reply, current)
        case .resume(let feeds): return hold(feeds, until: nil, reply, current)
        case .expire(let cutoff, let isForced, let isDryRun):
            retention.expire(before: cutoff, isForced: isForced, isDryRun: isDryRun, reply)
        case .reload:
            reloadReplies.append(reply)
            return .replace
        }
        return .none
    }

    private func poll(
        _ ids: [FeedIdentifier], _ selection: PollSelection, _ manner: FeedPoller.Manner, _ reply: ControlReply,
        _ current: Current, running: Set<Int>
    ) -> PollLineChange {
        let time = now()
        let rules = SkipRules(selection: selection, watch: watch, now: time)
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
                wanted.append(PollEntry(feed: number, host: key, due: time, allowance: allowance))
            }
        }
        let answer = PollAnswer(reply, count: skipped.count + wanted.count)
        for report in skipped { answer.add(report) }
        for entry in wanted { asked.add(entry.feed, manner, isRunning: running.contains(entry.feed), answer) }
        return .hasten(wanted)
    }

    /// - Parameter until: nil resumes.
    private func hold(
        _ ids: [FeedIdentifier], until: Timestamp?, _ reply: ControlReply, _ current: Current
    ) -> PollLineChange {
        if let id = unknown(ids, current).first {
            reply.fail(
                "the running service does not know \(id); `systemctl reload newswire` lets it read the configuration")
            return .none
        }
        let feeds = current.feeds(ids)
        do throws(StoreError) {
            try store.hold(feeds, until: until)
        } catch {
            reply.fail(error.description)
            return .none
        }
        let time = now()
        for feed in feeds { count(feed, at: time) }
        logger.notice(
            until == nil ? "resumed by hand" : "paused by hand",
            metadata: ["feeds": "\(feeds.count)", "feed": "\(feeds.first?.id.text ?? "none")"])
        reply.done()
        return .renew
    }

    private func unknown(_ ids: [FeedIdentifier], _ current: Current) -> [FeedIdentifier] {
        if ids.isEmpty { return [] }
        let known = Set(current.configuration.feeds.map(\.id))
        return ids.filter { !known.contains($0) }
    }
}

extension PollingDesk.Current {
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
