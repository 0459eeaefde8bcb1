import Glibc

/// A thread that runs a closure and is gone.
enum TestThread {
    private final class Body: Sendable {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }

    static func start(_ run: @escaping @Sendable () -> Void) {
        var thread = pthread_t()
        let context = Unmanaged.passRetained(Body(run))
        let status = pthread_create(
            &thread, nil,
            {
                Unmanaged<Body>.fromOpaque($0!).takeRetainedValue().run()
                return nil
            }, context.toOpaque())
        precondition(status == 0, "pthread_create: \(status)")
        pthread_detach(thread)
    }
}

/// A call that blocks, made by a task without holding up the threads that tasks share.
package enum BlockingCall {
    package static func run<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async -> Value {
        await withCheckedContinuation { continuation in
            TestThread.start { continuation.resume(returning: body()) }
        }
    }
}
