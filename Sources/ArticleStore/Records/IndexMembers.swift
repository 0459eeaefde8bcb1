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
    func append(to bytes: inout [UInt8]) {
        bytes.append(contentsOf: #""index":{"#.utf8)
        var separator = ""
        if let modified {
            bytes.append(contentsOf: #""modified":\#(modified.milliseconds)"#.utf8)
            separator = ","
        }
        if silentChanges > 0 {
            bytes.append(contentsOf: #"\#(separator)"silent":\#(silentChanges)"#.utf8)
            separator = ","
        }
        if !keys.isEmpty {
            bytes.append(contentsOf: #"\#(separator)"keys":["#.utf8)
            for (index, key) in keys.enumerated() {
                bytes.append(contentsOf: (index > 0 ? #",""# : #"""#).utf8)
                Hex.append(key.high, to: &bytes)
                Hex.append(key.low, to: &bytes)
                bytes.append(UInt8(ascii: "\""))
            }
            bytes.append(UInt8(ascii: "]"))
        }
        bytes.append(UInt8(ascii: "}"))
    }
}
