internal import CNATS
private import Locking

/// What a connection's server has refused, told by a thread of the library.
///
/// The library is given a number and no address: whatever it tells after the connection is gone finds nobody.
final class NATSFailures {
    struct Failure: Sendable {
        let status: natsStatus
        let text: String?
    }

    private struct Table: Sendable {
        var next: UInt = 1
        var first: [UInt: Failure?] = [:]
    }

    private static let table = Locked(Table())

    private let number: UInt

    init() {
        number = Self.table.withLock { table in
            defer { table.next += 1 }
            table.first[table.next] = .some(nil)
            return table.next
        }
    }

    deinit { _ = Self.table.withLock { [number] in $0.first.removeValue(forKey: number) } }

    /// What the library hands back with each failure.
    var closure: UnsafeMutableRawPointer? { UnsafeMutableRawPointer(bitPattern: number) }

    /// The first failure since the last `reset`; nil where there was none.
    var first: Failure? { Self.table.withLock { [number] in $0.first[number] ?? nil } }

    func reset() { Self.table.withLock { [number] in $0.first[number] = .some(nil) } }

    static func failed(_ failure: UnsafeMutablePointer<jsPubAckErr>?, _ closure: UnsafeMutableRawPointer?) {
        guard let failure = failure?.pointee else { return }
        let number = UInt(bitPattern: closure)
        let found = Failure(status: failure.Err, text: failure.ErrText.map { String(cString: $0) })
        table.withLock { table in
            // The first says why; the others were refused because of that.
            guard let known = table.first[number], known == nil else { return }
            table.first[number] = found
        }
    }
}
