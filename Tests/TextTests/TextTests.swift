import Testing
import Text

@Suite("Small things about text that are written once")
struct TextTests {
    @Test("Bytes are what ASCII says of them, and bytes beyond it are neither letters nor digits")
    func ascii() {
        for byte in UInt8.min...UInt8.max {
            let character = byte < 0x80 ? Character(Unicode.Scalar(byte)) : nil
            #expect(byte.isASCIIDigit == (character?.isNumber ?? false))
            #expect(byte.isASCIILetter == (character?.isLetter ?? false))
            #expect(byte.isASCIIAlphanumeric == (byte.isASCIIDigit || byte.isASCIILetter))
            #expect(byte.hexadecimalValue.map(Int.init) == character?.hexDigitValue)
            #expect(byte.decimalValue.map(Int.init) == (byte.isASCIIDigit ? character?.wholeNumberValue : nil))
            #expect(byte.isASCIISpaceOrControl == (byte <= 0x20))
            let lower = character?.lowercased().utf8.first ?? byte
            #expect(byte.asciiLowercased == lower)
        }
    }

    @Test(
        "Noise goes from both ends and stays in the middle",
        arguments: [("", ""), ("  ", ""), ("a", "a"), (" a b  ", "a b"), ("a ", "a"), (" a", "a")])
    func trimming(text: String, trimmed: String) {
        #expect(text.trimming { $0 == " " } == trimmed)
        #expect(Array(text.utf8).trimming { $0 == 0x20 }.elementsEqual(trimmed.utf8))
    }

    @Test("A search by halving finds the place behind all numbers in front, in rows of any length", arguments: 0...33)
    func partitionPoint(_ count: Int) {
        for place in 0...count { #expect((0..<count).partitionPoint { $0 < place } == place) }
        #expect(Array(0..<count)[...].dropFirst(1).partitionPoint { _ in false } == min(1, count))
    }

    @Test("A search by halving finds every key of a sorted table and no other")
    func binarySearch() {
        for count in 0..<20 {
            let table = (0..<count).map { (key: 2 * $0, value: "\($0)") }
            for key in -1...2 * count {
                let found = table.binarySearch(key) { $0.key }?.value
                #expect(found == (key >= 0 && key < 2 * count && key.isMultiple(of: 2) ? "\(key / 2)" : nil))
            }
        }
    }

    @Test(
        "Base64 reads what it has written (RFC 4648 §10)",
        arguments: [
            ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("\u{ff}~", "w79+"),
        ])
    func base64(text: String, encoded: String) {
        #expect(Base64.string(Array(text.utf8)) == encoded)
        #expect(Base64.bytes(Array(encoded.utf8)) == Array(text.utf8))
        #expect(Base64.bytes(Array(" \(encoded)\r\n".utf8.filter { $0 != 0x3d })) == Array(text.utf8))
    }

    @Test("A percent sign that stands for no byte is refused, or stands for itself where it must be read")
    func percent() {
        #expect(PercentEncoding.decoded("a%2fB%C3%a9".utf8) == Array("a/B\u{e9}".utf8))
        for text in ["%", "%2", "%2g", "a%%20"] { #expect(PercentEncoding.decoded(text.utf8) == nil) }
        Array("%41%4g%".utf8).withUnsafeBufferPointer {
            #expect(PercentEncoding.decodedLeniently($0[...]) == Array("A%4g%".utf8))
        }
        #expect(PercentEncoding.encoded(path: "/a b/\u{e9}%?#;".utf8) == "/a%20b/\u{e9}%25%3F%23%3B")
    }

    @Test(
        "A media type is its essence and its charset, however they are spaced and quoted",
        arguments: [
            ("", "", nil), ("Text/XML", "text/xml", nil), ("text/xml; charset=\"UTF-8\"", "text/xml", "utf-8"),
            (" text/xml ;a=b; Charset = 'koi8-r' ; charset=x", "text/xml", "koi8-r"),
            ("text/xml; charset=; charset=utf-8", "text/xml", "utf-8"), ("text/xml;charset", "text/xml", nil),
            ("Application/RSS+XML; Charset=\"UTF-8\"", "application/rss+xml", "utf-8"),
            ("text/xml;boundary=x; charset = iso-8859-1 ;y", "text/xml", "iso-8859-1"),
            ("text/xml; qs=0.9; CHARSET='x'", "text/xml", "x"), ("text/xml; charset:utf-8", "text/xml", nil),
        ] as [(String, String, String?)])
    func mediaType(value: String, essence: String, charset: String?) {
        let type = MediaType(value)
        #expect(type.essence == essence && type.charset == charset)
    }

    @Test("English months are read by their first three letters, in dates of HTTP in just this case")
    func months() {
        let names = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        for (index, name) in names.enumerated() {
            #expect(EnglishMonth.number(name.utf8) == index + 1)
            #expect(EnglishMonth.number(name.lowercased().utf8) == nil)
            #expect(EnglishMonth.number(name.uppercased().utf8) == nil)
        }
        for name in ["", "Ja", "Janu", "Xyz"] { #expect(EnglishMonth.number(name.utf8) == nil) }
    }
}
