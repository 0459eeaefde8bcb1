import FeedModel
import Testing

@Suite("PollRecord keeps a poll on disk")
struct PollRecordTests {
    private var record: PollRecord {
        var record = PollRecord(startedAt: Timestamp(milliseconds: 1_790_000_000_123), feed: 77, outcome: .notModified)
        record.status = 304
        record.next = Timestamp(seconds: 1_790_003_600)
        record.items = 12
        record.newItems = 3
        record.bytes = 4567
        record.sent = 8
        record.kept = 9
        record.terms.interval = 3600
        record.terms.adaptive = 1200
        record.terms.gap = 3500
        record.terms.hint = 7200
        record.terms.lifetime = 300_000_000
        record.terms.age = 20
        record.terms.freshFor = 86_400
        record.terms.retryAfter = 604_800
        record.terms.pause = 660
        record.terms.backoff = 50_000
        record.terms.failureQuarters = 7
        record.terms.jitter = 1_800_000
        record.terms.skipped = 36_000
        record.terms.notes = [.judged, .littleOverlap]
        record.terms.reason = .skipHours
        return record
    }

    private func read(_ bytes: [UInt8]) -> PollRecord? { bytes.withUnsafeBytes { PollRecord(onDisk: $0) } }

    @Test("PollRecord reads a poll back as it was written, in 80 bytes")
    func roundTrip() {
        let bytes = record.bytesOnDisk
        #expect(bytes.count == PollRecord.size)
        #expect(read(bytes) == record)
    }

    @Test("PollRecord cuts a number that is too large for its place, and reads no poll where none was written")
    func limits() {
        var large = record
        large.items = 1_000_000
        large.terms.jitter = .max
        large.terms.failureQuarters = 1000
        let back = read(large.bytesOnDisk)
        #expect(back?.items == 65_535 && back?.terms.failureQuarters == 255)
        #expect(back?.bytes == record.bytes)
        #expect(read([UInt8](repeating: 0, count: PollRecord.size)) == nil)
        #expect(read([UInt8](repeating: 0xff, count: PollRecord.size)) == nil)
        #expect(read(Array(record.bytesOnDisk.dropLast())) == nil)
    }

    @Test(
        "Every reason for the next poll has a word of its own, by which it is found",
        arguments: PollTerms.Reason.allCases)
    func words(reason: PollTerms.Reason) {
        #expect(PollTerms.Reason(word: reason.word) == reason)
        #expect(reason.rawValue < 32)
    }
}
