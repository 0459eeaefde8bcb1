import Publishing

extension Bus {
    /// Publishes samples, which stay as long as the call lasts.
    func publish(_ samples: SampleMessages, _ wait: BusWait) throws(BusFailure) {
        defer { withExtendedLifetime(samples) {} }
        try publish(samples.messages, wait)
    }
}

/// Messages of made-up records, with the bytes that they point into.
final class SampleMessages {
    private var kept: [UnsafeMutableRawBufferPointer] = []
    private(set) var messages: [BusMessage] = []

    deinit { kept.forEach { $0.deallocate() } }

    /// - Parameter line: made of the record's number.
    init(_ seqs: ClosedRange<UInt64>, feed: String = "example", line: (UInt64) -> String = { "{\"n\":\($0)}" }) {
        for seq in seqs {
            messages.append(
                BusMessage(
                    line: keep(line(seq)), id: keep(Self.id(seq)), seq: seq, uid: keep("u\(seq)"), version: 1,
                    kind: "new",
                    feed: feed, storedAt: keep("2026-11-22T08:00:00Z"), storedSeconds: 1_795_334_400, omitted: nil))
        }
    }

    static func id(_ seq: UInt64) -> String {
        let digits = String(seq, radix: 16)
        return String(repeating: "0", count: 32 - digits.count) + digits
    }

    private func keep(_ text: String) -> UnsafeRawBufferPointer {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: max(1, text.utf8.count), alignment: 1)
        buffer.copyBytes(from: text.utf8)
        kept.append(buffer)
        return UnsafeRawBufferPointer(rebasing: buffer.prefix(text.utf8.count))
    }
}
