import FeedModel
import FeedParsing
import JSONText
import PageExtraction

/// Pages of the web, from which an article is taken.
enum PageFuzzing {
    static func run(_ bytes: [UInt8]) {
        let context = PageExtractor.Context(url: "http://news.example/a/b?c", now: Timestamp(seconds: 1_790_000_000))
        let page = PageExtractor.extract(bytes, context)
        demand(page.hasArticle || page.html.isEmpty, "there is HTML only where there is text", page.html)
        demand((0...1).contains(page.quality), "quality is a share", "\(page.quality)")
        demand(page.text.utf8.count <= 2 << 20, "the text is bounded", "\(page.text.utf8.count)")
        demand(
            !page.text.unicodeScalars.contains { $0 != "\n" && $0 != "\t" && $0.value < 0x20 }, "text has no controls",
            page.text)
        let once = HTMLSanitizer.sanitize(page.html, baseURL: nil)
        demand(once == page.html, "HTML is clean", page.html)
        for url in [page.fields.image, page.fields.canonicalURL] {
            if let url { demand(URLResolution.isWeb(url), "URLs are absolute and of the web", url) }
        }
        demand(page.fields.authors.count <= 50, "authors are few", "\(page.fields.authors)")
        let again = PageExtractor.extract(bytes, context)
        demand(again.text == page.text && again.html == page.html, "the same page gives the same article", page.text)
        var json = JSONWriter()
        page.write(to: &json)
        demand((try? JSONParser.parse(json.finish())) != nil, "what is written is JSON", page.text)
    }
}
