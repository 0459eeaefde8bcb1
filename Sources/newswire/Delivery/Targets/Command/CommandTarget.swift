/// The command as the target of a delivery: what it is told beside the batch, and what its end means.
extension DeliveryCommand: DeliveryTarget {
    func take(_ batch: DeliveryBatch, _ attempt: DeliveryAttempt) -> DeliveryAnswer {
        let variables = [
            "NEWSWIRE_CONSUMER": attempt.consumer, "NEWSWIRE_COUNT": "\(batch.count)",
            "NEWSWIRE_FIRST_SEQ": "\(batch.first)", "NEWSWIRE_LAST_SEQ": "\(batch.last)",
            "NEWSWIRE_ATTEMPT": "\(attempt.number)",
        ]
        let ending = run(
            input: batch.bytes, adding: variables, timeout: attempt.timeout, stop: attempt.stop, holding: attempt.right)
        switch ending {
        case .exited(0): return .delivered
        case .stopped: return .stopped
        default: return .refused("the command \(ending)")
        }
    }
}

extension DeliveryCommand.Ending: CustomStringConvertible {
    /// In the words of `the command …`.
    var description: String {
        switch self {
        case .exited(let status): "ended with status \(status)"
        case .killed(let signal): "was ended by signal \(signal)"
        case .timedOut: "took longer than --timeout and was ended"
        case .stopped: "was ended because newswire stops"
        case .notStarted(let code): "could not be started: \(SystemReason.text(code))"
        }
    }
}
