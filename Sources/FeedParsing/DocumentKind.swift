/// What the first bytes of a document say that it is.
enum DocumentKind {
    case empty, binary, json, markup

    init(_ head: [UInt8]) {
        var index = 0
        if head.starts(with: [0xef, 0xbb, 0xbf]) { index = 3 }
        while index < head.count, head[index] <= 0x20, head[index] != 0 { index += 1 }
        guard index < head.count else {
            self = .empty
            return
        }
        if head[index] == UInt8(ascii: "{") || head[index] == UInt8(ascii: "[") {
            self = .json
            return
        }
        self = Self.isBinary(head) ? .binary : .markup
    }

    /// Compressed data, images and the like: by their signatures, or by having more control characters than any text.
    private static func isBinary(_ head: [UInt8]) -> Bool {
        let signatures: [[UInt8]] = [
            [0x1f, 0x8b], [0x50, 0x4b, 0x03, 0x04], [0x89, 0x50, 0x4e, 0x47], [0xff, 0xd8, 0xff],
            [0x28, 0xb5, 0x2f, 0xfd],
            [0x47, 0x49, 0x46, 0x38], [0x25, 0x50, 0x44, 0x46], [0x7f, 0x45, 0x4c, 0x46], [0x42, 0x5a, 0x68],
        ]
        if signatures.contains(where: { head.starts(with: $0) }) { return true }
        // UTF-16 and UTF-32 have NULs, but an angle bracket early on.
        if head.prefix(512).contains(UInt8(ascii: "<")) { return false }
        let controls = head.prefix(512).count { $0 < 0x20 && $0 != 0x0a && $0 != 0x0d && $0 != 0x09 }
        return controls * 10 > min(head.count, 512)
    }
}
