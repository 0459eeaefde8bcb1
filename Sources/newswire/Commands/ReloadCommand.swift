internal import ArgumentParser
internal import Glibc
internal import Ingestion

struct ReloadCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reload",
        abstract: "Lets the running service read its configuration again, and waits until it has.",
        discussion: """
            If the configuration is wrong, newswire reload says with file and line what is, ends with status 78, and the \
            service goes on with the one it has. systemctl reload does the same.

            EXAMPLE
              newswire reload
            """)

    @OptionGroup var common: CommonOptions

    func run() throws {
        let path = try common.path()
        let sites = ServiceSession.sites(store: CommonOptions.storeDirectory(path))
        guard let site = sites.first(where: { $0.runs(by: path) }),
            let service = try ServiceSession.open(store: site.store)
        else {
            let others = Set(sites.map(\.configuration)).sorted().joined(separator: ", ")
            let advice =
                others.isEmpty
                ? "start one, or, if it runs and [store] directory was changed, restart it"
                : "those that listen run by \(others): name that with --config"
            throw CommandFailure(.allFailed, "reloading: no running service answers that runs by \(path); \(advice)")
        }
        // The service has written it into the journal already.
        let isJournal = JournalSocket.isConnected(STDERR_FILENO, environment: CommonOptions.environment)
        let feeds = try service.reload { if !isJournal { StandardError.write($0) } }
        StandardError.write("newswire: the running service has read \(path): \(feeds) feed\(feeds == 1 ? "" : "s")")
    }
}
