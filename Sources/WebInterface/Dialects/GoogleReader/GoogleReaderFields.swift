internal import Text

/// `GoogleReaderFields` are the parameters of a request: those of a form in front of those of the query, because readers
/// send either, and some both. A form is read whatever its Content-Type says: some readers name none.
struct GoogleReaderFields: Sendable {
    private let fields: WebFields
    private let body: [UInt8]

    init(_ request: WebRequest) {
        body = request.body
        fields = WebFields(Self.form(request.body) + request.query.all)
    }

    subscript(name: String) -> String? { fields[name] }

    func values(of name: String) -> [String] { fields.values(of: name) }

    /// The ways to read the password of a login: as a form has it, with its plus signs as they are, and with nothing
    /// undone, up to what Liferea writes behind it.
    var passwords: [String] {
        var all = values(of: "Passwd").prefix(1).map { $0 }
        let name = Array("Passwd=".utf8)
        guard
            let start = body.indices.first(where: { index in
                (index == 0 || body[index - 1] == UInt8(ascii: "&")) && body[index...].starts(with: name)
            })
        else { return all }
        let rest = body[(start + name.count)...]
        let value = rest.prefix { $0 != UInt8(ascii: "&") }
        all.append(
            value.withUnsafeBufferPointer { String(decoding: PercentEncoding.decodedLeniently($0[...]), as: UTF8.self) }
        )
        all.append(String(decoding: value, as: UTF8.self))
        let behind = ["&service=", "&accountType=", "&source=", "&continue=", "&output=", "&client="].map {
            Array($0.utf8)
        }
        let end = rest.indices.first { index in behind.contains { rest[index...].starts(with: $0) } } ?? rest.endIndex
        all.append(String(decoding: rest[..<end], as: UTF8.self))
        return all
    }

    private static func form(_ body: [UInt8]) -> [WebFields.Field] {
        body.split(separator: UInt8(ascii: "&")).map { pair in
            let equals = pair.firstIndex(of: UInt8(ascii: "=")) ?? pair.endIndex
            return WebFields.Field(text(pair[..<equals]), text(pair[equals...].dropFirst()))
        }
    }

    /// A `%` that begins no escape is itself.
    private static func text(_ bytes: ArraySlice<UInt8>) -> String {
        let spaced = bytes.map { $0 == UInt8(ascii: "+") ? 0x20 : $0 }
        return spaced.withUnsafeBufferPointer {
            String(decoding: PercentEncoding.decodedLeniently($0[...]), as: UTF8.self)
        }
    }
}
