/// A name of up to twenty ASCII characters in one integer, without regard to case: compared and switched on without making
/// a `String`.
///
/// Longer names, and those with other characters than letters, digits, `-` and `:`, are all `unknown`.
struct HTMLName: Hashable, RawRepresentable {
    let rawValue: UInt128

    static let unknown = HTMLName(rawValue: 0)

    init(rawValue: UInt128) {
        self.rawValue = rawValue
    }

    init(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) {
        self.init(UnsafeBufferPointer(rebasing: bytes[range]))
    }

    init(_ name: StaticString) {
        self.init(UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
    }

    init(_ name: UnsafeBufferPointer<UInt8>) {
        guard name.count <= 20 else {
            self = .unknown
            return
        }
        var packed: UInt128 = 0
        for byte in name {
            let code: UInt8
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"): code = byte - UInt8(ascii: "a") + 1
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): code = byte - UInt8(ascii: "A") + 1
            case UInt8(ascii: "0")...UInt8(ascii: "9"): code = byte - UInt8(ascii: "0") + 27
            case UInt8(ascii: "-"): code = 37
            case UInt8(ascii: ":"): code = 38
            default:
                self = .unknown
                return
            }
            packed = packed << 6 | UInt128(code)
        }
        rawValue = packed
    }
}

extension HTMLName {
    private static let alphabet: StaticString = "abcdefghijklmnopqrstuvwxyz0123456789-:"

    /// Appends the name in lower case.
    func append(to bytes: inout [UInt8]) {
        var shift = 20 * 6
        while shift > 0 {
            shift -= 6
            let code = Int(truncatingIfNeeded: rawValue >> UInt128(shift)) & 63
            if code > 0 { bytes.append(Self.alphabet.utf8Start[code - 1]) }
        }
    }
}

/// Elements and attributes that some rule speaks of.
extension HTMLName {
    static let script = HTMLName("script")
    static let style = HTMLName("style")
    static let textarea = HTMLName("textarea")
    static let title = HTMLName("title")
    static let xmp = HTMLName("xmp")
    static let iframe = HTMLName("iframe")
    static let noembed = HTMLName("noembed")
    static let noframes = HTMLName("noframes")
    static let base = HTMLName("base")
    static let link = HTMLName("link")
    static let href = HTMLName("href")
    static let rel = HTMLName("rel")
    static let type = HTMLName("type")
}
