internal import ArgumentParser
internal import ArticleStore
internal import Configuration
internal import Engine
internal import FeedModel
internal import Fleet
internal import JSONText

struct FleetCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fleet",
        abstract: "Makes a fleet of machines that share the polling, and shows how it is.",
        discussion: """
            Machines whose newswire.toml has the same [fleet] share the polling of the same feeds, and each has the whole store. \
            newswire.toml(5) says what stands in [fleet].

            EXAMPLE
              # what a person with the rights makes in the database
              newswire fleet init --print | psql -h db1 newswire
              # the store of this machine becomes the fleet's
              newswire fleet init
              newswire fleet status
            """,
        subcommands: [
            FleetInitCommand.self, FleetStatusCommand.self, FleetRejoinCommand.self, FleetDetachCommand.self,
        ])
}

struct FleetInitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Makes what a fleet needs in its engine, and lets the store of this machine become the fleet's.",
        discussion: """
            What the engine has already stays as it is, so that it may be run again after it has failed. The service has to be \
            stopped meanwhile. Other machines get a copy of the store:
            rsync -aS news1:/var/lib/newswire/ /var/lib/newswire/

            A role that may not make a schema needs that a person has run what --print prints, and USAGE on the schema newswire \
            and SELECT, INSERT, UPDATE and DELETE on its tables.

            EXAMPLE
              newswire fleet init --print | psql -h db1 newswire
              systemctl stop newswire; newswire fleet init; systemctl start newswire
            """)

    /// Milliseconds that each answer is waited for: an engine without its standby would never answer.
    private static let patience: Int64 = 30_000

    @Flag(help: "Print the statements that make what a fleet needs, and do nothing.")
    var print = false

    @OptionGroup var common: CommonOptions

    func run() throws {
        if print {
            var output = StandardOutput()
            try output.write(Array(EngineSchema.text.utf8))
            return try output.flush()
        }
        let configuration = try common.loadForStore()
        let session = try FleetSession(configuration, patience: Self.patience)
        try CommandFailure.wrappingAll {
            let store = try store(configuration)
            defer { store.close() }
            let head = store.head
            let records = LogEnd.Records(seq: head.seq, chain: head.chain)
            let end = try CommandFailure.asking { () throws(EngineFailure) in
                try EngineFounding.found(session.access, beginningBehind: records)
            }
            try enlist(store, end, records)
        }
    }

    /// The store, whether it is the fleet's already or not yet.
    private func store(_ configuration: Configuration) throws(StoreError) -> ArticleStore {
        let logger = common.logger(configuration)
        do throws(StoreError) {
            return try IngestionSession.openStore(configuration.store, logger)
        } catch {
            guard error.code == .otherFleet else { throw error }
            return try IngestionSession.openStore(configuration.store, isOfFleet: true, logger)
        }
    }

    /// Lets the store become that of the fleet, if the fleet's log goes on where it ends.
    private func enlist(_ store: ArticleStore, _ end: LogEnd, _ records: LogEnd.Records) throws {
        let directory = store.path
        if let place = store.fleetPlace {
            guard place.fleet == end.fleet else {
                throw CommandFailure(
                    .badInput,
                    "making \(directory) the fleet's: it is that of the fleet \(place.fleet), and the engine has the fleet "
                        + "\(end.fleet); `newswire fleet detach` makes it a store of its own")
            }
            return StandardError.write("newswire: \(directory) is the fleet's already")
        }
        guard end.position == 0, end.records == records else {
            throw CommandFailure(
                .badInput,
                "making \(directory) the fleet's: the engine has the fleet \(end.fleet) already, whose log ends behind record "
                    + "\(end.records.seq), after \(end.position) entries, and not with this store; copy the store of a machine "
                    + "of the fleet here: rsync -aS news1:\(directory)/ \(directory)/")
        }
        try store.enlist(in: end.fleet)
        StandardError.write(
            "newswire: \(directory) is the store of the fleet \(end.fleet), whose log begins behind record \(records.seq)"
        )
    }
}

struct FleetStatusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Shows the fleet's engine, its log, its machines and its consumers.",
        discussion: """
            The engine itself is asked, from whatever machine has the configuration. Where it is away, the status is 69.

            EXAMPLE
              newswire fleet status
              newswire fleet status --json | jq '.machines[] | {name, behind}'
            """)

    @Flag(help: "Print one JSON object.")
    var json = false

    /// Milliseconds that each answer is waited for.
    private static let patience: Int64 = 10_000

    @OptionGroup var common: CommonOptions

    func run() throws {
        let session = try FleetSession(try common.loadForStore(), patience: Self.patience)
        let status = try CommandFailure.asking { () throws(EngineFailure) in try EngineStatus.ask(session.access) }
        let shown = FleetStatusText(status, durability: session.settings.durability)
        var output = StandardOutput()
        if json {
            try output.write(shown.json)
        } else {
            for line in shown.lines { try output.write(line: SafeText.line(line)) }
        }
        try output.flush()
    }
}
