internal import FeedModel
internal import JSONText

/// An article's versions as people read them, or as a line of JSON for each.
struct HistoryPrinter {
    let usesColor: Bool

    func text(_ history: ArticleHistory) -> String {
        var lines = ["\(history.uid)"]
        if let sighting = history.sighting { lines.append(sighting.sentence) }
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
        return bold(SafeText.line(parts.joined(separator: " | ")))
    }

    private func body(_ version: ArticleHistory.Version) -> [String] {
        guard let changes = version.changes else {
            var lines = ["  \(SafeText.line(version.record.title ?? "(no title)"))"]
            if let url = version.record.url { lines.append("  \(SafeText.line(url))") }
            if let seq = version.record.duplicateOf {
                lines.append("  kept without its content, as the same as record \(seq)")
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

    /// `uid seq version kind stored_at title url in_feed last_seen changed changes`, where `changes` has for each field
    /// what went and what came, and `in_feed` and `last_seen` are the article's, the same in every version.
    static func json(_ version: ArticleHistory.Version, of history: ArticleHistory) -> [UInt8] {
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
        json.member("changed", record.changed)
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
}
