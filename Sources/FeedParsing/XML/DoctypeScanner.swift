/// Finds the end of a document type declaration, which is passed over with everything in it.
struct DoctypeScanner {
    private var quote: UInt8 = 0
    private var brackets = 0
    private var angles = 0
    /// Recognises `<!ENTITY` one byte at a time.
    private var matched = 0
    private(set) var declaresEntities = false

    private static let entity: StaticString = "<!entity"

    /// - Returns: the place behind the closing `>`; nil where it has not come yet.
    mutating func scan(_ input: UnsafeBufferPointer<UInt8>, from start: Int) -> Int? {
        for index in start..<input.count {
            let byte = input[index]
            if quote != 0 {
                if byte == quote {
                    quote = 0
                } else if byte == UInt8(ascii: ">"), brackets == 0 {
                    // Outside the internal subset a quote that is never closed ends here, as in browsers.
                    return index + 1
                }
                continue
            }
            watch(byte)
            switch byte {
            case UInt8(ascii: "\""): quote = byte
            // An apostrophe in a comment would swallow the document.
            case UInt8(ascii: "'") where angles > 0 || brackets == 0: quote = byte
            case UInt8(ascii: "["): brackets += 1
            case UInt8(ascii: "]"): brackets = max(0, brackets - 1)
            case UInt8(ascii: "<"): angles += 1
            case UInt8(ascii: ">"):
                if angles > 0 { angles -= 1 } else if brackets == 0 { return index + 1 }
            default: break
            }
        }
        return nil
    }

    private mutating func watch(_ byte: UInt8) {
        let letter = byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte
        if letter == Self.entity.utf8Start[matched] {
            matched += 1
            if matched == Self.entity.utf8CodeUnitCount {
                declaresEntities = true
                matched = 0
            }
        } else {
            matched = letter == Self.entity.utf8Start[0] ? 1 : 0
        }
    }
}
