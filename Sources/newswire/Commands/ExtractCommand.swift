internal import ArgumentParser
internal import FeedModel
internal import FeedParsing
internal import Glibc
internal import JSONText
internal import PageExtraction

struct ExtractCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "extract",
        abstract: "Takes the article out of a saved web page and prints it as JSON.",
        discussion: """
            It makes no request: the page is a file, or standard input. With --batch the file is a list instead, each line \
            an object with id, url and html_file, and a line with the same id is printed for each, in their order.

            With --archive the pages are those that the service has kept ([fulltext] keep_pages), read by the rules of this \
            newswire: for each of which something else comes than what is stored it prints a line, with the feed, the uid, the \
            number of the article's record, and what has changed. With --write that is stored as well, by the running \
            service if there is one.

            EXAMPLE
              newswire extract page.html --base-url https://example.org/story | jq -r .text
              # why the text is what it is
              newswire extract page.html --explain
              # what an upgrade would make of the pages of a month, and then store it
              newswire extract --archive --since 30d
              newswire extract --archive --since 30d --write
              # on a site where the rules err
              newswire extract page.html --container '#story .text' --remove .promo --remove aside
            """)

    @Argument(help: ArgumentHelp("The page to read, or - for standard input.", valueName: "FILE"), completion: .file())
    var file: String?

    @Option(
        name: .customLong("base-url"),
        help: ArgumentHelp("The URL that the page came from, to which its links are relative.", valueName: "URL"))
    var baseURL: String?

    @Option(
        name: .customLong("content-type"),
        help: ArgumentHelp("The Content-Type that the page came with.", valueName: "CT"))
    var contentType: String?

    @Option(
        help: ArgumentHelp(
            "Take the article from there: #id, .class, tag or [itemprop=name], with a space for one inside another.",
            valueName: "SELECTOR"),
        transform: ExtractCommand.selector)
    var container: HTMLSelector?

    @Option(
        help: ArgumentHelp(
            "Take this out first, written as for --container; may be given several times.", valueName: "SELECTOR"),
        transform: ExtractCommand.selector)
    var remove: [HTMLSelector] = []

    @Flag(help: "Read a list of pages, and print one line of JSON for each.")
    var batch = false

    @Flag(help: "Print which elements and lines of the page were taken, and by which rule the others were not.")
    var explain = false

    @Flag(help: "Read the pages that are kept, and print what differs from what is stored of them.")
    var archive = false

    @Option(
        help: ArgumentHelp(
            "With --archive: pages fetched at this time or later: RFC 3339, a date, or a span ago (36h).",
            valueName: "T"))
    var since: TimeArgument?

    @Option(help: ArgumentHelp("With --archive: pages fetched before this time.", valueName: "T"))
    var until: TimeArgument?

    @Option(
        name: .customLong("feed"),
        help: ArgumentHelp(
            "With --archive: the pages of this feed, by its id, its URL or the start of its id; may be given several times.",
            valueName: "FEED"),
        completion: Completions.feeds)
    var feeds: [String] = []

    @Flag(help: "With --archive: print an object of JSON a line.")
    var json = false

    @Flag(help: "With --archive: store what differs.")
    var write = false

    @OptionGroup var common: CommonOptions

    func validate() throws {
        if archive {
            if file != nil { throw ValidationError("Name a file, or write --archive.") }
            if batch || explain || baseURL != nil || contentType != nil {
                throw ValidationError(
                    "--batch, --explain, --base-url and --content-type are for a page in a file, not for --archive.")
            }
            return
        }
        guard file != nil else { throw ValidationError("Name a page, - for standard input, or write --archive.") }
        if since != nil || until != nil || !feeds.isEmpty || json || write {
            throw ValidationError("--since, --until, --feed, --json and --write need --archive.")
        }
        if batch, explain { throw ValidationError("Explain one page at a time: leave out --batch or --explain.") }
        if batch, baseURL != nil || contentType != nil {
            throw ValidationError("With --batch each line of the list names the url of its page.")
        }
        if remove.count > PageSelection.mostRemoved {
            throw ValidationError("--remove may be given \(PageSelection.mostRemoved) times, not \(remove.count).")
        }
    }

    private static func selector(_ text: String) throws -> HTMLSelector {
        do throws(HTMLSelector.Refusal) {
            return try HTMLSelector(text)
        } catch {
            throw ValidationError("\(SafeText.line(text)), \(error)")
        }
    }

    private var selection: PageSelection { PageSelection(container: container, remove: remove) }

    func run() throws {
        guard let file else {
            try ArchiveExtraction(
                common: common, feeds: feeds, since: since, until: until, json: json, writes: write
            ).run()
            return
        }
        var output = StandardOutput()
        if batch {
            try PageBatch(list: file, selection: selection).run(&output)
            return
        }
        let context = PageExtractor.Context(url: baseURL, contentType: contentType, selection: selection)
        let bytes = try BoundedFile(path: file).read(atMost: PageExtractor.maximumBytes)
        if explain {
            let (page, lines) = PageExtractor.explain(bytes, context)
            for line in lines { try output.write(line: line) }
            try output.flush()
            try check(page, file)
            return
        }
        let page = PageExtractor.extract(bytes, context)
        try check(page, file)
        var json = JSONWriter()
        page.write(to: &json)
        try json.drain { try output.write($0) }
        try output.write([UInt8(ascii: "\n")])
        try output.flush()
    }

    private func check(_ page: ExtractedPage, _ file: String) throws(CommandFailure) {
        if !page.isPage {
            throw CommandFailure(.badInput, "reading \(file): it is no HTML page; name a page that was saved as HTML")
        }
        if !page.hasArticle {
            throw CommandFailure(
                .badInput, "reading \(file): no article was found on the page; --explain shows what was looked at")
        }
    }
}

/// The pages of a list, one line of JSON for each.
struct PageBatch {
    /// A file, or `-`.
    let list: String
    let selection: PageSelection

    /// No line of a list is longer: it holds an id, a URL and a path.
    private static let maximumLine = 1 << 16

    /// Prints a line for each, as soon as it is there. A page that cannot be read gives a line that says so, and the rest
    /// follows.
    func run(_ output: inout StandardOutput) throws {
        var lines = try LineFile(path: list, maximumLine: Self.maximumLine)
        var json = JSONWriter(capacity: 1 << 16)
        var number = 0
        while let line = try lines.next() {
            number += 1
            if line.allSatisfy({ $0 <= 0x20 }) { continue }
            guard let job = try? JSONParser.parse(line).value, let id = job["id"]?.string,
                let file = job["html_file"]?.string
            else {
                throw CommandFailure(
                    .badInput,
                    "reading line \(number) of \(list): it is no JSON object with id and html_file; write one a page")
            }
            let context = PageExtractor.Context(url: job["url"]?.string, selection: selection)
            do throws(CommandFailure) {
                let bytes = try BoundedFile(path: file).read(atMost: PageExtractor.maximumBytes)
                PageExtractor.extract(bytes, context).write(to: &json, id: id)
            } catch {
                ExtractedPage(unreadable: error.message).write(to: &json, id: id)
            }
            try json.drain { try output.write($0) }
            json.removeAll()
            try output.write([UInt8(ascii: "\n")])
            // Whoever waits for this line may not send another before.
            try output.flush()
        }
    }
}
