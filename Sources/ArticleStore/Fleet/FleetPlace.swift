private import Digest
private import Glibc

/// `FleetPlace` is how far a store has followed its fleet's log.
///
/// In the store's file `fleet` it says up to which entry articles and states are durable here (I12):
///
///     ID POSITION SEQ XXH3       a UUID; two numbers of 20 digits; XXH3-64 of the bytes before it in 16 hex digits
///
/// The file is overwritten in place, within one sector, and not synced: after a power loss it may be behind, never ahead. A
/// copy that was made while its machine ran may have an older or newer one than its articles.
package struct FleetPlace: Sendable, Equatable {
    /// The fleet's id.
    package var fleet: String
    /// The position of the last entry that is here; 0 before the first.
    package var position: UInt64
    /// The number of the last record that the log has up to there.
    package var seq: UInt64

    package init(fleet: String, position: UInt64, seq: UInt64) {
        self.fleet = fleet
        self.position = position
        self.seq = seq
    }

    /// Tells whether a fleet may have that id: a UUID in lower case.
    package static func isID(_ text: String) -> Bool {
        text.utf8.count == 36
            && text.utf8.enumerated().allSatisfy { place, byte in
                if [8, 13, 18, 23].contains(place) { return byte == UInt8(ascii: "-") }
                return (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                    || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
            }
    }

    private static let length = 96

    /// Reads the file of a fleet's store.
    init(in directory: StoreDirectory) throws(StoreError) {
        guard let file = try OpenFile.reading(directory.fleetFile), let place = Self(try file.read(Self.length, at: 0))
        else {
            throw StoreError(
                .damaged, "opening the store", directory.fleetFile,
                "it does not say how far the fleet's log was followed",
                advice: "copy the store of another machine of the fleet")
        }
        self = place
    }

    init?(_ bytes: [UInt8]) {
        guard bytes.count == Self.length, bytes[95] == 0x0a else { return nil }
        let id = String(decoding: bytes[..<36], as: UTF8.self)
        guard Self.isID(id), let position = UInt64(String(decoding: bytes[37..<57], as: UTF8.self)),
            let seq = UInt64(String(decoding: bytes[58..<78], as: UTF8.self))
        else { return nil }
        self.init(fleet: id, position: position, seq: seq)
        if self.bytes != bytes { return nil }
    }

    var bytes: [UInt8] {
        var bytes = Array("\(fleet) ".utf8)
        for value in [position, seq] {
            let digits = String(value).utf8
            bytes.append(contentsOf: repeatElement(UInt8(ascii: "0"), count: 20 - digits.count))
            bytes.append(contentsOf: digits)
            bytes.append(UInt8(ascii: " "))
        }
        let checksum = bytes.withUnsafeBytes { XXH3.hash64($0) }
        Hex.append(checksum, to: &bytes)
        bytes.append(0x0a)
        return bytes
    }

    func write(in directory: StoreDirectory, _ files: FileSystem) throws(StoreError) {
        try directory.openFile(directory.fleetFile, in: directory.path, files).write(bytes, at: 0, files)
    }
}

/// What the writer of a fleet's store knows beside the place where it ends.
struct FleetStanding {
    /// The last entry that was applied.
    var place: FleetPlace
    /// The one that is in the store's file; nil where that is not known.
    var noted: FleetPlace?
    /// When the last record was stored, as it is written there; empty where there is none. The next one is not stored before.
    var lastTime: [UInt8]
}

extension StorePosition {
    /// When the record before it was stored, as it is written there; nil where the record is not there any more.
    func lastTime(in directory: StoreDirectory) throws(StoreError) -> [UInt8]? {
        let segment = Segment(firstSeq: segment, in: directory)
        guard self.segment > 0, let file = try OpenFile.reading(segment.path) else { return nil }
        return try SegmentSearch(file, segment, limit: offset).last { Array($0.storedAtText) }
    }
}
