private import Locking

/// Says of work that waits for a file system how long it has been under way.
///
/// A file system may not answer for minutes, or ever: a network mount whose server is gone. Whoever works on one does it on
/// a thread of his own, and is watched from another.
package final class DiskWatch: Sendable {
    private struct Work {
        var action: String
        var begun: ContinuousClock.Instant
    }

    private let patience: Duration
    private let work = Locked<Work?>(nil)

    /// - Parameter patience: how long work may take before anybody is told.
    package init(patience: Duration = .seconds(10)) {
        self.patience = patience
    }

    /// One piece of work at a time.
    ///
    /// - Parameter action: in the words of `writing to /var/lib/newswire`.
    package func during<Value, Failure: Error>(
        _ action: String, _ body: () throws(Failure) -> Value
    ) throws(Failure) -> Value {
        work.withLock { $0 = Work(action: action, begun: .now) }
        defer { work.withLock { $0 = nil } }
        return try body()
    }

    /// What takes too long; nil where nothing does.
    package var delay: DiskDelay? {
        guard let work = work.withLock({ $0 }) else { return nil }
        let duration = ContinuousClock.now - work.begun
        return duration < patience ? nil : DiskDelay(action: work.action, seconds: duration.components.seconds)
    }
}

/// A file system that has not answered for a while.
package struct DiskDelay: Sendable, Equatable, CustomStringConvertible {
    /// In the words of `writing to /var/lib/newswire`.
    package var action: String
    package var seconds: Int64

    package var description: String { "\(action): the file system has not answered for \(seconds) s" }
}

/// Tells of each delay once when it has become one, and once when it is over. The loop's alone.
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
