package import Digest
package import FeedModel
import JSONText

/// `RecordEnvelope` is what the store wrote around a record, read from the line's end without looking at the rest of
/// it.
///
/// It points into the line: it lives as long as the line's bytes do.
package struct RecordEnvelope {
    /// The record's number, no more than `StorePosition.highestSeq`.
    package let seq: UInt64
    /// What the record is.
    package let kind: RecordKind
    /// The version of the article, from 1.
    package let version: UInt32
    /// Whether the article was in its feed already when that was first polled.
    package let isInitial: Bool

    private let line: UnsafeRawBufferPointer
    private let previousDigits: Range<Int>?
    private let timeText: Range<Int>
    private let hashText: Range<Int>
    private let uidText: Range<Int>
    private let feedText: Range<Int>
    /// Where `"feed":` begins.
    private let start: Int

    /// How long a feed's id may be, as written in JSON.
    static let maximumFeedLength = 4096

    /// Reads the end of a line; nil where that is not as the store ends its lines. The checksum is not looked at.
    package init?(_ line: UnsafeRawBufferPointer) {
        guard line.count > RecordLine.chainMember else { return nil }
        var tail = BackwardScan(line, end: line.count - RecordLine.chainDigits)
        guard tail.take(",\"chain\":\"") else { return nil }
        var scan = BackwardScan(line, end: tail.end)
        if scan.take("\"") {
            previousDigits = scan.take(count: 64)
            guard scan.take(",\"prev\":\"") else { return nil }
        } else {
            previousDigits = nil
        }
        guard let seq = scan.takeNumber(), seq <= StorePosition.highestSeq, scan.take("\",\"seq\":") else { return nil }
        if scan.take("new") {
            kind = .new
        } else if scan.take("update") {
            kind = .update
        } else if scan.take("duplicate") {
            kind = .duplicate
        } else if scan.take("alias") {
            kind = .alias
        } else if scan.take("fulltext") {
            kind = .fulltext
        } else {
            return nil
        }
        guard scan.take("\",\"kind\":\""), let time = scan.take(count: 20), scan.take("\",\"stored_at\":\""),
            let hash = scan.take(count: 32), scan.take(",\"hash\":\"")
        else { return nil }
        isInitial = scan.take(",\"initial\":true")
        guard let version = scan.takeNumber().flatMap(UInt32.init(exactly:)), scan.take("\",\"version\":"),
            let uid = scan.take(count: 32), scan.take("\",\"uid\":\""),
            let feed = scan.takeStringContent(limit: Self.maximumFeedLength), scan.take("\"feed\":")
        else { return nil }
        guard scan.end > 0, line[scan.end - 1] == UInt8(ascii: ",") || line[scan.end - 1] == UInt8(ascii: "{") else {
            return nil
        }
        self.seq = seq
        self.version = version
        self.line = line
        timeText = time
        hashText = hash
        uidText = uid
        feedText = feed
        start = scan.end
    }

    private func text(_ range: Range<Int>) -> String { String(decoding: line[range], as: UTF8.self) }

    /// When the record was stored, as written: `2026-11-22T08:00:03Z`. Such texts sort as the times do.
    package var storedAtText: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: line[timeText]) }

    /// When the record was stored; nil where that is no time.
    package var storedAt: Timestamp? { Timestamp(rfc3339: text(timeText)) }

    /// The hash of the content; nil where there are no digits of one.
    package var contentHash: Hash128? {
        var scan = BackwardScan(line, end: hashText.upperBound)
        guard let low = scan.takeHex64(), let high = scan.takeHex64() else { return nil }
        return Hash128(high: high, low: low)
    }

    /// The article's identity; nil where there is none that newswire writes.
    package var uid: ArticleIdentifier? {
        ArticleIdentifier(text: UnsafeRawBufferPointer(rebasing: line[uidText]))
    }

    /// The feed's id, made as a new text.
    package var feed: FeedIdentifier {
        guard line[feedText].contains(UInt8(ascii: "\\")) else { return FeedIdentifier(text(feedText)) }
        let quoted = UnsafeRawBufferPointer(rebasing: line[(feedText.lowerBound - 1)..<(feedText.upperBound + 1)])
        return FeedIdentifier((try? JSONParser.parse(quoted))?.value.string ?? text(feedText))
    }

    /// Whether the clock was in doubt when the record was stored: `"clock_doubtful":true` right before what the store
    /// writes into every record.
    package var isClockDoubtful: Bool {
        var scan = BackwardScan(line, end: commitMember?.start ?? identityStart)
        return scan.take("\"clock_doubtful\":true,")
    }

    /// Whether rules let the record through. No JSON is read for it, and nothing is allocated for one that passed.
    package var standing: RecordStanding {
        var scan = standingEnd
        return RecordStanding(&scan)
    }

    /// Where the record's standing ends.
    private var standingEnd: BackwardScan {
        var scan = BackwardScan(line, end: commitMember?.start ?? identityStart)
        _ = scan.take("\"clock_doubtful\":true,")
        return scan
    }

    /// The first record of the article that a feed farther from the link's host had before: `"supersedes":SEQ` right before
    /// what the store writes. Nil where none had it.
    package var supersedes: UInt64? {
        var scan = standingEnd
        _ = RecordStanding(&scan)
        guard scan.take(","), let seq = scan.takeNumber(), scan.take("\"supersedes\":") else { return nil }
        return seq
    }

    /// When the record was stored; nil where its clock was in doubt then.
    package var undoubtedTime: Timestamp? { isClockDoubtful ? nil : storedAt }

    /// Tells whether the record is of that feed: quicker than making `feed`, for ids that need no escaping.
    package func isOfFeed(_ id: some Collection<UInt8>) -> Bool { line[feedText].elementsEqual(id) }

    /// The predecessor's chain, which stands in the first record of a segment.
    var previousChain: [UInt8]? { previousDigits.flatMap { RecordLine.chain(line, $0) } }

    /// The 64 digits of the chain, as the line has them.
    package var chainDigits: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(
            rebasing: line[(line.count - RecordLine.chainDigits)..<(line.count - RecordLine.chainDigits + 64)])
    }

    /// The article's identity in its 32 characters, as the line has it.
    package var uidDigits: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: line[uidText]) }

    /// The chain that the line claims.
    var chain: [UInt8]? { RecordLine.chained(line).claim }

    /// The same, in its 64 digits.
    var chainText: SIMD64<UInt8> {
        line.loadUnaligned(fromByteOffset: line.count - RecordLine.chainDigits, as: SIMD64<UInt8>.self)
    }

    /// What the index holds beside the envelope (`"index":{…}` right before it); empty where there is nothing.
    var indexMembers: IndexMembers { index?.members ?? IndexMembers() }

    /// Where that which the index needs begins: `"index":` or, without it, `"feed":`.
    var identityStart: Int { indexStart ?? start }

    /// Where that begins which outlives the article: of one that nobody was given its standing too, so that this is known
    /// for as long as the article is (filters.md §2.5).
    var extractStart: Int {
        var scan = standingEnd
        return RecordStanding(&scan).isHidden ? scan.end : identityStart
    }

    /// The number of the first record of its commit: all records before that one were durable before this line was
    /// written. Nil in lines of an earlier newswire, which do not say.
    var commit: UInt64? { commitMember?.first }

    private var commitMember: (first: UInt64, start: Int)? {
        var scan = BackwardScan(line, end: identityStart)
        guard scan.take(","), let commit = scan.takeNumber(), scan.take("\"commit\":"), isMember(at: scan.end) else {
            return nil
        }
        return (commit, scan.end)
    }

    private var index: (members: IndexMembers, start: Int)? {
        var scan = BackwardScan(line, end: start)
        guard scan.take(","), let members = IndexMembers(&scan), isMember(at: scan.end) else { return nil }
        return (members, scan.end)
    }

    /// Where `"index":` begins, which holds no object and no brace: found without reading what is in it.
    private var indexStart: Int? {
        var scan = BackwardScan(line, end: start)
        guard scan.take("},"), scan.skip(to: UInt8(ascii: "{"), within: IndexMembers.maximumLength),
            scan.take(#""index":{"#), isMember(at: scan.end)
        else { return nil }
        return scan.end
    }

    private func isMember(at place: Int) -> Bool {
        place > 0 && (line[place - 1] == UInt8(ascii: ",") || line[place - 1] == UInt8(ascii: "{"))
    }
}

/// The text of identifiers as bytes: what `init(_:)` reads, without making a `String` for every record.
extension ArticleIdentifier {
    /// - Parameter text: 32 digits.
    init?(text: UnsafeRawBufferPointer) {
        guard text.count == 32 else { return nil }
        var (high, middle, low): (UInt64, UInt64, UInt64) = (0, 0, 0)
        for digit in text {
            let value: UInt64
            switch digit {
            case UInt8(ascii: "a")...UInt8(ascii: "z"): value = UInt64(digit - UInt8(ascii: "a"))
            case UInt8(ascii: "2")...UInt8(ascii: "7"): value = UInt64(digit - UInt8(ascii: "2")) + 26
            default: return nil
            }
            // 160 bits: 32 at the top, and twice 64 below.
            high = high << 5 | middle >> 59
            middle = middle << 5 | low >> 59
            low = low << 5 | value
        }
        let key = Hash128(high: high << 32 | middle >> 32, low: middle << 32 | low >> 32)
        self.init(key: key, rest: UInt32(truncatingIfNeeded: low))
    }
}
