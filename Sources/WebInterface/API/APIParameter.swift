internal import FeedModel
internal import JSONText
private import Text

/// `APIParameter` is something that an operation may be told in its path or its query.
struct APIParameter: Sendable {
    /// What values look like.
    enum Kind: Sendable {
        case text
        /// What something is called: a text that is not empty.
        case name
        /// The number of a record.
        case seq
        /// RFC 3339, a date, or a span ago.
        case time
        /// `true` or `false`.
        case flag(standard: Bool)
        case number(ClosedRange<Int>, standard: Int)
        case choice([String], standard: String?)
    }

    let name: String
    let kind: Kind
    let summary: String
    /// Whether it may stand several times.
    let isRepeated: Bool
    let isInPath: Bool

    init(_ name: String, _ kind: Kind, _ summary: String, isRepeated: Bool = false, isInPath: Bool = false) {
        self.name = name
        self.kind = kind
        self.summary = summary
        self.isRepeated = isRepeated
        self.isInPath = isInPath
    }

    /// The bytes that one value may have.
    static let limit = 8192

    /// Why a value cannot be what it is given for; nil where it can.
    func problem(with value: String) -> String? {
        if value.utf8.count > Self.limit { return "it is longer than \(Self.limit) bytes" }
        switch kind {
        case .text: return value.unicodeScalars.contains("\0") ? "it holds a NUL" : nil
        case .name:
            // No feed and no tag has one in its name, and no query may.
            let isControlled = value.unicodeScalars.contains { $0.properties.generalCategory == .control }
            return value.isEmpty ? "it is empty" : isControlled ? "it holds a control character" : nil
        case .seq: return APIArguments.seq(value) == nil ? "it has to be the number of a record" : nil
        case .time:
            let isTime = TimeReference(value) != nil
            return isTime ? nil : "it has to be RFC 3339, a date, or a span ago such as 90m, 36h or 7d"
        case .flag: return ["true", "false"].contains(value) ? nil : "it has to be true or false"
        case .number(let range, _):
            let number = value.utf8.allSatisfy(\.isASCIIDigit) ? Int(value) : nil
            return number.map(range.contains) ?? false
                ? nil : "it has to be a number from \(range.lowerBound) to \(range.upperBound)"
        case .choice(let words, _):
            return words.contains(value) ? nil : "it has to be one of \(words.joined(separator: ", "))"
        }
    }

    /// Writes the parameter as OpenAPI 3.1 describes one.
    func write(to json: inout JSONWriter) {
        json.beginObject()
        json.member("name", name)
        json.member("in", isInPath ? "path" : "query")
        json.member("description", summary)
        json.key("required")
        json.bool(isInPath)
        json.key("schema")
        if isRepeated {
            json.beginObject()
            json.member("type", "array")
            json.key("items")
            writeSchema(to: &json)
            json.endObject()
        } else {
            writeSchema(to: &json)
        }
        json.endObject()
    }

    private func writeSchema(to json: inout JSONWriter) {
        json.beginObject()
        switch kind {
        case .text:
            json.member("type", "string")
            json.member("pattern", "^[^\\x00]*$")
        case .name:
            json.member("type", "string")
            json.member("pattern", "^[^\\x00-\\x1f\\x7f-\\x9f]+$")
        case .seq:
            json.member("type", "integer")
            json.member("minimum", 0)
            json.member("maximum", Int.max)
        case .time:
            json.member("type", "string")
            json.member("pattern", Self.timePattern)
        case .flag(let standard):
            json.member("type", "boolean")
            json.key("default")
            json.bool(standard)
        case .number(let range, let standard):
            json.member("type", "integer")
            json.member("minimum", range.lowerBound)
            json.member("maximum", range.upperBound)
            json.member("default", standard)
        case .choice(let words, let standard):
            json.member("type", "string")
            json.member("enum", words)
            json.member("default", standard)
        }
        json.endObject()
    }

    /// What is always a time; other ways of writing RFC 3339 are read as well.
    private static let timePattern =
        "^([0-9]{1,6}[smhdw]|20[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])"
        + "(T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z)?)$"
}

/// `APIArguments` are what a request tells an operation, as its parameters allow it.
struct APIArguments: Sendable {
    private let parameters: [APIParameter]
    private let fields: WebFields
    private let path: [String: String]

    /// - Throws: 400 where there is a parameter that the operation has not, or a value that cannot be.
    init(_ call: WebCall, _ parameters: [APIParameter]) throws(WebFailure) {
        self.parameters = parameters
        fields = call.request.query
        path = call.parameters
        var seen: Set<String> = []
        for field in fields.all {
            guard let parameter = parameters.first(where: { $0.name == field.name && !$0.isInPath }) else {
                let names = parameters.filter { !$0.isInPath }.map(\.name)
                let nearest = EditDistance.nearest(to: field.name, among: names)
                throw WebFailure(
                    400, "there is no parameter \(Self.shown(field.name))",
                    hint: nearest.map { "Did you mean \($0)?" }
                        ?? (names.isEmpty ? "None is known here." : "Known here are \(names.joined(separator: ", "))."))
            }
            guard parameter.isRepeated || seen.insert(field.name).inserted else {
                throw WebFailure(400, "\(field.name) stands there more than once", hint: "Write it once.")
            }
            if let problem = parameter.problem(with: field.value) {
                throw WebFailure(400, "\(field.name)=\(Self.shown(field.value)): \(problem)", hint: parameter.summary)
            }
        }
        for parameter in parameters where parameter.isInPath {
            let value = path[parameter.name] ?? ""
            if let problem = parameter.problem(with: value) {
                throw WebFailure(404, "\(Self.shown(value)) in the path: \(problem)", hint: parameter.summary)
            }
        }
    }

    private static func shown(_ text: String) -> String { SafeText.line(String(text.prefix(100))) }

    static func seq(_ text: String) -> UInt64? {
        guard (1...19).contains(text.utf8.count), text.utf8.allSatisfy(\.isASCIIDigit), let number = UInt64(text),
            number <= UInt64(Int64.max)
        else { return nil }
        return number
    }

    func text(_ name: String) -> String? { path[name] ?? fields[name] }
    func texts(_ name: String) -> [String] { fields.values(of: name) }
    func seq(_ name: String) -> UInt64? { text(name).flatMap { Self.seq($0) } }
    func time(_ name: String) -> TimeReference? { text(name).flatMap { TimeReference($0) } }

    func flag(_ name: String) -> Bool {
        if let text = text(name) { return text == "true" }
        guard case .flag(let standard)? = parameters.first(where: { $0.name == name })?.kind else { return false }
        return standard
    }

    func number(_ name: String) -> Int {
        if let number = text(name).flatMap({ Int($0) }) { return number }
        guard case .number(_, let standard)? = parameters.first(where: { $0.name == name })?.kind else { return 0 }
        return standard
    }

    /// The query with other values of some names; nil takes a name out.
    func query(replacing changes: [(name: String, value: String?)]) -> String {
        let names = Set(changes.map(\.name))
        var fields = fields.all.filter { !names.contains($0.name) }
        fields += changes.compactMap { change in change.value.map { WebFields.Field(change.name, $0) } }
        return Self.query(fields)
    }

    /// `?name=value&…` with what has to be percent-encoded.
    static func query(_ fields: [WebFields.Field]) -> String {
        if fields.isEmpty { return "" }
        return "?"
            + fields.map { "\(encoded($0.name))=\(encoded($0.value))" }.joined(separator: "&")
    }

    /// Text for a query or one part of a path: all but what RFC 3986 calls unreserved is percent-encoded.
    static func encoded(_ text: String) -> String {
        var result: [UInt8] = []
        for byte in text.utf8 {
            if byte.isASCIIAlphanumeric || "-._~".utf8.contains(byte) {
                result.append(byte)
            } else {
                PercentEncoding.append(byte, to: &result)
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}
