internal import CShims
internal import Configuration
internal import Ingestion
internal import Locking
internal import Logging
internal import newswire

/// Reads the configuration and the secrets of accounts again: all of it is put in force, or nothing.
final class WebReload: Sendable {
    /// What the program was started with, without its feeds.
    private let first: Configuration
    private let level: LogSettings.Level?
    private let building: WebBuilding
    private let log: ServiceLog
    private let notifier: ServiceNotifier
    private let status: String

    init(
        _ first: Configuration, level: LogSettings.Level?, _ building: WebBuilding, _ log: ServiceLog,
        _ notifier: ServiceNotifier, status: String
    ) {
        self.first = first
        self.level = level
        self.building = building
        self.log = log
        self.notifier = notifier
        self.status = status
    }

    func run() {
        notifier.reloading()
        defer { notifier.ready(status: status) }
        var setup: WebSetup
        do {
            setup = try WebSetup(path: first.path, level: level)
        } catch let error as ConfigurationError {
            for diagnostic in error.diagnostics { log.logger.error("\(diagnostic)") }
            return log.logger.error("the configuration is wrong: going on with what it was")
        } catch {
            let reason = (error as? CommandFailure)?.message ?? "\(error)"
            return log.logger.error("reading the configuration: \(reason); going on with what it was")
        }
        for warning in setup.warnings { log.logger.warning("\(warning)") }
        keepWhatNeedsRestart(&setup.configuration)
        building.adopt(setup)
        newswire_give_memory_back()
        log.follow(setup.configuration.log.level)
        log.logger.notice("reloaded", metadata: ["feeds": "\(setup.configuration.feeds.count)"])
    }

    /// What sockets, the index and the marks were opened by stays until the next start, and that is said.
    private func keepWhatNeedsRestart(_ new: inout Configuration) {
        for change in first.web.changesAfterRestart(to: new.web) {
            log.logger.warning("\(change.description): in force after the next start of newswire-web")
        }
        if new.store.directory != first.store.directory {
            log.logger.warning("[store] directory is another: in force after the next start of newswire-web")
        }
        new.store.directory = first.store.directory
        new.web.listen = first.web.listen
        new.web.socketMode = first.web.socketMode
        new.web.stateDirectory = first.web.stateDirectory
        new.web.search = first.web.search
    }
}
