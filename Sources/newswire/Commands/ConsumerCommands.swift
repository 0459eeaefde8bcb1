internal import ArgumentParser
internal import ArticleStore
internal import Configuration
internal import FeedModel
internal import JSONText

struct AckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ack",
        abstract: "Moves a consumer's cursor by hand.",
        discussion: """
            EXAMPLE
              newswire ack archive 1284     the consumer has had all up to 1284
            """)

    @Argument(help: ArgumentHelp("The consumer.", valueName: "NAME"))
    var consumer: String

    @Argument(help: ArgumentHelp("The last article that it has had; 0 for none.", valueName: "SEQ"))
    var seq: UInt64

    @OptionGroup var common: CommonOptions

    func run() throws {
        let directory = try common.load().store.directory
        try CommandFailure.wrappingAll {
            let last = try StoreReader(directory: directory).lastSeq()
            guard seq <= last else {
                throw CommandFailure(
                    .usage,
                    "moving the cursor of \(consumer) to \(seq): the store ends at \(last); name a number up to that")
            }
            let cursors = try Cursors(directory: directory)
            let turn = try cursors.lockForDump(consumer)
            try cursors.advance(consumer, to: seq)
            withExtendedLifetime(turn) {}
        }
    }
}

struct ConsumersCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "consumers",
        abstract: "Each consumer: its name, its cursor, and how many articles it is behind.",
        discussion: """
            EXAMPLE
              newswire consumers
            """)

    @OptionGroup var common: CommonOptions

    func run() throws {
        let directory = try common.load().store.directory
        var output = StandardOutput()
        try CommandFailure.wrappingAll {
            let reader = try StoreReader(directory: directory)
            for (name, seq) in try Cursors(directory: directory).list() {
                guard let seq else {
                    try output.write(line: "\(name)\t-\tits cursor is damaged; set it with `newswire ack \(name) SEQ`")
                    continue
                }
                try output.write(line: "\(name)\t\(seq)\t\(try behind(seq, reader))")
            }
            try output.flush()
        }
    }

    /// Articles, not records: what a dump without options would print.
    private func behind(_ seq: UInt64, _ reader: StoreReader) throws -> UInt64 {
        var count: UInt64 = 0
        try reader.read(after: seq, damage: { _ in }) { record in
            if record.envelope.kind == .new { count += 1 }
            return true
        }
        return count
    }
}
