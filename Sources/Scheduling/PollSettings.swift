/// What a person has set for the schedule of a feed, in seconds (contract.md §2).
package struct PollSettings: Sendable, Equatable {
    /// The fixed interval of this feed; nil: adaptive.
    package var interval: Int?
    package var initialInterval = 3600
    package var minInterval = 600
    package var maxInterval = 86_400
    /// How far freshness may put a poll off.
    package var maxAgeCap = 86_400
    /// A file of this machine needs no politeness.
    package var isLocal = false

    package init() {}
}
