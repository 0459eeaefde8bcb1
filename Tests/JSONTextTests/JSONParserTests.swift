import Testing

@testable import JSONText

@Suite struct JSONParserTests {
    private func value(_ text: String, _ limits: JSONLimits = JSONLimits()) throws(JSONError) -> JSONValue {
        try JSONParser.parse(Array(text.utf8), limits: limits).value
    }

    private func recover(_ bytes: [UInt8]) -> Result<(value: JSONValue, findings: JSONFindings), JSONError> {
        bytes.withUnsafeBytes { buffer in Result { () throws(JSONError) in try JSONParser.recover(buffer) } }
    }

    @Test("every kind of value is read, members in their order")
    func kinds() throws {
        let json = try value(" {\"b\": [1, -2.5e+3, true, false, null], \"a\": \"x\"} ")
        #expect(json["b"]?.array?.count == 5)
        #expect(json["b"]?.array?[0].integer == 1)
        #expect(json["b"]?.array?[1].double == -2500)
        #expect(json["b"]?.array?[1].integer == -2500)
        #expect(json["b"]?.array?[2].bool == true)
        #expect(json["b"]?.array?[4] == .null)
        #expect(json.object?.map(\.key) == ["b", "a"])
        #expect(json["c"] == nil)
        #expect(try value("[]") == .array([]) && value("{}") == .object([]))
    }

    @Test(
        "RFC 8259 §7: escapes are decoded",
        arguments: [
            ("\\\"\\\\\\/\\b\\f\\n\\r\\t", "\"\\/\u{8}\u{c}\n\r\t"), ("\\u00e9\\u00E9", "éé"), ("\\ud83d\\ude00", "😀"),
            ("a\\u0000b", "a\u{0}b"), ("é😀", "é😀"), ("", ""),
        ])
    func escapes(json: String, expected: String) throws {
        #expect(try value("\"\(json)\"").string == expected)
    }

    @Test(
        "RFC 8259: what is no JSON is refused at its place",
        arguments: [
            ("", .unexpectedEnd, 0), ("{", .unexpectedEnd, 1), ("[1,", .unexpectedEnd, 3), ("\"a", .unexpectedEnd, 2),
            ("[1 2]", .unexpectedByte, 3), ("{a:1}", .unexpectedByte, 1), ("{\"a\" 1}", .unexpectedByte, 5),
            ("[1,]", .unexpectedByte, 3), ("{\"a\":1,}", .unexpectedByte, 7), ("tru", .unexpectedEnd, 3),
            ("trux", .unexpectedByte, 3), ("-x", .badNumber, 1), ("1.x", .badNumber, 2), ("1ex", .badNumber, 2),
            ("\"\\x\"", .badEscape, 2), ("\"\\u12g4\"", .badEscape, 5), ("nul", .unexpectedEnd, 3),
            ("'a'", .unexpectedByte, 0), ("\"\\", .unexpectedEnd, 2),
        ] as [(String, JSONError.Reason, Int)])
    func refused(text: String, reason: JSONError.Reason, offset: Int) {
        #expect(throws: JSONError(reason: reason, offset: offset)) { try value(text) }
    }

    @Test("security.md §7: depth, number of values and length of numbers are bounded")
    func limits() throws {
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        _ = try value(nested(64))
        #expect(throws: JSONError(reason: .tooDeep, offset: 64)) { try value(nested(65)) }
        #expect(throws: JSONError.self) { try value(String(repeating: "[", count: 1_000_000)) }
        #expect(throws: JSONError.self) { try value(String(repeating: "{\"a\":", count: 100_000)) }
        var limits = JSONLimits()
        limits.values = 4
        _ = try value("[1,2,3]", limits)
        #expect(throws: JSONError(reason: .tooManyValues, offset: 7)) { try value("[1,2,3,4]", limits) }
        limits.numberLength = 3
        _ = try value("123", limits)
        #expect(throws: JSONError.self) { try value("1234 ", limits) }
    }

    @Test("security.md §7: mistakes in JSON that are tolerated are told")
    func findings() throws {
        func findings(_ text: [UInt8]) throws -> JSONFindings { try JSONParser.parse(text).findings }
        var expected = JSONFindings()
        #expect(try findings(Array("\u{feff}{\"a\":1}\n".utf8)) == expected)
        expected.duplicateKeys = true
        #expect(try findings(Array("{\"a\":1,\"a\":2}".utf8)) == expected)
        #expect(try value("{\"a\":1,\"a\":2}")["a"]?.integer == 2)
        let many = (0..<40).map { "\"k\($0 % 39)\":1" }.joined(separator: ",")
        #expect(try findings(Array("{\(many)}".utf8)) == expected)
        expected = JSONFindings()
        expected.loneSurrogates = true
        for text in ["\\ud800", "\\udc00", "\\ud800x", "\\ud800\\n", "\\ud800\\ud800"] {
            #expect(try findings(Array("\"\(text)\"".utf8)) == expected, "\(text)")
        }
        #expect(try value("\"\\ud800\\u0041\"").string == "\u{fffd}A")
        expected = JSONFindings()
        expected.invalidUTF8 = true
        #expect(try findings([0x22, 0xff, 0x22]) == expected)
        #expect(try findings([0x22, 0xff, 0x5c, 0x6e, 0x22]) == expected)
        #expect(try JSONParser.parse([0x22, 0x61, 0xc3, 0x22]).value.string == "a\u{fffd}")
        expected = JSONFindings()
        expected.controlCharacters = true
        #expect(try findings(Array("\"a\nb\"".utf8)) == expected)
        #expect(try findings(Array("\"\\ta\tb\"".utf8)) == expected)
        expected = JSONFindings()
        expected.trailingBytes = true
        #expect(try findings(Array("{} x".utf8)) == expected)
    }

    @Test("numbers keep their text, and are integers only where they are whole and fit")
    func numbers() throws {
        #expect(try value("1.50") == .number("1.50"))
        #expect(try value("9223372036854775807").integer == .max)
        #expect(try value("9223372036854775808").integer == nil)
        #expect(try value("1e400").integer == nil)
        #expect(try value("1.5").integer == nil)
        #expect(try value("1e3").integer == 1000)
        #expect(try value("\"1\"").integer == nil)
    }

    @Test("Recovery of a JSON document that was cut anywhere gives everything that was complete")
    func cutOff() throws {
        let text = Array("{\"a\":[{\"b\":\"c\"},{\"d\":[true,\"é\\n\"]}],\"e\":null}".utf8)
        for length in 1..<text.count {
            let (json, findings) = try recover(Array(text[..<length])).get()
            #expect(findings.failure?.reason == .unexpectedEnd)
            #expect(findings.openContainers > 0)
            // The offset at which `{"b":"c"}` is complete.
            if length > 14 { #expect(json["a"]?.array?.first?["b"]?.string == "c", "\(length)") }
        }
        let whole = try recover(text).get()
        #expect(whole.findings == JSONFindings())
        #expect(try whole.value == JSONParser.parse(text).value)
    }

    @Test("Recovery of JSON takes no number that the document ends in: it may have been a longer one")
    func cutNumber() throws {
        for text in ["{\"a\":1,\"b\":12", "{\"a\":1,\"b\":1.5", "{\"a\":1,\"b\":-0"] {
            let (json, findings) = try recover(Array(text.utf8)).get()
            #expect(json["a"]?.integer == 1 && json["b"] == nil && findings.failure?.reason == .unexpectedEnd)
        }
        #expect(try recover(Array("{\"a\":12 ".utf8)).get().value["a"]?.integer == 12)
        #expect(try JSONParser.parse(Array("12".utf8)).value.integer == 12)
    }

    @Test("Recovery of JSON tells in openContainers how deep the break lies")
    func openContainers() throws {
        for (text, open) in [
            ("{\"a\":[{\"b\":1", 3), ("{\"a\":[{\"b\":1}", 2), ("{\"a\":[1]", 1), ("[[[", 3), ("[1 2]", 1),
        ] {
            #expect(try recover(Array(text.utf8)).get().findings.openContainers == open, "\(text)")
        }
    }

    @Test("Recovery of JSON reads null for what is too deep, and goes on with the rest")
    func tooDeep() throws {
        let deep = String(repeating: "[", count: 70) + "\"]\\\"\"" + String(repeating: "]", count: 70)
        let (json, findings) = try recover(Array("{\"a\":\(deep),\"b\":2}".utf8)).get()
        #expect(json["b"]?.integer == 2)
        #expect(findings.tooDeep && findings.failure == nil)
        let cut = try recover(Array("[1,\(String(repeating: "[", count: 500_000))".utf8)).get()
        #expect(cut.value.array?.first?.integer == 1)
        #expect(cut.findings.failure != nil)
        let inString = try recover(Array((String(repeating: "[", count: 70) + "\"\\").utf8)).get()
        #expect(inString.findings.failure != nil)
    }

    @Test("Recovery of JSON passes over commas with nothing behind them")
    func trailingCommas() throws {
        let (json, findings) = try recover(Array("{\"a\":[1, ],}".utf8)).get()
        #expect(json == .object([.init(key: "a", value: .array([.number("1")]))]))
        #expect(findings.trailingCommas && findings.failure == nil)
    }

    @Test("Recovery of JSON refuses what does not begin as a document")
    func notADocument() {
        for text in ["", " ", "x", "\"a", "tru", "-"] {
            #expect(throws: JSONError.self, "\(text)") { try recover(Array(text.utf8)).get() }
        }
    }

    @Test("any bytes are read without a crash, and recovery gives what strict reading gives where that succeeds")
    func randomBytes() {
        let alphabet = Array("{}[]\",:0123e+-.tfn\\u d8é\n".utf8) + [0xff, 0x00]
        var state: UInt64 = 7
        for _ in 0..<20_000 {
            var bytes: [UInt8] = []
            for _ in 0..<20 {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                bytes.append(alphabet[Int(state >> 33) % alphabet.count])
            }
            let lenient = try? recover(bytes).get()
            if let strict = try? JSONParser.parse(bytes) { #expect(lenient?.value == strict.value) }
        }
    }
}
