internal import FeedModel
internal import Scheduling

/// `GapNote` says that articles may have been lost between two polls, and what follows: only what then happens, and
/// else which key of the configuration would help (polling.md §5.3).
struct GapNote {
    let items: Int
    let decision: PollDecision
    /// The document before was read then.
    let lastRead: Timestamp?
    let now: Timestamp

    var text: String {
        "possible_gap: none of the \(items) items was known, so some may have come and gone in between; \(consequence)"
    }

    private var consequence: String {
        switch decision.terms.reason {
        case .fixed: return "its interval is fixed: a shorter interval in its [[feed]] table would miss fewer"
        case .minimum: return "it is polled as often as [schedule] min_interval allows"
        case .noValidators:
            return "it can only be asked for whole, which is done once an hour at most: an interval of its own in its"
                + " [[feed]] table would have it asked more often"
        case .hours: return "it is polled only in the hours of its [[feed]] table"
        case .retryAfter, .pause: return "its server asks to be left alone (\(decision.terms.reason.word))"
        default: break
        }
        if isSooner { return "it is polled more often from here on" }
        return switch decision.terms.reason {
        case .freshness:
            "its server says that its answers are fresh for so long: a smaller max_age_cap in its [[feed]] table would"
                + " have it asked more often"
        case .ttl, .updatePeriod:
            "the feed asks for it (\(decision.terms.reason.word)): an interval in its [[feed]] table would have it"
                + " asked more often"
        default: "an interval in its [[feed]] table would have it asked more often"
        }
    }

    /// Whether the next poll comes in less time than has passed since the document before.
    private var isSooner: Bool {
        guard let next = decision.next, let lastRead else { return true }
        let passed = now.milliseconds.subtractingReportingOverflow(lastRead.milliseconds)
        let wait = next.milliseconds.subtractingReportingOverflow(now.milliseconds)
        return passed.overflow || wait.overflow || wait.partialValue < passed.partialValue
    }
}
