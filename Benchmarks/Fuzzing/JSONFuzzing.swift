import FeedModel
import FeedParsing
import JSONText

/// JSON by itself and as a feed.
enum JSONFuzzing {
    static func run(_ bytes: [UInt8]) {
        let parsed = try? JSONParser.parse(bytes)
        let recovered = bytes.withUnsafeBytes { try? JSONParser.recover($0) }
        if let parsed {
            demand(
                recovered?.value == parsed.value && recovered?.findings == parsed.findings,
                "what is no error needs no recovering", "\(parsed)\n\(String(describing: recovered))")
        }
        if let value = recovered?.value {
            let text = written(value)
            let again = try? JSONParser.parse(text)
            // Depth and numbers are those of a document that was accepted; only duplicate keys come back.
            demand(again?.value == value, "a tree that was written reads as itself", "\(value)\n\(text)")
        }
        FeedFuzzing.run(bytes)
    }

    private static func written(_ value: JSONValue) -> [UInt8] {
        var json = JSONWriter()
        value.write(to: &json)
        return json.finish()
    }
}
