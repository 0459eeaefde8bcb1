internal import ArticleStore
internal import CShims
internal import Glibc
internal import Ingestion
internal import Logging
internal import UnixSignals

/// One run of a delivery, from its lock to its exit status: what `newswire deliver` and `newswire publish` do once it is known
/// which articles go where.
struct DeliverySession {
    let consumer: String
    let filter: CurrentFilter
    let target: any DeliveryTarget
    let options: Delivery.Options
    /// The folder of the store that is read.
    let directory: String
    /// Whether the consumer is one of a fleet, of which one machine has it.
    let isOfFleet: Bool
    let logger: Logger

    /// Delivers until a signal ends it, or until all that there is has been delivered where that is asked for.
    ///
    /// - Parameter start: where the consumer begins if it is new.
    func run(from start: ConsumerStart?) async throws {
        let stop = newswire_eventfd()
        guard stop >= 0 else { throw CommandFailure(.ioError, "starting: \(SystemReason.text(errno))") }
        let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint)
        let listening = Task {
            for await _ in signals { _ = eventfd_write(stop, 1) }
        }
        defer {
            listening.cancel()
            close(stop)
        }
        let notifier = ServiceNotifier(environment: CommonOptions.environment)
        let ending = try await BlockingWork.run {
            try CommandFailure.wrappingAll {
                let reader = try StoreReader(directory: directory)
                let cursors = try Cursors(directory: directory)
                // One for a consumer at a time: held to the end.
                let turn = try cursors.lockForDump(consumer)
                defer { withExtendedLifetime(turn) {} }
                var delivery = Delivery(
                    consumer: consumer, filter: filter, target: target, options: options, reader: reader,
                    cursors: cursors, watch: ArticleWatch(directory: directory), notifier: notifier, logger: logger,
                    stop: stop)
                guard isOfFleet else { return try delivery.run(from: start) }
                return try run(&delivery, from: start)
            }
        }
        switch ending {
        case .done, .lost: break
        case .failed: throw CommandFailure(.allFailed, "")
        case .ended(let reason):
            throw CommandFailure(
                .endedForGood,
                "delivering for the consumer \(consumer): \(reason); it is not asked again before \(options.command) is "
                    + "started anew, and the cursor stays where it is")
        }
    }

    /// Milliseconds after which a consumer that another machine has is asked for again.
    private static let look: Int64 = 2000

    /// Delivers whenever this machine has the consumer, and waits while another has it.
    private func run(_ delivery: inout Delivery, from start: ConsumerStart?) throws -> Delivery.Ending {
        var told = ""
        var wasHeld = false
        while !delivery.isStopped {
            // Where it would begin on this machine, if no machine has begun it.
            let seq = try delivery.cursors.read(consumer) ?? (start ?? .beginning).cursor(in: delivery.reader)
            let obstacle: String
            switch try taking(seq, wasHeld: wasHeld) {
            case .held(let hold):
                (told, wasHeld) = ("", true)
                delivery.hold = hold
                defer { delivery.hold = nil }
                let ending = try attend(hold, delivery, start)
                guard ending == .lost else { return ending }
                continue
            case .elsewhere(let other):
                if options.once { throw FleetConsumer.refusal(consumer, other) }
                obstacle = "\(other) has the consumer"
            case .unavailable(let reason):
                if options.once { throw FleetConsumer.refusal(consumer, because: reason) }
                obstacle = reason
            case .unknown: obstacle = "the service does not know the consumer"
            }
            if told != obstacle {
                logger.notice("waiting: \(obstacle)", metadata: ["consumer": "\(consumer)"])
                delivery.notifier.ready(status: "waiting: \(obstacle)")
                told = obstacle
            }
            if DescriptorWait.poll(delivery.stop, -1, for: Self.look) == .first { break }
        }
        return .done
    }

    /// - Parameter wasHeld: a service that is restarted comes again; without one, nothing is ever delivered here.
    private func taking(_ seq: UInt64, wasHeld: Bool) throws(CommandFailure) -> FleetConsumer.Taking {
        do throws(CommandFailure) {
            return try FleetConsumer.take(consumer, store: directory, seq: seq)
        } catch {
            guard wasHeld, !options.once else { throw error }
            return .unavailable(error.message)
        }
    }

    private func attend(
        _ hold: FleetConsumer, _ delivery: Delivery, _ start: ConsumerStart?
    ) throws -> Delivery.Ending {
        if let seq = try hold.settle(delivery.cursors, in: delivery.reader) {
            logger.notice(
                "going on where another machine of the fleet has stopped",
                metadata: ["consumer": "\(consumer)", "cursor": "\(seq)"])
        }
        let ending = try delivery.run(from: start)
        if ending == .lost {
            logger.warning(
                "the consumer is not this machine's any more: \(hold.loss)", metadata: ["consumer": "\(consumer)"])
        }
        return ending
    }
}
