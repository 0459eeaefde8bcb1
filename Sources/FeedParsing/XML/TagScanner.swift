private import Text

/// Finds the parts of one start tag, as leniently as a browser.
struct TagScanner {
    enum Outcome {
        case tag, notATag, unfinished
        /// There is surely no end of it.
        case deadEnd
    }

    struct Attribute {
        var name: Range<Int>
        var value: Range<Int>
    }

    private let input: UnsafeBufferPointer<UInt8>
    private let start: Int
    private(set) var name: Range<Int>
    /// Behind the tag.
    private(set) var end: Int
    /// `<a/>`
    private(set) var isEmpty = false
    /// It is well-formed and holds no reference: it can be passed on as it is.
    private(set) var isClean = true
    /// It is not well-formed.
    private(set) var isBroken = false
    /// How many namespaces it declares.
    private(set) var declarations = 0
    private var index: Int

    /// - Parameter start: where its `<` is; a letter has to follow. What lies further behind than a tag is long is not
    ///   looked at.
    init(_ input: UnsafeBufferPointer<UInt8>, at start: Int) {
        self.input = UnsafeBufferPointer(rebasing: input[..<min(input.count, start + MarkupRepair.longestTag)])
        self.start = start
        name = start..<start
        end = start
        index = start
    }

    /// Looks at the whole tag.
    ///
    /// - Parameters:
    ///   - deadEnds: where they are met, the tag is unfinished.
    ///   - offset: where the input begins in the document.
    mutating func scan(_ deadEnds: DeadEnds, offset: Int) -> Outcome {
        index = start + 1
        let isUsualName = scanName()
        name = start + 1..<index
        guard index < input.count else { return .unfinished }
        // An address in angle brackets, a sentence with "<3": text.
        guard Self.endsName(input[index]), name.count <= 256 else { return .notATag }
        guard isUsualName || XMLName.isQualifiedName(UnsafeBufferPointer(rebasing: input[name])) else {
            return .notATag
        }
        let mayMeetDeadEnds = deadEnds.mayHold(from: offset + index)
        var attributes = 0
        while let attribute = nextAttribute() {
            attributes += 1
            if attributes > MarkupRepair.mostAttributes { isClean = false }
            if declaresNamespace(attribute) { declarations += 1 }
            if mayMeetDeadEnds, deadEnds.contains(offset + index) { return .deadEnd }
        }
        guard index < input.count else { return .unfinished }
        if input[index] == UInt8(ascii: "<") {
            // The tag was never closed: it ends where the next begins.
            isBroken = true
            isClean = false
            end = index
        } else {
            isEmpty = input[index - 1] == UInt8(ascii: "/")
            end = index + 1
        }
        if isBroken { isClean = false }
        return .tag
    }

    /// Notes where the attributes of a tag without an end begin, up to where that was known before.
    ///
    /// - Parameter offset: where the input begins in the document.
    mutating func note(_ deadEnds: inout DeadEnds, offset: Int) {
        rewind()
        deadEnds.begin(at: offset + start)
        while index < input.count, !deadEnds.contains(offset + index) {
            deadEnds.insert(offset + index)
            if nextAttribute() == nil { break }
        }
    }

    /// `xmlns` or `xmlns:prefix`.
    func declaresNamespace(_ attribute: Attribute) -> Bool {
        guard attribute.name.count >= 5, input[attribute.name.lowerBound] == UInt8(ascii: "x") else { return false }
        let name = UnsafeBufferPointer(rebasing: input[attribute.name])
        return name.equals("xmlns")
            || name.count > 5 && name[5] == UInt8(ascii: ":") && name.hasPrefixIgnoringCase("xmlns")
    }

    /// Goes behind the name at `index`.
    ///
    /// - Returns: whether it is one of ASCII letters, digits, hyphens and the like, with at most one colon: most are,
    ///   and need no second look.
    private mutating func scanName() -> Bool {
        let nameStart = index
        var isUsual = true
        var colon = -1
        while index < input.count {
            let byte = input[index]
            if byte.isASCIILetter {
                index &+= 1
                continue
            }
            guard byte.continuesName else { break }
            if byte == UInt8(ascii: ":") {
                if colon >= 0 || index == nameStart { isUsual = false }
                colon = index
            } else if byte >= 0x80 || index == nameStart || colon == index - 1 {
                // Beyond ASCII, or a digit where a letter has to be.
                isUsual = false
            }
            index &+= 1
        }
        return isUsual && index > nameStart && colon != index - 1
    }

    /// Goes back to the first attribute, after `scan`.
    mutating func rewind() {
        index = name.upperBound
    }

    /// The next attribute; nil at the end of the tag, where `index` is at `>`, at `<` or at the end of the input.
    mutating func nextAttribute() -> Attribute? {
        var sawSpace = false
        while index < input.count {
            let byte = input[index]
            if byte.isXMLSpace {
                sawSpace = true
            } else if byte == UInt8(ascii: "/") {
                if index + 1 < input.count, input[index + 1] != UInt8(ascii: ">") { isBroken = true }
            } else {
                break
            }
            index += 1
        }
        guard index < input.count, input[index] != UInt8(ascii: ">"), input[index] != UInt8(ascii: "<") else {
            return nil
        }
        if !sawSpace { isBroken = true }
        let nameStart = index
        let isUsualName = scanName()
        if !isUsualName, !isBroken, !XMLName.isQualifiedName(UnsafeBufferPointer(rebasing: input[nameStart..<index])) {
            isBroken = true
        }
        while index < input.count, !Self.endsAttributeName(input[index]) {
            isBroken = true
            index += 1
        }
        // A stray "=" is passed over, or nothing would move.
        if index == nameStart { index += 1 }
        let name = nameStart..<index
        var next = index
        while next < input.count, input[next].isXMLSpace { next += 1 }
        guard next < input.count, input[next] == UInt8(ascii: "=") else {
            isBroken = true
            return Attribute(name: name, value: index..<index)
        }
        index = next + 1
        while index < input.count, input[index].isXMLSpace { index += 1 }
        guard index < input.count else { return Attribute(name: name, value: index..<index) }
        let quote = input[index]
        guard quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") else { return unquoted(name) }
        let valueStart = index + 1
        index = valueStart
        while true {
            index = input.first(of: quote, UInt8(ascii: "&"), UInt8(ascii: "<"), from: index)
            guard index < input.count, input[index] != quote else { break }
            if input[index] == UInt8(ascii: "&") { isClean = false } else { isBroken = true }
            index += 1
        }
        let value = valueStart..<index
        if index < input.count { index += 1 }
        return Attribute(name: name, value: value)
    }

    private mutating func unquoted(_ name: Range<Int>) -> Attribute {
        isBroken = true
        let valueStart = index
        while index < input.count, !input[index].isXMLSpace, input[index] != UInt8(ascii: ">") {
            if input[index] == UInt8(ascii: "/"), index + 1 < input.count, input[index + 1] == UInt8(ascii: ">") {
                break
            }
            index += 1
        }
        return Attribute(name: name, value: valueStart..<index)
    }

    private static func endsName(_ byte: UInt8) -> Bool {
        byte.isXMLSpace || byte == UInt8(ascii: ">") || byte == UInt8(ascii: "/") || byte == UInt8(ascii: "<")
    }

    private static func endsAttributeName(_ byte: UInt8) -> Bool {
        endsName(byte) || byte == UInt8(ascii: "=")
    }
}

extension UInt8 {
    var isXMLSpace: Bool { self == 0x20 || self == 0x0a || self == 0x09 || self == 0x0d }
}

/// Places in a document from which no end of a tag is in reach.
///
/// A tag that is longer than any may be is text, and so are the tags that begin inside it, one after another: each would be
/// looked at to the same end. How the rest of a tag is read depends on nothing but where its next attribute begins, so
/// that it is enough to remember those places: who comes to one of them needs to look no further.
struct DeadEnds {
    /// The place of the first bit.
    private var start = 0
    private var bits: [UInt64] = []

    /// Whether there can be any from a place of the document on.
    func mayHold(from place: Int) -> Bool { place < start + 64 * bits.count }

    func contains(_ place: Int) -> Bool {
        let word = (place - start) >> 6
        guard place >= start, word < bits.count else { return false }
        return bits[word] & 1 << UInt64((place - start) & 63) != 0
    }

    /// Forgets what lies before a place.
    mutating func begin(at place: Int) {
        if mayHold(from: place) { return }
        start = place
        bits.removeAll(keepingCapacity: true)
    }

    mutating func insert(_ place: Int) {
        let word = (place - start) >> 6
        guard place >= start else { return }
        while bits.count <= word { bits.append(0) }
        bits[word] |= 1 << UInt64((place - start) & 63)
    }
}
