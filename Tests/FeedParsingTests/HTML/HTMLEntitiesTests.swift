import Testing

@testable import FeedParsing

@Suite struct HTMLEntitiesTests {
    private func named(_ name: String) -> String? {
        var name = name
        return name.withUTF8 { HTMLEntities.scalarText(named: $0) }
    }

    @Test("WHATWG HTML §13.5: every name of the table is found, and no other")
    func wholeTable() {
        let table = UnsafeBufferPointer(
            start: HTMLEntityTable.records.utf8Start, count: HTMLEntityTable.records.utf8CodeUnitCount)
        let records = String(decoding: table, as: UTF8.self).split { $0 == " " || $0 == "\n" }
        #expect(records.count == 2125)
        for record in records {
            let parts = record.split { $0 == "=" || $0 == ":" }
            let expected = parts[1].split(separator: "+").compactMap {
                UInt32($0, radix: 16).flatMap(Unicode.Scalar.init)
            }
            let text = named(String(parts[0]))
            #expect(text.map { Array($0.unicodeScalars) } == expected, "\(record)")
            #expect(named(String(parts[0]) + "x0") == nil)
        }
        #expect(records.count { $0.contains(":") } == 106)
    }

    @Test("The first, the last and the well-known names of references are found")
    func samples() {
        #expect(named("AElig") == "Æ")
        #expect(named("zwnj") == "\u{200c}")
        #expect(named("nbsp") == "\u{a0}")
        #expect(named("NotEqualTilde") == "\u{2242}\u{338}")
        #expect(named("CounterClockwiseContourIntegral") == "\u{2233}")
        for unknown in ["", "a", "nope", "AEli", "AEligx", "zzzz", "0", "=", "amp;", "eacute=e9"] {
            #expect(named(unknown) == nil, "\(unknown)")
        }
    }

    @Test(
        "WHATWG HTML §13.2.5.72–80: references in text",
        arguments: [
            ("a &amp; b", "a & b"), ("&amp;lt;", "&lt;"), ("&eacute;&#233;&#xE9;&#Xe9;", "éééé"), ("&nope;", "&nope;"),
            ("&amp", "&"), ("&ampx", "&x"), ("&notit;", "¬it;"), ("&notin;", "∉"), ("&", "&"), ("&;", "&;"),
            ("&&amp;", "&&"),
            ("&#150;", "–"), ("&#x80;", "€"), ("&#x81;", "\u{81}"), ("&#0;", "\u{fffd}"), ("&#xd800;", "\u{fffd}"),
            ("&#x110000;", "\u{fffd}"), ("&#99999999999999999999;", "\u{fffd}"), ("&#;", "&#;"), ("&#x;", "&#x;"),
            ("&#65", "A"), ("&#65x", "Ax"), ("&#x1f600;", "😀"), ("&ThickSpace;", "\u{205f}\u{200a}"),
            ("?a=1&copy=2", "?a=1©=2"),
        ])
    func inText(text: String, expected: String) {
        #expect(HTMLText.decodeEntities(text) == expected)
    }

    @Test(
        "WHATWG HTML §13.2.5.73: in an attribute, a name without semicolon before = or a letter is text",
        arguments: [("?a=1&copy=2", "?a=1&copy=2"), ("&copyx", "&copyx"), ("&copy", "©"), ("&copy;=", "©=")])
    func inAttribute(text: String, expected: String) {
        var text = text
        var result: [UInt8] = []
        text.withUTF8 { HTMLEntities.decode($0, inAttribute: true, into: &result) }
        #expect(String(decoding: result, as: UTF8.self) == expected)
    }
}
