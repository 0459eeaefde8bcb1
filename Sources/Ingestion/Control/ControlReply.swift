private import Dispatch
package import JSONText
private import Locking

/// The answer to one request: lines of JSON, the last of which is `{"done":true}` or has `error`.
///
/// May be used from any thread. Nothing here waits for the other side: a thread of the connection's writes what is
/// handed over, and an asker that does not read is given up.
package final class ControlReply: Sendable {
    private struct State {
        var waiting: [UInt8] = []
        var hasEnded = false
        var isGone = false
    }

    /// Bytes that may wait for an asker that reads slowly.
    private static let maximumWaiting = 256 << 20
    private let state = Locked(State())
    private let changed = DispatchSemaphore(value: 0)

    package init() {}

    /// Whether the asker has gone, so that nothing need be prepared for it.
    package var isGone: Bool { state.withLock(\.isGone) }

    package func send(_ write: (inout JSONWriter) -> Void) {
        var json = JSONWriter()
        write(&json)
        hand(over: json.finish() + [UInt8(ascii: "\n")], isLast: false)
    }

    package func done() { hand(over: Array("{\"done\":true}\n".utf8), isLast: true) }

    package func fail(_ message: String) {
        var json = JSONWriter()
        json.beginObject()
        json.member("error", message)
        json.endObject()
        hand(over: json.finish() + [UInt8(ascii: "\n")], isLast: true)
    }

    private func hand(over bytes: [UInt8], isLast: Bool) {
        state.withLock { state in
            guard !state.hasEnded, !state.isGone else { return }
            state.waiting += bytes
            state.hasEnded = isLast
            if state.waiting.count > Self.maximumWaiting { state.isGone = true }
        }
        changed.signal()
    }

    /// Writes what is handed over until the last line; on a thread that may wait.
    func write(to socket: LineSocket) {
        while true {
            // Now and then, to see whether the asker is still there.
            _ = changed.wait(timeout: .now() + .seconds(1))
            let (bytes, isOver) = state.withLock { state in
                defer { state.waiting = [] }
                return (state.waiting, state.hasEnded || state.isGone)
            }
            guard bytes.isEmpty || socket.write(bytes), !socket.isClosed || isOver else {
                return state.withLock { state in
                    state.isGone = true
                    state.waiting = []
                }
            }
            if isOver { return }
        }
    }
}
