private import Dispatch
package import FeedModel
private import Locking

/// `Archive` is the archive of a running service: it takes records from any task, writes them on a thread of its own, and steps
/// back where the disk does not take them. Nobody waits for it longer than `patience`.
///
/// Records that come while others are being written go to the disk together, with one fdatasync.
package final class Archive: Sendable {
    private typealias Answer = @Sendable (ArchivePlace?) -> Void

    private struct State {
        var rules: ArchiveRules
        var waiting: [(bytes: [UInt8], answer: Answer)] = []
        var isWriting = false
        var isTidying = false
        /// When the write that is under way was begun.
        var begun: ContinuousClock.Instant?
        /// Why the archive has stepped back; nil while it takes what comes.
        var trouble: ArchiveError?
        var lastTry: ContinuousClock.Instant?
        var figures: ArchiveFigures
        /// So many records that were handed over are not in the archive.
        var lost = 0
    }

    /// The writer is used on the queue alone.
    private struct OnQueue: @unchecked Sendable {
        let writer: ArchiveWriter
    }

    private let folder: ArchiveFolder
    private let onQueue: OnQueue
    private let report: @Sendable (ArchiveEvent) -> Void
    private let patience: Duration
    private let pause: Duration
    private let queue = DispatchQueue(label: "newswire.archive", qos: .utility)
    private let timer = DispatchQueue(label: "newswire.archive.patience", qos: .utility)
    private let state: Locked<State>

    /// Touches no file before something is handed over, or `tidy`.
    ///
    /// - Parameters:
    ///   - path: the folder; it is made where the one above it is there.
    ///   - about: what each file says first of who wrote it.
    ///   - report: told what a person should know; called on the archive's thread.
    package convenience init(
        at path: String, _ rules: ArchiveRules, about: WARCFields, now: @escaping @Sendable () -> Timestamp,
        report: @escaping @Sendable (ArchiveEvent) -> Void
    ) {
        self.init(at: path, rules, about: about, calls: ArchiveCalls(), now: now, report: report)
    }

    /// - Parameters:
    ///   - patience: how long somebody waits who has handed something over.
    ///   - pause: how long a disk is left alone that has not taken something.
    init(
        at path: String, _ rules: ArchiveRules, about: WARCFields, calls: ArchiveCalls,
        patience: Duration = .seconds(10),
        pause: Duration = .seconds(10), now: @escaping @Sendable () -> Timestamp,
        report: @escaping @Sendable (ArchiveEvent) -> Void
    ) {
        folder = ArchiveFolder(path)
        self.report = report
        self.patience = patience
        self.pause = pause
        onQueue = OnQueue(
            writer: ArchiveWriter(folder, rules, about: about, calls: calls, now: now, report: report))
        state = Locked(State(rules: rules, figures: ArchiveFigures(directory: path)))
    }

    /// The folder of the archive.
    package var path: String { folder.path }

    /// How the archive is, as of what was written last. Waits for no disk.
    package var figures: ArchiveFigures {
        state.withLock { state in
            var figures = state.figures
            figures.trouble = state.trouble?.description ?? stuck(state)?.description
            figures.lost = state.lost
            return figures
        }
    }

    /// Puts other rules in force, from the next record on.
    package func adopt(_ rules: ArchiveRules) { state.withLock { $0.rules = rules } }

    /// Appends packed records that belong together.
    ///
    /// - Returns: where the first of them begins, once all are durable; nil where the archive does not take them, or not in
    ///   time.
    package func append(_ bytes: [UInt8]) async -> ArchivePlace? {
        let place = await withCheckedContinuation { continuation in
            let once = OneAnswer { continuation.resume(returning: $0) }
            enum Way { case refused, first, behind }
            let way: Way = state.withLock { state in
                if stuck(state) != nil || state.waiting.count >= Self.mostWaiting || isPausing(state) {
                    return .refused
                }
                state.waiting.append((bytes, { once.give($0) }))
                defer { state.isWriting = true }
                return state.isWriting ? .behind : .first
            }
            if way == .refused { return once.give(nil) }
            if way == .first { queue.async { self.write() } }
            timer.asyncAfter(deadline: .now() + .milliseconds(patience.milliseconds)) { once.give(nil) }
        }
        if place == nil { state.withLock { $0.lost += 1 } }
        return place
    }

    /// As many wait at most: each may be a large page.
    private static let mostWaiting = 256

    private func stuck(_ state: State) -> ArchiveError? {
        guard let begun = state.begun else { return nil }
        let waited = ContinuousClock.now - begun
        return waited < patience ? nil : .noAnswer(from: folder.path, for: waited.components.seconds)
    }

    /// Whether the disk has not taken something a moment ago.
    private func isPausing(_ state: State) -> Bool {
        guard state.trouble != nil, let last = state.lastTry else { return false }
        return ContinuousClock.now - last < pause
    }

    private func write() {
        while true {
            let (groups, rules) = state.withLock { state in
                defer { state.waiting = [] }
                state.isWriting = !state.waiting.isEmpty
                state.begun = state.isWriting ? .now : nil
                return (state.waiting, state.rules)
            }
            if groups.isEmpty { return }
            onQueue.writer.rules = rules
            do throws(ArchiveError) {
                let places = try onQueue.writer.append(groups.map(\.bytes))
                ended(nil)
                for (group, place) in zip(groups, places) { group.answer(place) }
            } catch {
                ended(error)
                for group in groups { group.answer(nil) }
            }
        }
    }

    /// Says once that the archive has stepped back, and once that it goes on.
    ///
    /// - Parameter hasWritten: what has gone well shows that the disk takes records.
    private func ended(_ error: ArchiveError?, hasWritten: Bool = true) {
        let extent = onQueue.writer.extent
        let event: ArchiveEvent? = state.withLock { state in
            let had = state.trouble
            state.figures.files = extent.files
            state.figures.bytes = extent.bytes
            if error == nil, !hasWritten { return nil }
            state.trouble = error
            state.lastTry = .now
            if let error { return had == nil ? .steppedBack(error) : nil }
            return had == nil ? nil : .goesOn
        }
        if let event { report(event) }
    }

    /// Closes what has been written to for long enough, and removes what is too old or too much. Returns at once.
    ///
    /// - Parameters:
    ///   - trusted: the time, where it counts for what lasts; nil while it is in doubt.
    ///   - makesFolder: whether there is to be an archive where there is none yet.
    package func tidy(trusted: Timestamp?, makesFolder: Bool) {
        let isFirst = state.withLock { state in
            defer { state.isTidying = true }
            return !state.isTidying
        }
        // A disk that does not answer is not asked twice.
        guard isFirst else { return }
        queue.async { [self] in
            state.withLock { $0.isTidying = false }
            guard makesFolder || folder.isThere else { return }
            onQueue.writer.rules = state.withLock(\.rules)
            do throws(ArchiveError) {
                try onQueue.writer.tidy(trusted: trusted)
                ended(nil, hasWritten: false)
            } catch {
                ended(error)
            }
        }
    }

    /// Returns once all is done that was wanted before.
    func settle() async {
        await withCheckedContinuation { done in queue.async { done.resume() } }
    }

    /// Closes the file that is being written, as far as the disk does it in time. What was appended needs none of it.
    package func close() {
        let closed = DispatchSemaphore(value: 0)
        queue.async { [self] in
            try? onQueue.writer.end()
            closed.signal()
        }
        _ = closed.wait(timeout: .now() + .seconds(2))
    }
}

/// `ArchiveFigures` say how much an archive holds, and whether it takes more.
package struct ArchiveFigures: Sendable, Equatable {
    /// The archive lies in this folder.
    package var directory: String
    /// It has so many files.
    package var files = 0
    /// The files have so many bytes.
    package var bytes: UInt64 = 0
    /// Says why nothing is archived; nil where it is, or no service runs that could tell.
    package var trouble: String?
    /// So many records were not archived since the service was started.
    package var lost = 0

    package init(directory: String) {
        self.directory = directory
    }

    /// Returns what the disk can tell; nil where there is no archive, or it cannot be looked at.
    package static func onDisk(at path: String) -> ArchiveFigures? {
        guard let files = try? ArchiveFolder(path).files(), !files.isEmpty else { return nil }
        var figures = ArchiveFigures(directory: path)
        figures.files = files.count
        figures.bytes = files.reduce(0) { $0 + $1.bytes }
        return figures
    }
}

/// The first answer to a question counts, whoever gives it.
private final class OneAnswer: Sendable {
    private let take: Locked<(@Sendable (ArchivePlace?) -> Void)?>

    init(_ take: @escaping @Sendable (ArchivePlace?) -> Void) { self.take = Locked(take) }

    func give(_ place: ArchivePlace?) {
        let take = take.withLock { take in
            defer { take = nil }
            return take
        }
        take?(place)
    }
}

extension Duration {
    fileprivate var milliseconds: Int {
        Int(clamping: components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000)
    }
}
