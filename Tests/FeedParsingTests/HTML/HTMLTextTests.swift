import Testing

@testable import FeedParsing

@Suite struct HTMLTextTests {
    @Test(
        "A title is the text that a reader of its HTML would see",
        arguments: [
            ("Plain", "Plain"), ("", ""), ("  a\n\t b ", "a b"), ("a&nbsp;&nbsp;b", "a b"), ("<b>a</b>b", "ab"),
            ("a<br>b", "a b"), ("<p>a</p><p>b</p>", "a b"), ("1 < 2 & 3 > 2", "1 < 2 & 3 > 2"), ("a <3 b", "a <3 b"),
            ("x<script>alert('<b>')</script>y", "xy"), ("x<STYLE>p{}</style >y", "xy"), ("a<!-- <b> -->b", "ab"),
            ("a<!-->b", "ab"), ("a<!--->b", "ab"), ("a<!-- x --!>b", "ab"), ("a<?php x ?>b", "ab"),
            ("<!DOCTYPE html>a", "a"),
            ("<![CDATA[A & B]]>", "A & B"), ("<a title=\"x>y\">z</a>", "z"), ("&lt;b&gt;", "<b>"), ("&amp;lt;", "&lt;"),
            ("a <b", "a <b"), ("a</>b", "ab"), ("I </3 you", "I </3 you"), ("a<!-- -- b >c<!-- d>e", "ace"),
            ("a<!-- b", "a b"), ("a<!--", "a"), ("<!DOCTYPE ~", "<!DOCTYPE ~"), ("a<?php", "a<?php"), ("a</3>b", "ab"),
            ("<title>T</title>", "T"), ("a\u{0}b\u{7f}c", "abc"),
            ("x<script>never closed", "x"), ("&#x1f600; ok", "😀 ok"),
        ])
    func plainText(html: String, expected: String) {
        #expect(HTMLText.plainText(html) == expected)
    }

    @Test(
        "where nobody says that a text is HTML, only HTML's own tags are markup",
        arguments: [
            ("Using List<String> in Java", "Using List<String> in Java"), ("<b>Vec<T></b> &amp; co", "Vec<T> & co"),
            ("<ann@example.org>", "<ann@example.org>"), ("<p>a</p>b", "a b"), ("a <x", "a <x"),
        ])
    func tagsOfOthers(text: String, expected: String) {
        #expect(TextValue(text: text, kind: .unknown).plain == expected)
    }

    @Test(
        "contract.md §3: where nobody says that a text is HTML, a tag is markup only where its other tag is there",
        arguments: [
            ("Short notes on <head> elements", "Short notes on <head> elements"),
            ("does it have <animate [etc.]>?", "does it have <animate [etc.]>?"), ("ohne <blink>", "ohne <blink>"),
            ("Budget <i>passed</i> at last", "Budget passed at last"), ("If a < b and b > c", "If a < b and b > c"),
            ("Use <em>nothing</em> & more", "Use nothing & more"), ("<B>a</b>", "a"),
            ("Why <script> in <svg> is a bad idea", "Why <script> in <svg> is a bad idea"),
            ("<script>a</script> and <style>b</style>", "a and b"), ("<b><i>x</b></i>", "x"),
            ("<b>a <b>b</b>", "<b>a b"),
            ("</p> needs <p>", "</p> needs <p>"), ("end with </html>", "end with </html>"),
            ("a<br>b<br />c<img src=\"x\" alt='y'>d", "a b cd"), ("the <hr/> and <wbr>", "the <hr/> and <wbr>"),
            ("<font color='a>b'>x</font>", "x"), ("a &amp;lt; &#8217; &lt;b&gt;x&lt;/b&gt;", "a &lt; ’ <b>x</b>"),
            ("a <!-- b --> c", "a c"), ("<!-- is > and <b>x</b>", "<!-- is > and x"),
            ("on <!-- in HTML", "on <!-- in HTML"),
            ("why <!DOCTYPE html>", "why <!DOCTYPE html>"), ("<?php and </3 and </>", "<?php and </3 and </>"),
            ("<![CDATA[A <b>&amp;</b>]]>", "A &"), ("<title>T</title>", "T"),
            ("<textarea> is a box", "<textarea> is a box"),
        ])
    func unknownKind(text: String, expected: String) {
        #expect(TextValue(text: text, kind: .unknown).plain == expected)
    }

    @Test(
        "text of unknown kind is taken for HTML by its tags and references",
        arguments: [
            ("plain", false), ("a < b > c", false), ("<b>x</b>", true), ("x<br/>", true), ("</p>", true),
            ("<unknown>", false), ("&amp;", true), ("AT&T", false), ("a&copy", false), ("&nope;", false),
            ("<!-- x -->", true), ("<3", false), ("List<String>", false), ("&#8217;", true),
        ])
    func kind(text: String, expected: Bool) {
        #expect(HTMLText.looksLikeHTML(text) == expected)
    }

    @Test(
        "no-break spaces are white space, whatever the kind of the text",
        arguments: [TextValue.Kind.text, .unknown, .html])
    func noBreakSpaces(kind: TextValue.Kind) {
        #expect(TextValue(text: "\u{a0}a \u{a0} b\u{c2}\u{a0}", kind: kind).plain == "a b\u{c2}")
    }

    @Test("hostile text takes no longer than its length: nothing is looked at twice")
    func linear() {
        // Quadratic work on these would take minutes.
        for piece in [
            "<", "<!--", "<!-- >", "<b>", "<b></b>", "<b><i></b></i>", "<a ", "&", "<a b=\"", "</", "<![CDATA[", "&#",
            "<script>", "<a href='x' ", "]]>",
        ] {
            let text = String(repeating: piece, count: 50_000 / piece.utf8.count)
            _ = HTMLText.plainText(text)
            _ = TextOfUnknownKind.plain(text)
            _ = TextOfUnknownKind.plain(text + "<b>" + String(repeating: "</b>", count: 10_000))
            _ = HTMLText.looksLikeHTML(text)
            _ = HTMLRewriter.absolutizing(text + "=", base: "http://h/")
        }
    }

    @Test("no name in the tables is too long to be packed")
    func packedNames() {
        #expect(!HTMLVocabulary.knows(.unknown))
        #expect(!HTMLAllowList.elements.contains(.unknown))
        #expect(HTMLAllowList.kind(of: .unknown, on: .base) == nil)
        #expect(HTMLName("BlockQuote") == HTMLName("blockquote"))
        #expect(HTMLName("abcdefghijklmnopqrstu") == .unknown)
        #expect(HTMLName("a_b") == .unknown)
        var bytes: [UInt8] = []
        HTMLName("Annotation-XML1").append(to: &bytes)
        #expect(String(decoding: bytes, as: UTF8.self) == "annotation-xml1")
    }
}
