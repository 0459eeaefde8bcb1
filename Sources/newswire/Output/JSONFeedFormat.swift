internal import FeedModel
internal import JSONText

/// One JSON Feed 1.1 document. Items are known by `urn:newswire:UID`, because publishers' ids collide across feeds; what
/// the publisher calls the item is `_newswire.id`.
struct JSONFeedFormat: ArticleFormat {
    private var isFirst = true

    var prologue: String { #"{"version":"https://jsonfeed.org/version/1.1","title":"newswire","items":["# }
    var epilogue: String { "\n]}\n" }

    mutating func append(_ record: StoredRecord, to bytes: inout [UInt8]) {
        bytes.append(contentsOf: (isFirst ? "\n" : ",\n").utf8)
        isFirst = false
        var json = JSONWriter()
        item(record).write(to: &json)
        bytes.append(contentsOf: json.finish())
    }

    private func item(_ record: StoredRecord) -> JSONValue {
        let urn = JSONValue.Member(key: "id", value: .string(ArticleURN.urn(record.uid)))
        let changed = record.changing(
            item: { $0.key == "id" ? urn : $0 }, adding: [.init(key: "id", value: record.json["id"] ?? .null)])
        var item = changed.json.object ?? []
        // JSON Feed wants one of the two; a duplicate is a short record.
        if record.contentHTML == nil, record.contentText == nil {
            item.insert(.init(key: "content_text", value: .string(record.summary ?? "")), at: 1)
        }
        return .object(item)
    }
}

/// The name of an article in formats that are read beside other feeds.
enum ArticleURN {
    static func urn(_ uid: ArticleIdentifier?) -> String { "urn:newswire:\(uid?.description ?? "")" }
}
