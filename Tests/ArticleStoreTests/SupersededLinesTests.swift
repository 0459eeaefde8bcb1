import FeedModel
import JSONText
import TestSupport
import Testing

@testable import ArticleStore

@Suite("Superseded lines of the file of feed states")
struct SupersededLinesTests {
    private let folder = TemporaryDirectory()

    private func line(_ feed: String, failures: Int = 0) -> String {
        var state = FeedState(feed: FeedIdentifier(feed), url: "https://h.example/")
        state.failures = failures
        var bytes: [UInt8] = []
        var json = JSONWriter()
        FeedStates.append(PackedFeedState(state), of: state.feed, seq: 1, &json, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    private func damaged(_ line: String) -> String { line.replacing("h.example", with: "i.example") }

    /// The numbers of the lines that are not read.
    private func superseded(_ lines: [String]) throws -> [Int] {
        folder.write(lines.joined(), to: "states")
        let file = try #require(try OpenFile.reading(folder.file("states")))
        let latest = try SupersededLines(of: file)
        return lines.indices.filter { latest.contains($0) }
    }

    @Test("Of each feed's lines in the file of states only the last one counts")
    func last() throws {
        #expect(try superseded([line("a"), line("b"), line("a", failures: 1), line("c"), line("a")]) == [0, 2])
    }

    @Test("Superseded lines are told apart in files of states of any length")
    func many() throws {
        let lines = (0..<1000).map { line("feed-\($0 % 300)", failures: $0) }
        // The first 700 are followed by another of their feed.
        #expect(try superseded(lines) == Array(0..<700))
    }

    @Test("A line of states before a damaged one counts, and the damaged one is read so that it is reported")
    func damage() throws {
        #expect(try superseded([line("a"), damaged(line("a")), "no state\n", "\n", "\n", line("b")]) == [])
        #expect(try superseded([damaged(line("a")), line("a"), line("a")]) == [1])
        #expect(try superseded([line("a"), String(line("a").dropLast())]) == [])
    }

    @Test("A line of states with a quote or a backslash in the id always counts")
    func escapes() throws {
        #expect(try superseded([line("a\"b"), line("a\"c"), line("a\\"), line("a\"b")]) == [])
    }
}
