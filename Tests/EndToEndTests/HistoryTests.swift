import FeedModel
import JSONText
import Testing

@testable import newswire

@Suite("What changed between two versions")
struct HistoryTests {
    private func diff(_ old: String, _ new: String) -> [LineDiff.Line] {
        func lines(_ text: String) -> [String] { text.split(separator: " ").map(String.init) }
        return LineDiff(from: lines(old), to: lines(new)).lines
    }

    @Test("Lines that went and came, with one line around them and the number of the others")
    func lines() {
        #expect(diff("a b c", "a b c").isEmpty)
        #expect(diff("a b c", "a x c") == [.kept("a"), .removed("b"), .added("x"), .kept("c")])
        #expect(diff("a b c d e f", "a b c d e f g") == [.gap(5), .kept("f"), .added("g")])
        #expect(diff("", "a b") == [.added("a"), .added("b")])
        #expect(diff("a b", "") == [.removed("a"), .removed("b")])
        #expect(
            diff("a b c d e f g", "x b c d e f y") == [
                .removed("a"), .added("x"), .kept("b"), .gap(3), .kept("f"), .removed("g"), .added("y"),
            ])
    }

    @Test("Very long texts are compared in bounded time")
    func bounded() {
        let old = (0..<3000).map { "old \($0)" }
        let new = (0..<3000).map { "new \($0)" }
        let diff = LineDiff(from: old, to: new)
        #expect(diff.removed.count == 3000 && diff.added.count == 3000)
    }

    private func changes(_ old: String, _ new: String) throws -> [FieldChange] {
        FieldChange.all(
            from: StoredRecord(try JSONParser.parse(Array(old.utf8)).value),
            to: StoredRecord(try JSONParser.parse(Array(new.utf8)).value))
    }

    @Test("HTML is compared as text; where only the markup differs, as markup")
    func markup() throws {
        let text = try changes(#"{"content_html":"<p>One<p>Two"}"#, #"{"content_html":"<p>One</p><p>Three</p>"}"#)
        #expect(text.map(\.field) == ["content_html"])
        #expect(text.first?.diff.removed == ["Two"] && text.first?.diff.added == ["Three"])
        let markup = try changes(#"{"content_html":"<a href='x'>One</a>"}"#, #"{"content_html":"<a href='y'>One</a>"}"#)
        #expect(markup.first?.isMarkupOnly == true)
        #expect(markup.first?.diff.removed == ["<a href='x'>One"])
    }

    @Test("Lists and dates are compared entry by entry")
    func lists() throws {
        let changes = try changes(
            #"{"tags":["a","b"],"date_published":"2019-05-20T09:30:00Z","authors":[{"name":"Ann"}]}"#,
            #"{"tags":["a","c"],"authors":[{"name":"Ann"},{"name":"Bob"}]}"#)
        #expect(changes.map(\.field) == ["date_published", "authors", "tags"])
        #expect(changes.map(\.diff.added) == [[], ["Bob"], ["c"]])
    }

    @Test("What a podcast's vocabularies say is compared entry by entry, with its name")
    func podcasts() throws {
        let changes = try changes(
            #"{"_newswire":{"podcast":{"season":{"number":5}}}}"#,
            #"{"_newswire":{"podcast":{"season":{"number":5},"transcript":[{"url":"https://h/1","type":"x"}]}}}"#)
        #expect(changes.map(\.field) == ["podcast"])
        #expect(changes.first?.diff.added == ["transcript https://h/1"])
    }

    @Test("With a record that was kept without its content, only title, link and date are compared")
    func short() throws {
        let changes = try changes(
            #"{"title":"A","_newswire":{"kind":"duplicate"}}"#, #"{"title":"B","content_html":"x","tags":["t"]}"#)
        #expect(changes.map(\.field) == ["title"])
    }
}
