internal import ArgumentParser
internal import Configuration

struct ImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Turns the list of another feed reader into [[feed]] tables.",
        discussion: """
            It reads OPML, or newsboat's urls file (URL "tag" "~Title"), and prints TOML; no file is changed. Folders \
            become tags. An entry that cannot be a feed here is left out, with a warning. If anything of the list is \
            missing, or could not be read for sure, the warnings name it, and the command ends with status 65.

            EXAMPLE
              newswire import subscriptions.opml >imported.toml
              newswire import ~/.newsboat/urls | less
            """)

    @Argument(help: ArgumentHelp("The list to read, or - for standard input.", valueName: "FILE"))
    var file: String

    @OptionGroup var common: CommonOptions

    func run() throws {
        let list: FeedListImport
        do throws(FeedListImport.Failure) {
            list = try FeedListImport.read(file: file)
        } catch {
            throw CommandFailure(error, file: file)
        }
        for warning in list.warnings { StandardError.write("\(file):\(warning.line): warning: \(warning.message)") }
        var output = StandardOutput()
        for (index, table) in list.tables.enumerated() {
            try output.write(Array("\(index > 0 ? "\n" : "")\(table.text)".utf8))
        }
        try output.flush()
        let count = list.tables.count
        if count > 0 { StandardError.write("newswire: \(file): \(count) feed\(count == 1 ? "" : "s")") }
        let losses = list.losses
        if count == 0, losses == 0 {
            throw CommandFailure(
                .badInput,
                "importing \(file): it holds no feeds; OPML has them as <outline xmlUrl=\"…\">, newsboat's urls file as "
                    + "one URL a line")
        }
        if losses > 0 {
            throw CommandFailure(
                .badInput,
                "importing \(file): \(losses) thing\(losses == 1 ? " is" : "s are") missing or doubtful, as said above; "
                    + "mend the file, or add what is missing by hand")
        }
    }
}

extension CommandFailure {
    fileprivate init(_ failure: FeedListImport.Failure, file: String) {
        switch failure {
        case .unreadable(let reason):
            self.init(.noInput, "importing \(file): it \(reason); name a file, or - for standard input")
        case .noList(let error):
            self.init(
                .badInput,
                "importing \(file): line \(error.line): it \(error.message); OPML and newsboat's urls file can be read")
        }
    }
}
