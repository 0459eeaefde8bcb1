private import Digest

/// The end of what is durable, as the writer publishes it in `articles.end` after every fdatasync of articles.
///
/// What a living writer has written behind it may still be taken back, and its numbers given to other records, where
/// the disk is full or fails. Readers therefore stop there as long as the writer's lock is held. Without a writer (none
/// runs, the store is a copy) what `SegmentTail` says counts: the next writer keeps that too. The file is not synced after
/// each change: after a power loss it may be older than the articles, never newer.
///
///     SEQ SEGMENT OFFSET XXH3        each number of 20 digits, XXH3-64 of the bytes before it in 16 hex digits
struct DurableEnd: Equatable, Sendable {
    var seq: UInt64
    var segment: UInt64
    var offset: UInt64

    init(_ position: StorePosition) {
        seq = position.seq
        segment = position.segment
        offset = position.offset
    }

    /// Nil where there is none, or none that can be read.
    init?(in directory: StoreDirectory) throws(StoreError) {
        guard let file = try OpenFile.reading(directory.endFile) else { return nil }
        self.init(try file.read(80, at: 0))
    }

    init?(_ bytes: [UInt8]) {
        guard bytes.count == 80, bytes[79] == 0x0a, let checksum = Hex.bytes(bytes[63..<79]) else { return nil }
        var expected: [UInt8] = []
        Hex.append(Self.checksum(bytes), to: &expected)
        guard Hex.bytes(expected) == checksum else { return nil }
        func number(_ start: Int) -> UInt64? { UInt64(String(decoding: bytes[start..<start + 20], as: UTF8.self)) }
        guard let seq = number(0), let segment = number(21), let offset = number(42), seq <= StorePosition.highestSeq
        else { return nil }
        self.seq = seq
        self.segment = segment
        self.offset = offset
    }

    private static func checksum(_ bytes: [UInt8]) -> UInt64 {
        bytes.withUnsafeBytes { XXH3.hash64(UnsafeRawBufferPointer(rebasing: $0[..<63])) }
    }

    var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(80)
        for value in [seq, segment, offset] {
            let digits = String(value).utf8
            bytes.append(contentsOf: repeatElement(UInt8(ascii: "0"), count: 20 - digits.count))
            bytes.append(contentsOf: digits)
            bytes.append(UInt8(ascii: " "))
        }
        Hex.append(Self.checksum(bytes), to: &bytes)
        bytes.append(0x0a)
        return bytes
    }

    func publish(in directory: StoreDirectory, _ files: FileSystem) throws(StoreError) {
        try directory.openFile(directory.endFile, in: directory.path, files).write(bytes, at: 0, files)
    }
}
