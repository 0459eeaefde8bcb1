private import Text

/// Character references of HTML: `&eacute;`, `&#233;`, `&#xE9;`.
package enum HTMLEntities {
    /// The text of a named reference, given its name without ampersand and semicolon; nil for a name HTML does not know.
    static func scalarText(named name: UnsafeBufferPointer<UInt8>) -> String? {
        guard let found = lookUp(name) else { return nil }
        var text = String(Character(found.first))
        if let second = found.second { text.unicodeScalars.append(second) }
        return text
    }

    /// What a reference stands for, and how many bytes it takes with its ampersand.
    package struct Reference {
        package var first: Unicode.Scalar
        package var second: Unicode.Scalar?
        package var length: Int
    }

    /// The reference that begins with the ampersand at `start`, by WHATWG HTML §13.2.5.72; nil where it is only text.
    ///
    /// - Parameter inAttribute: In an attribute, a name without a semicolon before `=` or a letter is text: `?a=1&copy=2`.
    package static func reference(
        in bytes: UnsafeBufferPointer<UInt8>, at start: Int, inAttribute: Bool = false
    ) -> Reference? {
        guard start + 1 < bytes.count else { return nil }
        if bytes[start + 1] == UInt8(ascii: "#") { return numericReference(in: bytes, at: start) }
        var end = start + 1
        // The longest name has 31 letters and digits.
        let limit = min(bytes.count, start + 33)
        while end < limit, bytes[end].isASCIIAlphanumeric { end += 1 }
        if end < bytes.count, bytes[end] == UInt8(ascii: ";"), let found = lookUp(bytes, start + 1..<end) {
            return Reference(first: found.first, second: found.second, length: end + 1 - start)
        }
        // Names that count without a semicolon have two to six letters and digits; the longest one wins.
        var length = min(end - start - 1, 6)
        while length >= 2 {
            let nameEnd = start + 1 + length
            if let found = lookUp(bytes, start + 1..<nameEnd), found.isLegacy {
                let next = nameEnd < bytes.count ? bytes[nameEnd] : 0
                if inAttribute, next == UInt8(ascii: "=") || next.isASCIIAlphanumeric { return nil }
                return Reference(first: found.first, second: found.second, length: length + 1)
            }
            length -= 1
        }
        return nil
    }

    /// Appends the bytes with their references decoded.
    package static func decode(
        _ bytes: UnsafeBufferPointer<UInt8>, inAttribute: Bool = false, into result: inout [UInt8]
    ) {
        var start = 0
        var index = 0
        while let ampersand = bytes.first(UInt8(ascii: "&"), from: index) {
            guard let reference = reference(in: bytes, at: ampersand, inAttribute: inAttribute) else {
                index = ampersand + 1
                continue
            }
            result.append(contentsOf: bytes[start..<ampersand])
            result.append(reference)
            index = ampersand + reference.length
            start = index
        }
        result.append(contentsOf: bytes[start...])
    }

    private static func numericReference(in bytes: UnsafeBufferPointer<UInt8>, at start: Int) -> Reference? {
        var index = start + 2
        let isHexadecimal = index < bytes.count && bytes[index] | 0x20 == UInt8(ascii: "x")
        if isHexadecimal { index += 1 }
        let digits = index
        var value: UInt32 = 0
        let radix: UInt32 = isHexadecimal ? 16 : 10
        while index < bytes.count, let digit = bytes[index].digit(radix: radix) {
            // Kept just above the last scalar, so that no number of digits overflows.
            value = min(value * radix + digit, 0x11_0000)
            index += 1
        }
        guard index > digits else { return nil }
        if index < bytes.count, bytes[index] == UInt8(ascii: ";") { index += 1 }
        return Reference(first: scalar(numbered: value), second: nil, length: index - start)
    }

    /// WHATWG HTML §13.2.5.80: zero, surrogates and what lies behind the last scalar become U+FFFD, and the C1 controls
    /// are taken for the windows-1252 characters that their authors meant.
    private static func scalar(numbered value: UInt32) -> Unicode.Scalar {
        guard value > 0, let scalar = Unicode.Scalar(value) else { return "\u{fffd}" }
        return windows1252(scalar)
    }

    /// What was meant by a C1 control; any other scalar itself.
    static func windows1252(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        guard scalar.value >= 0x80, scalar.value < 0xa0 else { return scalar }
        return Unicode.Scalar(Windows1252.scalar(UInt8(scalar.value))) ?? scalar
    }
}

// MARK: - The table

extension HTMLEntities {
    private struct Entry {
        var first: Unicode.Scalar
        var second: Unicode.Scalar?
        var isLegacy: Bool
    }

    private static func lookUp(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> Entry? {
        lookUp(UnsafeBufferPointer(rebasing: bytes[range]))
    }

    private static var table: UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(
            start: HTMLEntityTable.records.utf8Start, count: HTMLEntityTable.records.utf8CodeUnitCount)
    }

    /// Where each record begins in the table, by the hash of its name; 0xffff in free slots, which are three quarters of
    /// all. Texts may be full of what looks like a reference and is none, and most of that meets a free slot at once.
    private static let slots: [UInt16] = {
        let table = Self.table
        var slots = [UInt16](repeating: .max, count: 8192)
        var index = 0
        while index < table.count {
            if table[index] <= 0x20 {
                index += 1
                continue
            }
            let start = index
            while !endsName(table[index]) { index += 1 }
            var slot = hash(UnsafeBufferPointer(rebasing: table[start..<index])) & (slots.count - 1)
            while slots[slot] != .max { slot = (slot + 1) & (slots.count - 1) }
            slots[slot] = UInt16(start)
            while index < table.count, table[index] > 0x20 { index += 1 }
        }
        return slots
    }()

    private static func lookUp(_ name: UnsafeBufferPointer<UInt8>) -> Entry? {
        guard name.count >= 2, name.count <= 31 else { return nil }
        let (table, slots) = (Self.table, Self.slots)
        var slot = hash(name) & (slots.count - 1)
        while slots[slot] != .max {
            let start = Int(slots[slot])
            if isName(name, at: start, in: table) {
                var end = start + name.count
                while end < table.count, table[end] > 0x20 { end += 1 }
                return entry(table[(start + name.count)..<end])
            }
            slot = (slot + 1) & (slots.count - 1)
        }
        return nil
    }

    private static func isName(
        _ name: UnsafeBufferPointer<UInt8>, at start: Int, in table: UnsafeBufferPointer<UInt8>
    ) -> Bool {
        guard start + name.count < table.count else { return false }
        for offset in 0..<name.count where table[start + offset] != name[offset] { return false }
        return endsName(table[start + name.count])
    }

    private static func endsName(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "=") || byte == UInt8(ascii: ":") }

    /// FNV-1a.
    private static func hash(_ name: UnsafeBufferPointer<UInt8>) -> Int {
        var hash: UInt32 = 0x811c_9dc5
        for byte in name { hash = (hash ^ UInt32(byte)) &* 0x0100_0193 }
        return Int(hash ^ hash >> 15)
    }

    private static func entry(_ record: Slice<UnsafeBufferPointer<UInt8>>) -> Entry? {
        var first: UInt32?
        var value: UInt32 = 0
        for byte in record.dropFirst() {
            switch byte {
            case UInt8(ascii: "+"):
                first = value
                value = 0
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = value << 4 | UInt32(byte - UInt8(ascii: "0"))
            default: value = value << 4 | UInt32(byte - UInt8(ascii: "a") + 10)
            }
        }
        guard let scalar = Unicode.Scalar(first ?? value) else { return nil }
        let second = first == nil ? nil : Unicode.Scalar(value)
        return Entry(first: scalar, second: second, isLegacy: record.first == UInt8(ascii: ":"))
    }
}

extension [UInt8] {
    /// Appends what the reference stands for.
    mutating func append(_ reference: HTMLEntities.Reference) {
        append(contentsOf: UTF8.encode(reference.first) ?? .init())
        if let second = reference.second { append(contentsOf: UTF8.encode(second) ?? .init()) }
    }
}
