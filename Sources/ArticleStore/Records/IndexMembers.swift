import Digest
import FeedModel
import JSONText

/// What has to stand in a record so that the index can be made again from the segments alone: as the last of the free
/// members, `"index":{"modified":MILLISECONDS,"silent":N,"keys":["<32 hex>"]}`, each left out where there is nothing.
struct IndexMembers: Equatable {
    var modified: Timestamp?
    var silentChanges: UInt8 = 0
    var keys: [Hash128] = []

    static let maximumLength = 80 + 35 * PendingRecord.maximumKeys

    var isEmpty: Bool { modified == nil && silentChanges == 0 && keys.isEmpty }

    init() {}

    init(_ record: PendingRecord) {
        modified = record.modified
        silentChanges = record.silentChanges
        keys =
            record.keys.count <= PendingRecord.maximumKeys
            ? record.keys : Array(record.keys.prefix(PendingRecord.maximumKeys))
    }

    init(_ json: JSONValue) {
        modified = json["modified"]?.integer.map(Timestamp.init(milliseconds:))
        silentChanges = json["silent"]?.integer.flatMap(UInt8.init(exactly:)) ?? 0
        keys = json["keys"]?.array?.compactMap { $0.string.flatMap(Hash128.init(hex:)) } ?? []
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
        if silentChanges > 0 {
            begin(#""silent":"#)
            bytes.append(decimal: UInt64(silentChanges))
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
