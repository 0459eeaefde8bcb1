internal import ArticleStore
internal import Configuration
internal import Engine
internal import FeedModel
internal import Fleet
internal import Glibc
internal import Ingestion
internal import Locking
internal import Logging

/// What a service has of its fleet: the ledger, by which its store follows the log, and its access to the engine.
struct FleetService {
    let ledger: FleetLedger
    let access: FleetAccess

    /// Asks the engine once whether it is one, and begins nothing else.
    ///
    /// - Parameters:
    ///   - store: opened as a fleet's; the ledger alone writes to it from here on.
    ///   - leave: ends the process with a status, after what was said.
    /// - Throws: 78 where the engine refuses what a person has to mend. One that is away is waited for by the service.
    init(
        _ session: FleetSession, _ store: ArticleStore, _ logger: Logger,
        leave: @escaping @Sendable (ExitStatus) -> Void
    ) throws(CommandFailure) {
        let engine = session.access
        do throws(EngineFailure) { _ = try EngineLog(engine, run: Locked(nil)).end() } catch {
            guard error.kind == .away else { throw CommandFailure(error) }
            logger.warning("the fleet's engine is away: \(error)")
        }
        let run = Locked<String?>(nil)
        let ledger = FleetLedger(store, EngineLog(engine, run: run))
        self.ledger = ledger
        access = FleetAccess(
            machine: .init(
                session.settings, hostName: Self.hostName, machineID: try Self.machineID(), store: store.path),
            register: { EngineRegister(engine) }, visits: { EngineVisits(engine) },
            consumers: { EngineConsumers(engine) }, trimming: { EngineTrimming(engine) },
            logKeep: session.settings.logKeep.milliseconds, run: run, applied: { ledger.position },
            appends: { ledger.figures },
            endTerm: ledger.endTerm,
            catchUp: { () throws(EngineFailure) in
                do throws(StoreError) { try ledger.catchUp() } catch {
                    throw EngineFailure(error.code == .fleetAway ? .away : .damaged, error.description)
                }
            }, bell: FleetBell(), halt: engine.halt.halt,
            end: { ending in
                guard ending == .nameIsTaken else { return }
                leave(.badConfiguration)
            })
    }

    private static var hostName: String {
        var buffer = [CChar](repeating: 0, count: 256)
        guard gethostname(&buffer, buffer.count - 1) == 0 else { return "" }
        return String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    /// systemd's, which tells two machines apart that have one name.
    private static func machineID() throws(CommandFailure) -> String {
        do throws(CommandFailure) {
            let bytes = try BoundedFile(path: "/etc/machine-id").read(atMost: 64)
            return String(decoding: bytes.prefix { $0 > 0x20 }, as: UTF8.self)
        } catch {
            throw CommandFailure(
                .badConfiguration,
                "joining the fleet: the file by which machines are told apart cannot be read: \(error.message); "
                    + "`systemd-machine-id-setup` makes it")
        }
    }
}
