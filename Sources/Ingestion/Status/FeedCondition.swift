package import FeedModel

/// How a feed is, in one word (contract.md §1, `feeds --json`).
package enum FeedCondition: String, Sendable, CaseIterable {
    case ok, failing, gone, paused, never

    /// - Parameters:
    ///   - isEnabled: in the configuration; one that is not counts as paused.
    ///   - state: nil for a feed that nothing is known of.
    package init(isEnabled: Bool, _ state: FeedOutlook?, now: Timestamp) {
        guard isEnabled, state?.isHeld(at: now) != true else {
            self = .paused
            return
        }
        guard let state, state.lastPoll != nil else {
            self = .never
            return
        }
        self = state.failureKind == nil ? .ok : state.failureKind == .gone ? .gone : .failing
    }
}
