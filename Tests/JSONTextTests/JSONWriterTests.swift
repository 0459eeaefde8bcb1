import JSONText
import Testing

@Suite struct JSONWriterTests {
    private func written(_ body: (inout JSONWriter) -> Void) -> String {
        var writer = JSONWriter()
        body(&writer)
        return String(decoding: writer.finish(), as: UTF8.self)
    }

    @Test("A JSON writer puts commas where they belong")
    func commas() {
        let text = written { json in
            json.beginObject()
            json.member("a", "x")
            json.member("absent", nil as String?)
            json.member("n", 1 as Int?)
            json.member("list", ["y", "z"])
            json.member("empty", [])
            json.flag("no", false)
            json.flag("yes", true)
            json.key("o")
            json.beginArray()
            json.beginObject()
            json.endObject()
            json.null()
            json.bool(false)
            json.raw("[1]")
            json.endArray()
            json.key("ä\"")
            json.number(1.5)
            json.endObject()
        }
        #expect(text == #"{"a":"x","n":1,"list":["y","z"],"yes":true,"o":[{},null,false,[1]],"ä\"":1.5}"#)
    }

    @Test(
        "security.md §8: text comes out on one line, and without controls, separators and what turns its direction",
        arguments: [
            ("a\"b\\c", #"a\"b\\c"#), ("\n\r\t", #"\n\r\t"#), ("\u{0}\u{1b}\u{7f}", #"\u0000\u001b\u007f"#),
            ("\u{80}\u{9f}\u{a0}", "\\u0080\\u009f\u{a0}"),
            ("\u{2027}\u{2028}\u{2029}\u{202a}", "\u{2027}\\u2028\\u2029\\u202a"),
            ("\u{202e}\u{202f}\u{2066}\u{2069}\u{206a}\u{2065}", "\\u202e\u{202f}\\u2066\\u2069\u{206a}\u{2065}"),
            ("é€😀", "é€😀"), ("/", "/"),
            ("plain text, long enough for eight at once", "plain text, long enough for eight at once"),
            ("1234567\"", #"1234567\""#), ("12345678\u{2028}", #"12345678\u2028"#), ("“quoted”", "“quoted”"), ("", ""),
        ])
    func escaping(text: String, expected: String) {
        #expect(written { $0.string(text) } == "\"\(expected)\"")
    }

    @Test("each character is escaped wherever it stands, and as nothing else would be")
    func everyPlace() throws {
        for scalar in (0..<0x2100).compactMap(Unicode.Scalar.init(_:)) {
            let value = scalar.value
            let isEscaped =
                value < 0x20 || value == 0x22 || value == 0x5c || (0x7f..<0xa0).contains(value)
                || (0x2028...0x202e).contains(value)
                || (0x2066...0x2069).contains(value)
            for length in [0, 5, 8, 13] {
                let text = String(repeating: "x", count: length) + String(scalar) + "yz"
                let json = written { $0.string(text) }
                #expect(json.unicodeScalars.contains("\\") == isEscaped, "U+\(String(value, radix: 16))")
                #expect(try JSONParser.parse(Array(json.utf8)).value.string == text)
            }
        }
    }

    @Test("digits of a hash are a string of 32, whatever stands before them")
    func digits() {
        let text = written { json in
            json.beginArray()
            json.string(hex: 0, .max)
            json.string(hex: 0x0123_4567_89ab_cdef, 1)
            json.integer(1)
            json.endArray()
        }
        #expect(text == #"["0000000000000000ffffffffffffffff","0123456789abcdef0000000000000001",1]"#)
    }

    @Test("A JSON writer writes null for a number that JSON has no form for")
    func numbers() {
        #expect(written { $0.number(.infinity) } == "null")
        #expect(written { $0.number(.nan) } == "null")
        #expect(written { $0.number(3) } == "3.0")
        #expect(written { $0.integer(Int64.min) } == "-9223372036854775808")
        #expect(written { $0.integer(UInt64.max) } == "18446744073709551615")
    }

    @Test("a writer that is emptied begins anew")
    func emptied() {
        let text = written { json in
            json.string("a")
            json.removeAll()
            json.string("b")
        }
        #expect(text == "\"b\"")
    }

    @Test("a tree is written as it was read")
    func roundTrip() throws {
        let text = #"{"b":[1,-2.50e+3,true,false,null,"x\ny"],"a":{},"a":[]}"#
        let value = try JSONParser.parse(Array(text.utf8)).value
        #expect(written { value.write(to: &$0) } == text)
    }
}
