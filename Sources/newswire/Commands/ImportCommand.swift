internal import ArgumentParser
internal import Configuration
internal import FeedModel

struct ImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Turns the list of another feed reader into [[feed]] tables.",
        discussion: """
            It reads OPML, or newsboat's urls file (URL "tag" "~Title"), and prints TOML; no file is changed. With --add \
            the feeds that the configuration has not yet go into a new file in feeds.d/, beside it, which is named after \
            the list; the id, the URL and the file of each are printed, those that it has are named, and a running service \
            is told to reload. Nothing is written where the configuration would not include it. Folders become tags. An entry that cannot be a feed here is left out, with a warning. If \
            anything of the list is missing, or could not be read for sure, the warnings name it, and the command ends \
            with status 65.

            EXAMPLE
              newswire import subscriptions.opml | less
              newswire import --add ~/.newsboat/urls
            """)

    @Argument(help: ArgumentHelp("The list to read, or - for standard input.", valueName: "FILE"), completion: .file())
    var file: String

    @Flag(help: "Write the feeds that are new into feeds.d/.")
    var add = false

    @OptionGroup var common: CommonOptions

    func run() throws {
        let list: FeedListImport
        do throws(FeedListImport.Failure) {
            list = try FeedListImport.read(file: file)
        } catch {
            throw CommandFailure(error, file: file)
        }
        for warning in list.warnings { StandardError.write("\(file):\(warning.line): warning: \(warning.message)") }
        if list.tables.isEmpty, list.losses == 0 {
            throw CommandFailure(
                .badInput,
                "importing \(file): it holds no feeds; OPML has them as <outline xmlUrl=\"…\">, newsboat's urls file as "
                    + "one URL a line")
        }
        if add { try add(list) } else { try write(list) }
        if list.losses > 0 {
            throw CommandFailure(
                .badInput,
                "importing \(file): \(list.losses) thing\(list.losses == 1 ? " is" : "s are") missing or doubtful, as said "
                    + "above; mend the file, or add what is missing by hand")
        }
    }

    private func write(_ list: FeedListImport) throws {
        var output = StandardOutput()
        for (index, table) in list.tables.enumerated() {
            try output.write(Array("\(index > 0 ? "\n" : "")\(table.text)".utf8))
        }
        try output.flush()
        StandardError.write("newswire: \(file): \(Self.feeds(list.tables.count))")
    }

    private func add(_ list: FeedListImport) throws {
        let (configuration, comparison) = try ConfigurationChange.exclusively(common) {
            let configuration = try common.loadWithKnownFeeds()
            let comparison = list.compared(with: configuration)
            for (table, feed, isVariant) in comparison.known {
                let title = table.title.map { "\(TOMLText.quoted($0)) " } ?? ""
                let known = isVariant ? "a variant of \(feed.id), \(shown(feed.url))" : "known as \(feed.id)"
                StandardError.write("newswire: \(title)\(shown(table.url)) is \(known), in \(feed.source)")
            }
            if !comparison.new.isEmpty { try write(comparison.new, configuration) }
            return (configuration, comparison)
        }
        let isServed = try !comparison.new.isEmpty && ConfigurationChange.tellService(configuration)
        let variants = comparison.known.count { $0.isVariant }
        let counts = [
            "\(comparison.new.count) new", "\(comparison.known.count - variants) known",
            "\(variants) variant\(variants == 1 ? "" : "s") of known ones", "\(list.losses) left out or doubtful",
        ]
        StandardError.write(
            "newswire: \(file): \(Self.feeds(list.tables.count)): \(counts.joined(separator: ", "))"
                + (isServed ? "; the running service polls the new ones from here on" : ""))
    }

    private func write(_ tables: [FeedTable], _ configuration: Configuration) throws {
        let action = "importing \(file)"
        try ConfigurationChange.checkInclude(configuration, action)
        let new = FeedFile(
            tables, list: file == "-" ? "imported" : file, main: configuration.path, date: ConfigurationChange.today)
        let extended = try ConfigurationChange.loading(
            new, configuration, common.knownFeeds(configuration.store), action)
        do throws(FeedFile.Failure) {
            try new.write()
        } catch {
            throw CommandFailure(.ioError, "\(action): \(error.message)")
        }
        let ids = Dictionary(extended.feeds.lazy.map { ($0.url, $0.id.text) }, uniquingKeysWith: { first, _ in first })
        var output = StandardOutput()
        for table in tables {
            let fields = [ids[table.url] ?? "", shown(table.url), new.path]
            try output.write(line: fields.map(SafeText.line).joined(separator: "\t"))
        }
        try output.flush()
    }

    private static func feeds(_ count: Int) -> String { "\(count) feed\(count == 1 ? "" : "s")" }

    private func shown(_ url: String) -> String { URLRedaction.redacted(url) }
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
