internal import ArgumentParser
internal import ArticleStore
internal import Configuration
internal import FeedModel
internal import Text

struct HistoryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history",
        abstract: "Shows the versions of an article and what changed between them.",
        discussion: """
            It also says whether the article was still in its feed when the feed was last read and, if not, when it \
            was last seen there. In JSON these are `in_feed` and `last_seen`. newswire keeps articles that have gone \
            from their feed. Where other feeds have the article as well, it names their records; in JSON these are \
            `copies`.

            EXAMPLE
              newswire history k7qdw2
              # the titles that edits brought
              newswire history 1284 --json |
                jq -r '.changes.title.added[]?'
              # whether the article is still in its feed
              newswire history k7qdw2 --json |
                jq -s '.[0] | {in_feed, last_seen}'
            """)

    @Argument(
        help: ArgumentHelp(
            "The article's uid, the start of its uid, or the number of one of its records.", valueName: "UID"))
    var article: String

    @Flag(help: "Print one line of JSON for each version.")
    var json = false

    @OptionGroup var common: CommonOptions

    func run() throws {
        let directory = try common.loadForStore().store.directory
        var output = StandardOutput()
        try CommandFailure.wrappingAll {
            let reader = try StoreReader(directory: directory)
            let uid = try ArticleSelection(reader: reader).uid(article)
            guard let known = try reader.known(uid), let history = try ArticleHistory(of: known, in: reader) else {
                throw CommandFailure(
                    .usage, "showing the history of \(article): retention has removed all records of that article")
            }
            if json {
                for version in history.versions { try output.write(HistoryPrinter.json(version, of: history)) }
            } else {
                let usesColor = Terminal.usesColor(
                    environment: CommonOptions.environment, isTerminal: Terminal.isOutputTerminal)
                try output.write(Array(HistoryPrinter(usesColor: usesColor).text(history).utf8))
            }
            try output.flush()
        }
    }
}

/// The article that a person named on the command line.
struct ArticleSelection {
    let reader: StoreReader

    /// - Parameter name: a uid, an unambiguous start of one, or the number of a record.
    func uid(_ name: String) throws -> ArticleIdentifier {
        if name.utf8.allSatisfy(\.isASCIIDigit), let seq = UInt64(name) {
            return try uid(ofRecord: seq)
        }
        if let uid = ArticleIdentifier(name) {
            if let known = try reader.known(uid) { return known.uid }
            throw unknown(name)
        }
        let found = try reader.identifiers(startingWith: name.lowercased(), limit: 6)
        switch found.count {
        case 1: return found[0]
        case 0: throw unknown(name)
        default:
            let names = found.prefix(5).map(\.description).joined(separator: ", ")
            throw CommandFailure(
                .usage,
                "\(name) is the start of several uids (\(names)\(found.count > 5 ? ", …" : "")); write more of it")
        }
    }

    private func uid(ofRecord seq: UInt64) throws -> ArticleIdentifier {
        guard let uid = try reader.record(seq: seq)?.uid else {
            throw CommandFailure(.usage, try Self.noRecord(seq, in: reader))
        }
        return uid
    }

    static func noRecord(_ seq: UInt64, in reader: StoreReader) throws -> String {
        let last = try reader.lastSeq()
        return "there is no record \(seq): "
            + (seq > last ? "the store ends at \(last)" : "it was removed by retention, or its line is damaged")
    }

    private func unknown(_ name: String) -> CommandFailure {
        CommandFailure(
            .usage, "no article of the store has the uid \(name); `newswire dump | jq -r ._newswire.uid` lists them")
    }
}
