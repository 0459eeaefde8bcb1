internal import ArgumentParser
internal import CShims
internal import Configuration
internal import Dispatch
internal import Glibc
internal import Ingestion
internal import Logging
internal import ServiceLifecycle
internal import UnixSignals
internal import WebInterface
internal import WebServer
internal import newswire

struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Runs the service: listens, and shows what is stored, until it is told to stop.",
        discussion: """
            SIGTERM and SIGINT stop it. SIGHUP makes it read the configuration and the secrets of accounts again.

            EXAMPLE
              newswire-web run --config /etc/newswire/newswire.toml
            """)

    @OptionGroup var common: CommonOptions

    /// Seconds that all has to end once it was told to.
    private static let patience = 15

    func run() async throws {
        // First of all: a reload that comes early must not end the service.
        let hangups = await UnixSignalsSequence(trapping: .sighup)
        // It idles most of the time, and what a large answer has taken is not wanted again soon.
        newswire_keep_freed_memory(1 << 20, 256 << 10, 2)
        let path = try common.path()
        let setup = try WebSetup(path: path, level: common.logLevel)
        let log = ServiceLog(
            of: "newswire-web", level: setup.configuration.log.level, environment: CommonOptions.environment)
        do {
            try await serve(consume setup, log, hangups)
        } catch {
            // What the log says of it comes before the error.
            log.drain()
            throw error
        }
        log.drain()
    }

    private func serve(_ setup: consuming WebSetup, _ log: ServiceLog, _ hangups: UnixSignalsSequence) async throws {
        let logger = log.logger
        let notifier = ServiceNotifier(environment: CommonOptions.environment)
        for warning in setup.warnings { logger.warning("\(warning)") }
        let folder = try StateFolder(setup.folder)
        if folder.isNew, let note = setup.configuration.noteOfLocalReaders() { logger.notice("\(note)") }
        let building = try WebBuilding(copy setup, logger)
        let sockets = try Self.listen(setup.configuration.web)
        let places = setup.configuration.web.listen.map(\.description).joined(separator: ", ")
        let server = WebServer(
            sockets, site: WebSite(), house: building.house,
            started: {
                notifier.ready(status: "listening on \(places)")
                logger.notice("started", metadata: ["listen": "\(places)"])
            },
            stopping: {
                notifier.stopping()
                Self.leaveLate(log)
            },
            quiet: {
                newswire_give_memory_back()
                newswire_forget_program_pages()
            }, alive: { notifier.alive() })
        // What a reload is compared with is no feed.
        var first = setup.configuration
        first.feeds = []
        // The house alone has the feeds from here on: after a reload nothing keeps those of the start.
        _ = consume setup
        let reloading = WebReload(
            first, level: common.logLevel, building, log, notifier, status: "listening on \(places)")
        var quiet = logger
        quiet.logLevel = max(quiet.logLevel, .warning)
        let group = ServiceGroup(
            configuration: .init(
                services: [.init(service: server, successTerminationBehavior: .gracefullyShutdownGroup)],
                gracefulShutdownSignals: [.sigterm, .sigint], logger: quiet))
        building.follow()
        // Reading the configuration takes more than it leaves.
        newswire_give_memory_back()
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask {
                for await _ in hangups { reloading.run() }
            }
            try await group.run()
            tasks.cancelAll()
        }
        building.close()
        withExtendedLifetime(folder) {}
        logger.notice("stopped")
    }

    /// Whatever does not answer, the process ends when it is told to.
    private static func leaveLate(_ log: ServiceLog) {
        DispatchQueue(label: "newswire-web.leaving").asyncAfter(deadline: .now() + .seconds(patience)) {
            log.logger.error("leaving: not all of it has ended \(patience) s after it was told to stop")
            log.drain()
            _exit(ExitStatus.ioError.rawValue)
        }
    }

    private static func listen(_ web: WebSettings) throws(CommandFailure) -> [ListeningSocket] {
        var sockets: [ListeningSocket] = []
        for listener in web.listen {
            do throws(ListeningSocket.Failure) {
                switch listener {
                case .address(let address, let port): sockets.append(try ListeningSocket(.address(address, port: port)))
                case .socket(let path): sockets.append(try ListeningSocket(.path(path, mode: web.socketMode)))
                }
            } catch {
                for socket in sockets {
                    socket.removeName()
                    close(socket.descriptor)
                }
                throw CommandFailure(error.isTaken ? .inUse : .ioError, error.description)
            }
        }
        return sockets
    }
}
