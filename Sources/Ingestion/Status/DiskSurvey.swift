private import Dispatch
private import Locking

/// `DiskSurvey` looks at what of a status is on the disk, on a thread of its own, for whoever asks.
///
/// Where the file system does not answer in time, what it said the last time is what there is: a status that is asked for
/// is given.
final class DiskSurvey: Sendable {
    typealias Taker = @Sendable (StatusFigures) -> Void

    private struct State {
        /// What was seen the last time.
        var latest: StatusFigures
        /// Who has asked, in that order.
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

/// `DiskWatch` says of work that waits for a file system how long that has not answered. Any thread may ask.
///
/// A file system may not answer for minutes, or ever: a network mount whose server is gone. Whoever works on one does it on
/// a thread of his own, and is watched from another. What takes long because there is much to do, as reading a configuration of
/// a million feeds does, uses the processor meanwhile, and waits for nobody.
package final class DiskWatch: Sendable {
    private struct Work {
        var action: String
        var clock: ProcessorClock?
        /// When it was last seen to have worked since the time before, and how many milliseconds it had in all.
        var moved: ContinuousClock.Instant
        var used: Int64
    }

    /// Of the time since then, a thread that works has had one part in so many of a processor at least, on however busy a machine,
    /// and as many milliseconds: to begin takes some, too, of one that waits.
    private static let leastShare: Int64 = 100
    private static let leastWork: Int64 = 50

    private let patience: Duration
    private let work = Locked<Work?>(nil)

    /// Watches nothing before `during`.
    ///
    /// - Parameter patience: how long work may stand still before anybody is told.
    package init(patience: Duration = .seconds(10)) {
        self.patience = patience
    }

    /// Does one piece of work, and is watched meanwhile; never two at a time. Throws what the work throws.
    ///
    /// - Parameter action: in the words of `writing to /var/lib/newswire`.
    package func during<Value, Failure: Error>(
        _ action: String, _ body: () throws(Failure) -> Value
    ) throws(Failure) -> Value {
        let clock = ProcessorClock.ofThisThread
        work.withLock { $0 = Work(action: action, clock: clock, moved: .now, used: clock?.milliseconds ?? 0) }
        defer { work.withLock { $0 = nil } }
        return try body()
    }

    /// Says what has not been answered for too long; nil where nothing is waited for.
    package var delay: DiskDelay? {
        work.withLock { work in
            guard let known = work else { return nil }
            let now = ContinuousClock.now
            let stands = now - known.moved
            guard stands >= patience else { return nil }
            let used = known.clock?.milliseconds ?? known.used
            let worked = used - known.used
            guard worked >= Self.leastWork, worked * Self.leastShare >= stands.milliseconds else {
                return DiskDelay(action: known.action, seconds: stands.components.seconds)
            }
            work?.moved = now
            work?.used = used
            return nil
        }
    }
}

/// `DiskDelay` says that a file system has not answered for a while.
package struct DiskDelay: Sendable, Equatable, CustomStringConvertible {
    /// The action is in the words of `writing to /var/lib/newswire`.
    package var action: String
    /// For so many seconds nothing was done of it.
    package var seconds: Int64

    package var description: String { "\(action): the file system has not answered for \(seconds) s" }
}

/// `DelayTelling` tells of each delay once when it has become one, and once when it is over. The loop's alone.
struct DelayTelling {
    private var told: Set<String> = []

    enum Line: Equatable {
        case begins(DiskDelay)
        case isOver(action: String)
    }

    mutating func lines(for delays: [DiskDelay]) -> [Line] {
        let actions = Set(delays.map(\.action))
        let over = told.subtracting(actions).sorted().map { Line.isOver(action: $0) }
        let new = delays.filter { !told.contains($0.action) }.map { Line.begins($0) }
        told = actions
        return over + new
    }
}
