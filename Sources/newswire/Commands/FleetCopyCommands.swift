internal import ArgumentParser
internal import ArticleStore
internal import Configuration
internal import Engine
internal import FeedModel
internal import Fleet
internal import Ingestion
internal import Locking

struct FleetRejoinCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rejoin",
        abstract: "Brings a copy back to its fleet's log that is ahead of it or beside it.",
        discussion: """
            An engine that has lost what it had acknowledged leaves copies that have more than its log, and their services end \
            with status 65. What is not in the log is set aside in the folder diverged of the store, the rest is kept, and cursors \
            beyond it move back. The service has to be stopped meanwhile.

            EXAMPLE
              systemctl stop newswire; newswire fleet rejoin; systemctl start newswire
            """)

    @OptionGroup var common: CommonOptions

    func run() throws {
        let configuration = try common.loadForStore()
        let session = try FleetSession(configuration)
        let directory = configuration.store.directory
        let result: FleetRejoin
        do throws(FleetRejoin.Failure) {
            result = try FleetRejoin(directory, EngineLog(session.access, run: Locked(nil)), at: SystemClock.now())
        } catch {
            switch error {
            case .engine(let failure): throw CommandFailure(failure)
            case .store(let error): throw CommandFailure(error)
            }
        }
        if let cut = result.cut {
            StandardError.write(
                "newswire: the records from \(cut.first) on, which the log does not have, were set aside in \(cut.path) "
                    + "(\(ByteCount.text(cut.bytes))); \(directory) goes on behind record \(result.last)")
        } else {
            StandardError.write(
                "newswire: the log has all that \(directory) has, up to record \(result.last): nothing was cut off")
        }
    }
}

struct FleetDetachCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "detach",
        abstract: "Makes the store of this machine, a copy of the fleet's, a store of its own again.",
        discussion: """
            The engine is not asked, and nothing is removed. The service has to be stopped meanwhile, and [fleet] to go from its \
            configuration before it is started again.

            EXAMPLE
              systemctl stop newswire; newswire fleet detach
            """)

    @OptionGroup var common: CommonOptions

    func run() throws {
        let configuration = try common.loadForStore()
        try CommandFailure.wrappingAll {
            let store = try IngestionSession.openStore(
                configuration.store, isOfFleet: true, common.logger(configuration))
            defer { store.close() }
            try store.detach()
            StandardError.write("newswire: \(configuration.store.directory) is a store of its own now")
        }
    }
}
