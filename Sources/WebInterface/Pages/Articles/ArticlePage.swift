internal import ArticleStore
internal import Configuration
internal import FeedModel
internal import JSONText
internal import SearchIndex
internal import Text
internal import Web
internal import newswire

/// One record of an article: what it says, how it changed, where it came from, and where else it is.
struct ArticlePage {
    /// How long is looked for copies in other feeds, and for neighbours.
    private static let patience = Duration.milliseconds(300)

    private let context: PageContext
    private let feeds: FeedSnapshot
    private let reader: StoreReader
    private let seq: UInt64
    private let line: [UInt8]
    private let record: StoredRecord
    private let article: Article

    init(_ context: PageContext) throws {
        self.context = context
        feeds = try context.feeds()
        reader = try context.house.reader()
        let text = context.call.parameters["seq"] ?? ""
        guard let seq = UInt64(text) else {
            throw WebFailure(
                404, "there is no article \(text.cut(60))", hint: "An article is named by the number of a record.")
        }
        self.seq = seq
        guard let line = try reader.line(seq: seq), let record = StoredRecord(line: line) else {
            let first = try reader.firstSeq() ?? 1
            let hint =
                seq < first
                ? "Retention has removed the records before \(first)." : "The last record is \(try reader.lastSeq())."
            throw WebFailure(404, "there is no record \(seq)", hint: hint)
        }
        (self.line, self.record) = (line, record)
        article = record.article
    }

    private var language: HTML { .languageMark(article.language ?? record.feedLanguage) }
    private var headline: String { article.headline }

    var page: Page {
        get throws {
            let known = try record.uid.flatMap { try reader.known($0) }
            let deadline = ContinuousClock.now + Self.patience
            let history = try known.flatMap { try ArticleHistory(of: $0, in: reader, until: deadline) }
            let content: HTML = """
                \(try neighbours())<article><h1 dir="auto"\(language)>\(headline.cut(500))</h1><p>\(meta)</p>\
                \(try standing(known))\(try body())\(attachments)</article>\(versions(history))\(try origin(deadline))\
                \(elsewhere(history))\(forms)
                """
            var page = Page(headline.cut(100), .articles, content)
            page.loadsImages = loadsImages
            return page
        }
    }

    // MARK: - What it says

    private var meta: HTML {
        let feed = record.feed?.text ?? ""
        var parts: [HTML] = [
            "<a href=\"\(context.links.feed(feed))\" dir=\"auto\">\((record.feedTitle ?? feed).cut(100))</a>"
        ]
        let authors = record.authorNames
        if !authors.isEmpty { parts.append(.foreign(authors.prefix(5).joined(separator: ", ").cut(200))) }
        if let published = article.published { parts.append("published \(context.times.whole(published))") }
        if let stored = record.storedAt { parts.append("stored \(context.times.whole(stored))") }
        if let url = article.url ?? article.externalURL {
            parts.append(.outward(url, "at the publisher", isPublisher: true))
        }
        return "\(parts.joined(" · ")) \(tags)"
    }

    private var tags: HTML {
        let labels = record.labels.map { HTML.tag("\($0)") }
        let categories = article.tags.prefix(8).map { HTML.tag("\($0.cut(40))") }
        return "\(labels + categories)"
    }

    /// What has to be known before it is read: that it is not the newest, or was blocked, or is a copy.
    private func standing(_ known: KnownArticle?) throws -> HTML {
        var parts: [HTML] = []
        func link(_ seq: UInt64) -> HTML { "<a href=\"\(context.links.article(seq))\">record \(seq)</a>" }
        if let known, known.seq > seq {
            parts.append("There is a newer version of this: \(link(known.seq)).")
        }
        if let rule = record.blockedBy {
            parts.append("<span class=\"bad\">The rule \(rule) blocks it</span>: consumers do not get it.")
        }
        if record.isReleased { parts.append("This is its first version that no rule blocks.") }
        if let other = record.duplicateOf {
            parts.append(
                "Another feed had it before: \(link(other)).\(record.isShort ? " It is kept without its content." : "")"
            )
        }
        if let other = record.aliasOf {
            parts.append("This only says that another id means the article of \(link(other)).")
        }
        if let other = record.pageOf { parts.append("This is the page of \(link(other)), as it was fetched.") }
        if record.isInitial { parts.append("It was in its feed when that was first polled.") }
        return "\(parts.map { part -> HTML in "<p class=\"calm\">\(part)</p>" })"
    }

    private var loadsImages: Bool {
        switch context.house.configuration.web.images {
        case .none: false
        case .publisher: true
        case .ask: context["images"] == "1"
        }
    }

    private func body() throws -> HTML {
        var shown = record
        if record.isShort, let other = record.duplicateOf, let original = try reader.record(seq: other) {
            shown = original
        }
        let isPage = shown.kind == .fulltext
        let base = isPage ? shown.page?["url"]?.string : shown.url
        if let html = shown.contentHTML ?? shown.pageHTML ?? shown.summary {
            let body = ArticleBody(html, baseURL: base, loadsImages: loadsImages)
            return
                "\(Self.heading)\(images(body.images))<div class=\"body\" dir=\"auto\"\(language)>\(HTML(body))</div>"
        }
        guard let text = shown.contentText ?? shown.pageText, !text.isEmpty else {
            return "<p class=\"dim\">The feed has no text for it.</p>"
        }
        let paragraphs = text.split(whereSeparator: \.isNewline).map { line -> HTML in "<p>\(line)</p>" }
        return "\(Self.heading)<div class=\"body\" dir=\"auto\"\(language)>\(paragraphs)</div>"
    }

    /// Those of the body stand below it. Whoever sees the page sees where the text is.
    private static let heading: HTML = "<h2 class=\"unseen\">Text</h2>"

    /// The link by which images are asked for, and from whom they come.
    private func images(_ urls: [String]) -> HTML {
        if urls.isEmpty || loadsImages || context.house.configuration.web.images != .ask { return HTML() }
        let hosts = Set(urls.compactMap { HostKey.of(url: $0) }).sorted()
        let from: HTML? =
            hosts.isEmpty
            ? nil : " from \(hosts.prefix(3).joined(separator: ", "))\(hosts.count > 3 ? " and others" : "")"
        let target = context.links.to(["articles", "\(seq)"], [("images", "1")])
        return """
            <p class="acts"><a href="\(target)" rel="nofollow">Load \(HTML.counted(urls.count, "image"))\(from)</a> \
            <span class="dim">Whoever has them then sees that you read this.</span></p>
            """
    }

    private var attachments: HTML {
        if article.attachments.isEmpty { return HTML() }
        let items = article.attachments.prefix(20).map { file -> HTML in
            let size: HTML? = file.sizeInBytes.flatMap { UInt64(exactly: $0) }.map { ", \(ByteCount.text($0))" }
            return
                "<li>\(HTML.outward(file.url, "\(file.url.cut(120))")) <span class=\"dim\">\(file.mimeType ?? "")\(size)</span></li>"
        }
        return "<h2>Files</h2><ul>\(items)</ul>"
    }

    // MARK: - How it changed

    private func versions(_ history: ArticleHistory?) -> HTML {
        guard let history else { return HTML() }
        let count = history.versions.count + history.missing
        let missing: HTML? =
            history.missing > 0
            ? "<p class=\"dim\">Versions 1 to \(history.missing) were removed by retention.</p>" : nil
        let items = history.versions.reversed().map { version($0, isOnly: count == 1) }
        let sighting: HTML? = history.sighting.map { "<p class=\"dim\">It is \($0.sentence).</p>" }
        return "<section><h2>Versions</h2>\(sighting)\(items)\(missing)</section>"
    }

    private func version(_ version: ArticleHistory.Version, isOnly: Bool) -> HTML {
        let number = version.record.version ?? 1
        let time: HTML? = version.record.storedAt.map { context.times.whole($0) }
        let name: HTML =
            version.seq == seq
            ? "Version \(number)" : "<a href=\"\(context.links.article(version.seq))\">Version \(number)</a>"
        let here: HTML? = version.seq == seq && !isOnly ? " <span class=\"dim\">(shown above)</span>" : nil
        let rule: HTML? = version.record.blockedBy.map { " \(HTML.tag("blocked by \($0)", "bad"))" }
        return "<h3>\(name) <span class=\"dim\">\(time)</span>\(here)\(rule)</h3>\(changes(version))"
    }

    private func changes(_ version: ArticleHistory.Version) -> HTML {
        guard let changes = version.changes else {
            return version.record.version ?? 1 == 1
                ? "<p class=\"dim\">First seen.</p>" : "<p class=\"dim\">What changed is not known.</p>"
        }
        if changes.isEmpty { return "<p class=\"dim\">Nothing that can be compared differs.</p>" }
        let parts = changes.map { change -> HTML in
            let markup: HTML? = change.isMarkupOnly ? " (the text is the same, the markup differs)" : nil
            return "<p class=\"dim\">\(change.field)\(markup)</p>\(WordDifference.html(change.diff))"
        }
        return "<div class=\"text\">\(parts)</div>"
    }

    // MARK: - Where it came from

    private func origin(_ deadline: ContinuousClock.Instant) throws -> HTML {
        let proof = try reader.proof(of: line, seq: seq)
        let explanation = try RecordExplanation(record, seq: seq, in: reader, until: deadline)
        let feed = record.feed?.text ?? ""
        let from = record.fetchedFrom ?? record.feedURL
        var facts: [(HTML, HTML?)] = [
            ("record", "\(seq), \(record.kind?.rawValue ?? "of an unknown kind")"),
            ("uid", record.uid.map { "<code>\("\($0)")</code>" }),
            ("publisher’s id", article.id.map { "<code>\($0.cut(300))</code>" }),
            ("feed", "<a href=\"\(context.links.feed(feed))\">\(feed)</a>"),
            ("fetched from", from.map { .outward($0, "\($0.cut(300))") }),
            ("stored", record.storedAt.map { context.times.whole($0) }),
            ("content hash", record.json[StoredRecord.ownMember]?["hash"]?.string.map { "<code>\($0)</code>" }),
            (
                "checksum",
                proof.isWhole
                    ? "<span class=\"ok\">holds</span>, computed just now"
                    : "<strong class=\"bad\">does not hold</strong>"
            ),
            ("chain", chain(proof)),
        ]
        // The head of the explanation says again what stands above it.
        let told: Set<String> = ["title", "link", "id", "feed", "stored"]
        var isTold = false
        for row in explanation.rows {
            if !row.name.isEmpty { isTold = told.contains(row.name) }
            if !isTold { facts.append(("\(row.name)", "\(row.text)")) }
        }
        for row in try RulesOfToday(record, feeds.configuration, in: reader).rows {
            facts.append(("\(row.name)", "\(row.text)"))
        }
        return "<section><h2>Where it came from</h2>\(HTML.facts(facts))</section>"
    }

    private func chain(_ proof: RecordProof) -> HTML {
        let digits: HTML = "<code>\(proof.digits.prefix(16))…</code>"
        return switch proof.chain {
        case .holds: "<span class=\"ok\">holds</span>, computed just now from the record before: \(digits)"
        case .broken:
            "<strong class=\"bad\">does not hold</strong>: \(digits); <code>newswire store verify</code> looks at all"
        case .unknown: "not known: the record before it is not there any more; \(digits)"
        }
    }

    private func elsewhere(_ history: ArticleHistory?) -> HTML {
        guard let copies = history?.copies, !copies.isEmpty else { return HTML() }
        let items = copies.map { copy -> HTML in
            let feed: HTML? = copy.feed.map { "<a href=\"\(context.links.feed($0.text))\">\($0.text)</a>: " }
            let words: HTML =
                switch copy.relation {
                case .original: "this one repeats it"
                case .superseded: "it was there first, and is farther from the link’s host"
                case .superseding: "it came later, and is nearer to the link’s host"
                case .duplicate: "it repeats this one"
                }
            return "<li>\(feed)<a href=\"\(context.links.article(copy.seq))\">record \(copy.seq)</a> – \(words)</li>"
        }
        return "<section><h2>Elsewhere</h2><ul>\(items)</ul></section>"
    }

    private var forms: HTML {
        """
        <p class="acts"><a href="\(context.links.to(["api", "articles", "\(seq)"]))">This record as JSON</a> \
        <a href="\(context.links.to(["api", "articles", "\(seq)", "versions"]))">All versions as JSON</a></p>
        """
    }

    // MARK: - Neighbours

    private func neighbours() throws -> HTML {
        guard let feed = record.feed else { return HTML() }
        let ids = feeds.ids(of: feed) ?? [feed]
        let (older, newer) = try Neighbours.find(of: seq, ids, reader, context.house.parts.search)
        let newerLink: HTML? = newer.map {
            "<a rel=\"prev\" href=\"\(context.links.article($0))\">Newer of this feed</a>"
        }
        let olderLink: HTML? = older.map {
            "<a rel=\"next\" href=\"\(context.links.article($0))\">Older of this feed</a>"
        }
        return """
            <nav class="acts" aria-label="Neighbours"><a href="\(context.links.to(["articles"], [("feed", feed.text)]))">All of this \
            feed</a>\(newerLink)\(olderLink)</nav>
            """
    }
}
