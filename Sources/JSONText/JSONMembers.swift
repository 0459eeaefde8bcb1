private import Glibc

/// `JSONMembers` finds the members of a JSON object without making values of them: for the lines that newswire writes itself and reads
/// by the hundred thousand.
///
/// Strings and brackets are told apart, and no more is looked at until a member is asked for; one that is malformed counts
/// as absent. It is valid only as long as the bytes are.
package struct JSONMembers {
    private let bytes: UnsafeRawBufferPointer
    private var places: [Place] = []

    private struct Place {
        /// By this nearly all names are told apart: their length and first byte.
        var sign: Int
        /// Where the name begins.
        var name: Int
        var nameLength: Int { sign >> 8 }
        var value: Range<Int>

        static func sign(length: Int, first: UInt8) -> Int { length << 8 | Int(first) }
    }

    /// Finds the members; nil where the bytes do not begin with a whole object.
    package init?(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
        var scan = JSONScan(bytes)
        guard scan.take(UInt8(ascii: "{")) else { return nil }
        if scan.take(UInt8(ascii: "}")) { return }
        places.reserveCapacity(32)
        repeat {
            scan.skipSpace()
            guard let key = scan.string(), scan.take(UInt8(ascii: ":")) else { return nil }
            scan.skipSpace()
            guard let value = scan.value() else { return nil }
            // Behind an empty name stands its quote.
            let name = key.lowerBound + 1
            let sign = Place.sign(length: key.count - 2, first: bytes[name])
            places.append(Place(sign: sign, name: name, value: value))
        } while scan.take(UInt8(ascii: ","))
        guard scan.take(UInt8(ascii: "}")) else { return nil }
    }

    /// Calls `body` with each member as it is written: its name without the quotes, and its value.
    package func forEach(_ body: (_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) -> Void) {
        for place in places {
            body(
                UnsafeRawBufferPointer(rebasing: bytes[place.name..<place.name + place.nameLength]),
                UnsafeRawBufferPointer(rebasing: bytes[place.value]))
        }
    }

    /// Finds the value of a member as it is written, the last where there are several of that name; nil where there is none.
    ///
    /// - Parameter name: as it is written, without the quotes.
    package func text(of name: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
        let found = places.last { place in
            place.nameLength == name.count
                && bytes[place.name..<place.name + place.nameLength].elementsEqual(name)
        }
        return found.map { UnsafeRawBufferPointer(rebasing: bytes[$0.value]) }
    }

    /// Finds the member of that name, the last where there are several; nil where there is none.
    package subscript(name: StaticString) -> JSONPiece? {
        let length = name.utf8CodeUnitCount
        let sign = Place.sign(length: length, first: name.utf8Start.pointee)
        var index = places.count
        while index > 0 {
            index -= 1
            // Not nil: there are bytes.
            guard places[index].sign == sign,
                memcmp(bytes.baseAddress! + places[index].name, name.utf8Start, length) == 0
            else { continue }
            return JSONPiece(UnsafeRawBufferPointer(rebasing: bytes[places[index].value]))
        }
        return nil
    }
}

/// `JSONPiece` is the text of one JSON value. It is valid only as long as the bytes are.
package struct JSONPiece {
    private let bytes: UnsafeRawBufferPointer

    fileprivate init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
    }

    /// The members of an object; nil where this is none.
    package var members: JSONMembers? { JSONMembers(bytes) }

    /// The value of a string, with its escapes undone; nil where this is none.
    package var string: String? {
        guard let text = rawText else { return nil }
        if text.contains(UInt8(ascii: "\\")) { return value?.string }
        return String(decoding: text, as: UTF8.self)
    }

    /// The text between the quotes of a string stands here as it is, with its escapes; nil where this is none.
    package var rawText: UnsafeRawBufferPointer? {
        guard bytes.count >= 2, bytes[0] == UInt8(ascii: "\"") else { return nil }
        return UnsafeRawBufferPointer(rebasing: bytes[1..<bytes.count - 1])
    }

    /// The value of an integer; nil where this is none or does not fit.
    package var integer: Int64? {
        let isNegative = bytes.first == UInt8(ascii: "-")
        let digits = bytes.dropFirst(isNegative ? 1 : 0)
        // Longer ones may not fit, and those with a fraction or an exponent are rare.
        guard (1...18).contains(digits.count), digits.allSatisfy({ $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") })
        else { return self.value?.integer }
        let value = digits.reduce(0) { $0 * 10 + Int64($1 - UInt8(ascii: "0")) }
        return isNegative ? -value : value
    }

    /// The value of `true` or `false`; nil where this is neither.
    package var bool: Bool? { value?.bool }

    /// The elements of an array; nil where this is none.
    package var array: [JSONPiece]? {
        var scan = JSONScan(bytes)
        guard scan.take(UInt8(ascii: "[")) else { return nil }
        if scan.take(UInt8(ascii: "]")) { return [] }
        var elements: [JSONPiece] = []
        repeat {
            scan.skipSpace()
            guard let value = scan.value() else { return nil }
            elements.append(JSONPiece(UnsafeRawBufferPointer(rebasing: bytes[value])))
        } while scan.take(UInt8(ascii: ","))
        return scan.take(UInt8(ascii: "]")) ? elements : nil
    }

    /// The value as a tree; nil where it is malformed.
    package var value: JSONValue? { try? JSONParser.parse(bytes).value }
}

/// Goes over JSON from one value to the next.
private struct JSONScan {
    private let bytes: UnsafeRawBufferPointer
    private var offset = 0

    init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
    }

    mutating func skipSpace() {
        while offset < bytes.count, bytes[offset] == 0x20 || (0x09...0x0d).contains(bytes[offset]) { offset += 1 }
    }

    /// Takes that byte, and white space before it, if it comes next.
    mutating func take(_ byte: UInt8) -> Bool {
        skipSpace()
        guard offset < bytes.count, bytes[offset] == byte else { return false }
        offset += 1
        return true
    }

    /// Where the string is that begins here, with its quotes.
    mutating func string() -> Range<Int>? {
        guard offset < bytes.count, bytes[offset] == UInt8(ascii: "\"") else { return nil }
        let start = offset
        offset += 1
        while offset < bytes.count {
            switch bytes[offset] {
            case UInt8(ascii: "\""):
                offset += 1
                return start..<offset
            case UInt8(ascii: "\\"): offset += 2
            default: offset += 1
            }
        }
        return nil
    }

    /// Where the value is that begins here, however deep.
    mutating func value() -> Range<Int>? {
        let start = offset
        var depth = 0
        while offset < bytes.count {
            switch bytes[offset] {
            case UInt8(ascii: "\""):
                guard string() != nil else { return nil }
                if depth == 0 { return start..<offset }
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
                offset += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                if depth == 0 { return start < offset ? start..<offset : nil }
                depth -= 1
                offset += 1
                if depth == 0 { return start..<offset }
            case UInt8(ascii: ","), 0x20, 0x09...0x0d:
                if depth == 0 { return start < offset ? start..<offset : nil }
                offset += 1
            default: offset += 1
            }
        }
        return nil
    }
}
