internal import ArticleStore
internal import FeedModel

/// `PrometheusText` writes metrics in Prometheus' text format (version 0.0.4): a family at a time, each with its help
/// and type.
///
/// Names and units follow the conventions (prometheus.io/docs/practices/naming): base units, `_total` for counters.
package struct PrometheusText: ~Copyable {
    /// `Kind` is what a family's values do: only grow, or go up and down.
    package enum Kind: String {
        case counter, gauge
    }

    /// All that was written so far.
    package private(set) var text = ""

    package init() {}

    /// Writes one metric without labels.
    package mutating func metric(_ name: StaticString, _ kind: Kind, _ help: StaticString, _ value: Double?) {
        guard let value else { return }
        family(name, kind, help)
        sample(name, [], value)
    }

    /// One metric for each value of one label.
    mutating func metric(
        _ name: StaticString, _ kind: Kind, _ help: StaticString, by label: StaticString,
        _ values: some Sequence<(String, Double)>
    ) {
        var isFirst = true
        for (key, value) in values {
            if isFirst { family(name, kind, help) }
            isFirst = false
            sample(name, [("\(label)", key)], value)
        }
    }

    /// Writes one metric for each row of labels.
    package mutating func metric(
        _ name: StaticString, _ kind: Kind, _ help: StaticString,
        _ values: some Collection<(labels: [(String, String)], value: Double)>
    ) {
        if values.isEmpty { return }
        family(name, kind, help)
        for value in values { sample(name, value.labels, value.value) }
    }

    /// One metric for each name that was counted; where there are too many names, one for all of them.
    mutating func metric(
        _ name: StaticString, _ kind: Kind, _ help: StaticString, by label: StaticString, _ counts: [String: Int]?,
        total: Int
    ) {
        guard let counts else { return metric(name, kind, help, Double(total)) }
        metric(name, kind, help, by: label, counts.sorted { $0.key < $1.key }.map { ($0.key, Double($0.value)) })
    }

    /// A metric that is 1 and tells something in its labels.
    mutating func info(_ name: StaticString, _ help: StaticString, _ labels: [(String, String)]) {
        family(name, .gauge, help)
        sample(name, labels, 1)
    }

    /// Writes how many there were and how long they took together, as a summary without quantiles; beside it the longest.
    package mutating func durations(
        _ name: StaticString, longest: StaticString, _ help: StaticString, _ value: DurationSum
    ) {
        text += "# HELP \(name) \(help)\n# TYPE \(name) summary\n"
        text += "\(name)_sum \(Self.number(value.seconds))\n\(name)_count \(value.count)\n"
        family(longest, .gauge, "The longest of them since the start.")
        sample(longest, [], value.longest)
    }

    private mutating func family(_ name: StaticString, _ kind: Kind, _ help: StaticString) {
        text += "# HELP \(name) \(help)\n# TYPE \(name) \(kind.rawValue)\n"
    }

    private mutating func sample(_ name: StaticString, _ labels: [(String, String)], _ value: Double) {
        text += "\(name)"
        if !labels.isEmpty {
            text += "{" + labels.map { "\($0.0)=\"\(Self.escaped($0.1))\"" }.joined(separator: ",") + "}"
        }
        text += " \(Self.number(value))\n"
    }

    private static func number(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15 ? "\(Int64(value))" : "\(value)"
    }

    /// The format has an escape for line feeds; other signs that steer a terminal have none.
    private static func escaped(_ text: String) -> String {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { SafeText.line(String($0)) }
        return lines.map { $0.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") }.joined(separator: "\\n")
    }
}

/// `DurationSum` says how often something happened, and how long it took.
package struct DurationSum: Sendable, Equatable {
    /// It happened so often.
    package private(set) var count = 0
    /// It took so many seconds in all.
    package private(set) var seconds = 0.0
    /// The longest took so many seconds.
    package private(set) var longest = 0.0

    package init() {}

    /// Adds one more; less than nothing counts as nothing.
    package mutating func add(milliseconds: Int64) {
        let value = Double(max(0, milliseconds)) / 1000
        count += 1
        seconds += value
        longest = max(longest, value)
    }
}

extension StatusFigures {
    /// Writes the metrics for Prometheus. Where no service runs, those that the disk can tell.
    package var prometheus: String {
        var text = PrometheusText()
        if let service { service.write(to: &text) }
        text.metric(
            "newswire_feeds", .gauge, "Configured feeds by how they are.", by: "state",
            FeedCondition.allCases.map { ($0.rawValue, Double(feeds[$0] ?? 0)) })
        text.metric(
            "newswire_feeds_with_id_churn", .gauge,
            "Feeds whose ids, or parameters of whose links, change at every poll.",
            Double(marked[.churn]))
        text.metric(
            "newswire_feeds_with_volatile_articles", .gauge,
            "Feeds with articles that change so often that not each version is kept.",
            Double(marked[.volatile]))
        text.metric(
            "newswire_feeds_over_item_limit", .gauge,
            "Feeds whose document has more items than the limit, so that of those beyond only new and changed ones are taken.",
            Double(marked[.long]))
        text.metric(
            "newswire_feeds_blocked_whole", .gauge, "Feeds of which rules block whatever they bring.",
            Double(marked[.blocked]))
        pages?.write(to: &text)
        if pages != nil || !damagedPages.isEmpty {
            text.metric(
                "newswire_pages_files_aside", .gauge,
                "Files with pages that waited, put aside because they were not whole.", Double(damagedPages.count))
        }
        archive?.write(to: &text)
        fleet?.write(to: &text)
        text.metric(
            "newswire_next_poll_timestamp_seconds", .gauge, "When the next feed is due.",
            nextPoll.map { Double($0.milliseconds) / 1000 })
        text.metric(
            "newswire_hosts_paused", .gauge, "Hosts that have asked to be left alone for a while.", Double(hostsPaused))
        text.metric(
            "newswire_oldest_overdue_seconds", .gauge, "How long the feed that waits longest has been due.",
            Double(oldestOverdue))
        text.metric(
            "newswire_retention_waiting_records", .gauge,
            "Records that are too old by [store] keep all at once, and go at a tenth of the store a day.",
            Double(backlog?.waiting ?? 0))
        if service != nil {
            text.metric(
                "newswire_clock_doubtful", .gauge,
                "Whether the machine's clock is in doubt, so that nothing old is removed.",
                clockDoubt == nil ? 0 : 1)
        }
        text.metric(
            "newswire_store_last_seq", .gauge, "The number of the last record stored.", Double(store.lastSeq))
        text.metric(
            "newswire_store_segments", .gauge, "Files that the articles are kept in.", Double(store.segments))
        text.metric("newswire_store_size_bytes", .gauge, "Size of the articles on disk.", Double(store.bytes))
        text.metric(
            "newswire_store_free_bytes", .gauge, "Free space where the store is.", store.freeBytes.map { Double($0) })
        text.metric(
            "newswire_consumer_lag_records", .gauge, "Records that a consumer has not had yet.", by: "consumer",
            consumers.compactMap { consumer in consumer.behind.map { (consumer.shownName, Double($0)) } })
        text.metric(
            "newswire_consumer_failed_attempts", .gauge, "How often a consumer's command was given its batch in vain.",
            by: "consumer",
            consumers.compactMap { consumer in
                if consumer.behind == nil, consumer.failure == nil { return nil }
                return (consumer.shownName, Double(consumer.failure?.attempts ?? 0))
            })
        let publishers = consumers.compactMap { consumer in consumer.published.map { (consumer.shownName, $0) } }
        text.metric(
            "newswire_published_total", .counter, "Messages that a bus has acknowledged.", by: "consumer",
            publishers.map { ($0.0, Double($0.1.published)) })
        text.metric(
            "newswire_publish_errors_total", .counter, "How often a bus was away, or did not take a batch.",
            by: "consumer",
            publishers.map { ($0.0, Double($0.1.errors)) })
        text.metric(
            "newswire_publish_shortened_total", .counter, "Messages that went without their content, for their length.",
            by: "consumer", publishers.map { ($0.0, Double($0.1.shortened)) })
        text.metric(
            "newswire_publish_bus_seq", .gauge, "The record of the last message that a bus is known to have.",
            by: "consumer",
            publishers.compactMap { name, figures in figures.busSeq.map { (name, Double($0)) } })
        if let syncs = store.syncs {
            text.durations(
                "newswire_store_commit_duration_seconds", longest: "newswire_store_commit_duration_seconds_max",
                "Commits to the store, with the wait for the disk.", syncs)
        }
        return text.text
    }
}

extension PageFigures {
    fileprivate func write(to text: inout PrometheusText) {
        let failed = PageFailure.allCases.map { ($0.rawValue, Double(failures[$0] ?? 0)) }
        text.metric(
            "newswire_pages_total", .counter, "Pages of articles that were asked for, by what came of it.",
            by: "result",
            [
                ("stored", Double(stored)), ("unchanged", Double(unchanged)), ("not_modified", Double(notModified)),
            ] + failed)
        text.metric("newswire_pages_waiting", .gauge, "Articles whose pages are to be fetched.", Double(waiting))
        text.metric(
            "newswire_pages_given_up_total", .counter, "Pages that were given up because too many waited.",
            Double(droppedWaiting))
        text.metric(
            "newswire_pages_paused_feeds", .gauge, "Feeds whose pages are left alone because they were refused.",
            Double(pausedFeeds))
    }
}

extension ServiceFigures {
    fileprivate func write(to text: inout PrometheusText) {
        text.info(
            "newswire_build_info", "The program that runs, in its labels.",
            [("version", version), ("libcurl", libcurl), ("libxml2", libxml2)])
        text.metric(
            "newswire_start_time_seconds", .gauge, "When the service was started.",
            Double(startedAt.milliseconds) / 1000)
        text.metric(
            "newswire_polls_total", .counter, "Polls by what came of them.", by: "outcome",
            PollReport.Outcome.allCases.map { ($0.rawValue, Double(polls.outcomes[$0] ?? 0)) })
        text.metric(
            "newswire_poll_failures_total", .counter, "Failed polls by the class of their failure.", by: "class",
            polls.failures.map { ($0.key.rawValue, Double($0.value)) }.sorted { $0.0 < $1.0 })
        text.metric("newswire_polls_running", .gauge, "Polls that are under way.", Double(running))
        text.metric(
            "newswire_articles_total", .counter, "Articles stored, by kind.", by: "kind",
            [
                ("new", Double(polls.newArticles)), ("update", Double(polls.updatedArticles)),
                ("duplicate", Double(polls.duplicateArticles)),
            ])
        text.metric(
            "newswire_articles_blocked_total", .counter, "Articles that rules have blocked, by the first that did.",
            by: "rule", polls.effects.byRule, total: polls.effects.blocked)
        text.metric(
            "newswire_articles_labelled_total", .counter, "Labels that rules have given to articles.", by: "label",
            polls.effects.byLabel, total: polls.effects.labelled)
        text.metric(
            "newswire_received_bytes_total", .counter, "Bodies as they came over the wire.", Double(polls.bytes))
        text.metric(
            "newswire_saved_bytes_total", .counter, "Bytes of bodies that did not come over the wire.", by: "by",
            [
                ("compression", Double(polls.bytesSavedByCompression)),
                ("not_modified", Double(polls.bytesSavedByNotModified)),
            ])
        text.metric(
            "newswire_parse_warnings_total", .counter,
            "Documents that were read although something was wrong with them.",
            by: "class", polls.warnings.sorted { $0.key < $1.key }.map { ($0.key, Double($0.value)) })
        text.durations(
            "newswire_poll_duration_seconds", longest: "newswire_poll_duration_seconds_max",
            "Polls, from the request to the stored articles.", polls.durations)
        text.durations(
            "newswire_schedule_lag_seconds", longest: "newswire_schedule_lag_seconds_max",
            "From when a poll was due to when it began.", polls.lag)
        text.metric("newswire_offline", .gauge, "Whether one's own network seems to be down.", isOffline ? 1 : 0)
        text.metric(
            "newswire_store_writable", .gauge, "Whether articles could be stored the last time.",
            storeFailure == nil ? 1 : 0)
        text.metric(
            "newswire_disk_delays", .gauge, "File systems that have not answered for ten seconds.",
            Double(delays.count))
        text.metric(
            "newswire_last_reload_successful", .gauge,
            "Whether the configuration was right when it was last read anew.",
            lastReload.map { $0.failure == nil ? 1 : 0 })
        text.metric(
            "newswire_last_reload_timestamp_seconds", .gauge, "When the configuration was last read anew.",
            lastReload.map { Double($0.time.milliseconds) / 1000 })
    }
}
