import FeedModel
import Testing

@testable import FeedParsing

@Suite struct MarkupRepairTests {
    /// The mended form of a document given in pieces of `step` bytes.
    private func mended(_ text: String, step: Int = .max) -> String {
        var repair = MarkupRepair(depth: 250)
        var output: [UInt8] = []
        var waiting: [UInt8] = []
        var rest = Array(text.utf8)[...]
        repeat {
            let piece = rest.prefix(step)
            rest = rest.dropFirst(piece.count)
            waiting += piece
            let taken = waiting.withUnsafeBufferPointer { repair.process($0, isFinal: rest.isEmpty, into: &output) }
            waiting.removeFirst(taken)
        } while !rest.isEmpty
        repair.close(into: &output)
        return Self.whole(output, &repair.aside)
    }

    /// The markup with the text in its place that goes past the parser.
    private static func whole(_ markup: [UInt8], _ aside: inout AsideText) -> String {
        var text = ""
        for piece in String(decoding: markup, as: UTF8.self).split(separator: "<?", omittingEmptySubsequences: false) {
            guard let end = piece.firstRange(of: "?>") else {
                text += piece
                continue
            }
            let range = Array(piece[..<end.lowerBound].utf8 + [0]).withUnsafeBufferPointer {
                $0.baseAddress.flatMap { aside.due($0) }
            }
            for character in String(decoding: aside.bytes[range ?? 0..<0], as: UTF8.self) {
                text += character == "&" ? "&amp;" : character == "<" ? "&lt;" : String(character)
            }
            text += piece[end.upperBound...]
        }
        return text
    }

    static let cases: [(String, String)] = [
        ("<t>x</t>", "<t>x</t>"),
        (
            "<t>Q&A &amp; &lt;&#65;&#x42;&unknown; & &#; &#x;</t>",
            "<t>Q&amp;A &amp; &lt;&#65;&#x42;&amp;unknown; &amp; &amp;#; &amp;#x;</t>"
        ),
        ("<t>&nbsp;&eacute;&AMP;&LT;</t>", "<t>\u{a0}\u{e9}&amp;&lt;</t>"),
        ("<t>&#147;x&#148;</t>", "<t>\u{201c}x\u{201d}</t>"),
        ("<t>&#0;&#x1;&#xD800;&#x110000;&#99999999999;</t>", "<t>\u{fffd}\u{fffd}\u{fffd}</t>"),
        ("<t>&#226;&#128;&#166; &Atilde;&copy; &Atilde;x</t>", "<t>\u{2026} \u{e9} \u{c3}x</t>"),
        ("<t>1 < 2 <3 <@x <></t>", "<t>1 &lt; 2 &lt;3 &lt;@x &lt;></t>"),
        ("<t>ann <ann@example.org></t>", "<t>ann &lt;ann@example.org></t>"),
        ("<t>]]></t>", "<t>]]&gt;</t>"),
        ("<t><![CDATA[<b>&x]]></t>", "<t>&lt;b>&amp;x</t>"),
        ("<t><![CDATA[x", "<t>x</t>"),
        ("<t><b></t>", "<t><b></b></t>"),
        ("<t><b><c></b></c></t>", "<t><b><c></c></b></t>"),
        ("<t></b></t>", "<t></t>"),
        ("<t", ""),
        ("<t>x<b", "<t>x</t>"),
        ("<t b=c d e='f' g=\"h\"i=\"j\"/>", "<t b=\"c\" d=\"\" e=\"f\" g=\"h\" i=\"j\"/>"),
        ("<t b=\"x&y<z\"/>", "<t b=\"x&amp;y&lt;z\"/>"),
        ("<t b='\"'c='x'/>", "<t b=\"&quot;\" c=\"x\"/>"),
        ("<t b=\"1\" b='2' c/>", "<t b=\"1\" c=\"\"/>"),
        ("<t <b/></t>", "<t><b/></t>"),
        ("<t>x<br>y<BR/></t>", "<t>x<br/>y<BR/></t>"),
        ("<t><!-- <b> -- x --><?pi <c> ?>y</t>", "<t>y</t>"),
        ("<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY x \"y>\">]><t>&x;</t>", "<t>&amp;x;</t>"),
        ("<!DOCTYPE a PUBLIC \"-//x><t>y</t>", "<t>y</t>"),
        ("junk <br /><b>Warning</b> <?xml version='1.0'?>\n<t/>junk", "<t/>"),
        ("<t/><b/>", "<t/>"),
        ("<r><item><title>x<item><y/></item></r>", "<r><item><title>x</title></item><item><y/></item></r>"),
        ("<r><item><x:y><item/></x:y></item></r>", "<r><item><x:y><item/></x:y></item></r>"),
        ("<t><\u{201c}q\u{201d}></t>", "<t>&lt;\u{201c}q\u{201d}></t>"),
        ("<t><\u{e4}\u{f6}/></t>", "<t><\u{e4}\u{f6}/></t>"),
        ("<t><b:c:d/></t>", "<t>&lt;b:c:d/></t>"),
        ("<r><title>x</title> <dc:date>y</dc:date></r>", "<r><title>x</title> <dc:date>y</dc:date></r>"),
        ("<r><title></title><title>a]]>b</title></r>", "<r><title></title><title>a]]&gt;b</title></r>"),
        ("<r><title>x</TITLE></r>", "<r><title>x</title></r>"),
        ("<r><title>x</title ><title>y</titles></title></r>", "<r><title>x</title><title>y</title></r>"),
        ("<r><item><a>1</a><item>2</item></item></r>", "<r><item><a>1</a></item><item>2</item></r>"),
        ("<r><br>x</br><img>y</img><id>z</id></r>", "<r><br/>x<img/>y<id>z</id></r>"),
        ("<r><aa:b:c>x</aa:b:c><aa:>y</aa:></r>", "<r>&lt;aa:b:c>x&lt;aa:>y</r>"),
        ("<r><b><![CDATA[a]]]]><![CDATA[>]]></b></r>", "<r><b>a]]></b></r>"),
        ("<r><b><![CDATA[a\rb]]><![CDATA[]]></b></r>", "<r><b>a\rb</b></r>"),
    ]

    @Test("A short CDATA section of plain text goes through the parser, where it costs less than beside it")
    func shortSections() {
        var repair = MarkupRepair(depth: 250)
        var output: [UInt8] = []
        let document = Array("<t><![CDATA[plain]]><![CDATA[a<b]]></t>".utf8)
        _ = document.withUnsafeBufferPointer { repair.process($0, isFinal: true, into: &output) }
        #expect(String(decoding: output, as: UTF8.self) == "<t>plain<?aa?></t>")
    }

    @Test("security.md §6: a plain element below the depth is passed over like any other")
    func depthOfPlainElements() {
        for (depth, expected) in [(1, "<t>xy</t>"), (2, "<t><a>x</a>y</t>")] {
            var repair = MarkupRepair(depth: depth)
            var output: [UInt8] = []
            let document = Array("<t><aa>x</aa>y</t>".utf8)
            _ = document.withUnsafeBufferPointer { repair.process($0, isFinal: true, into: &output) }
            #expect(String(decoding: output, as: UTF8.self) == expected.replacing("a>", with: "aa>"))
        }
    }

    @Test("Markup comes out well-formed, and loses nothing that a browser would read", arguments: cases)
    func mends(document: String, expected: String) {
        #expect(mended(document) == expected)
    }

    @Test("The cuts of a transfer change nothing in the mended markup", arguments: cases)
    func cuts(document: String, expected: String) {
        for step in [1, 2, 3, 7] { #expect(mended(document, step: step) == expected) }
    }

    @Test("security.md §6: elements beyond the depth are passed over, their text is kept")
    func depth() {
        let deep = String(repeating: "<b>", count: 1000) + "x" + String(repeating: "</b>", count: 1000)
        var repair = MarkupRepair(depth: 10)
        var output: [UInt8] = []
        let document = Array("<t>\(deep)y</t>".utf8)
        _ = document.withUnsafeBufferPointer { repair.process($0, isFinal: true, into: &output) }
        let text = String(decoding: output, as: UTF8.self)
        #expect(
            text == "<t>" + String(repeating: "<b>", count: 9) + "x" + String(repeating: "</b>", count: 9) + "y</t>")
        #expect(repair.isComplete)
    }

    @Test("A tag that never ends is text, and costs linear time")
    func endlessTag() {
        let long = "<t>x<b c=\"" + String(repeating: "z", count: 1_200_000)
        let result = mended(long, step: 65_536)
        #expect(result.hasPrefix("<t>x&lt;b c=\"zzz"))
    }
}
