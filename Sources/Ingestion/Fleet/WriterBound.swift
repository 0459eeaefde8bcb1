internal import Dispatch

/// `WriterBound` is a value that one queue alone uses.
///
/// `@unchecked`, because the compiler does not know of queues: that the value is asked for on its queue is checked each time
/// that it is.
final class WriterBound<Value>: @unchecked Sendable {
    private let queue: DispatchQueue
    private var stored: Value

    init(_ value: sending Value, _ queue: DispatchQueue) {
        stored = value
        self.queue = queue
    }

    var value: Value {
        get {
            dispatchPrecondition(condition: .onQueue(queue))
            return stored
        }
        set {
            dispatchPrecondition(condition: .onQueue(queue))
            stored = newValue
        }
    }
}

/// `RandomUUID` makes what is told from everything else of its kind, on whichever machine.
enum RandomUUID {
    /// A UUID of version 4, in lower case.
    static func text() -> String {
        var random = SystemRandomNumberGenerator()
        let high = random.next() & 0xffff_ffff_ffff_0fff | 0x4000
        let low = random.next() & 0x3fff_ffff_ffff_ffff | 0x8000_0000_0000_0000
        func hex(_ value: UInt64, _ digits: Int) -> String {
            let text = String(value, radix: 16)
            return String(repeating: "0", count: digits - text.utf8.count) + text
        }
        return [
            hex(high >> 32, 8), hex(high >> 16 & 0xffff, 4), hex(high & 0xffff, 4), hex(low >> 48, 4),
            hex(low & 0xffff_ffff_ffff, 12),
        ].joined(separator: "-")
    }
}
