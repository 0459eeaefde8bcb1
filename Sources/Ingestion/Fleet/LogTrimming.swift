private import Dispatch
package import Fleet
private import Locking
package import Logging

/// `LogTrimming` takes out of the engine once a minute what nobody needs any more (docs/spec/fleet.md F14), on a thread of its
/// own.
package final class LogTrimming: Sendable {
    /// Seconds between two turns.
    private static let interval = 60

    private let keep: Int64
    private let machine: String
    private let connect: @Sendable () -> any FleetTrimming
    private let logger: Logger
    private let hasEnded = Locked(false)
    private let queue = DispatchQueue(label: "newswire.trimming", qos: .utility)

    /// - Parameters:
    ///   - keep: milliseconds that entries are kept at least.
    ///   - machine: this machine's name in the fleet.
    ///   - connect: makes a way to the engine, anew for each turn: one a minute is not worth an open connection.
    package init(
        keep: Int64, machine: String, logger: Logger, connect: @escaping @Sendable () -> any FleetTrimming
    ) {
        self.keep = keep
        self.machine = machine
        self.logger = logger
        self.connect = connect
    }

    /// Takes its turns from here on, until it is closed.
    package func open() {
        queue.asyncAfter(deadline: .now() + .seconds(Self.interval)) { [weak self] in
            guard let self, !isClosed else { return }
            takeTurn()
            open()
        }
    }

    /// Ends after the statement that is under way, which it does not wait for.
    package func close() { hasEnded.withLock { $0 = true } }

    private var isClosed: Bool { hasEnded.withLock { $0 } }

    func takeTurn() {
        let trimming = connect()
        do throws(EngineFailure) {
            while !isClosed, try trimming.trimLog(keep: keep, as: machine) {}
            try trimming.trimVisits(as: machine)
        } catch {
            // The next turn tries again; that the engine is away is told by the heartbeat.
            logger.debug("the log was not trimmed: \(error)")
        }
    }
}
