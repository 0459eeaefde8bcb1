private import Dispatch
private import Locking

/// Looks at what of a status is on the disk, on a thread of its own, for whoever asks.
///
/// Where the file system does not answer in time, what it said the last time is what there is: a status that is asked for
/// is given.
final class DiskSurvey: Sendable {
    typealias Taker = @Sendable (StatusFigures) -> Void

    private struct State {
        /// The last that was seen.
        var latest: StatusFigures
        /// By the order of asking.
        var waiting: [(number: Int, take: Taker)] = []
        var asked = 0
        var isLooking = false
    }

    let watch: DiskWatch
    private let action: String
    private let patience: Duration
    private let look: @Sendable () -> StatusFigures
    private let state: Locked<State>
    private let queue = DispatchQueue(label: "newswire.survey", qos: .utility)
    private let timer = DispatchQueue(label: "newswire.survey.patience", qos: .utility)

    /// - Parameters:
    ///   - store: the folder, for whoever is told that it does not answer.
    ///   - patience: how long somebody waits who has asked.
    init(
        store: String, patience: Duration = .milliseconds(500), watch: DiskWatch = DiskWatch(),
        look: @escaping @Sendable () -> StatusFigures
    ) {
        action = "looking at the store \(store)"
        self.patience = patience
        self.watch = watch
        self.look = look
        var nothing = StatusFigures()
        nothing.store.directory = store
        state = Locked(State(latest: nothing))
    }

    /// Calls `take` once, soon, on any thread. What it gets was looked at after this was called, or, where the disk does
    /// not answer in time, before.
    func ask(_ take: @escaping Taker) {
        let (number, mustLook) = state.withLock { state in
            state.asked += 1
            state.waiting.append((state.asked, take))
            defer { state.isLooking = true }
            return (state.asked, !state.isLooking)
        }
        if mustLook { queue.async { self.work() } }
        timer.asyncAfter(deadline: .now() + .milliseconds(Int(clamping: patience.milliseconds))) {
            self.giveUp(number)
        }
    }

    private func work() {
        while true {
            let last = state.withLock { state in
                if state.waiting.isEmpty { state.isLooking = false }
                return state.waiting.last?.number
            }
            guard let last else { return }
            let figures = watch.during(action, look)
            answer(upTo: last, figures)
        }
    }

    /// Who has asked while it was being looked waits for the next time.
    private func answer(upTo last: Int, _ figures: StatusFigures) {
        let takers = state.withLock { state in
            state.latest = figures
            let split = state.waiting.firstIndex { $0.number > last } ?? state.waiting.endIndex
            defer { state.waiting.removeSubrange(..<split) }
            return state.waiting[..<split].map(\.take)
        }
        for take in takers { take(figures) }
    }

    private func giveUp(_ number: Int) {
        let late = state.withLock { state -> (take: Taker, figures: StatusFigures)? in
            guard let index = state.waiting.firstIndex(where: { $0.number == number }) else { return nil }
            return (state.waiting.remove(at: index).take, state.latest)
        }
        if let late { late.take(late.figures) }
    }
}
