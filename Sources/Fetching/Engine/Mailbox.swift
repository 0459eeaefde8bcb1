import CShims
import Glibc
import Locking

/// What is asked of the engine's thread: one value behind one lock, and an eventfd that wakes the thread where it waits.
///
/// Tasks can run on that thread, too: a poll that only starts a transfer and takes in a short answer costs no change of
/// threads there. Nothing may block in them.
final class Mailbox: Sendable, TaskExecutor {
    enum Command: Sendable {
        case start(Transfer)
        /// The consumer has taken what waited.
        case resume(Transfer)
        /// The consumer has ended it.
        case drop(Transfer)
        /// The answer to a redirect that was asked about.
        case proceed(Transfer, HopLeave)
        /// So many transfers run at a time from here on.
        case expect(Int)
        /// A task goes on.
        case run(UnownedJob)
    }

    private struct Contents {
        var commands: [Command] = []
        /// The thread waits for its descriptors, or is about to.
        var isResting = true
        /// The eventfd has been written to since the thread last looked.
        var isSignalled = false
        var isClosed = false
    }

    let descriptor: Int32
    private let contents = Locked(Contents())

    init() throws(FetchEngine.StartError) {
        descriptor = newswire_eventfd()
        guard descriptor >= 0 else { throw .init(call: "eventfd", code: errno) }
    }

    deinit {
        close(descriptor)
    }

    /// - Returns: false once the mailbox is closed; nothing is done with the command then.
    @discardableResult
    func post(_ command: Command) -> Bool {
        contents.withLock { contents in
            if contents.isClosed { return false }
            contents.commands.append(command)
            signal(&contents)
            return true
        }
    }

    /// Tells the thread to end. What was posted before is still taken.
    func close() {
        contents.withLock { contents in
            contents.isClosed = true
            signal(&contents)
        }
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        // Without the thread it goes on elsewhere: a task has to come to its end.
        if !post(.run(job)) { globalConcurrentExecutor.enqueue(ExecutorJob(job)) }
    }

    /// The engine's thread wants to wait: false where something has come that it should see to first. From then on until
    /// it takes something it is woken.
    func mayRest() -> Bool {
        contents.withLock { contents in
            contents.isResting = contents.commands.isEmpty && !contents.isClosed
            return contents.isResting
        }
    }

    /// The engine's thread takes everything at once, in the order of posting.
    func take() -> (commands: [Command], isClosed: Bool) {
        contents.withLock { contents in
            contents.isResting = false
            if contents.isSignalled {
                var count: UInt64 = 0
                _ = read(descriptor, &count, 8)
                contents.isSignalled = false
            }
            let commands = contents.commands
            contents.commands = []
            return (commands, contents.isClosed)
        }
    }

    private func signal(_ contents: inout Contents) {
        if contents.isSignalled || !contents.isResting { return }
        contents.isSignalled = true
        var one: UInt64 = 1
        // Cannot fail: the counter is at most 1, and the descriptor is ours.
        _ = write(descriptor, &one, 8)
    }

    private func close(_ descriptor: Int32) {
        _ = Glibc.close(descriptor)
    }
}
