private import CShims
private import Glibc

/// `EngineWaker` ends a wait of another thread, or the next one where none is under way.
final class EngineWaker: Sendable {
    /// Readable from `wake` to `take`.
    let descriptor: Int32

    init() {
        descriptor = newswire_eventfd()
        precondition(descriptor >= 0, "no descriptor is left: \(errno)")
    }

    deinit { close(descriptor) }

    func wake() {
        var one: UInt64 = 1
        _ = write(descriptor, &one, 8)
    }

    /// The wait has ended: the next one is not ended by the same word.
    func take() {
        var count: UInt64 = 0
        _ = read(descriptor, &count, 8)
    }
}
