internal import Scheduling

/// `PollMode` says why feeds are polled, and with that what may be asked and what is written.
package enum PollMode: Sendable {
    /// Each feed is polled at its time.
    case onSchedule
    /// A person has asked for the poll; `isForced`: also where the server wants to be left alone.
    case byHand(isForced: Bool)
    /// Nothing is written; reports say what would have been.
    case dryRun

    var isDryRun: Bool {
        if case .dryRun = self { true } else { false }
    }

    var isForced: Bool {
        if case .byHand(isForced: true) = self { true } else { false }
    }

    /// How urgent a poll is that a person has asked for in this mode.
    var urgency: PollUrgency { isForced ? .forced : .asked }
}
