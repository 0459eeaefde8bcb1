private import CTOML
private import FeedModel
private import Glibc
private import Text

/// A TOML file as a tree whose nodes know their lines. Nodes keep it alive.
final class TOMLDocument {
    private let document: OpaquePointer

    struct SyntaxError: Error {
        var line: Int
        var message: String
    }

    /// Copies what it needs of the bytes.
    init(_ bytes: [UInt8]) throws(SyntaxError) {
        let parsed = bytes.withUnsafeBytes { buffer in
            newswire_toml_parse(buffer.baseAddress?.assumingMemoryBound(to: CChar.self), buffer.count)
        }
        guard let parsed else { throw SyntaxError(line: 1, message: "not enough memory to read it") }
        document = parsed
        var line: UInt32 = 0
        var column: UInt32 = 0
        // A class that throws in its init still frees what it holds: all properties are set.
        if let message = newswire_toml_error(document, &line, &column) {
            throw SyntaxError(line: Int(line), message: String(cString: message))
        }
    }

    deinit { newswire_toml_free(document) }

    var root: TOMLNode? {
        newswire_toml_root(document).map { TOMLNode(document: self, raw: $0) }
    }
}

/// A value in a TOML file and, inside a table, its key.
struct TOMLNode {
    enum Kind {
        case table, array, string, integer, float, boolean, date

        /// The name of the kind in messages.
        var name: String {
            switch self {
            case .table: "a table"
            case .array: "a list"
            case .string: "text"
            case .integer: "a number"
            case .float: "a number with a fraction"
            case .boolean: "true or false"
            case .date: "a date"
            }
        }
    }

    private let document: TOMLDocument
    private let raw: UnsafePointer<newswire_toml_node>

    fileprivate init(document: TOMLDocument, raw: UnsafePointer<newswire_toml_node>) {
        self.document = document
        self.raw = raw
    }

    var kind: Kind {
        switch Int(raw.pointee.kind) {
        case Int(newswire_toml_table): .table
        case Int(newswire_toml_array): .array
        case Int(newswire_toml_string): .string
        case Int(newswire_toml_integer): .integer
        case Int(newswire_toml_float): .float
        case Int(newswire_toml_boolean): .boolean
        default: .date
        }
    }

    /// The line in which the value begins.
    var line: Int { Int(raw.pointee.line) }
    /// The place of the value's first character, and the one behind its last, where it is no table: lines and characters,
    /// counted from 1.
    var extent: (start: (line: Int, column: Int), end: (line: Int, column: Int)) {
        let node = raw.pointee
        return ((Int(node.line), Int(node.column)), (Int(node.end_line), Int(node.end_column)))
    }

    /// The last line of the value and all that is in it.
    var lastLine: Int { children.map(\.lastLine).reduce(Int(max(raw.pointee.line, raw.pointee.end_line)), max) }

    /// The line in which the key stands.
    var keyLine: Int { Int(raw.pointee.key_line) }
    var key: String { Self.string(raw.pointee.key, raw.pointee.key_length) }
    var count: Int { raw.pointee.child_count }

    /// The member of a table that has that key.
    func member(_ name: StaticString) -> TOMLNode? {
        var upcoming = raw.pointee.first_child
        while let current = upcoming {
            if let key = current.pointee.key, current.pointee.key_length == name.utf8CodeUnitCount,
                memcmp(key, name.utf8Start, name.utf8CodeUnitCount) == 0
            {
                return TOMLNode(document: document, raw: current)
            }
            upcoming = current.pointee.next
        }
        return nil
    }

    var text: String? {
        kind == .string ? Self.string(raw.pointee.text, raw.pointee.text_length) : nil
    }

    var integer: Int? {
        kind == .integer ? Int(raw.pointee.integer) : nil
    }

    var boolean: Bool? {
        kind == .boolean ? raw.pointee.integer != 0 : nil
    }

    /// Members of a table or elements of a list, in the order of the file.
    var children: Children { Children(document: document, upcoming: raw.pointee.first_child) }

    struct Children: Sequence, IteratorProtocol {
        fileprivate let document: TOMLDocument
        fileprivate var upcoming: UnsafePointer<newswire_toml_node>?

        mutating func next() -> TOMLNode? {
            guard let current = upcoming else { return nil }
            upcoming = current.pointee.next
            return TOMLNode(document: document, raw: current)
        }
    }

    private static func string(_ start: UnsafePointer<CChar>?, _ count: Int) -> String {
        String(decoding: UnsafeRawBufferPointer(start: start, count: count), as: UTF8.self)
    }
}

/// `TOMLText` writes text as TOML has it.
package enum TOMLText {
    /// Returns a basic string on one line. Control characters, and those that turn the direction of text on a terminal,
    /// are escaped.
    package static func quoted(_ text: String) -> String {
        var result = "\"".unicodeScalars
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": result.append(contentsOf: ["\\", scalar])
            case "\n": result.append(contentsOf: ["\\", "n"])
            case "\r": result.append(contentsOf: ["\\", "r"])
            case "\t": result.append(contentsOf: ["\\", "t"])
            case _ where SafeText.isUnsafe(scalar) || scalar == "\u{feff}":
                let digits = String(scalar.value, radix: 16, uppercase: true)
                result.append(
                    contentsOf: ("\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits).unicodeScalars)
            default: result.append(scalar)
            }
        }
        result.append("\"")
        return String(result)
    }

    /// Returns a string on one line, between apostrophes where quotation marks and backslashes in it need no others so.
    package static func readable(_ text: String) -> String {
        let needsEscapes = text.utf8.contains { $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") }
        let isLiteral = !text.unicodeScalars.contains { scalar in
            scalar.value < 0x20 || scalar == "'" || scalar == "\u{feff}" || SafeText.isUnsafe(scalar)
        }
        return needsEscapes && isLiteral ? "'\(text)'" : quoted(text)
    }

    /// Returns a key, which is bare where that is possible.
    package static func key(_ name: String) -> String {
        let isBare = !name.isEmpty && name.utf8.allSatisfy { $0.isASCIIAlphanumeric || "_-".utf8.contains($0) }
        return isBare ? name : quoted(name)
    }

    /// Returns a list of strings on one line.
    package static func list(_ values: [String]) -> String {
        "[" + values.map(quoted).joined(separator: ", ") + "]"
    }
}
