package import FeedModel
internal import JSONText

/// `RetentionMemory` is what retention remembers from one turn to the next, in `state/retention`. Losing it makes the
/// next turn a first one.
package struct RetentionMemory: Sendable, Equatable {
    /// How many seconds articles were kept at the last turn.
    package var keep: Int64
    /// When the last turn was.
    package var lastTurn: Timestamp
    /// What was stored before was too old at the last turn.
    package var cutoff: Timestamp
    /// What is stored up to there may go as soon as nothing stands in its way.
    package var released: UInt64
    /// What is too old and waits; nil where nothing does.
    package var backlog: Backlog?

    /// `Backlog` counts the records that have become too old all at once, and go bit by bit.
    package struct Backlog: Sendable, Equatable {
        /// When the records were found to be too old.
        package var since: Timestamp
        /// How many records may go each day.
        package var daily: UInt64
        /// How many records may go and have not: segments go whole.
        package var allowance: UInt64
        /// How many records wait.
        package var waiting: UInt64
        /// When the last of them goes, at the latest.
        package var until: Timestamp
    }

    /// Makes what is to be remembered of a turn.
    package init(keep: Int64, lastTurn: Timestamp, cutoff: Timestamp, released: UInt64, backlog: Backlog? = nil) {
        self.keep = keep
        self.lastTurn = lastTurn
        self.cutoff = cutoff
        self.released = released
        self.backlog = backlog
    }
}

extension RetentionMemory {
    /// Makes what `line` wrote; nil where that is damaged.
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

    /// The content of `state/retention`: an object of JSON.
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
    /// Reads what retention remembers; nil before its first turn, and where that is damaged.
    package var retentionMemory: RetentionMemory? {
        SmallFile.json(directory.retentionFile).flatMap { RetentionMemory($0) }
    }

    /// Makes durable what retention has to remember.
    package func keep(_ memory: RetentionMemory) throws(StoreError) {
        try SmallFile.write(memory.line, to: directory.retentionFile, in: directory, options.files)
    }
}

extension StoreReader {
    /// Reads what retention remembers, as the writer left it.
    package var retentionMemory: RetentionMemory? {
        SmallFile.json(directory.retentionFile).flatMap { RetentionMemory($0) }
    }
}
