internal import Glibc

/// `Locked` is a value that several threads share, reached by one at a time.
///
/// It has a `pthread_mutex_t` rather than `Synchronization.Mutex`, because Thread Sanitizer on Linux does not see the
/// latter. Never wait for anything inside `withLock`.
// Sendable because the value is only ever touched under the mutex.
package final class Locked<Value>: @unchecked Sendable {
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private var value: Value

    package init(_ value: sending Value) {
        self.value = value
        mutex = .allocate(capacity: 1)
        mutex.initialize(to: pthread_mutex_t())
        let status = pthread_mutex_init(mutex, nil)
        precondition(status == 0, "pthread_mutex_init: \(status)")
    }

    deinit {
        pthread_mutex_destroy(mutex)
        mutex.deallocate()
    }

    /// Runs `body` with the value while no other thread has it, and throws what `body` throws.
    ///
    /// It may be called from any thread, but not from inside `body`: that would wait for itself.
    package func withLock<Result, Failure: Error>(
        _ body: (inout Value) throws(Failure) -> sending Result
    ) throws(Failure) -> sending Result {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return try body(&value)
    }
}
