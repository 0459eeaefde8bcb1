import Testing

@testable import FeedParsing

/// security.md §9.
@Suite struct HTMLSanitizerTests {
    private func clean(_ html: String, base: String? = nil) -> String { HTMLSanitizer.sanitize(html, baseURL: base) }

    @Test(
        "Harmless HTML comes through the sanitizer",
        arguments: [
            ("plain", "plain"), ("a & b < c", "a &amp; b &lt; c"), ("<p>a <b>b</b></p>", "<p>a <b>b</b></p>"),
            ("<a href=\"http://x/?a=1&amp;b\">y</a>", "<a href=\"http://x/?a=1&amp;b\">y</a>"),
            ("<IMG SRC='https://x/y' ALT=z>", "<img src=\"https://x/y\" alt=\"z\">"),
            ("<a href=\"mailto:a@b\">c</a>", "<a href=\"mailto:a@b\">c</a>"),
            ("<img src=\"data:image/png;base64,AA==\">", "<img src=\"data:image/png;base64,AA==\">"),
            ("<td colspan=2>x</td>", "<td colspan=\"2\">x</td>"), ("a<br/>b", "a<br>b"), ("&eacute;&#150;", "é–"),
            ("<span style=\"color: red; margin: 5px\">x</span>", "<span style=\"color: red; margin: 5px;\">x</span>"),
            ("<unknown>x</unknown>", "x"), ("<b>never closed", "<b>never closed</b>"), ("x</b>y", "xy"),
            ("x > y", "x &gt; y"),
            ("<img srcset=\"http://x/a 1x, javascript:b 2x\">", "<img srcset=\"http://x/a 1x\">"),
        ])
    func harmless(html: String, expected: String) {
        #expect(clean(html) == expected)
    }

    @Test("What a tag within svg or math hid from the sanitizer before is written as all else is")
    func foreign() {
        let result = clean("<math><style/><img onerror=y title=\"</style><script>\"></math><p>a")
        #expect(result.contains("title=\"&lt;/style&gt;&lt;script&gt;\"") && result.hasSuffix("<p>a</p>"), "\(result)")
        #expect(!result.contains("onerror") && !result.contains("<style"))
    }

    @Test(
        "HTML that runs, loads, posts or moves is left out by the sanitizer",
        arguments: [
            ("a<script>alert(1)</script>b", "ab"), ("a<SCRIPT SRC=x>b</SCRIPT >c", "ac"),
            ("a<style>*{}</style>b", "ab"), ("<svg><style/></svg><p>a</p>", "<p>a</p>"),
            ("<svg><title/><img src=x onerror=y></svg>a", "a"),
            ("<p onclick=\"x\" ONLOAD=x>a</p>", "<p>a</p>"), ("<a href=\"javascript:x\">a</a>", "<a>a</a>"),
            ("<a href=\" java\nscript:x\">a</a>", "<a>a</a>"), ("<a href=\"&#106;avascript:x\">a</a>", "<a>a</a>"),
            ("<a href=\"&#1;javascript:x\">a</a>", "<a>a</a>"), ("<a href=\"java&#0;script:x\">a</a>", "<a>a</a>"),
            ("<a href=\"vbscript:x\">a</a>", "<a>a</a>"), ("<a href=\"data:text/html,x\">a</a>", "<a>a</a>"),
            ("<img src=\"data:image/svg+xml,x\">", "<img>"), ("<a href=\"data:image/png;base64,A\">a</a>", "<a>a</a>"),
            ("<iframe srcdoc=\"<script>x</script>\" src=http://x></iframe>a", "a"),
            ("<object data=x>a</object><embed src=x>", "a"),
            ("<form action=x><input formaction=y>a</form>", "<input>a"),
            ("<meta http-equiv=refresh content=0>a", "a"), ("<base href=//evil>a", "a"),
            ("<link rel=stylesheet href=x>a", "a"),
            ("a<!-- b -->c", "ac"), ("a<!--[if IE]><script>x</script><![endif]-->b", "ab"), ("<?php x ?>a", "a"),
            ("<svg><script>x</script><a xlink:href=javascript:x>y</a></svg>z", "z"),
            ("<math><mtext><style><img src=x onerror=y></style></mtext></math>z", "z"),
            (
                "<noscript><p title=\"</noscript><img src=x onerror=y>\"></noscript>",
                "<p title=\"&lt;/noscript&gt;&lt;img src=x onerror=y&gt;\"></p>"
            ),
            ("<template><img src=x onerror=y></template>z", "z"),
            ("<span style=\"background: url(javascript:x)\">a</span>", "<span>a</span>"),
            ("<span style=\"width: expression(x)\">a</span>", "<span>a</span>"),
            ("<span style=\"color: \\72 ed; position: fixed; behavior: url(x)\">a</span>", "<span>a</span>"),
            ("<span style=\"margin: 99999em\">a</span>", "<span>a</span>"),
        ] as [(String, String?)])
    func dangerous(html: String, expected: String?) {
        let result = clean(html)
        if let expected { #expect(result == expected) }
        #expect(!result.contains("onerror") || result.contains("&lt;img"))
        #expect(!result.contains("script:"))
    }

    @Test("nothing that is written is markup unless the lists allow it, whatever goes in")
    func closedUnderReading() {
        let pieces = [
            "<", ">", "\"", "'", "=", "&", "/", "!", "--", "a", "b", "p", "script", "style", "svg", "math", "title",
            "textarea",
            "select", "table", "tr", "td", "noscript", "template", "iframe", " ", "href", "src", "onerror",
            "javascript:",
            "<![CDATA[", "]]>", "<!--", "-->", "&lt;", "&#x3c;", "</", "\n", "é", "xmp", "mglyph", "\u{0}", "<?",
            "style=",
        ]
        var state: UInt64 = 42
        for _ in 0..<1000 {
            var html = ""
            for _ in 0..<16 {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                html += pieces[Int(state >> 33) % pieces.count]
            }
            let once = clean(html)
            var copy = once
            copy.withUTF8 { bytes in
                var tokenizer = HTMLTokenizer(bytes)
                while let token = tokenizer.next() {
                    switch token {
                    case .text(let range):
                        #expect(!bytes[range].contains(UInt8(ascii: "<")), "\(html.debugDescription)")
                    // Of the elements without markup only this one is allowed, and what is in it was escaped.
                    case .rawText: break
                    case .markup, .unclosedTag: Issue.record("markup from \(html.debugDescription)")
                    case .tag(let tag):
                        let name = HTMLName(bytes, tag.name)
                        #expect(HTMLAllowList.elements.contains(name), "\(html.debugDescription)")
                        var attributes = HTMLAttributes(bytes, of: tag)
                        while let attribute = attributes.next() {
                            #expect(HTMLAllowList.kind(of: HTMLName(bytes, attribute.name), on: name) != nil)
                            #expect(attribute.quote == UInt8(ascii: "\""))
                            #expect(!bytes[attribute.value].contains(UInt8(ascii: "<")))
                        }
                    }
                }
            }
        }
    }

    /// Inputs that the fuzzer has found.
    @Test(
        "security.md §9: clean HTML stays as it is in the sanitizer",
        arguments: [
            "<img srcset=\"a 1x, \u{1a} 2x\">", "<img srcset=\"a b\u{8}\">", "<img srcset=\"a 1 \u{8}\">",
            "<img srcset=\"a, \u{81} 2x\">", "<a href=\"a \u{81}\">",
            "<s srcset=\"a,\u{1}\">", "<s srcset=\"a 1x\r2x\">",
        ])
    func stableUnderCleaning(html: String) {
        #expect(clean(clean(html)) == clean(html))
    }

    @Test("Relative URLs are made absolute by the sanitizer where a base is given")
    func base() {
        #expect(clean("<a href=x>y</a>", base: "http://h/p/") == "<a href=\"http://h/p/x\">y</a>")
        #expect(clean("<a href=x>y</a>") == "<a href=\"x\">y</a>")
        #expect(clean("<a href=\"\">y</a>", base: "http://h/p/") == "<a href=\"\">y</a>")
    }

    @Test("HTML that is nested too deep loses its tags and keeps its text in the sanitizer")
    func deep() {
        let result = clean(String(repeating: "<b>", count: 1000) + "x" + String(repeating: "</b>", count: 1000) + "y")
        #expect(result == String(repeating: "<b>", count: 200) + "x" + String(repeating: "</b>", count: 200) + "y")
    }

    @Test("hostile HTML takes a time that grows with its length alone")
    func linear() {
        // Quadratic work on these would take minutes.
        let attributes = "<a " + (0..<5_000).map { "a\($0)=1 " }.joined() + ">"
        let known = "<a " + (0..<5_000).map { $0.isMultiple(of: 2) ? "title=1 " : "class=1 " }.joined() + ">"
        let deep = "<b><table><td>" + String(repeating: "<i>", count: 190)
        for html in [
            String(repeating: "<b>", count: 10_000), String(repeating: "</i><b>", count: 5_000), attributes, known,
            deep + String(repeating: "</b>", count: 5_000), deep + String(repeating: "<li>", count: 5_000),
            String(repeating: "<svg>", count: 5_000), String(repeating: "<p><i>", count: 5_000),
            String(repeating: "<table><tr><td>", count: 3_000), String(repeating: "<!--", count: 5_000),
        ] {
            #expect(clean(html).utf8.count <= 10 * html.utf8.count)
        }
    }

    @Test(
        "Elements that authors leave open are closed by the sanitizer where HTML closes them",
        arguments: [
            ("<p>a<p>b", "<p>a</p><p>b</p>"), ("<ul><li>a<li>b</ul>", "<ul><li>a</li><li>b</li></ul>"),
            ("<ul><li>a<ul><li>b</ul><li>c</ul>", "<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul>"),
            ("<dl><dt>a<dd>b<dt>c</dl>", "<dl><dt>a</dt><dd>b</dd><dt>c</dt></dl>"),
            (
                "<table><tr><td>a<td>b<tr><td>c</table>",
                "<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>"
            ),
            ("<p><b>a<div>b</div>", "<p><b>a</b></p><div>b</div>"),
            ("<p>a<ul><li>b</ul>", "<p>a</p><ul><li>b</li></ul>"),
            (
                "<a href=\"http://x/\">a<a href=\"http://y/\">b",
                "<a href=\"http://x/\">a</a><a href=\"http://y/\">b</a>"
            ),
            ("<b><table><td>a</b>b</table>c</b>d", "<b><table><td>ab</td></table>c</b>d"),
            (
                "<select><optgroup><option>a<option>b<optgroup>c</select>",
                "<select><optgroup><option>a</option><option>b</option></optgroup><optgroup>c</optgroup></select>"
            ),
            ("<ruby>a<rt>b<rp>c</ruby>", "<ruby>a<rt>b</rt><rp>c</rp></ruby>"), ("a</p>b", "ab"), ("<br></br>", "<br>"),
            ("<b>a<i>b</b>c", "<b>a<i>b</i></b>c"),
        ])
    func structure(html: String, expected: String) {
        #expect(clean(html) == expected)
    }

    @Test(
        "An element whose content the sanitizer hides ends where HTML ends it",
        arguments: [
            ("<svg/>a", "a"), ("<svg><svg></svg>a</svg>b", "b"), ("<svg><b>a</svg>c</b>d", "cd"), ("a<template>b", "a"),
            ("<script>a</script><b>c</b>", "<b>c</b>"),
            ("<textarea><b>&lt;</textarea>c", "<textarea>&lt;b&gt;&lt;</textarea>c"),
            ("<title>a &amp; b</title>c", "a &amp; bc"), ("<xmp>&amp;<b></xmp>", "&amp;amp;&lt;b&gt;"),
            ("<![CDATA[a<script>b</script>]]>c", "ac"), ("a<img src=\"x", "a"), ("a <b", "a &lt;b"),
            ("<iframe src=x/>a <b>b</b>", "a <b>b</b>"), ("&ngE;&nope;", "≧̸&amp;nope;"),
        ])
    func hidden(html: String, expected: String) {
        #expect(clean(html) == expected)
    }

    @Test("Long text keeps all its characters in the sanitizer")
    func longText() {
        let text = String(repeating: "ä€😀 ", count: 50_000)
        #expect(clean("<p>" + text + "</p>") == "<p>" + text + "</p>")
    }
}
