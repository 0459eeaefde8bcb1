import Digest
import FeedModel
import JSONText

/// What has to stand in a record so that the index can be made again from the segments alone: as the last of the free
/// members, `"index":{"modified":MILLISECONDS,"silent":N,"keys":["<32 hex>"]}`, each left out where there is nothing.
struct IndexMembers: Equatable {
    var modified: Timestamp?
    var recentChanges: UInt8 = 0
    var keys: [Hash128] = []

    static let maximumLength = 80 + 35 * PendingRecord.maximumKeys

    var isEmpty: Bool { modified == nil && recentChanges == 0 && keys.isEmpty }

    init() {}

    init(_ record: PendingRecord) {
        modified = record.modified
        recentChanges = record.recentChanges
        keys =
            record.keys.count <= PendingRecord.maximumKeys
            ? record.keys : Array(record.keys.prefix(PendingRecord.maximumKeys))
    }

    /// Reads what `append` has written, from its end; nil where something else stands there.
    init?(_ scan: inout BackwardScan) {
        guard scan.take("}") else { return nil }
        var hasMore = true
        if scan.take("]") {
            keys.reserveCapacity(4)
            repeat {
                guard scan.take("\""), let low = scan.takeHex64(), let high = scan.takeHex64(), scan.take("\""),
                    keys.count < PendingRecord.maximumKeys
                else { return nil }
                keys.append(Hash128(high: high, low: low))
            } while scan.take(",")
            keys.reverse()
            guard scan.take(#""keys":["#) else { return nil }
            hasMore = scan.take(",")
        }
        if hasMore {
            guard var number = scan.takeNumber() else { return nil }
            if scan.take(#""silent":"#) {
                guard let silent = UInt8(exactly: number) else { return nil }
                recentChanges = silent
                hasMore = scan.take(",")
                if hasMore {
                    guard let next = scan.takeNumber() else { return nil }
                    number = next
                }
            }
            if hasMore {
                let isNegative = scan.take("-")
                guard scan.take(#""modified":"#), let amount = Int64(exactly: number) else { return nil }
                modified = Timestamp(milliseconds: isNegative ? -amount : amount)
            }
        }
        guard scan.take(#""index":{"#) else { return nil }
    }

    /// Appends `"index":{…}`.
    func append(to bytes: inout ByteBuffer) {
        bytes.append(#""index":{"#)
        var isFirst = true
        func begin(_ key: StaticString) {
            if !isFirst { bytes.append(",") }
            bytes.append(key)
            isFirst = false
        }
        if let modified {
            begin(#""modified":"#)
            if modified.milliseconds < 0 { bytes.append("-") }
            bytes.append(decimal: modified.milliseconds.magnitude)
        }
        if recentChanges > 0 {
            begin(#""silent":"#)
            bytes.append(decimal: UInt64(recentChanges))
        }
        if !keys.isEmpty {
            begin(#""keys":["#)
            for (index, key) in keys.enumerated() {
                bytes.append(index > 0 ? #",""# : #"""#)
                bytes.append(hex: key.high)
                bytes.append(hex: key.low)
                bytes.append(#"""#)
            }
            bytes.append("]")
        }
        bytes.append("}")
    }
}
