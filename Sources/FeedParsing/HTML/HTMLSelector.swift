private import Text

/// `HTMLSelector` says which elements of a page are meant, as CSS does: `#id`, `.class`, `tag`, `[itemprop=name]`, several of
/// these in one, and one inside another by a space between them.
///
/// It is data: what finds its elements is `PageExtraction`. Two are equal where they were written alike.
package struct HTMLSelector: Hashable, Sendable, CustomStringConvertible {
    /// What one element has to be; where nothing is said of a part, anything will do.
    package struct Compound: Hashable, Sendable {
        /// In lower case.
        package var tag: String?
        package var ids: [String] = []
        package var classes: [String] = []
        package var itemprops: [String] = []

        fileprivate var parts: Int { (tag == nil ? 0 : 1) + ids.count + classes.count + itemprops.count }
    }

    /// Why a text is no selector.
    package struct Refusal: Error, Equatable, Sendable, CustomStringConvertible {
        /// It says what is wrong and what can be done.
        package let message: String
        /// The place in the text in characters, from 1.
        package let column: Int

        /// The refusal as it is told: `column 7: …`.
        package var description: String { "column \(column): \(message)" }
    }

    /// The outermost element first; the last one is what is meant. Never empty.
    package let compounds: [Compound]
    /// As it was written.
    package let description: String

    package static let maximumBytes = 512
    package static let mostCompounds = 8
    /// Names that one element has to have.
    package static let mostParts = 8

    /// Reads a selector.
    package init(_ text: String) throws(Refusal) {
        var reader = SelectorReader(text)
        compounds = try reader.read()
        description = text
    }
}

private struct SelectorReader {
    private let bytes: [UInt8]
    private var index = 0

    init(_ text: String) { bytes = Array(text.utf8) }

    mutating func read() throws(HTMLSelector.Refusal) -> [HTMLSelector.Compound] {
        guard bytes.count <= HTMLSelector.maximumBytes else {
            throw refusal("a selector has at most \(HTMLSelector.maximumBytes) bytes, not \(bytes.count)", at: 0)
        }
        var compounds: [HTMLSelector.Compound] = []
        skipSpace()
        while index < bytes.count {
            if compounds.count == HTMLSelector.mostCompounds {
                throw refusal("at most \(HTMLSelector.mostCompounds) elements may stand in each other", at: index)
            }
            compounds.append(try compound())
            skipSpace()
        }
        if compounds.isEmpty { throw refusal("names no element; write \(Self.forms)", at: 0) }
        return compounds
    }

    private static let forms = "#id, .class, tag or [itemprop=name]"

    private mutating func compound() throws(HTMLSelector.Refusal) -> HTMLSelector.Compound {
        var compound = HTMLSelector.Compound()
        let start = index
        while index < bytes.count, !isSpace(bytes[index]) {
            let place = index
            switch bytes[index] {
            case UInt8(ascii: "#"):
                index += 1
                compound.ids.append(try name("an id", of: place))
            case UInt8(ascii: "."):
                index += 1
                compound.classes.append(try name("a class", of: place))
            case UInt8(ascii: "["): compound.itemprops.append(try itemprop())
            case _ where index == start && isNameByte(bytes[index]):
                compound.tag = try name("a tag", of: place).lowercased()
            default:
                let character = String(decoding: bytes[place...].prefix { $0 >= 0x80 }, as: UTF8.self).first
                let shown = character.map(String.init) ?? String(Unicode.Scalar(bytes[place]))
                throw refusal("\"\(shown)\" is not known here; write \(Self.forms)", at: place)
            }
            if compound.parts > HTMLSelector.mostParts {
                throw refusal("one element may have \(HTMLSelector.mostParts) names, no more", at: place)
            }
        }
        return compound
    }

    /// `[itemprop=name]`, with quotes or without.
    private mutating func itemprop() throws(HTMLSelector.Refusal) -> String {
        let start = index
        index += 1
        skipSpace()
        let nameStart = index
        while index < bytes.count, isNameByte(bytes[index]) { index += 1 }
        guard String(decoding: bytes[nameStart..<index], as: UTF8.self).lowercased() == "itemprop" else {
            throw refusal("of attributes only itemprop is known: [itemprop=name]", at: start)
        }
        skipSpace()
        guard index < bytes.count, bytes[index] == UInt8(ascii: "=") else {
            throw refusal("a name is missing: [itemprop=name]", at: start)
        }
        index += 1
        skipSpace()
        let value: String
        if index < bytes.count, bytes[index] == UInt8(ascii: "\"") || bytes[index] == UInt8(ascii: "'") {
            let quote = bytes[index]
            index += 1
            let valueStart = index
            while index < bytes.count, bytes[index] != quote { index += 1 }
            value = String(decoding: bytes[valueStart..<index], as: UTF8.self)
            index = min(index + 1, bytes.count)
        } else {
            value = try name("an itemprop", of: start)
        }
        skipSpace()
        guard index < bytes.count, bytes[index] == UInt8(ascii: "]") else {
            throw refusal("the bracket is not closed: [itemprop=name]", at: start)
        }
        guard !value.isEmpty, !value.utf8.contains(where: { $0 <= 0x20 }) else {
            throw refusal("an itemprop is one word: [itemprop=name]", at: start)
        }
        index += 1
        return value
    }

    /// A name; what stands behind a backslash is a part of it, whatever it is.
    private mutating func name(_ kind: String, of start: Int) throws(HTMLSelector.Refusal) -> String {
        var name: [UInt8] = []
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "\\"), index + 1 < bytes.count, bytes[index + 1] > 0x20 {
                index += 1
            } else if !isNameByte(bytes[index]) {
                break
            }
            name.append(bytes[index])
            index += 1
        }
        if name.isEmpty { throw refusal("the name of \(kind) is missing; write \(Self.forms)", at: start) }
        return String(decoding: name, as: UTF8.self)
    }

    private func isNameByte(_ byte: UInt8) -> Bool {
        byte.isASCIIAlphanumeric || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_") || byte >= 0x80
    }

    private func isSpace(_ byte: UInt8) -> Bool { byte <= 0x20 }

    private mutating func skipSpace() {
        while index < bytes.count, isSpace(bytes[index]) { index += 1 }
    }

    private func refusal(_ message: String, at place: Int) -> HTMLSelector.Refusal {
        HTMLSelector.Refusal(
            message: message, column: 1 + bytes.prefix(place).reduce(0) { $1 & 0xc0 == 0x80 ? $0 : $0 + 1 })
    }
}
