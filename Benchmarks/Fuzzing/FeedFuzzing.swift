import FeedModel
import Identity
import JSONText

@testable import FeedParsing

/// Whole documents of any format, in one piece and in several.
enum FeedFuzzing {
    private static let contentTypes: [String?] = [
        nil, nil, nil, "text/xml", "text/xml; charset=iso-8859-1", "application/atom+xml; charset=utf-16",
        "text/html; charset=x-unknown",
    ]

    static func run(_ bytes: [UInt8]) {
        var source = FuzzSource(bytes)
        let context = DocumentContext(
            url: "http://feed.example/a/b.xml", contentType: contentTypes.randomElement(using: &source) ?? nil)
        let whole = parse([bytes[...]], context)
        let cut = parse(source.pieces(of: bytes), context)
        demand(Answer(whole) == Answer(cut), "the pieces of a transfer make no difference", "\(whole)\n\(cut)")
        let block = [2, 64, 130, 1024].randomElement(using: &source) ?? 64
        let inBlocks = parse(source.pieces(of: bytes), context, blockBytes: block)
        demand(
            Answer(whole) == Answer(inBlocks), "the size of the blocks makes no difference", "\(whole)\n\(inBlocks)")
        if case .feed(let feed) = whole { check(feed) }
        if case .feed(let feed) = parse(source.pieces(of: bytes).dropLast(), context) {
            check(feed)
        }
    }

    /// `ParseResult` without what is for people only.
    private enum Answer: Equatable {
        case feed(Feed)
        case refusal(NotAFeed.Kind)

        init(_ result: ParseResult) {
            switch result {
            case .feed(let feed): self = .feed(feed)
            case .notAFeed(let refusal): self = .refusal(refusal.kind)
            }
        }
    }

    private static func parse(
        _ pieces: some Sequence<ArraySlice<UInt8>>, _ context: DocumentContext,
        blockBytes: Int = 32 * 1024
    ) -> ParseResult {
        var limits = ParseLimits()
        // What takes long is to be found by the fuzzer, not cut off.
        limits.time = .seconds(1000)
        var parser = FeedParser(context: context, limits: limits, blockBytes: blockBytes)
        for piece in pieces { piece.withUnsafeBytes { parser.parse($0) } }
        return parser.finish()
    }

    /// What must hold of every feed, whatever it was read from.
    static func check(_ feed: Feed) {
        var json = JSONWriter()
        feed.write(to: &json) { _ in "none" }
        let document = json.finish()
        let findings = try? JSONParser.parse(document).findings
        demand(
            findings == JSONFindings(), "a feed is written as JSON without a flaw",
            String(decoding: document, as: UTF8.self))
        var hash = ContentHash()
        for article in feed.articles {
            let record = record(of: article)
            guard let value = try? JSONParser.parse(record).value else {
                demand(false, "a record is JSON", String(decoding: record, as: UTF8.self))
                continue
            }
            let again = StoredRecord(value).article
            let second = self.record(of: again)
            demand(
                second == record, "an article read back is written alike",
                "\(String(decoding: record, as: UTF8.self))\n\(String(decoding: second, as: UTF8.self))")
            demand(
                hash.hash(of: article) == hash.hash(of: again), "an article read back has the same hash",
                String(decoding: record, as: UTF8.self))
            _ = article.url.map { CanonicalURL.key($0, ownHosts: ["feed.example"]) }
        }
    }

    private static func record(of article: Article) -> [UInt8] {
        let uid = "00000000000000000000000000000000"
        var json = JSONWriter()
        json.beginObject()
        article.writeItemMembers(to: &json, id: article.id ?? uid)
        json.key("_newswire")
        json.beginObject()
        json.member("uid", uid)
        article.writeExtensionMembers(to: &json)
        json.endObject()
        json.endObject()
        return json.finish()
    }
}
