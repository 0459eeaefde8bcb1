internal import Configuration
private import Dispatch
internal import FeedModel
private import Locking
private import Querying

/// `ConfigurationReload` reads the configuration anew, on a thread of its own, and keeps it for the loop to take.
final class ConfigurationReload: Sendable {
    typealias Outcome = Result<Configuration, ConfigurationError>

    private struct State {
        var outcome: Outcome?
        var isReading = false
        /// It may have changed since the reading began.
        var isWantedAgain = false
    }

    let watch: DiskWatch
    private let action: String
    private let read: @Sendable () throws(ConfigurationError) -> Configuration
    private let hasEnded: @Sendable () -> Void
    private let state = Locked(State())
    private let queue = DispatchQueue(label: "newswire.reload", qos: .utility)

    /// - Parameters:
    ///   - path: of the main file.
    ///   - hasEnded: called on any thread when there is an outcome to take.
    init(
        path: String, watch: DiskWatch = DiskWatch(),
        read: @escaping @Sendable () throws(ConfigurationError) -> Configuration,
        hasEnded: @escaping @Sendable () -> Void
    ) {
        action = "reading the configuration \(path)"
        self.watch = watch
        self.read = read
        self.hasEnded = hasEnded
    }

    /// Begins to read; once more, where that goes on already. Returns at once.
    func begin() {
        let mustStart = state.withLock { state in
            defer { state.isReading = true }
            if state.isReading { state.isWantedAgain = true }
            return !state.isReading
        }
        if mustStart { queue.async { self.work() } }
    }

    /// Whether what is there to take is about to be followed by more.
    var isReading: Bool { state.withLock(\.isReading) }

    /// What came of it, once.
    func take() -> Outcome? {
        state.withLock { state in
            defer { state.outcome = nil }
            return state.outcome
        }
    }

    private func work() {
        var isOver = false
        while !isOver {
            let outcome = watch.during(action) { Result { () throws(ConfigurationError) in try read() } }
            isOver = state.withLock { state in
                defer { state.isWantedAgain = false }
                // What was overtaken by a change nobody need see.
                if state.isWantedAgain { return false }
                state.outcome = outcome
                state.isReading = false
                return true
            }
        }
        hasEnded()
    }
}

/// `ConfigurationChanges` counts the feeds that a configuration has more than the one before, lacks, and has otherwise.
struct ConfigurationChanges: Equatable {
    let added: Int
    let removed: Int
    /// Feeds that are in both and are not polled as before.
    let changed: Int

    init(from old: Configuration, to new: Configuration) {
        let before = Dictionary(old.feeds.map { ($0.id, $0) }, uniquingKeysWith: { $1 })
        added = new.feeds.count { before[$0.id] == nil }
        let kept = Set(new.feeds.map(\.id))
        removed = before.keys.count { !kept.contains($0) }
        changed = new.feeds.count { feed in
            guard let known = before[feed.id] else { return false }
            return known.url != feed.url || known.options != feed.options || known.tags != feed.tags
                || known.title != feed.title
        }
    }
}

/// `ReloadEffects` says what of a configuration that was read anew is in force at once, and what only after a restart, but
/// for its feeds.
struct ReloadEffects {
    private let path: String
    private let inForce: [OptionChange]
    private let waiting: [OptionChange]
    private let rules: String?

    /// - Parameter started: the configuration that the service was started with.
    init(from old: Configuration, to new: Configuration, startedWith started: Configuration) {
        path = new.path
        inForce = old.changesOnReload(to: new)
        waiting = started.changesAfterRestart(to: new)
        rules = Self.changes(of: old.filters, to: new.filters)
    }

    /// What became of rules, as `2 added (a, b), 1 removed (c)`; nil where they are the same.
    private static func changes(of old: FilterRules, to new: FilterRules) -> String? {
        let changes = new.changes(since: old)
        let parts = [("added", changes.added), ("removed", changes.removed), ("changed", changes.changed)]
            .filter { !$0.1.isEmpty }
            .map { what, names in
                let more = names.count > mostNames ? " and \(names.count - mostNames) more" : ""
                return "\(names.count) \(what) (\(names.prefix(mostNames).joined(separator: ", "))\(more))"
            }
        return parts.isEmpty ? nil : parts.joined(separator: ", ")
    }

    /// So many rules are named in a line.
    private static let mostNames = 20

    /// A line for all that is in force, one for the rules, and one for each value that waits.
    var diagnostics: [Diagnostic] {
        var result: [Diagnostic] = []
        if !inForce.isEmpty {
            let changes = inForce.map(\.description).joined(separator: ", ")
            result.append(Diagnostic(.note, file: path, line: nil, "in force from here on: \(changes)"))
        }
        if let rules {
            result.append(
                Diagnostic(
                    .note, file: path, line: nil,
                    "rules: \(rules); they hold for what is stored from here on, and change nothing that is"))
        }
        result += waiting.map { change in
            let old = change.old.map { "it stays \($0)" } ?? "it stays not set"
            return Diagnostic(
                .warning, file: path, line: nil,
                "\(change.description) takes a restart of the service; until then \(old)")
        }
        return result
    }
}
