import TestSupport
import Testing

/// What `newswire parse` needs beside the document, which it reads piece by piece and prints item by item.
@Suite struct ParseMemoryTests {
    private static func rss(items: Int, body: String) -> String {
        var text = "<rss version=\"2.0\"><channel><title>Feed</title>"
        for number in 0..<items {
            text +=
                "<item><title>Item \(number)</title><link>https://example.org/\(number)</link>"
                + "<description><![CDATA[\(body)]]></description></item>"
        }
        return text + "</channel></rss>"
    }

    private static func json(items: Int, body: String) -> String {
        let list = (0..<items).map { "{\"id\":\"\($0)\",\"content_html\":\"\(body)\"}" }
        return "{\"version\":\"https://jsonfeed.org/version/1.1\",\"title\":\"Feed\",\"items\":["
            + list.joined(separator: ",") + "]}"
    }

    private static let paragraph = "<p>Some words of an article, <a href='/a'>with a link</a> in them.</p>"

    @Test(
        "A document needs no more than three times its size",
        arguments: [
            ("many items", rss(items: 1900, body: String(repeating: paragraph, count: 60))),
            ("a giant body", rss(items: 8, body: String(repeating: paragraph, count: 14_000))),
            ("many items of JSON Feed", json(items: 1900, body: String(repeating: paragraph, count: 60))),
        ])
    func memoryIsBoundedByTheDocument(name: String, document: String) async throws {
        let desk = Desk()
        desk.folder.write(
            "<rss><channel><title>x</title><item><title>x</title></item></channel></rss>", to: "small.xml")
        desk.folder.write(document, to: "large")
        let small = await desk.measured("parse", desk.folder.file("small.xml"))
        let large = await desk.measured("parse", desk.folder.file("large"))
        #expect(small.status == 0 && large.status == 0)
        let needed = try #require(large.peakKilobytes) - (try #require(small.peakKilobytes))
        #expect(needed * 1024 <= 3 * document.utf8.count, "\(name): \(needed) KiB for \(document.utf8.count) bytes")
    }
}
