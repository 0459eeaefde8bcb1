internal import ArgumentParser
internal import ArticleStore
internal import Configuration

struct ExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Why an article was new, an update, a duplicate or an alias.",
        discussion: """
            EXAMPLE
              newswire explain 1284     the record with that seq
            """)

    @Argument(help: ArgumentHelp("The number of a record.", valueName: "SEQ"))
    var subject: String

    @OptionGroup var common: CommonOptions

    func run() throws {
        guard subject.utf8.allSatisfy({ $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }),
            let seq = UInt64(subject)
        else {
            throw CommandFailure(
                .usage, "explaining \(subject): it is no record's number; `newswire dump` shows them as `seq`")
        }
        let directory = try common.load().store.directory
        var output = StandardOutput()
        try CommandFailure.wrappingAll {
            let reader = try StoreReader(directory: directory)
            guard let record = try reader.record(seq) else {
                throw CommandFailure(
                    .usage, "explaining record \(seq): \(try ArticleSelection.noRecord(seq, in: reader))")
            }
            let explanation = try RecordExplanation(record, seq: seq, in: reader)
            for line in explanation.lines { try output.write(line: SafeText.line(line)) }
            try output.flush()
        }
    }
}
