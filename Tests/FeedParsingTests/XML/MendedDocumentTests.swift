import Testing

@testable import FeedParsing

@Suite("Documents that are no feeds are decoded and mended as feeds are: encodings.md, security.md §6")
struct MendedDocumentTests {
    private func read(_ text: String) -> (events: [String], flaws: [String]) { read(Array(text.utf8)) }

    private func read(_ bytes: [UInt8]) -> (events: [String], flaws: [String]) {
        var events: [String] = []
        let flaws = MendedDocument.read(bytes) { event, line in
            switch event {
            case .start(let tag):
                let attributes = tag.attributes.sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }.joined()
                events.append("\(line) <\(tag.name)\(attributes)>\(tag.isWhole ? "" : " doubtful")")
            case .end(let name, let isImplied): events.append("\(line) \(isImplied ? "implied " : "")</\(name)>")
            case .strayEnd(let name): events.append("\(line) stray </\(name)>")
            case .text(let text): events.append("\(line) \(text)")
            case .looseAngle: events.append("\(line) loose <")
            }
            return true
        }
        return (events, flaws.map { "\($0.line) \($0.isLoss ? "loss" : "mended"): \($0.message)" })
    }

    @Test("Tags come with their lines, whatever stands before and between them")
    func lines() {
        let long = String(repeating: "long ", count: 20)
        let (events, flaws) = read(
            """


            <?xml version="1.0"?>
            <!-- a
            comment --><!DOCTYPE x
             [ <!-- y -->
            ]>
            <X:Root a='1'
              b="2 &amp; 3" p:c="4">
            <t>\(long)
            </t><t>a &lt; b</t>
            <e/><![CDATA[<c>
            ]]></X:Root>

            """)
        #expect(
            events == [
                "8 <root a=1 b=2 & 3>", "10 <t>", "10 \(long)\n", "11 </t>", "11 <t>", "11 a <", "11  b", "11 </t>",
                "12 <e>", "12 </e>", "12 <c>\n", "13 </root>",
            ])
        #expect(flaws.isEmpty)
    }

    @Test("What has one meaning is mended: ampersands, quotes, tags without an end, markup around the document")
    func mended() {
        let (events, flaws) = read(
            "Warning: x\n<r>\n<o u=\"?a=1&b=2&copy=3\" t=x>\n<o t=\"a < b\"k=\"1\"/>\n<o t=\"c\"\n</r>\n<!-- 0.1 s -->")
        #expect(
            events == [
                "2 <r>", "3 <o t=x u=?a=1&b=2&copy=3>", "4 <o k=1 t=a < b>", "4 </o>", "5 <o t=c>", "6 implied </o>",
                "6 implied </o>", "6 </r>",
            ])
        #expect(
            flaws == [
                "2 mended: has something before its root element",
                "3 mended: has tags that are not well-formed, and were mended",
                "6 mended: has end tags that are missing or in the wrong order",
            ])
    }

    @Test(
        "A tag whose quotes do not close, or that has an attribute twice, is not whole",
        arguments: [
            #"<o t="The "Best" feeds" u="1"/>"#, #"<o t="A u="1" k="2"/>"#, "<o t=\"A/>\n<o t=\"B\" u=\"2\"/>",
            #"<o u="1" u="2"/>"#, #"<o u="1" U="2"/>"#, #"<o t="a" , u="1"/>"#, #"<o t=a" u="1"/>"#, #"<o t= u="1"/>"#,
            #"<o t u="1"/>"#, #"<o x/u="1"/>"#, #"<o t=>"1"/>"#, #"<o t="a" u<="1"/>"#,
            "<o \((0..<600).map { "a\($0)=\"\" " }.joined())/>",
        ])
    func doubtful(tag: String) {
        let (events, _) = read("<r>\(tag)</r>")
        #expect(events.contains { $0.hasSuffix(" doubtful") }, "\(events)")
    }

    @Test(
        "In a tag that is not whole it is said which attributes may have other values",
        arguments: [
            (#"<o t="The "Best" x" u="1" k='2'/>"#, ["t"]), (#"<o u="a"b" t="1"/>"#, ["u"]),
            (#"<o u="1" U="2" t="3"/>"#, ["u"]),
            (#"<o u=1 , t="2"/>"#, ["u"]), ("<o t=\"A/>\n<o t=\"B\" u=\"2\"/>", ["t"]),
            (#"<o u="1"t="a" t="b" k="3"/>"#, ["t", "u"]),
        ])
    func whichAreDoubtful(tag: String, names: [String]) {
        var doubtful: Set<String> = []
        _ = MendedDocument.read(Array("<r>\(tag)</r>".utf8)) { event, _ in
            if case .start(let tag) = event, !tag.isWhole { doubtful.formUnion(tag.doubtful) }
            return true
        }
        #expect(doubtful.intersection(["t", "u", "k"]) == Set(names), "\(doubtful)")
    }

    @Test("An attribute may stand twice if both say the same, and with a prefix beside one without")
    func twice() {
        #expect(read(#"<r u="1" U="1" x:u="2" xmlns:x="x"/>"#).events.first == "1 <r u=1>")
    }

    @Test("End tags that close nothing, and angles that begin nothing, are said where they are")
    func stray() {
        let (events, _) = read("<r>\n</o>\n< o u=\"1\"/>\n</r>")
        #expect(
            events == ["1 <r>", "2 stray </o>", "3 loose <", "3  <", "3  o u=\"1\"/> ", "4 </r>"])
    }

    @Test(
        "A document that is cut off says in which element, and in which line",
        arguments: [
            ("<r>\n<o>\n<o/>\n", "3 loss: ends inside <o>"), ("<r>\n<o u=\"1\"/>\n<i u=\"2", "3 loss: ends inside <i>"),
            ("<r>\n<o", "2 loss: ends inside <o>"), ("<r>\n<!-- x\n\n", "2 loss: ends inside <r>"),
            ("<r><t>abc", "1 loss: ends inside <t>"),
            ("<r/>\n<r>\n</r>", "2 loss: goes on behind its end"), ("<r/>\n\u{0}", "2 loss: has characters that XML"),
            ("<r/>\nx", "2 mended: has something behind its end"),
        ])
    func cut(text: String, flaw: String) {
        let flaws = read(text).flaws
        #expect(flaws.contains { $0.hasPrefix(flaw) }, "\(flaws)")
    }

    @Test("Characters that were lost, or entities that were not followed, are losses with the line of the first")
    func lost() {
        func flaws(_ begin: String, _ bytes: [UInt8], _ declaration: String = "") -> [String] {
            read(Array("\(declaration)<r>\n\(begin)".utf8) + bytes + Array("\n</r>".utf8)).flaws
        }
        let filler = String(repeating: "x\n", count: 5000)
        #expect(flaws(filler, [0x01]).first?.hasPrefix("5002 loss: has characters that XML forbids") == true)
        #expect(flaws("ä", [0xe4]).first?.hasPrefix("2 loss: has bytes that are not UTF-8 (1)") == true)
        #expect(
            flaws("", [0xe4], "<?xml version=\"1.0\" encoding=\"UTF-8\"?>").first?.hasPrefix("2 loss: has bytes")
                == true)
        #expect(flaws("", [0xe4]).first?.hasPrefix("2 mended: is not UTF-8 and names no encoding") == true)
        #expect(
            flaws("", [0xff], "<?xml version=\"1.0\" encoding=\"euc-jp\"?>").first?
                .hasPrefix("2 loss: has characters that cannot be read as ") == true)
        #expect(read("<r>&#1;</r>").flaws.first?.hasPrefix("1 loss: has references to characters") == true)
        let entities = read("<!DOCTYPE r [<!ENTITY x \"y\">]>\n<r a=\"&x;\"/>")
        #expect(entities.events.first == "2 <r a=&x;>")
        #expect(entities.flaws.last?.hasPrefix("2 loss: uses entities") == true)
        #expect(read("<r a=\"&x;\"/>").flaws.first?.hasPrefix("1 mended: has references to unknown") == true)
    }

    @Test("Encodings are decided as for feeds")
    func encodings() {
        var bytes: [UInt8] = []
        for unit in "<r a=\"ä\"/>\n".utf16 { bytes += [UInt8(unit & 255), UInt8(unit >> 8)] }
        #expect(read(bytes).events.first == "1 <r a=ä>" && read([0xff, 0xfe] + bytes).events.first == "1 <r a=ä>")
        let label = "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>"
        #expect(read("\(label)<r a=\"naïve café\"/>").events.first == "1 <r a=naïve café>")
        let latin = Array("\(label)\n<r a=\"".utf8) + [0xe4] + Array("\"/>".utf8)
        #expect(read(latin).events.first == "2 <r a=ä>" && read(latin).flaws.isEmpty)
        let text = "Новости Москвы и всей страны каждый день: погода, выставки, театры и музеи"
        let bytes1251 = text.unicodeScalars.map { UInt8($0.value < 0x80 ? $0.value : $0.value - 0x410 + 0xc0) }
        let detected = read(Array("<r a=\"".utf8) + bytes1251 + Array("\"/>".utf8))
        #expect(detected.events.first == "1 <r a=\(text)>")
        #expect(detected.flaws.first?.contains("detected as windows-1251") == true)
    }

    @Test("Nobody who wants no more gets more")
    func stopped() {
        var count = 0
        let flaws = MendedDocument.read(Array("<r><o>".utf8)) { _, _ in
            count += 1
            return false
        }
        #expect(count == 1 && flaws.isEmpty)
    }
}
