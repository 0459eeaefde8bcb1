import FeedModel
import JSONText

/// A record of a store as a page's rules see it, made of JSON that a test writes.
enum PageRecordText {
    /// - Parameters:
    ///   - item: members of the item, with a comma behind each.
    ///   - own: members of `_newswire`, likewise.
    static func record(
        seq: Int = 7, kind: String = "new", url: String? = "https://example.org/story", text: String = "<p>Short</p>",
        item: String = "", own: String = ""
    ) throws -> StoredRecord {
        let link = url.map { "\"url\":\"\($0)\"," } ?? ""
        let line = """
            {"id":"1",\(link)\(item)"content_html":"\(text)","_newswire":{\(own)"feed":"feed",\
            "uid":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","version":1,"kind":"\(kind)","seq":\(seq)}}
            """
        return StoredRecord(try JSONParser.parse(Array(line.utf8)).value)
    }

    /// A text of so many bytes that ends like a sentence.
    static func long(_ bytes: Int) -> String {
        "<p>" + String(repeating: "word ", count: bytes / 5) + "end.</p>"
    }
}
