/// `JSONParser` reads JSON as feeds really send it, within limits.
///
/// Invalid UTF-8 and lone surrogates become U+FFFD, raw control characters in strings are kept, a byte order mark and
/// what follows the document are passed over; all of it is told in `findings`. Anything else that RFC 8259 forbids is an
/// error.
package struct JSONParser: ~Copyable {
    let bytes: UnsafeBufferPointer<UInt8>
    let limits: JSONLimits
    var offset = 0
    private var values = 0
    var scratch: [UInt8] = []
    var findings = JSONFindings()
    private let recovers: Bool

    private init(_ bytes: UnsafeBufferPointer<UInt8>, limits: JSONLimits, recovers: Bool) {
        self.bytes = bytes
        self.limits = limits
        self.recovers = recovers
    }

    /// Reads a whole document of UTF-8. Throws where it is none, or asks for more than the limits allow.
    package static func parse(
        _ bytes: UnsafeRawBufferPointer, limits: JSONLimits = JSONLimits()
    ) throws(JSONError) -> (value: JSONValue, findings: JSONFindings) {
        var parser = JSONParser(bytes.bindMemory(to: UInt8.self), limits: limits, recovers: false)
        return try parser.document()
    }

    /// Reads what is there of a document that ends early or breaks off into something else: every member and element
    /// that was complete, in the arrays and objects around the break. `findings.failure` tells of it.
    ///
    /// Only what does not even begin as an array or object is an error.
    package static func recover(
        _ bytes: UnsafeRawBufferPointer, limits: JSONLimits = JSONLimits()
    ) throws(JSONError) -> (value: JSONValue, findings: JSONFindings) {
        var parser = JSONParser(bytes.bindMemory(to: UInt8.self), limits: limits, recovers: true)
        return try parser.document()
    }

    private mutating func document() throws(JSONError) -> (value: JSONValue, findings: JSONFindings) {
        if bytes.starts(with: [0xef, 0xbb, 0xbf]) { offset = 3 }
        skipWhitespace()
        let value = try value(depth: 0)
        skipWhitespace()
        if offset < bytes.count, findings.failure == nil { findings.trailingBytes = true }
        return (value, findings)
    }

    /// Reads a whole document of UTF-8. Throws where it is none, or asks for more than the limits allow.
    package static func parse(
        _ bytes: [UInt8], limits: JSONLimits = JSONLimits()
    ) throws(JSONError) -> (value: JSONValue, findings: JSONFindings) {
        // A closure would lose the typed error, so the result travels through one.
        let result = bytes.withUnsafeBytes { buffer in
            Result { () throws(JSONError) in try parse(buffer, limits: limits) }
        }
        return try result.get()
    }

    func error(_ reason: JSONError.Reason) -> JSONError {
        JSONError(reason: offset < bytes.count ? reason : .unexpectedEnd, offset: offset)
    }

    private mutating func skipWhitespace() {
        while offset < bytes.count {
            switch bytes[offset] {
            case 0x20, 0x09, 0x0a, 0x0d: offset += 1
            default: return
            }
        }
    }

    private mutating func value(depth: Int) throws(JSONError) -> JSONValue {
        values += 1
        guard values <= limits.values else { throw error(.tooManyValues) }
        guard offset < bytes.count else { throw error(.unexpectedEnd) }
        switch bytes[offset] {
        case UInt8(ascii: "{") where depth >= limits.depth, UInt8(ascii: "[") where depth >= limits.depth:
            guard recovers else { throw error(.tooDeep) }
            findings.tooDeep = true
            try skipContainer()
            return .null
        case UInt8(ascii: "{"): return .object(try object(depth: depth))
        case UInt8(ascii: "["): return .array(try array(depth: depth))
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try literal("true", .bool(true))
        case UInt8(ascii: "f"): return try literal("false", .bool(false))
        case UInt8(ascii: "n"): return try literal("null", .null)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            let number = try number()
            // Digits may be missing where the document ends in it, and a part of a number is another one.
            if recovers, offset == bytes.count { throw error(.unexpectedEnd) }
            return .number(number)
        default: throw error(.unexpectedByte)
        }
    }

    private mutating func literal(_ text: StaticString, _ value: JSONValue) throws(JSONError) -> JSONValue {
        for index in 0..<text.utf8CodeUnitCount {
            guard offset < bytes.count, bytes[offset] == text.utf8Start[index] else { throw error(.unexpectedByte) }
            offset += 1
        }
        return value
    }

    private mutating func object(depth: Int) throws(JSONError) -> [JSONValue.Member] {
        var members: [JSONValue.Member] = []
        do throws(JSONError) {
            try readMembers(into: &members, depth: depth)
        } catch {
            try recover(from: error, depth: depth)
        }
        if hasDuplicateKeys(members) { findings.duplicateKeys = true }
        return members
    }

    private mutating func readMembers(into members: inout [JSONValue.Member], depth: Int) throws(JSONError) {
        offset += 1
        skipWhitespace()
        if take(UInt8(ascii: "}")) { return }
        while true {
            skipWhitespace()
            guard offset < bytes.count, bytes[offset] == UInt8(ascii: "\"") else { throw error(.unexpectedByte) }
            let key = try string()
            skipWhitespace()
            guard take(UInt8(ascii: ":")) else { throw error(.unexpectedByte) }
            skipWhitespace()
            members.append(JSONValue.Member(key: key, value: try value(depth: depth + 1)))
            if try endsContainer(with: UInt8(ascii: "}")) { return }
        }
    }

    private mutating func array(depth: Int) throws(JSONError) -> [JSONValue] {
        var elements: [JSONValue] = []
        do throws(JSONError) {
            try readElements(into: &elements, depth: depth)
        } catch {
            try recover(from: error, depth: depth)
        }
        return elements
    }

    private mutating func readElements(into elements: inout [JSONValue], depth: Int) throws(JSONError) {
        offset += 1
        skipWhitespace()
        if take(UInt8(ascii: "]")) { return }
        while true {
            skipWhitespace()
            elements.append(try value(depth: depth + 1))
            if try endsContainer(with: UInt8(ascii: "]")) { return }
        }
    }

    /// Takes the comma or the bracket behind a value.
    private mutating func endsContainer(with bracket: UInt8) throws(JSONError) -> Bool {
        if findings.failure != nil { return true }
        skipWhitespace()
        if take(bracket) { return true }
        guard take(UInt8(ascii: ",")) else { throw error(.unexpectedByte) }
        guard recovers else { return false }
        skipWhitespace()
        guard take(bracket) else { return false }
        findings.trailingCommas = true
        return true
    }

    /// Notes an error, after which everything still open is left as it is; throws it on where nothing is recovered.
    private mutating func recover(from error: JSONError, depth: Int) throws(JSONError) {
        guard recovers else { throw error }
        findings.failure = error
        findings.openContainers = depth + 1
    }

    private func hasDuplicateKeys(_ members: [JSONValue.Member]) -> Bool {
        // Comparing is cheaper than hashing while there are few.
        if members.count > 24 { return Set(members.lazy.map(\.key)).count < members.count }
        for index in members.indices {
            for other in members.indices[..<index] where members[other].key == members[index].key { return true }
        }
        return false
    }

    /// Passes over an array or object without reading it: its brackets are counted, its strings are skipped.
    private mutating func skipContainer() throws(JSONError) {
        var open = 0
        while offset < bytes.count {
            switch bytes[offset] {
            case UInt8(ascii: "{"), UInt8(ascii: "["): open += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"): open -= 1
            case UInt8(ascii: "\""):
                offset += 1
                while offset < bytes.count, bytes[offset] != UInt8(ascii: "\"") {
                    offset += bytes[offset] == UInt8(ascii: "\\") ? 2 : 1
                }
            default: break
            }
            offset += 1
            if open == 0 { return }
        }
        offset = bytes.count
        throw error(.unexpectedEnd)
    }

    mutating func take(_ byte: UInt8) -> Bool {
        guard offset < bytes.count, bytes[offset] == byte else { return false }
        offset += 1
        return true
    }
}

/// `JSONLimits` says how much a JSON document may ask for (security.md §7).
package struct JSONLimits: Sendable {
    /// Arrays and objects nest no deeper.
    package var depth = 64
    /// The whole document holds no more values.
    package var values = 500_000
    /// A number has no more bytes.
    package var numberLength = 64

    package init() {}
}

/// `JSONError` tells why a document could not be read, and at which byte.
package struct JSONError: Error, Equatable, CustomStringConvertible {
    /// The reasons are written out as they stand here.
    package enum Reason: String, Sendable {
        case unexpectedEnd = "the document ends early"
        case unexpectedByte = "unexpected character"
        case tooDeep = "nested too deep"
        case tooManyValues = "too many values"
        case badNumber = "not a number"
        case badEscape = "bad escape in a string"
    }

    /// The reason that reading ended there.
    package var reason: Reason
    /// The place in the document, in bytes from its beginning.
    package var offset: Int

    package var description: String { "\(reason.rawValue) at byte \(offset)" }
}

/// `JSONFindings` tells what was tolerated while reading.
package struct JSONFindings: Sendable, Equatable {
    /// An object has several members of one name; the last one counts.
    package var duplicateKeys = false
    /// An escape of half a character became U+FFFD.
    package var loneSurrogates = false
    /// Bytes that are no UTF-8 became U+FFFD.
    package var invalidUTF8 = false
    /// A string has control characters that are not escaped.
    package var controlCharacters = false
    /// Something other than white space stands behind the document.
    package var trailingBytes = false
    /// There are commas with nothing behind them (`JSONParser.recover` alone).
    package var trailingCommas = false
    /// Arrays and objects beyond the depth allowed were read as null (`JSONParser.recover` alone).
    package var tooDeep = false
    /// Tells where and why reading ended before the document did (`JSONParser.recover` alone).
    package var failure: JSONError?
    /// So many arrays and objects were open there: the last element of each is what it was cut off in.
    package var openContainers = 0

    package init() {}
}
