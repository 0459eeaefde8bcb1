import FeedModel
import Testing

@testable import FeedParsing

@Suite struct EncodingTests {
    private func document(_ declared: String?) -> String {
        let declaration = declared.map { "<?xml version=\"1.0\" encoding=\"\($0)\"?>" } ?? ""
        return declaration + "<rss><channel><title>"
    }

    private let end = Array("</title></channel></rss>".utf8)

    private func title(
        _ bytes: [UInt8], declared: String? = nil, contentType: String? = nil, step: Int = 4096
    ) throws -> (title: String?, encoding: String, warnings: [String]) {
        let feed = try feed(
            Array(document(declared).utf8) + bytes + end, context: DocumentContext(contentType: contentType), step: step
        )
        return (feed.title, feed.encoding, feed.warnings)
    }

    @Test(
        "RFC 7303 §3: the encoding is what the HTTP header says, or else the declaration",
        arguments: [
            ([0xe9], "iso-8859-1", nil, "\u{e9}", "iso-8859-1"),
            ([0xc3, 0xa9], "utf-8", nil, "\u{e9}", "utf-8"),
            ([0xc3, 0xa9], nil, nil, "\u{e9}", "utf-8"),
            ([0xc1], "windows-1251", nil, "\u{411}", "windows-1251"),
            ([0xc1], nil, "text/xml; charset=windows-1251", "\u{411}", "windows-1251"),
            ([0xc2, 0xc9], "iso-8859-1", "application/xml;charset='koi8-r'", "\u{431}\u{438}", "koi8-r"),
            ([0x93, 0xfa], "Shift_JIS", nil, "\u{65e5}", "shift_jis"),
            ([0xc4, 0xe3], "gb2312", nil, "\u{4f60}", "gb18030"),
            ([0xa7, 0x41], "Big5", nil, "\u{4f60}", "big5"),
            ([0xb0, 0xa1], "euc-kr", nil, "\u{ac00}", "euc-kr"),
            ([0xd0], "iso-8859-5", nil, "\u{430}", "iso-8859-5"),
        ] as [([UInt8], String?, String?, String, String)])
    func sources(bytes: [UInt8], declared: String?, contentType: String?, expected: String, name: String) throws {
        for step in [1, 4096] {
            let found = try title(bytes, declared: declared, contentType: contentType, step: step)
            #expect(found.title == expected)
            #expect(found.encoding == name)
            #expect(found.warnings.isEmpty)
        }
    }

    @Test(
        "A wrong claim about the encoding is told in a warning",
        arguments: [
            ([0x93, 0x43, 0xe9, 0x94], "utf-8", nil, "\u{201c}C\u{e9}\u{201d}", "windows-1252"),
            ([0x93, 0xe9, 0x94], "iso-8859-1", nil, "\u{201c}\u{e9}\u{201d}", "windows-1252"),
            ([0xc3, 0xa9], "us-ascii", nil, "\u{e9}", "utf-8"),
            ([0xc3, 0xa9], "klingon", nil, "\u{e9}", "utf-8"),
            ([0xc3, 0xa9], "utf-16", nil, "\u{e9}", "utf-8"),
            ([0xc1], "windows-1251", "text/xml; charset=utf-8", "\u{411}", "windows-1251"),
            ([0xc3, 0xa9, 0x20, 0x92], "utf-8", nil, "\u{e9} \u{2019}", "utf-8"),
            ([0xc2, 0x92], "utf-8", nil, "\u{2019}", "utf-8"),
            ([0xc3, 0xa9], "iso-8859-1", nil, "\u{e9}", "utf-8"),
            ([0xe2, 0x82, 0xac], nil, "text/html; charset=windows-1252", "\u{20ac}", "utf-8"),
        ] as [([UInt8], String?, String?, String, String)])
    func wrongClaims(bytes: [UInt8], declared: String?, contentType: String?, expected: String, name: String) throws {
        for step in [1, 4096] {
            let found = try title(bytes, declared: declared, contentType: contentType, step: step)
            #expect(found.title == expected)
            #expect(found.encoding == name)
            #expect(!found.warnings.isEmpty)
        }
    }

    @Test(
        "A document in UTF-16 or UTF-32 is read with and without a byte order mark", arguments: [true, false],
        [true, false])
    func wide(bigEndian: Bool, marked: Bool) throws {
        let text = (marked ? "\u{feff}" : "") + document(nil) + "\u{e9}\u{1f600}</title></channel></rss>"
        for step in [1, 3, 4096] {
            let sixteen = text.utf16.flatMap { unit -> [UInt8] in
                bigEndian ? [UInt8(unit >> 8), UInt8(unit & 255)] : [UInt8(unit & 255), UInt8(unit >> 8)]
            }
            let feed16 = try feed(sixteen, step: step)
            #expect(feed16.title == "\u{e9}\u{1f600}")
            #expect(feed16.encoding == (bigEndian ? "utf-16be" : "utf-16le"))
            let thirtyTwo = text.unicodeScalars.flatMap { scalar -> [UInt8] in
                let bytes = (0..<4).map { UInt8(truncatingIfNeeded: scalar.value >> UInt32($0 * 8)) }
                return bigEndian ? bytes.reversed() : bytes
            }
            let feed32 = try feed(thirtyTwo, step: step)
            #expect(feed32.title == "\u{e9}\u{1f600}")
            #expect(feed32.encoding == (bigEndian ? "utf-32be" : "utf-32le"))
        }
    }

    @Test func aLoneSurrogateAndAnOddByteDoNoHarm() throws {
        func littleEndian(_ text: String) -> [UInt8] {
            text.utf16.flatMap { unit -> [UInt8] in [UInt8(unit & 255), UInt8(unit >> 8)] }
        }
        var bytes: [UInt8] = [0xff, 0xfe] + littleEndian(document(nil))
        bytes += [0x00, 0xd8, 0x41, 0x00]
        bytes += littleEndian(String(decoding: end, as: UTF8.self)) + [0x0a]
        let feed = try feed(bytes)
        #expect(feed.title == "\u{fffd}A")
        #expect(!feed.warnings.isEmpty)
    }

    @Test func aSequenceThatIsCutShortBecomesOneReplacement() throws {
        let found = try title([0xc3, 0xa9, 0xe2, 0x80, 0x20, 0x41], declared: "utf-8")
        #expect(found.title == "\u{e9}\u{fffd} A")
    }

    @Test("An XML declaration without its last question mark still names the encoding")
    func unclosedDeclaration() throws {
        let text = "<?xml version=\"1.0\" encoding=\"windows-1251\"><rss><channel><title>"
        for step in [1, 4096] {
            let feed = try feed(Array(text.utf8) + [0xc1] + end, step: step)
            #expect(feed.title == "\u{411}")
            #expect(feed.encoding == "windows-1251")
        }
    }

    @Test(
        "An encoding is known by many spellings of its label",
        arguments: [
            ("ISO_8859-2", "iso-8859-2"), ("iso8859_2", "iso-8859-2"), ("ISO-8859-2:1987", "iso-8859-2"),
            ("latin2", "iso-8859-2"), ("csISOLatin2", "iso-8859-2"), ("l2", "iso-8859-2"), ("8859_2", "iso-8859-2"),
            ("latin-5", "iso-8859-9"), ("ISO-8859-8-I", "iso-8859-8"), ("greek", "iso-8859-7"),
            ("windows1251", "windows-1251"), ("win-1251", "windows-1251"), ("cp-1251", "windows-1251"),
            ("x-cp1251", "windows-1251"), ("x-cp1252", "windows-1252"), ("x-mac-cyrillic", "x-mac-cyrillic"),
            ("IBM866", "ibm866"), ("latin99", nil), ("windows-125", nil), ("iso-8859-", nil), ("l", nil),
        ] as [(String, String?)])
    func spellings(label: String, name: String?) {
        #expect(CharacterEncoding(label: label)?.name == name)
    }

    @Test("Labels that could hide markup are not known", arguments: ["utf-7", "ebcdic-us", "cp037", "x/../../y", ""])
    func labels(label: String) {
        #expect(CharacterEncoding(label: label) == nil)
    }
}
