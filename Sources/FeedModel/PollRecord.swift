/// `PollRecord` is one poll as it is kept for whoever asks later why a feed was polled when it was, and whether that
/// was polite.
package struct PollRecord: Sendable, Equatable {
    /// The request began then.
    package var startedAt: Timestamp
    /// A hash of the feed's id.
    package var feed: UInt32
    /// The poll ended like this.
    package var outcome: Outcome
    /// The HTTP status; 0 where there was none.
    package var status = 0
    /// The feed is polled next at this time, to the second; nil: not by itself.
    package var next: Timestamp?
    /// The document had this many items.
    package var items = 0
    /// This many of them were new.
    package var newItems = 0
    /// The body had this many bytes as it came over the wire.
    package var bytes = 0
    /// The validators that were sent have this hash; 0 for none.
    package var sent: UInt32 = 0
    /// The validators that were kept for the next time have this hash; 0 for none.
    package var kept: UInt32 = 0
    /// The next poll was decided from these numbers.
    package var terms = PollTerms()

    package init(startedAt: Timestamp, feed: UInt32, outcome: Outcome) {
        self.startedAt = startedAt
        self.feed = feed
        self.outcome = outcome
    }

    /// `Outcome` is how a poll ended; the raw value is what stands on disk.
    package enum Outcome: UInt8, Sendable, CaseIterable {
        case new = 1
        case unchanged, notModified, failed, gone
    }
}

extension PollRecord {
    /// A record has this many bytes, whatever is in it. Integers are little-endian; what is too large for its place is
    /// the largest that fits.
    package static let size = 80

    /// Gives the record as `size` bytes.
    package var bytesOnDisk: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Self.size)
        func put<Value: FixedWidthInteger>(_ value: Value) {
            withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
        }
        put(startedAt.milliseconds)
        put(feed)
        put(UInt32(clamping: next?.seconds ?? 0))
        put(sent)
        put(kept)
        put(UInt32(clamping: self.bytes))
        put(UInt32(clamping: terms.interval))
        put(UInt32(clamping: terms.adaptive))
        put(UInt32(clamping: terms.gap))
        put(UInt32(clamping: terms.lifetime))
        put(UInt32(clamping: terms.age))
        put(UInt32(clamping: terms.freshFor))
        put(UInt32(clamping: terms.retryAfter))
        put(UInt32(clamping: terms.pause))
        put(UInt32(clamping: terms.backoff))
        put(UInt16(clamping: status))
        put(UInt16(clamping: items))
        put(UInt16(clamping: newItems))
        // Tenths of a second, tens of seconds, minutes: the places are small.
        put(UInt16(clamping: terms.jitter / 100))
        put(UInt16(clamping: terms.skipped / 10))
        put(UInt16(clamping: terms.hint / 60))
        put(terms.notes.rawValue)
        put(UInt8(clamping: terms.failureQuarters))
        put(outcome.rawValue << 5 | terms.reason.rawValue)
        return bytes
    }

    /// Reads a record; nil where the bytes are none: a place that was never written, or damage.
    ///
    /// - Parameter bytes: only the first `size` of them are read, while the initialiser runs.
    package init?(onDisk bytes: UnsafeRawBufferPointer) {
        guard bytes.count >= Self.size else { return nil }
        var offset = 0
        func take<Value: FixedWidthInteger>(_ type: Value.Type) -> Value {
            defer { offset += MemoryLayout<Value>.size }
            return Value(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: type))
        }
        startedAt = Timestamp(milliseconds: take(Int64.self))
        feed = take(UInt32.self)
        let nextSeconds = take(UInt32.self)
        next = nextSeconds == 0 ? nil : Timestamp(seconds: Int64(nextSeconds))
        sent = take(UInt32.self)
        kept = take(UInt32.self)
        self.bytes = Int(take(UInt32.self))
        terms.interval = Int(take(UInt32.self))
        terms.adaptive = Int(take(UInt32.self))
        terms.gap = Int(take(UInt32.self))
        terms.lifetime = Int(take(UInt32.self))
        terms.age = Int(take(UInt32.self))
        terms.freshFor = Int(take(UInt32.self))
        terms.retryAfter = Int(take(UInt32.self))
        terms.pause = Int(take(UInt32.self))
        terms.backoff = Int(take(UInt32.self))
        status = Int(take(UInt16.self))
        items = Int(take(UInt16.self))
        newItems = Int(take(UInt16.self))
        terms.jitter = Int(take(UInt16.self)) * 100
        terms.skipped = Int(take(UInt16.self)) * 10
        terms.hint = Int(take(UInt16.self)) * 60
        terms.notes = PollTerms.Notes(rawValue: take(UInt16.self))
        terms.failureQuarters = Int(take(UInt8.self))
        let last = take(UInt8.self)
        guard let outcome = Outcome(rawValue: last >> 5), let reason = PollTerms.Reason(rawValue: last & 0x1f),
            startedAt.milliseconds > 0
        else { return nil }
        self.outcome = outcome
        terms.reason = reason
    }
}
