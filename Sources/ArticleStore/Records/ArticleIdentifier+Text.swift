import Digest
import FeedModel

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
