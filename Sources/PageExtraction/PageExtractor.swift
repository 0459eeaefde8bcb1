package import FeedModel
private import FeedParsing
private import Text

/// `PageExtractor` takes the article out of a web page (docs/spec/fulltext.md).
///
/// It is a function of the page's bytes: it reads no network, no clock and no file. Every step takes a time that grows with
/// the page alone, and what is beyond its limits is left out and said in `warnings`.
package enum PageExtractor {
    /// What is known of a page beside its bytes.
    package struct Context: Sendable {
        /// Where it came from: its URLs are relative to that.
        package var url: String?
        /// The value of the HTTP header.
        package var contentType: String?
        /// When it was fetched: no later time than a day after it is believed.
        package var now: Timestamp?
        /// What a person has said of pages of its site.
        package var selection: PageSelection

        package init(
            url: String?, contentType: String? = nil, now: Timestamp? = nil, selection: PageSelection = PageSelection()
        ) {
            self.url = url
            self.contentType = contentType
            self.now = now
            self.selection = selection
        }
    }

    /// So much of a page is taken in; the rest changes nothing. Scripts and comments count here, and only here.
    package static let maximumBytes = 24 << 20
    /// So much of it is read without scripts, styles and comments.
    private static let maximumMarkup = 4 << 20
    private static let maximumText = 2 << 20
    private static let maximumHTML = 4 << 20
    /// No notice is an article for anybody who asks for a quality at all.
    private static let noticeQuality = 0.1

    package static func extract(_ bytes: consuming [UInt8], _ context: Context) -> ExtractedPage {
        run(bytes, context).page
    }

    /// The same, and how it came about: the elements that might have held the article, and for each block of the page the
    /// rule that kept or dropped it. Lines of text, safe for a terminal.
    package static func explain(_ bytes: consuming [UInt8], _ context: Context) -> (
        page: ExtractedPage, lines: [String]
    ) {
        let (page, reader) = run(bytes, context)
        return (page, reader.map { BodyExplanation.lines($0, page) } ?? [])
    }

    private static func run(_ bytes: consuming [UInt8], _ context: Context) -> (
        page: ExtractedPage, reader: BodyReader?
    ) {
        var page = ExtractedPage()
        var isTooLong = bytes.count > maximumBytes
        if isTooLong { bytes.removeLast(bytes.count - maximumBytes) }
        guard !BinaryContent.isBinary(bytes) else { return (noPage, nil) }
        let text = HTMLPageText.decode(bytes, contentType: context.contentType, maximumBytes: maximumBytes)
        if text.count > maximumBytes { isTooLong = true }
        let tree = PageTreeBuilder.build(text, url: context.url, maximumBytes: maximumMarkup)
        guard isHTML(tree, contentType: context.contentType), !BinaryContent.isGarbled(text) else {
            return (noPage, nil)
        }
        if isTooLong || tree.isCut {
            page.warnings.append("The page is larger than what is read of one; its rest was left out.")
        }
        let metadata = PageMetadata.read(tree, url: context.url)
        var reader = BodyReader.read(tree, metadata, context.selection)
        if reader.isSelectionMissing { page.warnings.append(PageSelection.notFound) }
        write(&reader, to: &page)
        page.fields = PageFields.read(tree, metadata, place: reader.place, now: context.now)
        let further = FurtherPages.read(tree, url: context.url)
        (page.furtherPages, page.pages) = (further.next, further.count)
        if reader.isFollowedByPaywall { page.fields.isPaywalled = true }
        if let notice = PageNoticeFinder.notice(on: reader, url: context.url) {
            page.notice = notice
            page.quality = min(page.quality, noticeQuality)
            page.warnings.append(notice.sentence)
        }
        if page.text.isEmpty {
            // Pictures and captions alone are no article.
            page.html = ""
            page.warnings.append("No article was found on the page.")
        }
        return (page, reader)
    }

    private static var noPage: ExtractedPage { ExtractedPage(unreadable: "This is no HTML page.") }

    /// Texts speak of tags now and then, and programs have names in angle brackets. What is a part of a page, without its
    /// `html` tag, begins with a tag, or comes from a server that calls it HTML.
    private static func isHTML(_ tree: PageTree, contentType: String?) -> Bool {
        if tree.hasRoot { return true }
        let kind = contentType.map { MediaType($0).essence }
        return tree.hasElements
            && (tree.beginsWithMarkup || kind == "text/html" || kind == "application/xhtml+xml")
    }

    private static func write(_ reader: inout BodyReader, to page: inout ExtractedPage) {
        let (text, isCut) = ArticleText.write(&reader, maximumBytes: maximumText)
        if isCut { page.warnings.append("The article is longer than \(maximumText >> 20) MiB; its end was left out.") }
        page.standfirst = reader.standfirst
        page.quality = reader.quality
        // A page that shows nearly nothing, and says it all to search engines.
        if let body = reader.metadata.linked?.body, text.utf8.count < 100, body.utf8.count > 300 {
            let plain = ArticleText.paragraphs(of: body, maximumBytes: maximumText)
            page.text = plain.joined(separator: "\n\n")
            let isCut: Bool
            (page.html, isCut) = ArticleText.html(of: plain, maximumBytes: maximumHTML)
            if isCut { page.warnings.append(cutHTML) }
            page.warnings.append("The text was taken from the page's JSON-LD, because the page shows none.")
            return
        }
        page.text = text
        let isHTMLCut: Bool
        (page.html, isHTMLCut) = ArticleHTML.write(reader, maximumBytes: maximumHTML)
        if isHTMLCut { page.warnings.append(cutHTML) }
    }

    private static var cutHTML: String {
        "The article's HTML is longer than \(maximumHTML >> 20) MiB; its end was left out."
    }
}
