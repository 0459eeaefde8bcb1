/// The options by which the pages of articles are fetched.
extension Options {
    static let fullText: [Option] = [
        Option(
            "fulltext", .word,
            """
            Of which articles the page is fetched that they link to, so that its text can be had in place of the feed's: \
            "never", "auto" for those of which the feed seems to have only the beginning, or "always". It is fetched \
            after the article was stored, by the running service alone, once a poll of that host leaves it the time. The \
            text comes with dump and deliver --fulltext.
            """, in: .fullText(\.pages.mode), .feed(\.options.pages.mode)),
        Option(
            "fulltext_initial", .integer(in: 0...10_000),
            "Of how many articles, the newest, the page is fetched that were in a feed when it was first polled.",
            in: .fullText(\.pages.initial), .feed(\.options.pages.initial)),
        Option(
            "fulltext_hosts", .hosts,
            """
            Hosts whose pages are fetched, with all hosts below them. If an article links, or a redirect leads, to another \
            host than the feed's and none of these, the page is not fetched.
            """, example: "[\"example.org\"]", in: .fullText(\.pages.hosts), .feed(\.options.pages.hosts)),
        Option(
            "fulltext_max", .size(in: 1 << 10...64 << 20),
            "How large a page may be, once it is decompressed. A larger one is not read.",
            in: .fullText(\.pages.maxBody), .feed(\.options.pages.maxBody)),
        Option(
            "fulltext_pages", .integer(in: 1...10),
            """
            How many pages are fetched of an article that stands on several. A next page is one to which a page of the \
            article links, and whose URL differs from that page's in a page's number alone (?page=2, /2, -2.html).
            """, in: .fullText(\.pages.mostPages), .feed(\.options.pages.mostPages)),
        Option(
            "fulltext_container", .selector,
            """
            Where the article is on a page: a selector of #id, .class, tag and [itemprop=name], written together for one \
            element, and with a space for one inside another. Where it selects no text, the rules look for the article \
            as for any page, and the record says container_not_found. An empty text is no selector.
            """, example: "\"#article-body\"", in: .fullText(\.pages.container), .feed(\.options.pages.container)),
        Option(
            "fulltext_remove", .selectors,
            "Selectors of what is none of the article, at most 32. It is taken out before the article is looked for.",
            example: "[\".promo\", \"aside.related\"]", in: .fullText(\.pages.remove), .feed(\.options.pages.remove)),
        Option(
            "concurrency", .integer(in: 1...256),
            """
            How many pages are fetched at a time, over all hosts. They take no more than half of the transfers that \
            [fetch] allows, and none of a host's that a poll waits for.
            """, in: .fullText(\.concurrency)),
        Option(
            "robots", .boolean,
            "Whether robots.txt is obeyed by which hosts say what programs may not ask for. Feeds are not pages.",
            in: .fullText(\.robots)),
        Option(
            "keep_pages", .boolean,
            """
            Whether each page that is fetched is kept in the archive ([archive]), so that newswire extract --archive can \
            read it again by the rules of a later newswire. What is stored of the page says where it is.
            """, in: .fullText(\.keepPages)),
    ]
}
