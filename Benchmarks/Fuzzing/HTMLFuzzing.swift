import FeedModel

@testable import FeedParsing

/// HTML as it stands in articles and on pages.
enum HTMLFuzzing {
    private static let base = "http://feed.example/a/b?c"

    static func run(_ bytes: [UInt8]) {
        let html = String(decoding: bytes, as: UTF8.self)
        for base in [nil, base] {
            let once = HTMLSanitizer.sanitize(html, baseURL: base)
            check(once)
            let twice = HTMLSanitizer.sanitize(once, baseURL: base)
            demand(once == twice, "what is clean stays as it is", "\(once)\n\(twice)")
        }
        let absolute = HTMLRewriter.absolutizing(html, base: base)
        let again = HTMLRewriter.absolutizing(absolute, base: base)
        // A long base of the text's own leaves URLs as they are once they would make it many times as long, and each time
        // anew for the text that it has become.
        let mayBeCutShort = html.lowercased().utf8.contains(sequence: "<base")
        demand(absolute == again || mayBeCutShort, "absolute URLs stay as they are", "\(absolute)\n\(again)")
        _ = HTMLText.plainText(html)
        _ = HTMLText.paragraphs(html)
        _ = HTMLText.decodeEntities(html)
        _ = HTMLText.looksLikeHTML(html)
        for found in bytes.withUnsafeBytes({ FeedLinks.inHTML($0, baseURL: base) }) {
            demand(URLResolution.isWeb(found.link.href), "links to feeds are absolute", found.link.href)
        }
    }

    /// security.md §9, by looking at what came out and not at how.
    private static func check(_ html: String) {
        var copy = html
        copy.withUTF8 { bytes in
            var tokenizer = HTMLTokenizer(bytes)
            while let token = tokenizer.next() {
                switch token {
                case .text(let range): demand(!bytes[range].contains(UInt8(ascii: "<")), "text has no markup", html)
                case .rawText: break
                case .markup, .unclosedTag: demand(false, "there are tags and text only", html)
                case .tag(let tag): check(tag, in: bytes, html)
                }
            }
        }
        demand(!html.lowercased().utf8.contains(sequence: "<script"), "there are no scripts", html)
    }

    private static func check(_ tag: HTMLTokenizer.Tag, in bytes: UnsafeBufferPointer<UInt8>, _ html: String) {
        let element = HTMLName(bytes, tag.name)
        demand(HTMLAllowList.elements.contains(element), "elements are those allowed", html)
        var attributes = HTMLAttributes(bytes, of: tag)
        while let attribute = attributes.next() {
            let name = String(decoding: bytes[attribute.name], as: UTF8.self)
            demand(!name.hasPrefix("on"), "nothing runs on an event", html)
            demand(attribute.quote == UInt8(ascii: "\""), "values are quoted", html)
            let kind = HTMLAllowList.kind(of: HTMLName(bytes, attribute.name), on: element)
            demand(kind != nil, "attributes are those allowed", html)
            if kind == .text { continue }
            var value: [UInt8] = []
            HTMLEntities.decode(UnsafeBufferPointer(rebasing: bytes[attribute.value]), inAttribute: true, into: &value)
            value.removeAll { $0 <= 0x20 }
            let shown = String(decoding: value, as: UTF8.self).lowercased()
            for scheme in ["javascript:", "vbscript:", "data:text"] where kind != .style {
                demand(!shown.hasPrefix(scheme), "no URL runs anything", html)
            }
            if kind == .style {
                demand(!shown.utf8.contains(sequence: "url("), "styles load nothing", html)
                demand(!shown.utf8.contains(sequence: "expression("), "styles run nothing", html)
            }
        }
    }
}

extension String.UTF8View {
    fileprivate func contains(sequence: StaticString) -> Bool {
        let wanted = UnsafeBufferPointer(start: sequence.utf8Start, count: sequence.utf8CodeUnitCount)
        return indices.contains { self[$0...].starts(with: wanted) }
    }
}
