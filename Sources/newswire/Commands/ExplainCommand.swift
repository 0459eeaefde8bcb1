internal import ArgumentParser
internal import ArticleStore
internal import Configuration
internal import FeedModel
internal import Ingestion

struct ExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Why a feed is next polled when it is; why an article was new, an update or a duplicate.",
        discussion: """
            Of a feed every term of the decision is shown: what its own rhythm would say, what it and its server ask \
            for, what holds it back; and the last 50 polls. A number is a record's, as `newswire dump` shows it in `seq`; where it is a feed's id \
            too, both are explained. Of a record it is also said whether the article is still in its feed, and if not, \
            when it was last seen there.

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
        var lines: [String] = []
        if isNumber, let seq = UInt64(subject) {
            let configuration = try common.load()
            let isFeed = configuration.feeds.contains { $0.id.text == subject }
            if isFeed { lines = try explanation(ofFeed: subject) + [""] }
            do {
                lines += try explanation(ofRecord: seq, in: configuration.store.directory)
            } catch let failure as CommandFailure {
                guard isFeed else { throw failure }
                lines.append("no record: \(failure.message)")
            }
        } else {
            lines = try explanation(ofFeed: subject)
        }
        var output = StandardOutput()
        for line in lines { try output.write(line: SafeText.line(line)) }
        try output.flush()
    }

    private func explanation(ofRecord seq: UInt64, in directory: String) throws -> [String] {
        try CommandFailure.wrappingAll {
            let reader = try StoreReader(directory: directory)
            guard let record = try reader.record(seq: seq) else {
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
