import Digest

/// The first 4096 bytes of the index's file, of which 128 are used, little endian:
///
///      0  "newswire index 1"  16  slots (8)  24  slots taken (8)  32, 40  salt  48  seq (8)  56  chain (32)
///     88  segment (8)  96  offset (8)  120  XXH3-64 of the 120 bytes before (8)
///
/// All slots of records up to `complete` are on disk; later ones may be.
struct IndexHeader: Equatable, Sendable {
    static let size = 4096
    private static let magic: StaticString = "newswire index 1"

    var capacity: UInt64
    /// At least as many as are taken.
    var count: UInt64
    /// So that no publisher can choose ids that crowd one place of the file.
    var salt: Hash128
    var complete: StorePosition

    init(capacity: UInt64, salt: Hash128) {
        self.capacity = capacity
        self.salt = salt
        count = 0
        complete = StorePosition()
    }

    static func newSalt() -> Hash128 {
        var generator = SystemRandomNumberGenerator()
        return Hash128(high: generator.next(), low: generator.next())
    }

    /// Where a key's slot would stand if nothing stood there yet.
    func home(of key: Hash128) -> UInt64 { Self.hash(of: key, salt).multipliedFullWidth(by: capacity).high }

    /// Keys' homes have the order of these, in a table of any size.
    static func hash(of key: Hash128, _ salt: Hash128) -> UInt64 {
        let product = (key.high ^ salt.high).multipliedFullWidth(by: (key.low ^ salt.low) | 1)
        return product.high ^ product.low ^ key.low
    }

    init?(_ bytes: [UInt8]) {
        guard bytes.count >= 128, bytes[..<16].elementsEqual(Self.magicBytes) else { return nil }
        func number(_ offset: Int) -> UInt64 {
            bytes.withUnsafeBytes { UInt64(littleEndian: $0.loadUnaligned(fromByteOffset: offset, as: UInt64.self)) }
        }
        let checksum = bytes.withUnsafeBytes { XXH3.hash64(UnsafeRawBufferPointer(rebasing: $0[..<120])) }
        guard number(120) == checksum, number(16) > 0, number(16) <= 1 << 40 else { return nil }
        capacity = number(16)
        count = number(24)
        salt = Hash128(high: number(32), low: number(40))
        complete = StorePosition(
            seq: number(48), chain: Array(bytes[56..<88]), segment: number(88), offset: number(96))
    }

    private static var magicBytes: UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(start: magic.utf8Start, count: magic.utf8CodeUnitCount)
    }

    var bytes: [UInt8] {
        var bytes = Array(Self.magicBytes)
        func put(_ value: UInt64) { withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) } }
        put(capacity)
        put(count)
        put(salt.high)
        put(salt.low)
        put(complete.seq)
        bytes.append(contentsOf: complete.chain)
        put(complete.segment)
        put(complete.offset)
        put(0)
        put(0)
        put(bytes.withUnsafeBytes { XXH3.hash64($0) })
        return bytes
    }
}
