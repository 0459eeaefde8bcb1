import FeedModel
import Testing

@testable import Ingestion

@Suite("Whether a page is the one that the feed speaks of")
struct PageAgreementTests {
    private func quality(
        title: String = "Trainer aircraft arrive at the base", teaser: String, page text: String,
        pageTitle: String? = nil
    ) throws -> Double {
        let record = try PageRecordText.record(text: "<p>\(teaser)</p>", item: "\"title\":\"\(title)\",")
        var page = PageContent(quality: 0.8, html: "", text: text, extractor: 1)
        page.title = pageTitle
        return PageAgreement.quality(of: page, for: record)
    }

    @Test("A page with the feed's words in it keeps its quality")
    func same() throws {
        let text = "The first trainer aircraft arrived on Tuesday at the base near the coast, the ministry said."
        #expect(try quality(teaser: "The ministry said on Tuesday that trainers arrived.", page: text) == 0.8)
        #expect(
            try quality(teaser: "", page: "Nothing.", pageTitle: "TRAINER AIRCRAFT ARRIVE at the base") == 0.8)
    }

    @Test("A page that speaks of something else loses it")
    func other() throws {
        let text = "We use cookies. Please accept them to continue to the site of our partners."
        #expect(try quality(teaser: "The ministry said on Tuesday that trainers arrived.", page: text) < 0.3)
    }

    @Test("Where the feed says too little, or in a script without spaces, nothing is taken off")
    func unknown() throws {
        #expect(try quality(title: "Quiz", teaser: "", page: "Other text") == 0.8)
        let title = "\u{65b0}\u{805e}\u{7d19}\u{9762}"
        #expect(try quality(title: title, teaser: "\u{65b0}\u{805e}", page: "Other text") == 0.8)
    }
}
