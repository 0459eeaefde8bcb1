internal import Digest
internal import JSONText

/// `APIOperation` is something that the API does: how it is asked, what it answers, and what answers. Endpoints and the
/// description at `/api/openapi.json` are made from it, so that neither says what the other does not.
struct APIOperation: Sendable {
    typealias Work = @Sendable (WebCall, APIArguments) throws -> WebAnswer

    /// What comes back where nothing is wrong.
    struct Answer: Sendable {
        var status = 200
        var summary: String
        /// The media type, and what of it is to be expected as a schema of JSON; nil for none.
        var contents: [(type: String, schema: String?)] = []
    }

    /// What is sent along.
    struct Body: Sendable {
        var type: String
        /// As JSON.
        var schema: String
        var isRequired: Bool
        /// Bytes.
        var limit: Int
    }

    var method = WebRequest.Method.get
    let pattern: String
    /// The name by which programs know it.
    let id: String
    let summary: String
    var needs = WebRight.read
    var parameters: [APIParameter] = []
    var body: Body?
    var answers: [Answer]
    let work: Work

    var endpoint: WebEndpoint {
        WebEndpoint(method, pattern, .api, needs: needs, bodyLimit: body?.limit ?? 0) { call in
            try work(call, APIArguments(call, parameters))
        }
    }
}

/// Answers in JSON.
enum APIReply {
    static let json = "application/json"
    static let lines = "application/jsonl"

    /// Answers with a body of which a hash is the ETag, or without one where who asks has it.
    static func hashed(_ bytes: [UInt8], _ type: String = json, to call: WebCall) -> WebAnswer {
        let tag = tag(of: bytes)
        if isKnown(tag, to: call) { return unchanged(tag) }
        return WebAnswer(200, type, .bytes(bytes), headers: WebFields([.init("ETag", tag)]))
    }

    /// A strong ETag for what is made of these bytes and nothing else.
    static func tag(of bytes: [UInt8]) -> String {
        var text: [UInt8] = [UInt8(ascii: "\"")]
        bytes.withUnsafeBytes { Hex.append(XXH3.hash64($0), to: &text) }
        return String(decoding: text + [UInt8(ascii: "\"")], as: UTF8.self)
    }

    /// Whether who asks says that it has what the tag stands for (RFC 9110 §13.1.2: compared weakly).
    static func isKnown(_ tag: String, to call: WebCall) -> Bool {
        guard let known = call.request.headers["if-none-match"] else { return false }
        return known.split(separator: ",").contains { part in
            let part = part.drop { $0 == " " || $0 == "\t" }
            let bare = part.hasPrefix("W/") ? part.dropFirst(2) : part
            return bare.hasPrefix(tag) || part == "*"
        }
    }

    static func unchanged(_ tag: String, _ more: [WebFields.Field] = []) -> WebAnswer {
        WebAnswer(304, json, .bytes([]), headers: WebFields([.init("ETag", tag)] + more))
    }

    /// An object whose members `body` writes.
    static func object(_ body: (inout JSONWriter) throws -> Void) rethrows -> [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        try body(&json)
        json.endObject()
        return json.finish()
    }

    /// Says that what was asked for has been removed, and where one can go on: never a silent hole.
    static func gone(_ message: String, hint: String, firstSeq: UInt64, lastSeq: UInt64) -> WebAnswer {
        let body = object { json in
            json.member("error", message)
            json.member("hint", hint)
            json.member("first_seq", firstSeq)
            json.member("last_seq", lastSeq)
        }
        return WebAnswer(410, json, .bytes(body))
    }
}
