internal import ArticleStore
internal import FeedModel
package import JSONText

extension StatusFigures {
    /// `newswire status --json`: one object. Keys are left out where there is no value.
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
        for consumer in consumers {
            json.beginObject()
            json.member("name", consumer.name)
            json.member("seq", consumer.seq)
            json.member("behind", consumer.behind)
            json.endObject()
        }
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
            json.bool(lastReload.succeeded)
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
    fileprivate mutating func member(_ key: StaticString, _ value: DurationSum) {
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
