import FeedModel
import Testing

@testable import FeedParsing

@Suite("UTF-8 that claims to be something else (encodings.md §2)")
struct MislabelledTests {
    private func document(
        _ title: [UInt8], declared: String?, after filler: Int = 0
    ) -> [UInt8] {
        let label = declared.map { " encoding=\"\($0)\"" } ?? ""
        let head = "<?xml version=\"1.0\"\(label)?><rss version=\"2.0\"><channel><description>"
        return Array(head.utf8) + [UInt8](repeating: 0x78, count: filler) + Array("</description><title>".utf8) + title
            + Array("</title></channel></rss>".utf8)
    }

    private func read(
        _ title: [UInt8], declared: String? = nil, charset: String? = nil, after filler: Int = 0, step: Int = 4096
    ) throws -> Feed {
        try feed(
            document(title, declared: declared, after: filler),
            context: DocumentContext(contentType: charset.map { "text/xml; charset=\($0)" }), step: step)
    }

    private static let labels = [
        "windows-1250", "windows-1251", "windows-1252", "windows-1253", "windows-1254", "windows-1255", "windows-1256",
        "windows-1257", "windows-1258", "windows-874", "iso-8859-1", "iso-8859-2", "iso-8859-5", "iso-8859-7",
        "iso-8859-9", "iso-8859-13", "iso-8859-15", "koi8-r", "koi8-u", "ibm866", "macintosh", "x-mac-cyrillic",
        "gb2312", "gbk", "gb18030", "big5", "shift_jis", "euc-jp", "iso-2022-jp", "euc-kr",
    ]

    @Test("Whatever the label, where it stands, and whatever the script", arguments: labels)
    func everyLabel(label: String) throws {
        for text in [
            "Zażółć gęślą jaźń", "Тихое утро в гавани", "早晨的港口", "港の朝：静か", "항구의 아침", "Ήσυχο πρωί στο λιμάνι",
            "صباح هادئ في الميناء", "בוקר שקט בנמל", "เช้าที่ท่าเรือ", "🚢🌊🌅",
        ] {
            for found in [
                try read(Array(text.utf8), declared: label), try read(Array(text.utf8), charset: label),
                try read(Array(text.utf8), declared: "utf-8", charset: label),
                try read(Array(text.utf8), declared: label, charset: "utf-8"),
            ] {
                #expect(found.title == text)
                #expect(found.encoding == "utf-8")
            }
            #expect(try read(Array(text.utf8), declared: label).warningClasses.contains(.encoding))
        }
    }

    @Test("Three letters are enough against a code page, and one where the document says UTF-8 itself")
    func few() throws {
        for label in ["windows-1250", "iso-8859-2", "koi8-r", "windows-1251"] {
            #expect(try read(Array("Ёлка, ёж, ещё".utf8), declared: label).title == "Ёлка, ёж, ещё")
            #expect(try read(Array("naïf".utf8), declared: "utf-8", charset: label).title == "naïf")
            #expect(try read(Array("naïf".utf8), declared: label).encoding == label)
        }
        #expect(try read(Array("naïf".utf8), declared: "utf-8", charset: "gbk").title == "naïf")
    }

    @Test(
        "Three accented letters of a Latin text are enough against an East Asian label, and two are not",
        arguments: ["gb2312", "gbk", "gb18030", "big5", "shift_jis", "euc-jp", "euc-kr"])
    func accents(label: String) throws {
        for text in ["Café à l’écart, déjà", "Prudy i śluzy, część pierwsza: łódź", "Übersicht über Höfe"] {
            #expect(try read(Array(text.utf8), declared: label).title == text)
            #expect(try read(Array(text.utf8), charset: label).title == text)
        }
        #expect(try read(Array("naïf, fiancé".utf8), declared: label).encoding != "utf-8")
        // A single character beside a capital letter is usual in Chinese.
        let chinese = try encoded("A股、B站、T台", "GB18030")
        #expect(try read(chinese, declared: "gbk").title == "A股、B站、T台")
    }

    @Test(
        "Text that is UTF-8 by chance is what its label says",
        arguments: [
            ("联通", "gb2312", "GB18030"), ("为什么", "gbk", "GB18030"), ("小时之前", "gb18030", "GB18030"),
            ("目前为止", "gb2312", "GB18030"), ("任天堂", "euc-jp", "EUC-JP"), ("小学校", "gbk", "GB18030"),
            ("ﾃｽﾄ", "shift_jis", "CP932"), ("화호", "euc-kr", "CP949"), ("เทค", "tis-620", "CP874"),
            ("дата", "koi8-r", "KOI8-R"), ("Город", "windows-1251", "CP1251"), ("Łódź", "iso-8859-2", "ISO-8859-2"),
        ])
    func chance(text: String, label: String, name: String) throws {
        let bytes = try encoded(text, name)
        #expect(try read(bytes, declared: label).title == text)
        #expect(try read(bytes, charset: label).title == text)
        #expect(try read(bytes, declared: label, charset: "utf-8").warnings.count <= 1)
    }

    @Test("One byte that is no UTF-8 leaves the label what it is")
    func foreign() throws {
        let found = try read(Array("Тихое утро".utf8) + [0xff], declared: "windows-1251")
        #expect(found.encoding == "windows-1251")
        #expect(found.warnings.isEmpty)
    }

    @Test(
        "Anywhere in the first 64 KiB, whatever the pieces",
        arguments: [0, 3900, 4000, 4096, 20_000, 65_300, 65_536, 70_000])
    func late(filler: Int) throws {
        let text = "Zażółć gęślą jaźń"
        let isSeen = filler < 65_400
        for step in [1, 7, 4095, 4096, 4097, 65_535, 65_536, 65_537, 200_000] where step > 1 || filler < 5000 {
            for label in ["iso-8859-1", "windows-1250", "big5"] {
                let found = try read(Array(text.utf8), declared: label, after: filler, step: step)
                #expect((found.title == text) == isSeen)
                #expect((found.encoding == "utf-8") == isSeen)
            }
            let unlabelled = try read(Array(text.utf8), after: filler, step: step)
            #expect(unlabelled.title == text)
            #expect(unlabelled.warnings.isEmpty)
        }
    }

    @Test("A character that the end of the window or of the transfer cuts says nothing against UTF-8")
    func cut() throws {
        let text = String(repeating: "ł", count: 200)
        for filler in 65_300...65_303 {
            #expect(try read(Array(text.utf8), declared: "iso-8859-2", after: filler).title == text)
        }
        let broken = document(Array("Тихое утро".utf8), declared: "koi8-r").dropLast(26)
        #expect(try feed(Array(broken)).title?.hasPrefix("Тихое утр") == true)
    }

    @Test("A header's UTF-8 that the document contradicts is judged by all of the first 64 KiB")
    func contradicted() throws {
        for filler in [0, 5000, 60_000] {
            let right = try read(
                encoded("Тихое утро", "CP1251"), declared: "windows-1251", charset: "utf-8", after: filler)
            #expect(right.title == "Тихое утро")
            #expect(right.encoding == "windows-1251")
        }
        let broken = try read(
            Array("Тихое утро".utf8) + [0xff], declared: "windows-1251", charset: "utf-8")
        #expect(broken.title == "Тихое утроÿ")
    }
}
