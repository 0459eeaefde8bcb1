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

    @Test("A short title is enough to tell another page by")
    func shortTitles() throws {
        #expect(try quality(title: "Quiz", teaser: "", page: "Accept cookies to continue") == 0)
        #expect(try quality(title: "Quiz", teaser: "", page: "The weekly quiz of the town") == 0.8)
        #expect(try quality(title: "Go 2", teaser: "", page: "Log in") == 0)
        #expect(try quality(title: "Go 2", teaser: "", page: "The language Go is out in another version") == 0.8)
    }

    @Test(
        "A title of one or two words that is not in the page says nothing: the teaser tells",
        arguments: ["Live", "Kommentar: Update", "速報"])
    func littleSaid(title: String) throws {
        let teaser = "Engineers found deep cracks in the harbour bridge, so ferries run until autumn."
        let same = "The harbour bridge stays closed: engineers have found deep cracks, and ferries carry people."
        let other = "We use cookies. Please accept them to continue to the site of our partners."
        #expect(try quality(title: title, teaser: teaser, page: same) == 0.8)
        #expect(try quality(title: title, teaser: teaser, page: other) < 0.3)
        #expect(try quality(title: title, teaser: "Harbour bridge closed", page: same) == 0.8)
    }

    @Test("Where the feed has said only a word or two the page's own title tells, which is about its text")
    func ownTitle() throws {
        let text = "The harbour bridge stays closed: engineers have found deep cracks."
        let title = "Bridge in the harbour closed"
        for (short, teaser) in [("Live", ""), ("Update", "More"), ("", "Update")] {
            #expect(try quality(title: short, teaser: teaser, page: text, pageTitle: title) == 0.8)
            #expect(try quality(title: short, teaser: teaser, page: text) == 0)
            #expect(try quality(title: short, teaser: teaser, page: "Accept all of it", pageTitle: title) == 0)
        }
        // Three words say enough for a page without any of them to be another one.
        #expect(try quality(title: "Trainer aircraft arrive", teaser: "", page: text, pageTitle: title) == 0)
        #expect(try quality(title: "Trainer aircraft arrive", teaser: "Update", page: text, pageTitle: title) == 0)
    }

    @Test(
        "In scripts without spaces a few characters in a row are compared",
        arguments: [
            ("港の橋は夏の間ずっと閉鎖", "アルドマスの港の橋は、夏の間ずっと閉鎖されると市議会が決めた。", "Cookieの使用に同意してください。ページを表示できません。"),
            ("海港大桥整个夏天关闭", "市议会星期二决定，海港大桥整个夏天关闭。", "页面不存在。请返回首页继续浏览其他新闻。"),
            ("สะพานท่าเรือปิดตลอดฤดูร้อน", "สภาเมืองมีมติให้สะพานท่าเรือปิดตลอดฤดูร้อน", "ไม่พบหน้าที่คุณต้องการ กรุณากลับไปหน้าแรก"),
            ("항구 다리 여름 내내 폐쇄", "시의회는 항구 다리를 여름 내내 폐쇄하기로 했다.", "페이지를 찾을 수 없습니다"),
        ])
    func unspaced(_ title: String, _ same: String, _ other: String) throws {
        #expect(try quality(title: title, teaser: "", page: same) == 0.8)
        #expect(try quality(title: title, teaser: "", page: other) < 0.3)
    }

    @Test("Words agree though they are inflected, broken by soft hyphens, or of a script beyond the Latin one")
    func inflected() throws {
        #expect(
            try quality(title: "Мост закрыли", teaser: "", page: "О закрытии моста говорят все.", pageTitle: nil) > 0)
        #expect(try quality(title: "Hafenbrücken", teaser: "", page: "Die Hafen\u{ad}brücke bleibt zu.") == 0.8)
        #expect(try quality(title: "إغلاق الجسر القديم", teaser: "", page: "تقرر إغلاق الجسر القديم طوال الصيف") == 0.8)
        #expect(try quality(title: "إغلاق الجسر القديم", teaser: "", page: "الصفحة غير موجودة") == 0)
    }

    @Test("A page with the article's title over another text is not the article's")
    func titleAlone() throws {
        let teaser = "Engineers found deep cracks, so ferries will carry people between both banks until autumn comes."
        let text = "We value your privacy and ask for consent. Accept everything, or subscribe for nine crowns."
        let title = "Trainer aircraft arrive at the base"
        #expect(try quality(title: title, teaser: teaser, page: text, pageTitle: title) < 0.3)
        #expect(try quality(title: title, teaser: "", page: text, pageTitle: title) == 0.8)
    }

    @Test("Where the feed has no letters at all, nothing is taken off")
    func unknown() throws {
        #expect(try quality(title: "!!!", teaser: "", page: "Other text") == 0.8)
    }
}
