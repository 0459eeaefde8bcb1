internal import ArgumentParser
internal import ArticleStore
internal import Configuration
internal import Ingestion

struct ExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Why a feed is next polled when it is; why an article was new, an update or a duplicate.",
        discussion: """
            Of a feed every term of the decision is shown: what its own rhythm would say, what it and its server ask \
            for, what holds it back; and the last 50 polls. A number is a record's, as `newswire dump` shows it in `seq`.

            EXAMPLE
              newswire explain example                         a feed by its id, or the start of one
              newswire explain https://example.org/feed.xml    a feed by its URL
              newswire explain 1284                            the record with that seq
            """)

    @Argument(
        help: ArgumentHelp(
            "A feed's id, the start of one, or its URL; or the number of a record.", valueName: "FEED|SEQ"))
    var subject: String

    @OptionGroup var common: CommonOptions

    func run() throws {
        let isNumber = subject.utf8.allSatisfy { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }
        let lines: [String]
        if isNumber, let seq = UInt64(subject) {
            lines = try explanation(ofRecord: seq)
        } else {
            lines = try explanation(ofFeed: subject)
        }
        var output = StandardOutput()
        for line in lines { try output.write(line: SafeText.line(line)) }
        try output.flush()
    }

    private func explanation(ofRecord seq: UInt64) throws -> [String] {
        let directory = try common.load().store.directory
        return try CommandFailure.wrappingAll {
            let reader = try StoreReader(directory: directory)
            guard let record = try reader.record(seq) else {
                throw CommandFailure(
                    .usage, "explaining record \(seq): \(try ArticleSelection.noRecord(seq, in: reader))")
            }
            return try RecordExplanation(record, seq: seq, in: reader).lines
        }
    }

    private func explanation(ofFeed name: String) throws -> [String] {
        let configuration = try common.loadWithKnownFeeds()
        let feeds = try FeedSelection.choose([name], from: configuration)
        return try feeds.flatMap { try FeedExplanation.load($0, configuration, now: SystemClock.now()).lines }
    }
}
