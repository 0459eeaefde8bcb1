import FeedModel
import Testing

@testable import FeedParsing

@Suite("Of a document with more items than the limit what is new is held, wherever it stands (security.md §4)")
struct ItemIntakeTests {
    enum Format: CaseIterable { case rss, rdf, atom, json }

    private func document(_ format: Format, _ ids: [String]) -> String {
        func each(_ item: (String) -> String) -> String { ids.map(item).joined() }
        return switch format {
        case .rss:
            "<rss version='2.0'><channel><link>https://e.org</link>"
                + each { "<item><guid>\($0)</guid><title>t</title></item>" } + "</channel></rss>"
        case .rdf:
            "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns='http://purl.org/rss/1.0/'><channel/>"
                + each { "<item rdf:about='\($0)'><title>t</title></item>" } + "</rdf:RDF>"
        case .atom:
            "<feed xmlns='http://www.w3.org/2005/Atom'>" + each { "<entry><id>\($0)</id><title>t</title></entry>" }
                + "</feed>"
        case .json:
            "{\"version\":\"https://jsonfeed.org/version/1.1\",\"title\":\"t\",\"items\":["
                + ids.map { "{\"id\":\"\($0)\",\"content_text\":\"t\"}" }.joined(separator: ",") + "]}"
        }
    }

    /// - Parameter known: ids of articles that are known and have not changed; `changed-` begins those that have.
    private func read(_ format: Format, _ ids: [String], known: Set<String>?) throws -> Feed {
        var limits = ParseLimits()
        limits.items = 3
        if let known {
            limits.standing = { article, _ in
                let id = article.id ?? ""
                if id.hasPrefix("changed-") { return .changed }
                return known.contains(id) ? .known(ArticleIdentifier(hashing: Array(id.utf8))) : .new
            }
        }
        return try feed(document(format, ids), limits: limits)
    }

    @Test("The first items are held, and behind them those that are new or changed", arguments: Format.allCases)
    func held(format: Format) throws {
        let old = (1...9).map { "urn:\($0)" }
        let feed = try read(format, old + ["changed-a"] + ["urn:new"] + ["urn:10"], known: Set(old + ["urn:10"]))
        #expect(feed.articles.map(\.id) == ["urn:1", "urn:2", "urn:3", "changed-a", "urn:new"])
        let surplus = try #require(feed.surplus)
        #expect(surplus.known.count == 7)
        #expect(surplus.left == 0)
        #expect(feed.droppedArticles == 0)
        #expect(feed.warningClasses.isDisjoint(with: .limits))
    }

    @Test("What finds no room is counted and told, new and changed items apart", arguments: Format.allCases)
    func left(format: Format) throws {
        let new = (1...20).map { "urn:\($0)" }
        let changed = (1...5).map { "changed-\($0)" }
        let feed = try read(format, changed + new, known: [])
        // Three, and of those beyond three changed ones and twelve new ones.
        #expect(feed.articles.count == 3 + 2 + 12)
        #expect(feed.surplus?.leftNew == 8)
        #expect(feed.surplus?.leftChanged == 0)
        #expect(feed.droppedArticles == 8)
        #expect(feed.warningClasses.contains(.limits))
        let edits = try read(format, ["a"] + changed + changed, known: [])
        #expect(edits.surplus?.leftChanged == 5)
    }

    @Test("Where nobody knows what is known the first items are held", arguments: Format.allCases)
    func unknown(format: Format) throws {
        let feed = try read(format, (1...10).map { "urn:\($0)" }, known: nil)
        #expect(feed.articles.map(\.id) == ["urn:1", "urn:2", "urn:3"])
        #expect(feed.surplus?.leftNew == 7)
        #expect(feed.droppedArticles == 7)
    }

    @Test("A document with as many items as the limit has nothing beyond it", arguments: Format.allCases)
    func justEnough(format: Format) throws {
        #expect(try read(format, ["a", "b", "c"], known: []).surplus == nil)
    }

    @Test("The page that a feed says is its own is told with the item")
    func homePage() throws {
        var limits = ParseLimits()
        limits.items = 1
        limits.standing = { _, page in page == "https://e.org/" || page == "https://e.org" ? .new : .changed }
        let feed = try feed(document(.rss, ["1", "2", "3", "4", "5"]), limits: limits)
        // Of changed ones there would be room for one.
        #expect(feed.articles.count == 5)
    }
}
