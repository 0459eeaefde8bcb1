import FeedModel
import Testing

@testable import FeedParsing

@Suite("A feed in which items stand and none is read says so")
struct LostItemsTests {
    private func rss(_ inside: String) -> String {
        "<rss version=\"2.0\"><channel><title>T</title>\(inside)</channel></rss>"
    }

    @Test(
        "polling.md §8.7: items where no item is looked for, or with nothing known in them, are lost",
        arguments: [
            "<news><item><title>One</title></item></news>",
            "<news><a><b><item><title>One</title></item></b></a></news>",
            "<item><headline>One</headline></item>",
            "<item/><item><headline>One</headline></item>",
            "<image><url>https://example.org/i.png</url><entry><title>One</title></entry></image>",
        ])
    func lost(inside: String) throws {
        let feed = try feed(rss(inside))
        #expect(feed.hasLostAllItems)
        #expect(feed.warnings.contains("Items stand in the document, and none of them could be read."))
        #expect(feed.warningClasses.contains(.markup))
    }

    @Test(
        "polling.md §8.7: a feed without items, with blank ones, or with one that was read, has lost none",
        arguments: [
            "", "<item/>", "<item></item>", "<item> <!-- nothing --> </item>",
            "<news><item><title>One</title></item></news><item><title>Two</title></item>",
            "<description>&lt;item&gt;&lt;title&gt;One&lt;/title&gt;&lt;/item&gt;</description>",
            "<items><rdf:Seq><rdf:li/></rdf:Seq></items>",
        ])
    func notLost(inside: String) throws {
        let feed = try feed(rss(inside))
        #expect(!feed.hasLostAllItems)
        #expect(!feed.warnings.contains { $0.contains("none of them") })
    }

    @Test("polling.md §8.7: entries that are lost in an Atom feed are noticed")
    func atom() throws {
        let atom =
            "<feed xmlns=\"http://www.w3.org/2005/Atom\"><title>T</title><x:list xmlns:x=\"urn:x\"><entry><id>1</id></entry></x:list></feed>"
        #expect(try feed(atom).hasLostAllItems)
    }

    @Test("polling.md §8.7: items of a JSON Feed of which nothing is understood are lost, and blank ones are not")
    func json() throws {
        func json(_ items: String) -> String {
            #"{"version":"https://jsonfeed.org/version/1.1","title":"T","items":"# + items + "}"
        }
        #expect(try feed(json(#"[{"headline":"One"},{}]"#)).hasLostAllItems)
        #expect(try feed(json(#"["One"]"#)).hasLostAllItems)
        for items in ["[]", "[{}]", #"[{"headline":"One"},{"id":"2"}]"#] {
            #expect(try !feed(json(items)).hasLostAllItems)
        }
    }
}
