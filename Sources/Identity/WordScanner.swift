private import Text

/// `WordScanner` finds the words of a text as a reader sees them: without markup, references and punctuation. The address
/// of a picture, without its query, is one of them.
enum WordScanner {
    /// Calls `body` with the bytes of each word, as they stand, and with whether it is a picture.
    static func scan(
        _ utf8: UnsafeBufferPointer<UInt8>, _ body: (UnsafeBufferPointer<UInt8>, _ isPicture: Bool) -> Void
    ) {
        var index = 0
        var start: Int?
        func finish() {
            if let first = start { body(UnsafeBufferPointer(rebasing: utf8[first..<index]), false) }
            start = nil
        }
        while index < utf8.count {
            let byte = utf8[index]
            switch byte {
            case _ where byte.isASCIIAlphanumeric: start = start ?? index
            case UInt8(ascii: "<"):
                finish()
                if beginsTag(utf8, index + 1) {
                    index = tag(utf8, index + 1, body)
                    continue
                }
            case UInt8(ascii: "&"):
                finish()
                index = referenceEnd(utf8, index + 1)
                continue
            case 0x00...0x7f: finish()
            case 0xe2 where index + 1 < utf8.count && utf8[index + 1] <= 0x81:
                // General punctuation: spaces, dashes and quotation marks.
                finish()
                index += 2
            case 0xe3...0xed:
                // East Asian writing has no spaces between words: each character counts as one.
                finish()
                let end = min(index + 3, utf8.count)
                body(UnsafeBufferPointer(rebasing: utf8[index..<end]), false)
                index += 2
            default: start = start ?? index
            }
            index += 1
        }
        index = utf8.count
        finish()
    }

    /// Passes over a tag.
    private static func tag(
        _ utf8: UnsafeBufferPointer<UInt8>, _ start: Int, _ body: (UnsafeBufferPointer<UInt8>, Bool) -> Void
    ) -> Int {
        var index = start
        while index < utf8.count, utf8[index] != UInt8(ascii: ">") {
            if utf8[index] <= 0x20, isSource(utf8, index + 1) {
                index += 5
                if index < utf8.count, utf8[index] == 0x22 || utf8[index] == 0x27 { index += 1 }
                let first = index
                while index < utf8.count, !endsAddress(utf8[index]) { index += 1 }
                if index > first { body(UnsafeBufferPointer(rebasing: utf8[first..<index]), true) }
            } else {
                index += 1
            }
        }
        return index + 1
    }

    private static func beginsTag(_ utf8: UnsafeBufferPointer<UInt8>, _ index: Int) -> Bool {
        guard index < utf8.count else { return false }
        let byte = utf8[index]
        return byte.isASCIILetter || byte == UInt8(ascii: "/") || byte == UInt8(ascii: "!")
    }

    private static func isSource(_ utf8: UnsafeBufferPointer<UInt8>, _ index: Int) -> Bool {
        guard index + 4 <= utf8.count else { return false }
        return zip(utf8[index..<index + 3], "src".utf8).allSatisfy { $0 | 0x20 == $1 }
            && utf8[index + 3] == UInt8(ascii: "=")
    }

    private static func endsAddress(_ byte: UInt8) -> Bool {
        switch byte {
        case 0...0x20, UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: ">"), UInt8(ascii: "?"): true
        default: false
        }
    }

    /// Where a character reference ends; the next byte where none begins.
    private static func referenceEnd(_ utf8: UnsafeBufferPointer<UInt8>, _ start: Int) -> Int {
        var index = start
        while index < utf8.count, index - start < 10, utf8[index] != UInt8(ascii: ";") {
            guard utf8[index].isASCIIAlphanumeric || utf8[index] == UInt8(ascii: "#") else { return start }
            index += 1
        }
        return index < utf8.count && utf8[index] == UInt8(ascii: ";") ? index + 1 : start
    }
}
