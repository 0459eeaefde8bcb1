import FeedModel
import TestSupport
import Testing

/// What the README shows of jq and grep works on a real store.
@Suite(.enabled(if: Tools.isThere("jq") && Tools.isThere("grep")))
struct ReadmeTests {
    private let desk = Desk(feeds: [])

    /// The indented blocks below a heading, each as a script.
    private static func blocks(below heading: String) throws -> [String] {
        let text = try #require(Checkout.text("README.md"))
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard let start = lines.firstIndex(where: { $0 == "## \(heading)" }) else { return [] }
        let section = lines[(start + 1)...].prefix { !$0.hasPrefix("## ") }
        var blocks: [String] = []
        var isInBlock = false
        for line in section {
            if line.hasPrefix("    ") {
                if isInBlock {
                    blocks[blocks.count - 1] += "\n" + line.dropFirst(4)
                } else {
                    blocks.append(String(line.dropFirst(4)))
                }
                isInBlock = true
            } else if line.isEmpty, isInBlock {
                blocks[blocks.count - 1] += "\n"
            } else {
                isInBlock = false
            }
        }
        return blocks.filter { !$0.hasPrefix("{") }
    }

    /// Runs a block as a person would, each of its programs that is not there standing in for itself.
    private func run(_ block: String) async -> ChildProcess.Ending {
        await desk.shell(
            """
            set -e -o pipefail
            newswire() { "$NW" "$@"; }
            load-index() { cat "$1" >index; }
            less() { cat; }
            ssh() { shift; "$@"; }
            cd "$DIR"
            \(block.replacing("/var/lib/newswire/articles", with: "\"$DIR/store/articles\""))
            """)
    }

    /// A cursor is moved without a word.
    private static func findsSomething(_ line: Substring) -> Bool {
        (line.contains("jq -r") || line.contains("grep -")) && !line.contains("newswire ack")
    }

    @Test("Its commands work on a real store, and find something", arguments: ["Dump what is new", "The store"])
    func commands(_ heading: String) async throws {
        let article = StoredArticle("https://example.org/s-400", title: "The S-400 and the drone").with {
            $0.tags = ["defence"]
            $0.article.published = Timestamp(year: 2019, month: 5, day: 20)
            // Recent by the machine's own clock.
            $0.stored = Timestamp(year: 2099, month: 1, day: 1)
        }
        try desk.store([StoredArticle("first"), article])
        let blocks = try Self.blocks(below: heading)
        #expect(blocks.contains { $0.contains("jq") })
        for block in blocks {
            // Line by line, so that each has to find something by itself.
            let ending = await run(block)
            #expect(ending.status == 0, "\(block): \(ending.errors)")
            for line in block.split(separator: "\n") where Self.findsSomething(line) {
                let before = block.hasPrefix("cd ") ? block.prefix { $0 != "\n" } + "\n" : ""
                let ending = await run(before + String(line))
                #expect(ending.status == 0 && !ending.output.isEmpty, "\(line): \(ending.errors)")
            }
        }
    }
}
