private import Dispatch

/// A thread for the poll loop and whatever else must never stand still while the service runs: what tells it to stop, what
/// feeds its watchdog.
///
/// The threads that tasks share are few, and reading the store holds them up where its file system does not answer.
/// Nothing may block in what runs here.
package final class LoopExecutor: TaskExecutor {
    private let queue = DispatchQueue(label: "newswire.loop")

    package init() {}

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
