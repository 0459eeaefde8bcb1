import FeedModel

/// A person written on one line: `ann@example.org (Ann Author)`, `Ann Author <ann@example.org>`, a name, an address.
enum PersonText {
    /// Nil where nothing is left of it.
    static func author(_ text: String) -> Author? {
        let text = text.whitespaceCollapsed
        guard !text.isEmpty else { return nil }
        guard let address = address(in: text) else {
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

    /// Without the brackets and quotes that set a name apart from an address.
    private static func stripped(_ text: String) -> String {
        var text = text.replacingEmptyBrackets.whitespaceCollapsed
        var changed = true
        while changed, let first = text.first, let last = text.last {
            changed = false
            if first == "(" && last == ")" || first == "<" && last == ">" || first == "\"" && last == "\"",
                text.count > 1
            {
                text = String(text.dropFirst().dropLast()).whitespaceCollapsed
                changed = true
            } else if last == "," || last == "<" || first == "," || first == ">" {
                text = text.trimmingEnds(",<> ")
                changed = true
            }
        }
        return text
    }
}

extension String {
    fileprivate var replacingEmptyBrackets: String {
        var text = self
        for empty in ["<>", "()", "< >", "( )"] {
            while let range = text.firstRange(of: empty) { text.replaceSubrange(range, with: " ") }
        }
        return text
    }

    fileprivate func trimmingEnds(_ characters: String) -> String {
        var text = Substring(self)
        while let first = text.first, characters.contains(first) { text = text.dropFirst() }
        while let last = text.last, characters.contains(last) { text = text.dropLast() }
        return String(text)
    }
}
