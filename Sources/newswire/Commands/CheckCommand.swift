internal import ArgumentParser
internal import Configuration

struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Reads the configuration and says what is wrong, with file and line.",
        discussion: """
            EXAMPLE
              newswire check --config /etc/newswire/newswire.toml
              newswire check --print        show every value that is in force
            """)

    @Flag(name: .customLong("print"), help: "Show all effective values as TOML; secrets by their names.")
    var printsValues = false

    @OptionGroup var common: CommonOptions

    func run() throws {
        let configuration = try common.loadWithKnownFeeds()
        for warning in configuration.warnings { StandardError.write(warning.description) }
        for warning in configuration.checkNetworks() { StandardError.write(warning.description) }
        let broken = configuration.checkReferences(environment: CommonOptions.environment)
        for diagnostic in broken { StandardError.write(diagnostic.description) }
        if broken.contains(where: { $0.severity == .error }) { throw CommandFailure(.badConfiguration, "") }
        var output = StandardOutput()
        if printsValues {
            try output.write(Array(configuration.printEffective().utf8))
        } else {
            let count = configuration.feeds.count
            try output.write(line: "\(configuration.path): ok, \(count) feed\(count == 1 ? "" : "s")")
        }
        try output.flush()
    }
}
