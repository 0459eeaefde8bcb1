internal import ArgumentParser
internal import FeedModel
internal import FeedParsing
internal import Identity
internal import JSONText

struct ParseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "parse",
        abstract: "Reads a feed document and prints it as JSON Feed 1.1.",
        discussion: """
            With --jsonl it takes several files and prints one line of JSON for each, in their order; the line is null \
            where a file is no feed.

            EXAMPLE
              newswire parse feed.xml | jq '.items[].title'
              curl -s https://example.org/feed |
                newswire parse - --base-url https://example.org/feed
            """)

    @Argument(help: ArgumentHelp("The file to read, or - for standard input.", valueName: "FILE"), completion: .file())
    var files: [String]

    @Option(
        name: .customLong("base-url"),
        help: ArgumentHelp("The URL that the document came from, to which its links are relative.", valueName: "URL"))
    var baseURL: String?

    @Option(
        name: .customLong("content-type"),
        help: ArgumentHelp("The Content-Type that the document came with.", valueName: "CT"))
    var contentType: String?

    @Flag(help: "Take several files, and print one line of JSON for each.")
    var jsonl = false

    @Flag(help: "Reduce HTML to an allow-list of elements, attributes and URL schemes.")
    var sanitize = false

    func validate() throws {
        if !jsonl, files.count > 1 { throw ValidationError("Name one file, or use --jsonl for several.") }
    }

    func run() throws {
        var output = StandardOutput()
        let context = DocumentContext(url: baseURL, contentType: contentType)
        for file in files {
            switch try DocumentFile(path: file, context: context).parse() {
            case .feed(var feed):
                if sanitize { feed.sanitize() }
                var keys = ArticleKey(feed: FeedIdentifier(baseURL ?? ""))
                var json = JSONWriter(capacity: 1 << 16)
                try feed.write(
                    to: &json,
                    afterItem: { if $0.count >= Self.blockSize { try $0.drain { try output.write($0) } } }
                ) { keys.identifier(of: $0).description }
                try json.drain { try output.write($0) }
                try output.write([UInt8(ascii: "\n")])
            case .notAFeed where jsonl:
                try output.write(line: "null")
            case .notAFeed(let document):
                throw CommandFailure(.badInput, "parsing \(file): \(document.message)")
            }
        }
        try output.flush()
    }

    private static let blockSize = 1 << 16
}
