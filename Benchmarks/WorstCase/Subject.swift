import Digest
import FeedModel
import Glibc
import Identity
import JSONText
import Text

@testable import Configuration
@testable import FeedParsing

/// What is searched for its worst case: each reads what strangers wrote.
enum Subject: String, CaseIterable {
    case xml, json, html, dates, urls, opml, toml, lists, encodings, identity, headers

    /// Reads a document once. What it comes to is of no interest; that it is bounded is.
    func run(_ document: [UInt8]) {
        switch self {
        case .xml, .json: _ = Self.parse(document, contentType: nil)
        case .html: html(document)
        case .dates: lines(document) { keep(FeedDate.parse($0).map { $0.assumedZone ? 1 : 0 }) }
        case .urls: lines(document, url)
        case .opml: keep((try? OPMLDocument.read(document))?.entries.count)
        case .toml: keep((try? TOMLDocument(document))?.root?.count)
        case .lists: URLList.read(document) { line, _ in keep(line.tags.count) }
        case .encodings: encodings(document)
        case .identity: identity(document)
        case .headers: headers(document)
        }
    }

    /// How many bytes a document counts for: its own, and those that would have to stand around each of its lines, where each
    /// is a value of an element or a field by itself.
    func bytes(of document: [UInt8]) -> Int {
        switch self {
        case .dates, .urls, .headers: document.count + Self.around * document.count { $0 == 0x0a }
        default: document.count
        }
    }

    /// `<pubDate></pubDate>` and its like.
    private static let around = 19

    private static func parse(_ document: [UInt8], contentType: String?) -> ParseResult {
        var limits = ParseLimits()
        // What takes long is to be found, not cut off.
        limits.time = .seconds(100_000)
        let context = DocumentContext(url: "https://news.example.org/feeds/all.xml", contentType: contentType)
        var parser = FeedParser(context: context, limits: limits)
        document.withUnsafeBytes { bytes in
            // As a transfer brings them.
            var rest = bytes[...]
            while !rest.isEmpty {
                parser.parse(UnsafeRawBufferPointer(rebasing: rest.prefix(16 << 10)))
                rest = rest.dropFirst(16 << 10)
            }
        }
        return parser.finish()
    }

    private func html(_ document: [UInt8]) {
        let html = String(decoding: document, as: UTF8.self)
        let base = "https://news.example.org/feeds/all.xml"
        keep(HTMLSanitizer.sanitize(html, baseURL: base).utf8.count)
        keep(HTMLRewriter.absolutizing(html, base: base).utf8.count)
        keep(HTMLText.plainText(html).utf8.count)
        keep(HTMLText.paragraphs(html).utf8.count)
        keep(HTMLText.looksLikeHTML(html) ? 1 : 0)
        keep(document.withUnsafeBytes { FeedLinks.inHTML($0, baseURL: base) }.count)
    }

    private func url(_ line: UnsafeBufferPointer<UInt8>) {
        let reference = String(decoding: line, as: UTF8.self)
        let url = URLResolution.resolve(reference, base: "https://news.example.org/feeds/all.xml")
        keep(url.flatMap { CanonicalURL.key($0, ownHosts: ["news.example.org"]) }?.utf8.count)
        keep(URLRedaction.redacted(reference).utf8.count)
    }

    /// The first line is the encoding's label.
    private func encodings(_ document: [UInt8]) {
        let end = document.firstIndex(of: 0x0a) ?? 0
        let label = String(decoding: document[..<end], as: UTF8.self)
        guard let encoding = CharacterEncoding(label: label) else { return }
        var decoder = TextDecoder(encoding)
        var output: [UInt8] = []
        document.withUnsafeBufferPointer { bytes in
            var rest = bytes[min(end + 1, bytes.count)...]
            while !rest.isEmpty {
                output.removeAll(keepingCapacity: true)
                let block = rest.prefix(32 << 10)
                rest = rest.dropFirst(block.count)
                decoder.decode(UnsafeBufferPointer(rebasing: block), isFinal: rest.isEmpty, into: &output)
                keep(output.count)
            }
        }
    }

    /// The items of a feed, told apart without a store.
    private func identity(_ document: [UInt8]) {
        guard case .feed(let feed) = Self.parse(document, contentType: nil) else { return }
        var hash = ContentHash()
        for article in feed.articles {
            keep(Int(truncatingIfNeeded: hash.hash(of: article).low))
            keep(article.url.flatMap { CanonicalURL.key($0, ownHosts: ["news.example.org"]) }?.utf8.count)
            keep(NormalizedText.title(article.title ?? "").utf8.count)
        }
        var json = JSONWriter()
        feed.write(to: &json) { _ in "none" }
        keep(json.count)
    }

    private func headers(_ document: [UInt8]) {
        lines(document) { line in
            let field = String(decoding: line, as: UTF8.self)
            keep(MediaType(field).charset?.utf8.count)
            keep(FeedLinks.inHeader([field], baseURL: "https://news.example.org/").count)
        }
    }

    private func lines(_ document: [UInt8], _ body: (UnsafeBufferPointer<UInt8>) -> Void) {
        document.withUnsafeBufferPointer { bytes in
            var start = 0
            while start < bytes.count {
                let end = bytes.first(0x0a, from: start) ?? bytes.count
                body(UnsafeBufferPointer(rebasing: bytes[start..<end]))
                start = end + 1
            }
        }
    }
}

nonisolated(unsafe) private var kept = 0

/// Sees to it that the compiler leaves nothing out.
private func keep(_ number: Int?) { kept &+= number ?? 1 }
