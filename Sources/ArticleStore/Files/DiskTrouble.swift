import Locking

/// What the disk does not take, and what was said about it: each thing once when it begins, and once when it is over.
final class DiskTrouble: Sendable {
    enum Part {
        case articles, index, states, end

        fileprivate func event(_ error: StoreError) -> StoreEvent {
            switch self {
            case .articles: .cannotWrite(error)
            case .index: .indexNotWritten(error)
            case .states: .statesNotWritten(error)
            case .end: .endNotPublished(error)
            }
        }
    }

    private struct State {
        /// The latest.
        var error: StoreError
        var parts: Set<Part>
    }

    private let report: @Sendable (StoreEvent) -> Void
    private let state = Locked<State?>(nil)

    init(_ report: @escaping @Sendable (StoreEvent) -> Void) {
        self.report = report
    }

    /// The latest reason; nil where the disk takes everything.
    var current: StoreError? { state.withLock { $0?.error } }

    /// Whether it did not take that.
    func has(_ part: Part) -> Bool { state.withLock { $0?.parts.contains(part) ?? false } }

    /// Keeps in mind what the disk did not take, and says so where that is new.
    func record(_ error: StoreError, of part: Part) {
        let isNew = state.withLock { state in
            var parts = state?.parts ?? []
            defer { state = State(error: error, parts: parts) }
            return parts.insert(part).inserted
        }
        if isNew { report(part.event(error)) }
    }

    /// The disk takes everything again.
    func end() {
        let had = state.withLock { state in
            defer { state = nil }
            return state != nil
        }
        if had { report(.writesAgain) }
    }
}
