internal import JSONText

/// One JSON Feed 1.1 document. Items are known by `urn:newswire:UID`, because publishers' ids collide across feeds; what
/// the publisher calls the item is `_newswire.id`.
struct JSONFeedFormat: ArticleFormat {
    private var isFirst = true

    var prologue: String { #"{"version":"https://jsonfeed.org/version/1.1","title":"newswire","items":["# }
    var epilogue: String { "\n]}\n" }

    mutating func append(_ record: JSONValue, to bytes: inout [UInt8]) {
        bytes.append(contentsOf: (isFirst ? "\n" : ",\n").utf8)
        isFirst = false
        var json = JSONWriter()
        item(record).write(to: &json)
        bytes.append(contentsOf: json.finish())
    }

    private func item(_ record: JSONValue) -> JSONValue {
        guard case .object(let members) = record else { return record }
        let uid = record["_newswire"]?["uid"]?.string ?? ""
        var item = members.map { member -> JSONValue.Member in
            switch (member.key, member.value) {
            case ("id", _): .init(key: "id", value: .string(ArticleURN.urn(uid)))
            case ("_newswire", .object(let own)):
                // The chain and the checksum are of the line, not of this.
                .init(
                    key: member.key,
                    value: .object(
                        [.init(key: "id", value: record["id"] ?? .null)]
                            + own.filter { !["prev", "chain", "xxh3"].contains($0.key) }))
            default: member
            }
        }
        // JSON Feed wants one of the two; a duplicate is a short record.
        if record["content_html"] == nil, record["content_text"] == nil {
            item.insert(.init(key: "content_text", value: .string(record["summary"]?.string ?? "")), at: 1)
        }
        return .object(item)
    }
}

/// The name of an article in formats that are read beside other feeds.
enum ArticleURN {
    static func urn(_ uid: String) -> String { "urn:newswire:\(uid)" }
}
