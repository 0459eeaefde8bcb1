/// Writes HTML that means the same in every context and to every parser.
struct SanitizedHTML {
    private(set) var bytes: [UInt8] = []

    mutating func beginTag(_ name: HTMLName) {
        bytes.append(UInt8(ascii: "<"))
        name.append(to: &bytes)
    }

    mutating func finishTag() {
        bytes.append(UInt8(ascii: ">"))
    }

    mutating func endTag(_ name: HTMLName) {
        bytes.append(contentsOf: "</".utf8)
        name.append(to: &bytes)
        bytes.append(UInt8(ascii: ">"))
    }

    mutating func attribute(_ name: HTMLName, _ value: UnsafeBufferPointer<UInt8>) {
        bytes.append(0x20)
        name.append(to: &bytes)
        bytes.append(contentsOf: "=\"".utf8)
        escape(value)
        bytes.append(UInt8(ascii: "\""))
    }

    mutating func text(_ text: UnsafeBufferPointer<UInt8>) {
        escape(text)
    }

    /// Escapes what begins markup, in text and values alike; drops control characters, and takes C1 controls for the
    /// windows-1252 characters that `&#150;` and its like were meant to be.
    private mutating func escape(_ text: UnsafeBufferPointer<UInt8>) {
        var start = 0
        var index = 0
        while index < text.count {
            let byte = text[index]
            let replacement: StaticString
            var length = 1
            switch byte {
            case UInt8(ascii: "&"): replacement = "&amp;"
            case UInt8(ascii: "<"): replacement = "&lt;"
            case UInt8(ascii: ">"): replacement = "&gt;"
            case UInt8(ascii: "\""): replacement = "&quot;"
            case 0x09, 0x0a:
                index += 1
                continue
            case 0..<0x20, 0x7f: replacement = ""
            case 0xc2 where index + 1 < text.count && text[index + 1] < 0xa0:
                replacement = ""
                length = 2
            default:
                index += 1
                continue
            }
            bytes.append(contentsOf: text[start..<index])
            bytes.append(
                contentsOf: UnsafeBufferPointer(start: replacement.utf8Start, count: replacement.utf8CodeUnitCount))
            if length == 2, let control = Unicode.Scalar(UInt32(text[index + 1])) {
                let meant = HTMLEntities.windows1252(control)
                if meant != control { bytes.append(contentsOf: UTF8.encode(meant) ?? .init()) }
            }
            index += length
            start = index
        }
        bytes.append(contentsOf: text[start...])
    }
}
