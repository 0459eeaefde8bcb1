/// Numbers that depend on an input alone: the same input is always cut in the same places.
struct FuzzSource: RandomNumberGenerator {
    private var state: UInt64 = 0xcbf2_9ce4_8422_2325

    /// Takes its start from at most the first 256 bytes and the length.
    init(_ bytes: [UInt8]) {
        for byte in bytes.prefix(256) { state = (state ^ UInt64(byte)) &* 0x100_0000_01b3 }
        state ^= UInt64(bytes.count)
    }

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return (state >> 33) ^ (state << 31)
    }

    /// The bytes in a few pieces of any length.
    mutating func pieces(of bytes: [UInt8]) -> [ArraySlice<UInt8>] {
        var cuts = (0..<Int.random(in: 1...8, using: &self)).map { _ in Int.random(in: 0...bytes.count, using: &self) }
        cuts.append(bytes.count)
        var start = 0
        return cuts.sorted().map { end in
            defer { start = end }
            return bytes[start..<end]
        }
    }

    /// For a few inputs, one of their pieces again and again, with the rest around it: what takes more time than grows
    /// with the length is not seen in anything short. For all others nil.
    mutating func swollen(_ bytes: [UInt8]) -> [UInt8]? {
        guard !bytes.isEmpty, Int.random(in: 0..<256, using: &self) == 0 else { return nil }
        let start = Int.random(in: 0..<bytes.count, using: &self)
        let end = Int.random(in: start..<bytes.count, using: &self)
        let piece = bytes[start...end]
        var result = Array(bytes[..<start])
        for _ in 0..<Self.swollenBytes / piece.count { result += piece }
        return result + bytes[(end + 1)...]
    }

    private static let swollenBytes = 128 * 1024
}
