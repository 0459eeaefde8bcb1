private import Dispatch

/// Work that waits in the kernel, done for a task on a thread that no other task needs.
package enum BlockingWork {
    package static func run<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
        let result: Result<Value, any Error> = await withCheckedContinuation { continuation in
            DispatchQueue(label: "newswire.blocking").async { continuation.resume(returning: Result { try work() }) }
        }
        return try result.get()
    }
}
