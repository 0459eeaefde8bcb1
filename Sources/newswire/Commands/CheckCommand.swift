internal import ArgumentParser
internal import Configuration

struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Checks the configuration, and says what is wrong, with file and line.",
        discussion: """
            EXAMPLE
              newswire check --config /etc/newswire/newswire.toml
              # show every value that is in force
              newswire check --print
            """)

    @Flag(
        name: .customLong("print"), help: "Print every value that is in force as TOML; of a secret, where it is found.")
    var printsValues = false

    /// Prints the sample or the manual of options in place of the check, for `make man`.
    @Option(name: .customLong("manual"), help: .hidden)
    var manual: Manual?

    enum Manual: String, ExpressibleByArgument {
        case sample, mdoc
    }

    @OptionGroup var common: CommonOptions

    func run() throws {
        if let manual { return try write(manual == .sample ? OptionManual.sample : OptionManual.mdoc) }
        let configuration = try common.loadWithKnownFeeds()
        for warning in configuration.warnings { StandardError.write(warning.description) }
        for warning in configuration.checkNetworks() { StandardError.write(warning.description) }
        let broken = configuration.checkReferences(environment: CommonOptions.environment)
        for diagnostic in broken { StandardError.write(diagnostic.description) }
        if broken.contains(where: { $0.severity == .error }) { throw CommandFailure(.badConfiguration, "") }
        let count = configuration.feeds.count
        try write(
            printsValues
                ? configuration.printEffective()
                : "\(configuration.path): ok, \(count) feed\(count == 1 ? "" : "s")\n")
    }

    private func write(_ text: String) throws {
        var output = StandardOutput()
        try output.write(Array(text.utf8))
        try output.flush()
    }
}
