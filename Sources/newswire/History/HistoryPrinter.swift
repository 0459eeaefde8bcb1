package import ArticleStore
package import FeedModel
package import JSONText

/// `HistoryPrinter` shows an article's versions as people read them, or as a line of JSON for each.
package struct HistoryPrinter {
    let usesColor: Bool

    func text(_ history: ArticleHistory) -> String {
        var lines = ["\(history.uid)"]
        if let sighting = history.sighting { lines.append(sighting.sentence) }
        lines += history.copies.map { SafeText.line("also \($0)") }
        if history.missing > 0 { lines.append("versions 1 to \(history.missing) were removed by retention") }
        for version in history.versions {
            lines.append("")
            lines.append(headline(version))
            lines += body(version)
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private func headline(_ version: ArticleHistory.Version) -> String {
        let record = version.record
        var parts = ["version \(record.version ?? 0)"]
        parts.append("stored \(TextFormat.shown(record.storedAtText ?? ""))")
        parts.append("record \(version.seq)")
        if !record.changed.isEmpty { parts.append("changed: \(record.changed.joined(separator: ", "))") }
        parts += RuleWords.all(of: record)
        return bold(SafeText.line(parts.joined(separator: " | ")))
    }

    private func body(_ version: ArticleHistory.Version) -> [String] {
        guard let changes = version.changes else {
            var lines = ["  \(SafeText.line(version.record.title ?? "(no title)"))"]
            if let url = version.record.url { lines.append("  \(SafeText.line(url))") }
            if let seq = version.record.duplicateOf {
                lines.append("  the same as record \(seq)\(version.record.isShort ? ", and kept without content" : "")")
            }
            return lines
        }
        if changes.isEmpty { return ["  nothing that can be compared differs"] }
        return changes.flatMap { change in
            ["  \(change.field)\(change.isMarkupOnly ? " (the text is the same, the markup differs)" : ""):"]
                + change.diff.lines.map(shown)
        }
    }

    private func shown(_ line: LineDiff.Line) -> String {
        switch line {
        case .kept(let text): "      \(SafeText.line(text))"
        case .removed(let text): colored("    - \(SafeText.line(text))", "31")
        case .added(let text): colored("    + \(SafeText.line(text))", "32")
        case .gap(let count): "      … \(count) unchanged line\(count == 1 ? "" : "s")"
        }
    }

    private func bold(_ text: String) -> String { colored(text, "1") }

    private func colored(_ text: String, _ code: String) -> String {
        usesColor ? "\u{1b}[\(code)m\(text)\u{1b}[0m" : text
    }

    /// Returns `uid seq version kind stored_at title url in_feed last_seen copies changed changes`, where `changes` has for each
    /// field what went and what came, and `in_feed`, `last_seen` and `copies` (`seq feed relation`, where other feeds have it)
    /// are the article's, the same in every version. `blocked`, `released` and `labels` are what rules said of the version.
    package static func json(_ version: ArticleHistory.Version, of history: ArticleHistory) -> [UInt8] {
        let record = version.record
        var json = JSONWriter()
        json.beginObject()
        json.member("uid", history.uid.description)
        json.member("seq", version.seq)
        json.member("version", record.version)
        json.member("kind", record.kind?.rawValue)
        json.member("stored_at", record.storedAtText)
        json.member("title", record.title)
        json.member("url", record.url)
        history.sighting?.write(to: &json)
        write(history.copies, to: &json)
        json.member("changed", record.changed)
        json.member("blocked", record.blockedBy)
        json.flag("released", record.isReleased)
        json.member("labels", record.labels)
        if let changes = version.changes {
            json.key("changes")
            json.beginObject()
            for change in changes {
                json.key(change.field)
                json.beginObject()
                json.member("removed", change.diff.removed)
                json.member("added", change.diff.added)
                json.endObject()
            }
            json.endObject()
        }
        json.endObject()
        return json.finish() + [UInt8(ascii: "\n")]
    }

    private static func write(_ copies: [ArticleCopies.Copy], to json: inout JSONWriter) {
        if copies.isEmpty { return }
        json.key("copies")
        json.beginArray()
        for copy in copies {
            json.beginObject()
            json.member("seq", copy.seq)
            json.member("feed", copy.feed?.text)
            json.member("relation", copy.relation.rawValue)
            json.endObject()
        }
        json.endArray()
    }
}

/// `ArticleHistory` is the versions of an article, oldest first.
package struct ArticleHistory {
    /// `Version` is one of them.
    package struct Version {
        /// The number of its record.
        package var seq: UInt64
        package var record: StoredRecord
        /// What differs from the version before; nil where there is none, or it cannot be read any more.
        package var changes: [FieldChange]?
    }

    /// The article has this identity.
    package var uid: ArticleIdentifier
    /// There is one at least.
    package var versions: [Version]
    /// Versions before the first of them, which retention has removed.
    package var missing: Int
    /// Tells whether the article is still in its feed; nil where that is not known.
    package var sighting: Sighting?
    /// Where other feeds have it.
    package var copies: [ArticleCopies.Copy] = []

    /// Follows the records from the newest back to the first; each names the one before it. Nil where the store has no record
    /// of the article any more.
    ///
    /// - Parameter deadline: when looking for copies ends; nil for never.
    /// - Throws: what reading the store throws.
    package init?(
        of known: KnownArticle, in reader: StoreReader, until deadline: ContinuousClock.Instant? = nil
    ) throws {
        uid = known.uid
        var chain: [Version] = []
        var next: UInt64? = known.seq
        while let seq = next, let record = try reader.record(seq: seq) {
            let version = Version(seq: seq, record: record, changes: nil)
            chain.append(version)
            next = record.previous.flatMap { $0 < seq ? $0 : nil }
            if next == nil, let number = record.version, number > 1 {
                // It does not say: the records are looked through.
                next = try reader.records(of: uid, upTo: seq - 1).last
            }
        }
        guard let oldest = chain.last else { return nil }
        versions = chain.reversed()
        sighting = try chain.first.flatMap { try reader.sighting(of: $0.record) }
        missing = Int(clamping: oldest.record.version ?? 1) - 1
        if missing == 0 {
            copies = try ArticleCopies(of: oldest.record, seq: oldest.seq, in: reader, until: deadline).all
        }
        for index in versions.indices.dropFirst() {
            versions[index].changes = FieldChange.all(from: versions[index - 1].record, to: versions[index].record)
        }
    }
}

extension Sighting {
    /// Tells whether the article is still in its feed, in words.
    package var sentence: String {
        if isInDocument { return "still in its feed, as of \(Self.shown(documentTime))" }
        let gone = "gone from its feed, as of \(Self.shown(documentTime)); "
        guard let lastSeen else { return gone + "when it was last seen there is not known" }
        return gone + "last seen there \(Self.shown(lastSeen))"
    }

    /// Writes `in_feed` and `last_seen`, which is left out where it is not known.
    package func write(to json: inout JSONWriter) {
        json.key("in_feed")
        json.bool(isInDocument)
        json.member("last_seen", lastSeen.map { "\(Timestamp(seconds: $0.seconds))" })
    }

    private static func shown(_ time: Timestamp) -> String { TextFormat.shown("\(Timestamp(seconds: time.seconds))") }
}

extension StoreReader {
    /// Whether the article of a record is still in its feed; of an article's records the newest tells most.
    ///
    /// - Returns: nil where nothing is known.
    func sighting(of record: StoredRecord) throws(StoreError) -> Sighting? {
        guard let uid = record.uid, let feed = record.feed else { return nil }
        return try sighting(of: uid, in: feed, stored: record.storedAt)
    }
}
