internal import ArgumentParser
internal import ArticleStore
internal import Configuration
internal import FeedModel
internal import JSONText

struct StoreStatsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stats",
        abstract: "Sizes and counts of the store, without reading all of it.",
        discussion: """
            EXAMPLE
              newswire store stats
              newswire store stats --json | jq .article_bytes
            """)

    @Flag(help: "Print one JSON object.")
    var json = false

    @OptionGroup var common: CommonOptions

    func run() throws {
        let settings = try common.load().store
        let statistics = try CommandFailure.wrapping { () throws(StoreError) in
            try StoreReader(directory: settings.directory).statistics()
        }
        var output = StandardOutput()
        if json {
            try output.write(object(statistics, settings.directory))
        } else {
            for line in lines(statistics, settings) { try output.write(line: line) }
        }
        try output.flush()
    }

    private func object(_ statistics: StoreStatistics, _ directory: String) -> [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.member("directory", directory)
        json.member("segments", statistics.segments)
        json.member("article_bytes", statistics.articleBytes)
        json.member("first_seq", statistics.firstSeq)
        json.member("last_seq", statistics.lastSeq)
        json.member("first_stored", statistics.firstStored)
        json.member("last_stored", statistics.lastStored)
        json.member("identity_bytes", statistics.identityBytes)
        json.member("index_bytes", statistics.indexBytes)
        json.member("index_entries", statistics.indexEntries)
        json.member("feeds", statistics.feeds)
        json.member("state_bytes", statistics.stateBytes)
        json.member("consumers", statistics.consumers)
        json.key("being_written")
        json.bool(statistics.isBeingWritten)
        json.endObject()
        return json.finish() + [UInt8(ascii: "\n")]
    }

    private func lines(_ statistics: StoreStatistics, _ settings: StoreSettings) -> [String] {
        func size(_ bytes: UInt64) -> String { ByteCount.text(bytes) }
        var lines = ["store: \(settings.directory)\(statistics.isBeingWritten ? " (being written)" : "")"]
        if let first = statistics.firstSeq {
            lines.append("records: \(statistics.lastSeq - first + 1) (\(first) to \(statistics.lastSeq))")
            if let from = statistics.firstStored, let to = statistics.lastStored {
                lines.append("stored: \(from) to \(to)")
            }
            if first > 1 {
                lines.append("removed by retention: \(first - 1), identities \(size(statistics.identityBytes))")
            }
        } else {
            lines.append("records: 0")
        }
        lines.append("articles: \(size(statistics.articleBytes)) in \(statistics.segments) segments")
        lines.append("index: \(size(statistics.indexBytes)), \(statistics.indexEntries) entries")
        lines.append("feeds: \(statistics.feeds), states \(size(statistics.stateBytes))")
        lines.append("consumers: \(statistics.consumers)")
        switch settings.keep {
        case .forever: lines.append("kept: forever")
        case .span(let span): lines.append("kept: \(span.components.seconds / 86_400) days")
        }
        return lines
    }
}
