internal import ArticleStore
internal import FeedModel
internal import Ingestion
internal import Logging
internal import Publishing

/// One batch, offered until it is taken, kept elsewhere or left for the next time.
extension Delivery {
    enum AttemptsEnding {
        case delivered
        /// It was to be tried only once.
        case failed
        /// The target never wants a batch again.
        case ended(String)
        /// The target has the messages up to this one, and was not offered the batch.
        case stands(BusEnd?)
        /// The batch is left for the next time.
        case stopped
    }

    /// Tries a batch until it is delivered, or kept elsewhere.
    ///
    /// - Throws: what ends the command, where a person has to do something before any batch can be delivered.
    func deliver(_ batch: DeliveryBatch, holding right: CommandLock) throws -> AttemptsEnding {
        // A batch that was tried in vain before this start goes on where it was.
        let before = cursors.failure(of: consumer).flatMap { $0.first == batch.first ? $0 : nil }
        var backoff = DeliveryBackoff(failures: before?.attempts ?? 0, longest: options.longestBackoff)
        let since = before?.since ?? SystemClock.now()
        var isSaidToBeAway = false
        while true {
            // A batch may be tried for long.
            if isLost { return .stopped }
            let answer = target.take(
                batch,
                DeliveryAttempt(
                    consumer: consumer, number: backoff.failures + 1, timeout: options.timeout, stop: stop,
                    right: right.descriptor))
            var fields = fields(batch)
            if backoff.failures > 0 { fields["failures"] = "\(backoff.failures)" }
            let reason: String
            var least = 0
            var isAway = false
            switch answer {
            case .delivered:
                if batch.count > 0 {
                    logger.log(level: backoff.failures > 0 ? .notice : .debug, "batch delivered", metadata: fields)
                }
                if backoff.failures > 0 { note(nil) }
                return .delivered
            case .stands(let end):
                if backoff.failures > 0 {
                    logger.notice("the bus is there again", metadata: fields)
                    notifier.status("the bus is there again")
                }
                return .stands(end)
            case .stopped: return .stopped
            case .ended(let last):
                _ = backoff.failed()
                note(trouble(batch, backoff, since, last))
                return .ended(last)
            case .broken(let status, let last):
                _ = backoff.failed()
                note(trouble(batch, backoff, since, last))
                throw CommandFailure(status, "publishing for the consumer \(consumer): \(last)")
            case .away(let why):
                reason = why
                isAway = true
            case .refused(let why, let seconds):
                reason = why
                least = seconds
            }
            if isStopped { return .stopped }
            let seconds = max(backoff.failed(), least)
            let failure = trouble(batch, backoff, since, reason)
            if giveUp(batch, after: failure, fields) { return .delivered }
            note(failure)
            noteFigures()
            if !isSaidToBeAway {
                let next = options.once ? "" : isAway ? nextWhereAway : "; it gets the batch again in \(seconds) s"
                logger.warning("\(failure.reason)\(next)\(isAway ? "" : wayOut(failure))", metadata: fields)
            }
            // It is said once that a bus is away, and once that it is there again.
            isSaidToBeAway = isAway
            if options.once { return .failed }
            let waiting = batch.count > 0 ? "articles \(batch.first) to \(batch.last) come again" : "it is asked again"
            notifier.status(
                "FAILING since \(Timestamp(seconds: since.seconds)): \(failure.reason), \(failure.attempts) times; \(waiting) in "
                    + "\(seconds) s")
            if DescriptorWait.poll(stop, -1, for: Int64(seconds) * 1000) == .first { return .stopped }
        }
    }

    private var nextWhereAway: String {
        "; it is tried again until it is there, \(options.longestBackoff) s apart at most"
    }

    /// - Returns: whether the batch is kept elsewhere, so that the consumer goes on behind it.
    private func giveUp(_ batch: DeliveryBatch, after failure: DeliveryFailure, _ fields: Logger.Metadata) -> Bool {
        guard let letters = options.deadLetters, failure.attempts >= letters.attempts else { return false }
        do throws(DeadLetters.Failure) {
            let path = try letters.keep(batch, of: consumer)
            logger.error(
                "\(failure.reason), \(failure.attempts) times; the batch is given up and kept in \(path)",
                metadata: fields)
            note(nil)
            return true
        } catch {
            logger.error("a batch is to be given up: \(error)", metadata: fields)
            return false
        }
    }

    /// What a person can do about a batch that is refused again and again; said from the second time on, since the first
    /// may be a hiccup.
    private func wayOut(_ failure: DeliveryFailure) -> String {
        guard failure.attempts > 1 else { return "" }
        if let letters = options.deadLetters {
            return "; after \(letters.attempts) attempts it is given up and kept in \(letters.directory)"
        }
        return
            "; to give it up, stop this delivery and say `newswire ack \(consumer) \(failure.last)"
            + "\(options.isOfEvents ? " --events" : "")`, or let --attempts N "
            + "--dead-letter DIR do it"
    }

    /// A folder that does not take it costs no delivery.
    func note(_ failure: DeliveryFailure?) {
        // Without articles that wait nothing is kept from getting on.
        if let failure, failure.last == 0 { return }
        do throws(StoreError) {
            try cursors.note(failure, of: consumer)
        } catch {
            logger.debug("\(error)", metadata: ["consumer": "\(consumer)"])
        }
    }

    private func trouble(
        _ batch: DeliveryBatch, _ backoff: DeliveryBackoff, _ since: Timestamp, _ reason: String
    ) -> DeliveryFailure {
        DeliveryFailure(
            since: since, attempts: backoff.failures, first: batch.first, last: batch.last, reason: reason)
    }

    private func fields(_ batch: DeliveryBatch) -> Logger.Metadata {
        [
            "consumer": "\(consumer)", "articles": "\(batch.count)", "first_seq": "\(batch.first)",
            "last_seq": "\(batch.last)",
        ]
    }
}
