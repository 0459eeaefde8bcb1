/// Whether a person waits for a poll.
package enum PollUrgency: UInt8, Sendable, Comparable {
    case none
    /// Somebody has asked for it: it comes before others, and while the network is thought to be down too.
    case asked
    /// Also where its host is paused.
    case forced

    package static func < (left: PollUrgency, right: PollUrgency) -> Bool { left.rawValue < right.rawValue }
}
