import FeedModel
private import Text

/// A person written on one line: `ann@example.org (Ann Author)`, `Ann Author <ann@example.org>`, a name, an address.
enum PersonText {
    /// As one line without markup, also where that was escaped twice: nobody is called `<p>Ann</p>`.
    static func plain(_ text: String) -> String {
        var plain = TextValue(text: text, kind: .unknown).plain
        let holdsTag = plain.withUTF8 { $0.first(UInt8(ascii: "<"), from: 0) != nil }
        return holdsTag ? TextValue(text: plain, kind: .unknown).plain : plain
    }

    /// Nil where nothing is left of it.
    static func author(_ text: String) -> Author? {
        let text = text.whitespaceCollapsed
        guard !text.isEmpty else { return nil }
        guard text.utf8.contains(UInt8(ascii: "@")), let address = address(in: text) else {
            let name = stripped(text)
            return name.isEmpty ? nil : Author(name: name)
        }
        var before = String(text[..<address.lowerBound])
        if before.lowercased().hasSuffix("mailto:") { before.removeLast(7) }
        let name = stripped(before + " " + text[address.upperBound...])
        return Author(name: name.isEmpty ? nil : name, email: String(text[address]))
    }

    /// Where something like an address is: `local@host.domain`, of the characters that addresses have.
    private static func address(in text: String) -> Range<String.Index>? {
        let bytes = text.utf8
        var from = bytes.startIndex
        while let at = bytes[from...].firstIndex(of: UInt8(ascii: "@")) {
            var start = at
            while start > bytes.startIndex, isLocal(bytes[bytes.index(before: start)]) {
                start = bytes.index(before: start)
            }
            var end = bytes.index(after: at)
            while end < bytes.endIndex, isHost(bytes[end]) { end = bytes.index(after: end) }
            // A full stop behind it ends the sentence.
            while end > at, bytes[bytes.index(before: end)] == UInt8(ascii: ".") { end = bytes.index(before: end) }
            if start < at, bytes[at..<end].count > 1 { return start..<end }
            from = bytes.index(after: at)
        }
        return nil
    }

    private static func isLocal(_ byte: UInt8) -> Bool {
        byte.isASCIIAlphanumeric || ".!#$%&'*+-/=?^_`{|}~".utf8.contains(byte)
    }

    private static func isHost(_ byte: UInt8) -> Bool {
        byte.isASCIIAlphanumeric || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-") || byte >= 0x80
    }

    /// Without the brackets and quotes that set a name apart from an address, and those that are empty without it.
    private static func stripped(_ text: String) -> String {
        guard text.utf8.contains(where: isMark) else { return text.whitespaceCollapsed }
        var bytes = Array(text.utf8)
        var index = 0
        while index < bytes.count {
            let close = bytes[index] == UInt8(ascii: "(") ? UInt8(ascii: ")") : UInt8(ascii: ">")
            if bytes[index] == UInt8(ascii: "(") || bytes[index] == UInt8(ascii: "<") {
                var end = index + 1
                while end < bytes.count, bytes[end] <= 0x20 { end += 1 }
                if end < bytes.count, bytes[end] == close {
                    for empty in index...end { bytes[empty] = 0x20 }
                    index = end
                }
            }
            index += 1
        }
        var range = 0..<bytes.count
        while let first = range.first, let last = range.last {
            let (opening, closing) = (bytes[first], bytes[last])
            if closing <= 0x20 || closing == UInt8(ascii: ",") || closing == UInt8(ascii: "<") {
                range.removeLast()
            } else if opening <= 0x20 || opening == UInt8(ascii: ",") || opening == UInt8(ascii: ">") {
                range.removeFirst()
            } else if range.count > 1, isPair(opening, closing) {
                range = first + 1..<last
            } else {
                break
            }
        }
        return String(decoding: bytes[range], as: UTF8.self).whitespaceCollapsed
    }

    private static func isMark(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "\""),
            UInt8(ascii: ","):
            true
        default: false
        }
    }

    private static func isPair(_ opening: UInt8, _ closing: UInt8) -> Bool {
        opening == UInt8(ascii: "(") && closing == UInt8(ascii: ")")
            || opening == UInt8(ascii: "<") && closing == UInt8(ascii: ">")
            || opening == UInt8(ascii: "\"") && closing == UInt8(ascii: "\"")
    }
}
