internal import Configuration
internal import JSONText
internal import newswire

/// The API for programs (web.md §5): endpoints, and their description, both from one table.
enum APIEndpoints {
    static let operations =
        StatusOperations.all + FeedOperations.all + ArticleOperations.all + StreamOperations.all + ListOperations.all

    static let all =
        operations.map(\.endpoint) + [
            WebEndpoint(.get, "/api/openapi.json", .api, needs: .read) { call in
                APIReply.hashed(description(basePath: call.house.configuration.web.basePath), to: call)
            }
        ]

    /// The description of the API as OpenAPI 3.1.
    static func description(basePath: String) -> [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.member("openapi", "3.1.0")
        json.key("info")
        json.beginObject()
        json.member("title", "newswire-web")
        json.member("version", Version.newswire)
        json.member("description", "What newswire has stored, and how its feeds are.")
        json.endObject()
        json.key("servers")
        json.beginArray()
        json.beginObject()
        json.member("url", basePath.isEmpty ? "/" : basePath)
        json.endObject()
        json.endArray()
        json.key("security")
        json.raw(#"[{},{"basic":[]},{"bearer":[]}]"#)
        json.key("paths")
        json.beginObject()
        var seen: [String] = []
        for operation in operations where !seen.contains(operation.pattern) {
            seen.append(operation.pattern)
            json.key(operation.pattern)
            json.beginObject()
            for other in operations where other.pattern == operation.pattern {
                json.key(other.method.rawValue.lowercased())
                write(other, to: &json)
            }
            json.endObject()
        }
        json.endObject()
        json.key("components")
        json.beginObject()
        json.key("securitySchemes")
        json.raw(#"{"basic":{"type":"http","scheme":"basic"},"bearer":{"type":"http","scheme":"bearer"}}"#)
        json.key("responses")
        json.beginObject()
        json.key("Failure")
        json.beginObject()
        json.member("description", "What was asked, what went wrong, and what can be done.")
        write([(APIReply.json, APISchema.failure)], to: &json)
        json.endObject()
        json.endObject()
        json.endObject()
        json.endObject()
        return json.finish() + [UInt8(ascii: "\n")]
    }

    private static func write(_ operation: APIOperation, to json: inout JSONWriter) {
        json.beginObject()
        json.member("operationId", operation.id)
        json.member("summary", operation.summary)
        if operation.needs > .read { json.member("description", "It needs the right \(operation.needs).") }
        if !operation.parameters.isEmpty {
            json.key("parameters")
            json.beginArray()
            for parameter in operation.parameters { parameter.write(to: &json) }
            json.endArray()
        }
        if let body = operation.body {
            json.key("requestBody")
            json.beginObject()
            json.key("required")
            json.bool(body.isRequired)
            write([(body.type, body.schema)], to: &json)
            json.endObject()
        }
        json.key("responses")
        json.beginObject()
        for answer in operation.answers {
            json.key("\(answer.status)")
            json.beginObject()
            json.member("description", answer.summary)
            write(answer.contents, to: &json)
            json.endObject()
        }
        if operation.method == .get {
            json.key("304")
            json.raw(#"{"description":"It is as who asks has it."}"#)
        }
        json.key("default")
        json.raw(##"{"$ref":"#/components/responses/Failure"}"##)
        json.endObject()
        json.endObject()
    }

    private static func write(_ contents: [(type: String, schema: String?)], to json: inout JSONWriter) {
        if contents.isEmpty { return }
        json.key("content")
        json.beginObject()
        for content in contents {
            json.key(content.type)
            json.beginObject()
            if let schema = content.schema {
                json.key("schema")
                json.raw(schema)
            }
            json.endObject()
        }
        json.endObject()
    }
}
