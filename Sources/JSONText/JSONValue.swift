/// `JSONValue` is a JSON document as a tree, with its members in order.
package enum JSONValue: Sendable, Equatable {
    case null
    case bool(Bool)
    /// The number as it was written, valid by RFC 8259.
    case number(String)
    case string(String)
    case array([JSONValue])
    case object([Member])

    /// `Member` is one name of an object with its value; several may have one name.
    package struct Member: Sendable, Equatable {
        package var key: String
        package var value: JSONValue

        package init(key: String, value: JSONValue) {
            self.key = key
            self.value = value
        }
    }

    /// Finds the member of that name, the last where there are several (security.md §7); nil where this is no object.
    package subscript(key: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members.last { $0.key == key }?.value
    }

    /// Finds the member of a name that is written in the program, without making a text of that.
    package subscript(name: StaticString) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        let wanted = UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount)
        // Most names differ in length already.
        return members.last { $0.key.utf8.count == wanted.count && $0.key.utf8.elementsEqual(wanted) }?.value
    }

    /// Takes the value of the member of that name out of the tree, which has null then; nil where there is no such member.
    /// What is in it is the caller's alone, so that it goes as he lets it go.
    package mutating func take(_ key: String) -> JSONValue? {
        guard case .object(var members) = self else { return nil }
        self = .null
        defer { self = .object(members) }
        guard let index = members.lastIndex(where: { $0.key == key }) else { return nil }
        let value = members[index].value
        members[index].value = .null
        return value
    }

    /// The value of a string; nil where this is none.
    package var string: String? {
        guard case .string(let text) = self else { return nil }
        return text
    }

    /// The value of `true` or `false`; nil where this is neither.
    package var bool: Bool? {
        guard case .bool(let value) = self else { return nil }
        return value
    }

    /// The value of a number that is whole and fits; nil for anything else.
    package var integer: Int64? {
        guard case .number(let text) = self else { return nil }
        if let value = Int64(text) { return value }
        guard let value = Double(text), value.rounded() == value else { return nil }
        return Int64(exactly: value)
    }

    /// The value of a number; nil where this is none.
    package var double: Double? {
        guard case .number(let text) = self else { return nil }
        return Double(text)
    }

    /// The elements of an array; nil where this is none.
    package var array: [JSONValue]? {
        guard case .array(let elements) = self else { return nil }
        return elements
    }

    /// The members of an object; nil where this is none.
    package var object: [Member]? {
        guard case .object(let members) = self else { return nil }
        return members
    }

    /// Writes the tree as it was read.
    package func write(to writer: inout JSONWriter) {
        switch self {
        case .null: writer.null()
        case .bool(let value): writer.bool(value)
        case .number(let text): writer.raw(text)
        case .string(let text): writer.string(text)
        case .array(let elements):
            writer.beginArray()
            for element in elements { element.write(to: &writer) }
            writer.endArray()
        case .object(let members):
            writer.beginObject()
            for member in members {
                writer.key(member.key)
                member.value.write(to: &writer)
            }
            writer.endObject()
        }
    }
}
