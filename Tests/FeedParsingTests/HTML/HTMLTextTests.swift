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
            ("a <b", "a <b"), ("a</>b", "ab"), ("</3", ""), ("<title>T</title>", "T"), ("a\u{0}b\u{7f}c", "abc"),
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
        for piece in ["<", "<!--", "<a ", "&", "<a b=\"", "</", "<![CDATA[", "&#", "<script>", "<a href='x' ", "]]>"] {
            let text = String(repeating: piece, count: 50_000 / piece.utf8.count)
            _ = HTMLText.plainText(text)
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
