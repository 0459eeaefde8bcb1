internal import FeedModel

/// A message as a page of HTML. What comes from a feed is text that is escaped, or has been through the sanitiser.
struct MailPage {
    private(set) var bytes: [UInt8] = []

    /// A URL that is shown with a word for what it leads to; without one for the article itself.
    struct Link {
        let label: String
        let url: String

        init(label: String, url: String) {
            self.label = label
            self.url = XMLText.iri(SafeText.line(url))
        }

        var text: String { label.isEmpty ? url : "\(label): \(url)" }

        /// Whether it may be opened from a message.
        var isWeb: Bool { ["http://", "https://"].contains { url.lowercased().hasPrefix($0) } }
    }

    init(title: String) {
        append("<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\">\n")
        append { $0.element("title", MailHeader.line(title, limit: 400)) }
        append("</head><body>\n")
    }

    /// The page of an article.
    ///
    /// - Parameters:
    ///   - about: lines above it.
    ///   - content: HTML that has been through the sanitiser.
    static func page(title: String, about: [String], content: String, links: [Link]) -> [UInt8] {
        var page = Self(title: title)
        for line in about { page.paragraph(line) }
        page.append(content)
        page.append("\n")
        for link in links { page.append(link) }
        return page.finished()
    }

    mutating func paragraph(_ text: String) { append { $0.element("p", text) } }

    mutating func heading(_ text: String, _ url: String?) {
        append { xml in
            xml.begin("h3")
            if let link = url.map({ Link(label: "", url: $0) }), link.isWeb {
                xml.element("a", text, [("href", link.url)])
            } else {
                xml.element("span", text)
            }
            xml.end("h3")
        }
    }

    private mutating func append(_ link: Link) {
        append { xml in
            xml.begin("p")
            if !link.label.isEmpty { xml.element("span", "\(link.label):") }
            if link.isWeb {
                xml.element("a", link.url, [("href", link.url)])
            } else {
                xml.element("span", link.url)
            }
            xml.end("p")
        }
    }

    private mutating func append(_ html: String) { bytes.append(contentsOf: html.utf8) }

    private mutating func append(_ write: (inout XMLText) -> Void) {
        var xml = XMLText()
        write(&xml)
        bytes.append(contentsOf: xml.bytes)
    }

    func finished() -> [UInt8] { bytes + Array("</body></html>\n".utf8) }
}
