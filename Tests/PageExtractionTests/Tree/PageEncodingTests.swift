import FeedParsing
import Testing

/// Which encoding a page is read in (docs/spec/fulltext.md §2.1).
@Suite struct PageEncodingTests {
    private func decode(_ bytes: [UInt8], contentType: String? = nil) -> String {
        String(decoding: HTMLPageText.decode(bytes, contentType: contentType), as: UTF8.self)
    }

    @Test("Valid UTF-8 is read as such, whatever the page and the server say")
    func utf8() {
        let page = "<meta charset=iso-8859-1><p>Grüße"
        #expect(decode(Array(page.utf8)) == page)
        #expect(decode(Array(page.utf8), contentType: "text/html; charset=windows-1251") == page)
        let claim = "<meta charset=utf-16><p>Bridge"
        #expect(decode(Array(claim.utf8)) == claim)
    }

    @Test("A broken place in a page of UTF-8 costs that place alone")
    func brokenUTF8() {
        let page = Array(String(repeating: "<p>Grüße aus Österreich", count: 20).utf8)
        #expect(decode(page + [0xff] + Array("<p>Ende".utf8)).hasSuffix("ÿ<p>Ende"))
    }

    @Test("Other bytes are what the header says, or the page, or windows-1252")
    func labels() {
        let greeting = [UInt8(ascii: "G"), 0xf0, 0xfc]
        #expect(decode(Array("<meta charset=windows-1251>".utf8) + greeting).hasSuffix("Gрь"))
        #expect(
            decode(Array("<meta charset=windows-1251>".utf8) + greeting, contentType: "text/html; charset=iso-8859-1")
                .hasSuffix("Gðü"))
        #expect(
            decode(Array("<meta http-equiv=content-type content='text/html; charset=windows-1251'>".utf8) + greeting)
                .hasSuffix("Gрь"))
        #expect(decode(Array("<p>caf".utf8) + [0xe9] + Array(" au lait".utf8)).hasSuffix("café au lait"))
    }

    @Test("A byte order mark decides")
    func marks() {
        #expect(decode([0xef, 0xbb, 0xbf] + Array("<p>é".utf8)) == "<p>é")
        #expect(decode([0xff, 0xfe] + Array("<p>é".utf16).flatMap { [UInt8($0 & 0xff), UInt8($0 >> 8)] }) == "<p>é")
    }
}
