import FeedModel
import Testing

@testable import PageExtraction

/// fulltext.md §4.2.
@Suite struct PageDatesTests {
    private static let latest = Timestamp(year: 2020, month: 1, day: 2)

    private func dates(
        head: (inout PageHead) -> Void = { _ in }, marks: [PageMarks.Date] = [],
        url: String = "https://courier.test/bridge"
    ) -> PageDates {
        var page = PageHead()
        head(&page)
        return PageDates(of: PageMetadata(page, url: url), marks: PageMarks(dates: marks), latest: Self.latest)
    }

    private func linked(_ members: String) -> [[UInt8]] { [Array(#"{"@type":"Article",\#(members)}"#.utf8)] }

    @Test("A time keeps the zone that the page tells it in")
    func zone() {
        let found = dates(head: { $0.linkedData = linked(#""datePublished":"2019-05-20T00:30:00+02:00""#) })
        #expect(found.published?.description == "2019-05-20T00:30:00+02:00")
        #expect(found.published?.instant.description == "2019-05-19T22:30:00Z")
        #expect(
            PageTime(instant: Timestamp(year: 2019, month: 5, day: 20), offset: -210).description
                == "2019-05-19T20:30:00-03:30")
    }

    @Test("Each source counts where those before it say nothing")
    func order() {
        let marks: [PageMarks.Date] = [
            .init(kind: .visible, text: "20 May 2014"), .init(kind: .time, text: "2015-05-20"),
            .init(kind: .published, text: "2016-05-20"),
        ]
        let url = "https://courier.test/2013/05/20/bridge"
        func day(_ head: (inout PageHead) -> Void = { _ in }, _ count: Int) -> String? {
            dates(head: head, marks: Array(marks.prefix(count)), url: url).published?.description.prefix(4).description
        }
        #expect(day({ $0.linkedData = linked(#""datePublished":"2018-05-20""#) }, 3) == "2018")
        #expect(day({ $0.metas.add(name: "Article:Published_Time", content: "2017-05-20") }, 3) == "2017")
        #expect(day({ _ in }, 3) == "2016")
        #expect(day({ _ in }, 2) == "2015")
        #expect(day({ _ in }, 1) == "2013")
        #expect(dates(marks: Array(marks.prefix(1))).published?.description == "2014-05-20T00:00:00Z")
        #expect(dates().published == nil)
    }

    @Test(
        "A time that no article can be of is passed over",
        arguments: ["1970-01-01T00:00:00Z", "0001-01-01", "2020-02-01", "9999-12-31", "yesterday", "", "2019"])
    func sanity(text: String) {
        let found = dates(
            head: {
                $0.metas.add(name: "article:published_time", content: text)
                $0.metas.add(name: "date_published", content: "2019-05-20")
            })
        #expect(found.published?.description == "2019-05-20T00:00:00Z")
    }

    @Test("A change before the publication is none, and one without a publication is when the page was there")
    func modified() {
        func dates(_ published: String, _ modified: String) -> PageDates {
            self.dates(head: {
                $0.linkedData = linked(#""datePublished":"\#(published)","dateModified":"\#(modified)""#)
            })
        }
        #expect(dates("2019-05-22", "2019-05-20").published?.description == "2019-05-22T00:00:00Z")
        #expect(dates("2019-05-22", "2019-05-20").modified == nil)
        #expect(dates("2019-05-20", "2019-05-22").modified?.description == "2019-05-22T00:00:00Z")
        #expect(dates("soon", "2019-05-22").published?.description == "2019-05-22T00:00:00Z")
        #expect(dates("soon", "2019-05-22").modified == nil)
        #expect(dates("2019-05-22", "2019-05-22").modified == nil)
    }

    @Test(
        "A day is found in the path of a URL",
        arguments: [
            ("https://courier.test/2019/05/20/bridge", "2019-5-20"),
            ("https://courier.test/2019/5/2/bridge", "2019-5-2"),
            ("https://courier.test/news/2019-05-20-bridge.html", "2019-5-20"),
            ("https://courier.test/2019/may/20/bridge", "2019-5-20"),
            ("https://courier.test/20190520/bridge", "2019-5-20"),
            ("https://courier.test/bridge_20190520.html", "2019-5-20"), ("https://courier.test/2019/05/bridge", nil),
            ("https://courier.test/2019/02/30/bridge", nil), ("https://courier.test/20191320", nil),
            ("https://courier.test/2019/05/20th-century", nil), ("https://courier.test/?d=2019-05-20", nil),
            ("https://courier.test/920190520", nil), ("nothing", nil), ("https://courier.test/2019", nil),
        ] as [(String, String?)])
    func url(text: String, expected: String?) {
        #expect(DateInURL.day(in: text).map { "\($0.year)-\($0.month)-\($0.day)" } == expected)
    }

    @Test(
        "A day is found in a visible line in the page's language",
        arguments: [
            ("Posted on May 20th, 2019 by Ana Sol", "en", "2019-05-20"), ("20 May 2019, 9:30", "en", "2019-05-20"),
            ("Published: Monday, 20 May 2019 | 5 min read", "en", "2019-05-20"), ("20. Mai 2019", "de", "2019-05-20"),
            ("Le 20 mai 2019 à 10h14", "fr", "2019-05-20"), ("1er mai 2019", "fr", "2019-05-01"),
            ("20 de mayo de 2019", "es", "2019-05-20"), ("20 maja 2019", "pl", "2019-05-20"),
            ("2019年5月20日 10:00", "ja", "2019-05-20"), ("20.05.2019 10:00 Uhr", "de", "2019-05-20"),
            ("05/06/2019", "en-US", "2019-05-06"), ("05/06/2019", "en-GB", "2019-06-05"),
            ("05/06/2019", "fr", "2019-06-05"),
            ("Updated 2019-05-20 12:00", nil, "2019-05-20"), ("May 2019", "en", nil), ("© 2019 The Courier", "en", nil),
            ("12 comments, 2019", "en", nil), ("32 May 2019", "en", nil), ("", "en", nil),
        ] as [(String, String?, String?)])
    func visible(text: String, language: String?, expected: String?) {
        #expect((DateInText.day(in: text, language: language)?.description.prefix(10)).map(String.init) == expected)
    }
}
