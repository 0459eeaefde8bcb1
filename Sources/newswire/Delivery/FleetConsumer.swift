internal import ArticleStore
internal import Ingestion
internal import JSONText

/// A consumer that the fleet has given this command (docs/spec/fleet.md §7), through the running service. It is let go with this
/// object, and with the process however that ends.
final class FleetConsumer {
    /// What has come of asking for one.
    enum Taking {
        case held(FleetConsumer)
        /// The machine of that name has it.
        case elsewhere(String)
        /// The service cannot give it at the moment, for that reason.
        case unavailable(String)
        /// The fleet has no such consumer, and none was to be made.
        case unknown
    }

    private let name: String
    private let directory: String
    /// Where the fleet has it.
    private let seq: UInt64
    private let wasHere: Bool
    private var connection: ControlHold?

    private init(_ name: String, _ directory: String, seq: UInt64, wasHere: Bool, _ connection: ControlHold) {
        self.name = name
        self.directory = directory
        self.seq = seq
        self.wasHere = wasHere
        self.connection = connection
    }

    deinit { free() }

    /// Asks the service of a store for a consumer.
    ///
    /// - Parameter seq: where it stands on this machine, or would begin; nil where it is not to begin.
    /// - Throws: 75 where no service runs.
    static func take(_ name: String, store directory: String, seq: UInt64?) throws(CommandFailure) -> Taking {
        guard let service = try ServiceSession.open(store: directory) else {
            throw CommandFailure(
                .inUse,
                "taking articles for the consumer \(name): no service runs on \(directory), through which a machine of a "
                    + "fleet gets a consumer; start it: `systemctl start newswire`")
        }
        do throws(CommandFailure) {
            let (answer, connection) = try service.hold(.takeConsumer(name, seq: seq))
            if let other = answer["held_by"]?.string { return .elsewhere(other) }
            guard let seq = answer["seq"]?.integer.flatMap({ UInt64(exactly: $0) }) else { return .unknown }
            return .held(
                FleetConsumer(name, directory, seq: seq, wasHere: answer["was_here"]?.bool ?? false, connection))
        } catch { return .unavailable(error.message) }
    }

    /// As above, for who does not wait: 75 where another machine has it.
    static func takeNow(_ name: String, store directory: String, seq: UInt64) throws(CommandFailure) -> FleetConsumer {
        switch try take(name, store: directory, seq: seq) {
        case .held(let consumer): return consumer
        case .elsewhere(let other): throw refusal(name, other)
        case .unavailable(let reason): throw refusal(name, because: reason)
        // Cannot be: one that was not known has begun.
        case .unknown: throw CommandFailure(.ioError, "taking articles for the consumer \(name): the service forgot it")
        }
    }

    /// Forgets a consumer of the fleet that no other machine has.
    static func forget(_ name: String, store directory: String) throws(CommandFailure) {
        guard let service = try ServiceSession.open(store: directory) else {
            throw CommandFailure(
                .inUse,
                "removing the consumer \(name): no service runs on \(directory), through which a machine of a fleet forgets "
                    + "one; start it: `systemctl start newswire`")
        }
        var other: String?
        do throws(CommandFailure) {
            try service.ask(.forgetConsumer(name)) { other = $0["held_by"]?.string }
        } catch {
            throw CommandFailure(.inUse, "removing the consumer \(name): \(error.message)")
        }
        if let other { throw refusal(name, other) }
    }

    static func refusal(_ name: String, _ other: String) -> CommandFailure {
        refusal(
            name, because: "\(other) takes them; wait for it to end, end it there, or take another name with --as")
    }

    static func refusal(_ name: String, because reason: String) -> CommandFailure {
        CommandFailure(.inUse, "taking articles for the consumer \(name): \(reason)")
    }

    /// Puts the cursor of this machine where the fleet has the consumer, unless this machine had it last: then its own cursor
    /// is ahead of the fleet's, if anything.
    ///
    /// - Returns: where it stands now, where it was moved.
    func settle(_ cursors: Cursors, in reader: StoreReader) throws(StoreError) -> UInt64? {
        let here = try cursors.read(name)
        if here == seq || here != nil && wasHere { return nil }
        // One that begins here with this command is made as on a machine that is alone.
        if here == nil, wasHere, seq == 0 { return nil }
        try cursors.set(name, to: seq, in: reader)
        return seq
    }

    /// Tells whether the fleet has taken it back: the lease has ended, or the service.
    var isLost: Bool { connection?.isLost ?? true }

    /// Why it was taken back.
    var loss: String { connection?.reason() ?? "the service has ended" }

    /// Lets it go; another machine may have it when this returns. What the service does not hear it finds out by itself.
    func free() {
        guard connection != nil else { return }
        connection = nil
        guard let service = try? ServiceSession.open(store: directory) else { return }
        try? service.ask(.freeConsumer(name))
    }
}
