/// How many columns of a terminal text takes: two for characters of Chinese, Japanese and Korean and for emoji, none for
/// marks that stand on others.
enum DisplayWidth {
    static func of(_ text: some StringProtocol) -> Int {
        if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7f }) { return text.utf8.count }
        return text.reduce(0) { $0 + of($1) }
    }

    /// The text where it fits; else as much of it as leaves room for an ellipsis.
    static func cut(_ text: String, to width: Int) -> String {
        guard of(text) > width else { return text }
        var result = ""
        var left = width - 1
        for character in text {
            left -= of(character)
            if left < 0 { break }
            result.append(character)
        }
        return result + "…"
    }

    /// The text, cut or with spaces, so that what follows begins in the same column in each line.
    ///
    /// Behind text that is written from right to left stands a mark (U+200E) that takes no room: without it a terminal that
    /// turns such text would turn the numbers behind it as well.
    ///
    /// - Parameter isTerminal: whether that mark is wanted; a program would take it for a part of the text.
    static func fitted(_ text: String, to width: Int, isNumber: Bool = false, isTerminal: Bool) -> String {
        let text = cut(text, to: width)
        let space = String(repeating: " ", count: max(0, width - of(text)))
        if isNumber { return space + text }
        let turns = isTerminal && text.unicodeScalars.contains(where: isFromRightToLeft)
        return text + (turns ? "\u{200e}" : "") + space
    }

    /// The words of a text, in lines of at most that width; a word that is longer has a line of its own.
    static func wrapped(_ text: String, to width: Int) -> [String] {
        var lines: [String] = []
        var line = ""
        for word in text.split(separator: " ") {
            if !line.isEmpty, of(line) + 1 + of(word) > width {
                lines.append(line)
                line = ""
            }
            line += line.isEmpty ? String(word) : " \(word)"
        }
        return line.isEmpty ? lines : lines + [line]
    }

    private static func of(_ character: Character) -> Int {
        let scalars = character.unicodeScalars
        // A flag is two letters that have one column each; an emoji of several parts is as wide as one.
        if scalars.contains(where: { $0.properties.isEmojiPresentation || $0 == "\u{fe0f}" }) { return 2 }
        return scalars.map(of).max() ?? 0
    }

    private static func of(_ scalar: Unicode.Scalar) -> Int {
        switch scalar.value {
        case 0x1100...0x115f, 0x2e80...0x303e, 0x3041...0xa4cf, 0xa960...0xa97f, 0xac00...0xd7a3, 0xf900...0xfaff,
            0xfe30...0xfe6f, 0xff00...0xff60, 0xffe0...0xffe6, 0x16fe0...0x18aff, 0x1b000...0x1b2ff, 0x1f200...0x1f2ff,
            0x20000...0x3fffd:
            return 2
        default:
            switch scalar.properties.generalCategory {
            case .nonspacingMark, .enclosingMark, .format, .control: return 0
            default: return 1
            }
        }
    }

    private static func isFromRightToLeft(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x590...0x8ff, 0xfb1d...0xfdff, 0xfe70...0xfeff, 0x10800...0x10fff, 0x1e800...0x1efff: true
        default: false
        }
    }
}
