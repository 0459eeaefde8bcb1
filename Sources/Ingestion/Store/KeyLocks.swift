internal import Digest
private import Locking

/// Keys under which articles are being judged and stored right now.
///
/// Two feeds that bring the same article at the same time must not both find that nobody has it. Each locks the keys
/// of its links before it asks the store, and gives them up once its articles are stored; whoever comes second waits
/// for that. All keys are locked at once or none, so nobody waits while others wait for him.
final class KeyLocks: Sendable {
    private struct State {
        var taken = Set<Hash128>()
        var waiting: [CheckedContinuation<Void, Never>] = []

        func isFree(_ keys: [Hash128]) -> Bool {
            // There are no others in nearly every poll.
            taken.isEmpty || keys.allSatisfy { !taken.contains($0) }
        }
    }

    private let state = Locked(State())

    /// Waits until nobody else has one of the keys. Each call is to be followed by `release` with the same keys.
    func take(_ keys: [Hash128]) async {
        while !keys.isEmpty, !tryTaking(keys) {
            await withCheckedContinuation { continuation in
                let isFree = state.withLock { state in
                    if state.isFree(keys) { return true }
                    state.waiting.append(continuation)
                    return false
                }
                if isFree { continuation.resume() }
            }
        }
    }

    private func tryTaking(_ keys: [Hash128]) -> Bool {
        state.withLock { state in
            guard state.isFree(keys) else { return false }
            for key in keys { state.taken.insert(key) }
            return true
        }
    }

    func release(_ keys: [Hash128]) {
        if keys.isEmpty { return }
        let waiting = state.withLock { state in
            for key in keys { state.taken.remove(key) }
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }
}
