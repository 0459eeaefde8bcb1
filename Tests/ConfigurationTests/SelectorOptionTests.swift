import TestSupport
import Testing

@testable import Configuration

@Suite("Selectors of articles' pages: docs/spec/fulltext.md §7")
struct SelectorOptionTests {
    private let fixture = ConfigurationFixture()
    private let feed = "contact = \"https://example.org/bot\"\n[[feed]]\nurl = \"https://example.org/f\"\n"

    @Test("A selector that is none is told by file, line, option and column")
    func refused() {
        #expect(
            fixture.errors(feed + "fulltext_container = \"main > p\"") == [
                "newswire.toml:4: error: [[feed]] fulltext_container: \"main > p\", column 6: \">\" is not known here; "
                    + "write #id, .class, tag or [itemprop=name]"
            ])
        let errors = fixture.errors(feed + "fulltext_remove = [\n\".a\",\n\".\",\n]")
        #expect(errors.count == 1 && errors[0].contains("column 1: the name of a class is missing"))
        let many = (0..<33).map { "\".a\($0)\"" }.joined(separator: ", ")
        #expect(
            fixture.errors(feed + "fulltext_remove = [\(many)]").first?.hasSuffix("may have 32 entries, not 33") == true
        )
    }

    @Test("A feed's table stands before [fulltext], and an empty text there is no selector")
    func inherited() throws {
        let tables = "[fulltext]\nfulltext_container = \"main\"\nfulltext_remove = [\".promo\"]\n[[feed]]"
        let text = feed.replacing("[[feed]]", with: tables)
        let inherited = try #require(try fixture.load(text).feeds.first)
        #expect(inherited.options.pages.container != nil && inherited.options.pages.remove.count == 1)
        let own = try #require(
            try fixture.load(text + "fulltext_container = \"\"\nfulltext_remove = []\n").feeds.first)
        #expect(own.options.pages.container == nil && own.options.pages.remove.isEmpty)
    }
}
