import Testing

@testable import FeedParsing

@Suite("Selectors of elements: docs/spec/fulltext.md §7")
struct HTMLSelectorTests {
    private func read(_ text: String) throws -> [HTMLSelector.Compound] { try HTMLSelector(text).compounds }

    @Test("An element is named by its tag, id, classes and itemprop, and by those around it")
    func forms() throws {
        #expect(try read("#a-1") == [.init(ids: ["a-1"])])
        #expect(try read(".b_c") == [.init(classes: ["b_c"])])
        #expect(try read("ARTICLE") == [.init(tag: "article")])
        #expect(try read("[itemprop=articleBody]") == [.init(itemprops: ["articleBody"])])
        #expect(try read("[ ItemProp = 'x' ]") == [.init(itemprops: ["x"])])
        #expect(try read("div#a.b.c") == [.init(tag: "div", ids: ["a"], classes: ["b", "c"])])
        #expect(try read("  main   p.x ") == [.init(tag: "main"), .init(tag: "p", classes: ["x"])])
        #expect(try read(".größe x-y") == [.init(classes: ["größe"]), .init(tag: "x-y")])
        #expect(try read(#".md\:flex.a\.b"#) == [.init(classes: ["md:flex", "a.b"])])
    }

    private func refusal(_ text: String) -> String? {
        do throws(HTMLSelector.Refusal) {
            _ = try HTMLSelector(text)
            return nil
        } catch {
            return error.description
        }
    }

    @Test("What is no such selector is refused, with its place and what may be written")
    func refused() {
        let forms = "#id, .class, tag or [itemprop=name]"
        #expect(refusal("") == "column 1: names no element; write \(forms)")
        #expect(refusal("main > p") == "column 6: \">\" is not known here; write \(forms)")
        #expect(refusal("größe, p") == "column 6: \",\" is not known here; write \(forms)")
        #expect(refusal("p:first-child") == "column 2: \":\" is not known here; write \(forms)")
        #expect(refusal("a #") == "column 3: the name of an id is missing; write \(forms)")
        #expect(refusal("[class=x]") == "column 1: of attributes only itemprop is known: [itemprop=name]")
        #expect(refusal("x[itemprop]") == "column 2: a name is missing: [itemprop=name]")
        #expect(refusal("[itemprop=\"a\"") == "column 1: the bracket is not closed: [itemprop=name]")
        #expect(refusal("[itemprop='a b']") == "column 1: an itemprop is one word: [itemprop=name]")
    }

    @Test("A selector is bounded in bytes, in elements and in the names of one")
    func bounds() {
        #expect(refusal(String(repeating: "a", count: 512)) == nil)
        #expect(refusal(String(repeating: "a", count: 513))?.contains("at most 512 bytes") == true)
        #expect(refusal(String(repeating: "a ", count: 8)) == nil)
        #expect(refusal(String(repeating: "a ", count: 9))?.hasPrefix("column 17: at most 8") == true)
        #expect(refusal(String(repeating: ".a", count: 8)) == nil)
        #expect(refusal(String(repeating: ".a", count: 9))?.hasPrefix("column 17: one element may have 8") == true)
    }
}
