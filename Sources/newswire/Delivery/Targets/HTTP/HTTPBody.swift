/// How the articles of a batch stand in the body of a request.
enum HTTPBody: Sendable {
    /// The one article of a batch, as an object.
    case object
    /// An array of objects.
    case array
    /// An object a line.
    case lines
    /// What a template makes of each, one behind the other.
    case template(ArticleTemplate, contentType: String)

    var contentType: String {
        switch self {
        case .object, .array: "application/json"
        case .lines: "application/x-ndjson"
        case .template(_, let contentType): contentType
        }
    }

    /// Throws where a record is none.
    func bytes(of batch: DeliveryBatch) throws -> [UInt8] {
        switch self {
        case .lines: return batch.bytes
        case .object: return Array(batch.lines.first ?? [])
        case .array:
            var bytes: [UInt8] = []
            bytes.reserveCapacity(batch.bytes.count + 2)
            bytes.append(UInt8(ascii: "["))
            for line in batch.lines {
                if bytes.count > 1 { bytes.append(UInt8(ascii: ",")) }
                bytes.append(contentsOf: line)
            }
            bytes.append(UInt8(ascii: "]"))
            return bytes
        case .template(let template, _):
            var bytes: [UInt8] = []
            for line in batch.lines { try template.append(line, to: &bytes) }
            return bytes
        }
    }
}
