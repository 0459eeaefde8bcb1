/// How much a JSON document may ask for (security.md §7).
package struct JSONLimits: Sendable {
    /// How deep arrays and objects may nest.
    package var depth = 64
    /// How many values the whole document may hold.
    package var values = 500_000
    /// How many bytes a number may have.
    package var numberLength = 64

    package init() {}
}

/// Why a document could not be read, and at which byte.
package struct JSONError: Error, Equatable, CustomStringConvertible {
    package enum Reason: String, Sendable {
        case unexpectedEnd = "the document ends early"
        case unexpectedByte = "unexpected character"
        case tooDeep = "nested too deep"
        case tooManyValues = "too many values"
        case badNumber = "not a number"
        case badEscape = "bad escape in a string"
    }

    package var reason: Reason
    package var offset: Int

    package var description: String { "\(reason.rawValue) at byte \(offset)" }
}

/// What was tolerated while reading.
package struct JSONFindings: Sendable, Equatable {
    package var duplicateKeys = false
    package var loneSurrogates = false
    package var invalidUTF8 = false
    package var controlCharacters = false
    package var trailingBytes = false
    /// Commas with nothing behind them (`JSONParser.recover` alone).
    package var trailingCommas = false
    /// Arrays and objects beyond the depth allowed, each read as null (`JSONParser.recover` alone).
    package var tooDeep = false
    /// Where and why reading ended before the document did (`JSONParser.recover` alone).
    package var failure: JSONError?
    /// How many arrays and objects were open there: the last element of each is what it was cut off in.
    package var openContainers = 0

    package init() {}
}
