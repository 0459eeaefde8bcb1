private import Text

/// The declarations of a `style` attribute that neither load anything nor leave their place.
enum CSSDeclarations {
    /// Longer attributes are dropped.
    private static let maximumLength = 4096

    /// Appends the safe ones as `property: value;`, separated by spaces.
    ///
    /// A value may hold words, numbers, colours and quoted names; one with a URL, an escape, another function or
    /// anything that is no plain CSS drops its declaration.
    static func appendSafe(_ style: UnsafeBufferPointer<UInt8>, to result: inout [UInt8]) {
        guard style.count <= maximumLength else { return }
        for declaration in style.split(separator: UInt8(ascii: ";")) {
            guard let colon = declaration.firstIndex(of: UInt8(ascii: ":")) else { continue }
            let property = trimmed(declaration[..<colon])
            let value = trimmed(declaration[(colon + 1)...])
            guard !value.isEmpty, isPlain(value) else { continue }
            let name = HTMLName(UnsafeBufferPointer(rebasing: property))
            guard properties.contains(name) || (isBox(property) && value.split(separator: 0x20).allSatisfy(isMeasure))
            else { continue }
            if !result.isEmpty { result.append(0x20) }
            result.append(contentsOf: property)
            result.append(contentsOf: ": ".utf8)
            result.append(contentsOf: value)
            result.append(UInt8(ascii: ";"))
        }
    }

    private typealias Text = Slice<UnsafeBufferPointer<UInt8>>

    private static func trimmed(_ text: Text) -> Text {
        text.trimming(where: HTMLTokenizer.isSpace)
    }

    /// Words, numbers and quoted names; brackets only behind `rgb` and its like, around numbers.
    private static func isPlain(_ value: Text) -> Bool {
        var index = value.startIndex
        while index < value.endIndex {
            let byte = value[index]
            switch byte {
            case UInt8(ascii: "'"), UInt8(ascii: "\""):
                guard let close = value[(index + 1)...].firstIndex(of: byte),
                    value[(index + 1)..<close].allSatisfy({
                        $0.isASCIIAlphanumeric || $0 == 0x20 || $0 == UInt8(ascii: "-")
                    })
                else { return false }
                index = close
            case UInt8(ascii: "("):
                guard let close = value[index...].firstIndex(of: UInt8(ascii: ")")), isColour(value[..<index]),
                    value[(index + 1)..<close].allSatisfy({
                        $0.isASCIIDigit || $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "%")
                            || $0 == 0x20
                    })
                else { return false }
                index = close
            case UInt8(ascii: ","), UInt8(ascii: "#"), UInt8(ascii: "%"), UInt8(ascii: "."), UInt8(ascii: "!"),
                UInt8(ascii: "-"):
                break
            default:
                guard byte.isASCIIAlphanumeric || HTMLTokenizer.isSpace(byte) else { return false }
            }
            index += 1
        }
        return true
    }

    private static func isColour(_ text: Text) -> Bool {
        let start = text.lastIndex { !$0.isASCIILetter }.map { $0 + 1 } ?? text.startIndex
        let name = HTMLName(UnsafeBufferPointer(rebasing: text[start...]))
        return functions.contains(name)
    }

    private static func isBox(_ property: Text) -> Bool {
        let family = property.prefix { $0 != UInt8(ascii: "-") }
        return boxes.contains(HTMLName(UnsafeBufferPointer(rebasing: family)))
            && property.allSatisfy { $0.isASCIILetter || $0 == UInt8(ascii: "-") }
    }

    /// A word of a margin, padding, border or background: a keyword, a colour, or a size below a hundred, so that
    /// nothing is pushed off its page.
    private static func isMeasure(_ word: Text) -> Bool {
        guard let first = word.first else { return true }
        if first == UInt8(ascii: "#") { return word.dropFirst().allSatisfy { $0.isASCIIAlphanumeric } }
        if first.isASCIILetter || first == UInt8(ascii: "!") {
            let name = word.prefix { $0 != UInt8(ascii: "(") && $0 != UInt8(ascii: ",") }
            let isFunction = name.endIndex < word.endIndex && functions.contains(HTMLName(.init(rebasing: name)))
            let bare = first == UInt8(ascii: "!") ? name.dropFirst() : name
            return isFunction || keywords.contains(HTMLName(UnsafeBufferPointer(rebasing: bare)))
        }
        let whole = word.prefix(while: \.isASCIIDigit)
        var rest = word[whole.endIndex...]
        if rest.first == UInt8(ascii: ".") { rest = rest.dropFirst().drop(while: \.isASCIIDigit) }
        if rest.last == UInt8(ascii: ",") || rest.last == UInt8(ascii: ")") { rest = rest.dropLast() }
        let isUnit = rest.isEmpty || rest.elementsEqual("%".utf8) || units.contains(HTMLName(.init(rebasing: rest)))
        return whole.count <= 2 && isUnit
    }
}

extension CSSDeclarations {
    private static let functions = HTMLVocabulary.names(["rgb", "rgba", "hsl", "hsla"])
    private static let boxes = HTMLVocabulary.names(["background", "border", "margin", "padding"])
    private static let units = HTMLVocabulary.names(["cm", "em", "ex", "in", "mm", "pc", "pt", "px", "rem"])

    private static let properties = HTMLVocabulary.names([
        "azimuth", "background-color", "border-bottom-color", "border-collapse", "border-color", "border-left-color",
        "border-right-color", "border-top-color", "clear", "color", "cursor", "direction", "display", "elevation",
        "float", "font", "font-family", "font-size", "font-style", "font-variant", "font-weight", "height",
        "letter-spacing", "line-height", "max-height", "max-width", "overflow", "pause", "pause-after", "pause-before",
        "pitch", "pitch-range", "richness", "speak", "speak-header", "speak-numeral", "speak-punctuation",
        "speech-rate", "stress", "text-align", "text-decoration", "text-indent", "unicode-bidi", "vertical-align",
        "voice-family", "volume", "white-space", "width",
    ])

    private static let keywords = HTMLVocabulary.names([
        "aqua", "auto", "black", "block", "blue", "bold", "both", "bottom", "brown", "center", "collapse", "dashed",
        "dotted", "double", "fuchsia", "gray", "green", "important", "inherit", "initial", "italic", "left", "lime",
        "maroon", "medium", "navy", "none", "normal", "nowrap", "olive", "orange", "pointer", "purple", "red", "right",
        "silver", "solid", "teal", "thick", "thin", "top", "transparent", "underline", "white", "yellow",
    ])
}
