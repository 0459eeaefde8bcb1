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
                return try Delivery(
                    consumer: consumer, filter: filter, target: target, options: options, reader: reader,
                    cursors: cursors, watch: ArticleWatch(directory: directory), notifier: notifier, logger: logger,
                    stop: stop
                ).run(from: start)
            }
        }
        switch ending {
        case .done: break
        case .failed: throw CommandFailure(.allFailed, "")
        case .ended(let reason):
            throw CommandFailure(
                .endedForGood,
                "delivering for the consumer \(consumer): \(reason); it is not asked again before \(options.command) is "
                    + "started anew, and the cursor stays where it is")
        }
    }
}
