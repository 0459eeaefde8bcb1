private import Text

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
        let letter = byte.asciiLowercased
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

/// Elements of HTML that are met in feeds where they are not meant as XML.
enum HTMLJunk {
    /// What a web server's error message before the feed is made of.
    static func contains(_ name: UnsafeBufferPointer<UInt8>) -> Bool {
        let names: [StaticString] = [
            "br", "b", "p", "i", "a", "hr", "div", "span", "font", "pre", "script", "style", "strong", "em", "table",
            "tr", "td", "th", "h1", "h2", "h3", "center", "small", "code", "link", "meta", "img", "noscript",
        ]
        return names.contains { name.count == $0.utf8CodeUnitCount && name.hasPrefixIgnoringCase($0) }
    }

    /// What a page has around its contents. A feed may stand in one that some server put around it; if none does, the
    /// first element that is of neither kind makes it a page.
    static func framesPage(_ name: UnsafeBufferPointer<UInt8>) -> Bool {
        let names: [StaticString] = ["html", "head", "title", "base", "body"]
        return names.contains { name.count == $0.utf8CodeUnitCount && name.hasPrefixIgnoringCase($0) }
    }

    /// Elements without an end tag that no feed format knows by that name.
    static func isVoid(_ name: UnsafeBufferPointer<UInt8>) -> Bool {
        switch name.count {
        case 2: name.hasPrefixIgnoringCase("br") || name.hasPrefixIgnoringCase("hr")
        case 3: name.hasPrefixIgnoringCase("img")
        default: false
        }
    }
}
