import JSONText
import Testing

@testable import PageExtraction

/// fulltext.md §4.5 and §8.2.
@Suite struct LinkedDataTests {
    private func article(_ blocks: String..., titles: [String] = ["Bridge opens"], urls: [String] = [])
        -> LinkedArticle?
    {
        LinkedArticle(of: LinkedData(blocks: blocks.map { Array($0.utf8) }), titles: titles, urls: urls)
    }

    @Test(
        "An article is found in JSON-LD however it is wrapped",
        arguments: [
            #"{"@type":"NewsArticle","headline":"Bridge opens"}"#,
            #"[{"@type":"WebSite","name":"Courier"},{"@type":"NewsArticle","headline":"Bridge opens"}]"#,
            #"{"@graph":[{"@type":"WebPage"},{"@type":"Article","headline":"Bridge opens"}]}"#,
            #"{"@type":["Thing","http://schema.org/BlogPosting"],"headline":"Bridge opens"}"#,
            #"{"@type":"WebPage","mainEntity":{"@type":"schema:NewsArticle","headline":"Bridge opens"}}"#,
            "<!-- {\"@type\":\"NewsArticle\",\"headline\":\"Bridge opens\"} -->",
            "//<![CDATA[\n{\"@type\":\"NewsArticle\",\"headline\":\"Bridge opens\"}\n//]]>",
            "/* <![CDATA[ */ {\"@type\":\"NewsArticle\",\"headline\":\"Bridge opens\"}; /* ]]> */",
            "\u{feff}  {\"@type\":\"NewsArticle\",\"headline\":\"Bridge\nopens\"}",
            #"{"@type":"NewsArticle","headline":"Bridge opens",}"#,
            #"{"@type":"NewsArticle","headline":"Bridge opens","description":"It\'s open"}"#,
            #"{"@type":"NewsArticle","headline":"Bridge opens","description":"cut off in the mid"#,
            "{&quot;@type&quot;:&quot;NewsArticle&quot;,&quot;headline&quot;:&quot;Bridge opens&quot;}",
        ])
    func wrappings(block: String) throws {
        let found = try #require(article(block))
        #expect(found.isArticle)
        #expect(found.headlines == ["Bridge opens"])
    }

    @Test("Of several articles the one counts whose headline or URL fits the page")
    func fitting() throws {
        let blocks = [
            #"{"@type":"NewsArticle","headline":"Storm over the coast","url":"https://courier.test/a"}"#,
            #"{"@type":"NewsArticle","headline":"Bridge opens after two years","url":"https://courier.test/b"}"#,
        ]
        #expect(article(blocks[0], blocks[1])?.url == "https://courier.test/b")
        #expect(
            article(blocks[0], blocks[1], titles: ["Front"], urls: ["http://www.courier.test/a/?x=1"])?.url
                == "https://courier.test/a")
        #expect(article(blocks[0], blocks[1], titles: ["Front"]) == nil)
        #expect(article(blocks[0], titles: ["Front"])?.url == "https://courier.test/a")
    }

    @Test(
        "Authors are read as text, object, list and reference",
        arguments: [
            (#""Ana Sol""#, ["Ana Sol"]), (#"["Ana Sol","Ben Ruiz"]"#, ["Ana Sol", "Ben Ruiz"]),
            (#"{"@type":"Person","name":"Ana Sol"}"#, ["Ana Sol"]),
            (#"{"@type":"Person","name":["Ana Sol","Ben Ruiz"]}"#, ["Ana Sol", "Ben Ruiz"]),
            (#"[{"name":"Ana Sol"},{"@id":"ben"}]"#, ["Ana Sol", "Ben Ruiz"]),
            (#"{"givenName":"Ana","familyName":"Sol"}"#, ["Ana Sol"]), (#""O&#39;Neil &amp; Sol""#, ["O'Neil & Sol"]),
            ("[]", []), ("null", []), ("7", ["7"]), (#"{"@id":"nobody"}"#, []),
        ])
    func authors(json: String, expected: [String]) throws {
        let block = #"""
            {"@graph":[{"@type":"Article","headline":"Bridge opens","author":\#(json)},
            {"@type":"Person","@id":"ben","name":"Ben Ruiz"}]}
            """#
        #expect(try #require(article(block)).authors.map(\.text) == expected)
    }

    @Test("An organisation among the authors is known as one")
    func organization() {
        let found = article(
            #"{"@type":"Article","headline":"Bridge opens","author":[{"@type":"NewsMediaOrganization","name":"Courier"}]}"#
        )
        #expect(found?.authors == [LinkedArticle.Name(text: "Courier", isOrganization: true)])
    }

    @Test(
        "Pictures are read as text, object, list and reference",
        arguments: [
            (#""https://courier.test/a.jpg""#, ["https://courier.test/a.jpg"]),
            (#"{"@type":"ImageObject","url":"/a.jpg"}"#, ["/a.jpg"]),
            (#"[{"contentUrl":"/a.jpg"},"/b.jpg"]"#, ["/a.jpg", "/b.jpg"]), (#"{"@id":"pic"}"#, ["/pic.jpg"]),
        ])
    func images(json: String, expected: [String]) {
        let block = #"""
            {"@graph":[{"@type":"Article","headline":"Bridge opens","image":\#(json)},
            {"@type":"ImageObject","@id":"pic","url":"/pic.jpg"}]}
            """#
        #expect(article(block)?.images == expected)
    }

    @Test(
        "Whether an article is free to read is said as truth value, as text or of a part",
        arguments: [
            (#""isAccessibleForFree":false"#, false), (#""isAccessibleForFree":"False""#, false),
            (#""isAccessibleForFree":"http://schema.org/True""#, true), (#""isAccessibleForFree":true"#, true),
            (#""hasPart":{"@type":"WebPageElement","isAccessibleForFree":"False"}"#, false),
            (#""hasPart":[{"isAccessibleForFree":true},{"isAccessibleForFree":false}]"#, false),
            (#""isAccessibleForFree":"perhaps""#, nil), (#""name":"x""#, nil),
        ] as [(String, Bool?)])
    func free(member: String, expected: Bool?) {
        #expect(article(#"{"@type":"Article","headline":"Bridge opens",\#(member)}"#)?.isFree == expected)
    }

    @Test("A live blog is known by its type, and its entries are not taken for the article")
    func liveBlog() {
        let found = article(
            #"""
            {"@type":["LiveBlogPosting"],"headline":"Bridge opens: live","liveBlogUpdate":[
            {"@type":"BlogPosting","headline":"Bridge opens","datePublished":"2001-01-01"}]}
            """#)
        #expect(found?.isLiveBlog == true)
        #expect(found?.published == nil)
    }

    @Test("What a page says of itself completes what its article does not say")
    func completion() {
        let found = article(
            #"""
            {"@graph":[{"@type":"Article","headline":"Bridge opens","author":"Ana Sol"},
            {"@type":"WebPage","datePublished":"2019-05-20","inLanguage":"pt-PT"}]}
            """#)
        #expect(found?.published == "2019-05-20")
        #expect(found?.language == "pt-PT")
        #expect(found?.authors.map(\.text) == ["Ana Sol"])
    }

    @Test("JSON-LD that is no JSON, or no article, says nothing")
    func nothing() {
        for block in [
            "", "   ", "<!--", "var x = 1", "{", "[[[[", #""text""#, #"{"@type":"Product","name":"Bridge opens"}"#,
        ] {
            #expect(article(block) == nil)
        }
    }

    @Test("No more of hostile JSON-LD is read than the bounds allow")
    func bounds() {
        let deep = String(repeating: #"{"@graph":["#, count: 50_000)
        #expect(article(deep) == nil)
        let lists = String(repeating: "[", count: 500_000)
        #expect(article(lists) == nil)
        let many = "[" + Array(repeating: #"{"@type":"Thing"}"#, count: 20_000).joined(separator: ",") + "]"
        #expect(LinkedData(blocks: [Array(many.utf8)]).objects.count == LinkedData.maximumObjects)
        let long =
            #"{"@type":"Article","headline":"Bridge opens","description":"\#(String(repeating: "x", count: 2 << 20))"}"#
        #expect(article(long)?.description == nil)
        let late = #"{"@type":"Article","headline":"Bridge opens"}"#
        #expect(article(String(repeating: " ", count: LinkedData.maximumBytes), late) == nil)
    }

    @Test("Control characters in JSON-LD do not reach a field")
    func controls() {
        let found = article("{\"@type\":\"Article\",\"headline\":\"Bridge\\u0000 \u{1}opens\\u001b\"}")
        #expect(found?.headlines == ["Bridge opens"])
    }
}
