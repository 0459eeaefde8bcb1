internal import ArgumentParser
internal import Configuration
internal import Glibc
internal import Ingestion
internal import Querying

struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Checks the configuration, and says what is wrong, with file and line.",
        discussion: """
            Run by root for a configuration below /etc, it looks with the rights of the service's user: what that user \
            cannot read, the service cannot. Secrets that systemd gives to the service alone are noted, not looked at.

            The files of deliver.d beside it, which describe deliveries, are checked as well. The service needs none of them: \
            what is wrong in one stops that delivery alone.

            EXAMPLE
              newswire check /etc/newswire/newswire.toml
              # show every value that is in force
              newswire check --print
            """)

    @Argument(
        help: ArgumentHelp("The configuration to check, as with --config. Left out: the usual one.", valueName: "FILE"),
        completion: .file())
    var file: String?

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

    /// The options, with the file that is named without one.
    private var options: CommonOptions {
        var options = common
        options.config = file ?? common.config
        return options
    }

    func validate() throws {
        if file != nil, common.config != nil { throw ValidationError("Name one file, with --config or without.") }
    }

    func run() throws {
        if let manual { return try write(manual == .sample ? OptionManual.sample : OptionManual.mdoc) }
        let path = try options.path()
        guard ConfigurationPath.isOfSystem(path) else { return try check() }
        if geteuid() == 0 {
            try takeRightsOfService(path)
            return try check()
        }
        do {
            try check()
        } catch {
            StandardError.write(
                "newswire: looked with your own rights; `sudo newswire check` looks with those of the service's user")
            throw error
        }
    }

    private func takeRightsOfService(_ path: String) throws {
        guard let user = ServiceUser.find(store: CommonOptions.storeDirectory(path)) else { return }
        guard user.become() else {
            throw CommandFailure(
                .ioError,
                "checking \(path): the rights of \(user.name), the service's user, cannot be taken: "
                    + "\(SystemReason.text(errno)); run it as that user")
        }
        StandardError.write("newswire: looking with the rights of \(user.name), the user that the service runs as")
    }

    private func check() throws {
        let configuration = try options.loadWithKnownFeeds()
        for warning in configuration.warnings { StandardError.write(warning.description) }
        for warning in configuration.reviewFilters() { StandardError.write(warning.description) }
        for warning in configuration.checkNetworks() { StandardError.write(warning.description) }
        for host in HostAllowances(configuration).crowdedHosts {
            StandardError.write(
                "\(configuration.path): warning: with its delay, the \(host.feeds) feeds of \(host.key) take "
                    + "\(SpanText.text(host.seconds)) to be asked once each, which is longer than max_interval; make the "
                    + "delay shorter, or enable fewer of them")
        }
        let deliveries = DeliveryCheck(configuration)
        let broken =
            configuration.checkReferences(environment: CommonOptions.environment) + configuration.checkArchive()
            + deliveries.diagnostics + PublishCheck(configuration).diagnostics
        for diagnostic in broken { StandardError.write(diagnostic.description) }
        if broken.contains(where: { $0.severity == .error }) { throw CommandFailure(.badConfiguration, "") }
        if printsValues { return try write(configuration.printEffective()) }
        let count = configuration.feeds.count
        try write(
            "\(configuration.path): ok, \(count) feed\(count == 1 ? "" : "s")\(Self.rules(configuration.filters))"
                + "\(Self.deliveries(deliveries.count))\(Self.publications(configuration.publications.count))\n")
    }

    /// How many rules there are, and of each kind: `, 3 rules (2 block, 1 label)`; empty where there is none.
    private static func rules(_ filters: FilterRules) -> String {
        if filters.isEmpty { return "" }
        let kinds = FilterRule.Action.Kind.allCases.compactMap { kind in
            let count = filters.rules.count { $0.action.kind == kind }
            return count > 0 ? "\(count) \(kind.rawValue)" : nil
        }
        let count = filters.rules.count
        return ", \(count) rule\(count == 1 ? "" : "s") (\(kinds.joined(separator: ", ")))"
    }

    /// How many deliveries files describe: `, 1 delivery`; empty where there is none.
    private static func deliveries(_ count: Int) -> String {
        count == 0 ? "" : ", \(count) deliver\(count == 1 ? "y" : "ies")"
    }

    /// How many consumers are published for: `, 1 publication`; empty where there is none.
    private static func publications(_ count: Int) -> String {
        count == 0 ? "" : ", \(count) publication\(count == 1 ? "" : "s")"
    }

    private func write(_ text: String) throws {
        var output = StandardOutput()
        try output.write(Array(text.utf8))
        try output.flush()
    }
}
