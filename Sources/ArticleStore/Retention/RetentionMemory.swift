package import FeedModel
internal import JSONText

/// What retention remembers from one turn to the next, in `state/retention`. Losing it makes the next turn a first one.
package struct RetentionMemory: Sendable, Equatable {
    /// What was kept, in seconds, when the last turn was, and before when what was stored was too old then.
    package var keep: Int64
    package var lastTurn: Timestamp
    package var cutoff: Timestamp
    /// What is stored up to there may go as soon as nothing stands in its way.
    package var released: UInt64
    package var backlog: Backlog?

    /// What is too old all at once, and goes bit by bit.
    package struct Backlog: Sendable, Equatable {
        package var since: Timestamp
        /// As many records as may go each day.
        package var daily: UInt64
        /// As many records as may go and have not: segments go whole.
        package var allowance: UInt64
        /// As many records as wait, and until when at the latest.
        package var waiting: UInt64
        package var until: Timestamp
    }

    package init(keep: Int64, lastTurn: Timestamp, cutoff: Timestamp, released: UInt64, backlog: Backlog? = nil) {
        self.keep = keep
        self.lastTurn = lastTurn
        self.cutoff = cutoff
        self.released = released
        self.backlog = backlog
    }
}

extension RetentionMemory {
    /// What is kept of it in `state/retention`; nil where that is missing or damaged.
    init?(_ json: JSONValue) {
        func time(_ value: JSONValue?) -> Timestamp? { value?.string.flatMap { Timestamp(rfc3339: $0) } }
        func count(_ value: JSONValue?) -> UInt64? { value?.integer.flatMap(UInt64.init(exactly:)) }
        guard let keep = json["keep_seconds"]?.integer, keep > 0, let lastTurn = time(json["last_turn"]),
            let cutoff = time(json["cutoff"]), let released = count(json["released"])
        else { return nil }
        self.init(keep: keep, lastTurn: lastTurn, cutoff: cutoff, released: released)
        if let rest = json["backlog"], let since = time(rest["since"]), let daily = count(rest["daily"]),
            let allowance = count(rest["allowance"]), let waiting = count(rest["waiting"]),
            let until = time(rest["until"])
        {
            backlog = Backlog(since: since, daily: daily, allowance: allowance, waiting: waiting, until: until)
        }
    }

    var line: [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.member("keep_seconds", keep)
        json.member("last_turn", lastTurn)
        json.member("cutoff", cutoff)
        json.member("released", released)
        if let backlog {
            json.key("backlog")
            json.beginObject()
            json.member("since", backlog.since)
            json.member("daily", backlog.daily)
            json.member("allowance", backlog.allowance)
            json.member("waiting", backlog.waiting)
            json.member("until", backlog.until)
            json.endObject()
        }
        json.endObject()
        return json.finish()
    }
}

extension ArticleStore {
    /// What retention remembers; nil before its first turn.
    package var retentionMemory: RetentionMemory? {
        SmallFile.json(directory.retentionFile).flatMap { RetentionMemory($0) }
    }

    /// Makes it durable.
    package func keep(_ memory: RetentionMemory) throws(StoreError) {
        try SmallFile.write(memory.line, to: directory.retentionFile, in: directory, options.files)
    }
}

extension StoreReader {
    /// The same, as the writer left it.
    package var retentionMemory: RetentionMemory? {
        SmallFile.json(directory.retentionFile).flatMap { RetentionMemory($0) }
    }
}
