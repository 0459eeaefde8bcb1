import FeedModel
import Testing

@testable import FeedParsing

@Suite("Documents that name no encoding (encodings.md §3)")
struct DetectionTests {
    private func document(_ titles: [String], head: String = "<?xml version=\"1.0\"?>") -> String {
        let items = titles.dropFirst().map { "<item><title>\($0)</title><link>https://example.org/a</link></item>" }
        return "\(head)<rss version=\"2.0\"><channel><title>\(titles[0])</title>\(items.joined())</channel></rss>"
    }

    private static let texts: [String: [String]] = [
        "ru": ["Новости порта", "Утром в гавани было тихо", "Совет обсудит бюджет города на будущий год"],
        "uk": [
            "Новини порту", "Уранці в гавані було тихо, лише її мешканці", "Рада обговорить бюджет міста і її заклади",
        ],
        "bg": [
            "Новини от пристанището", "Сутринта беше тихо", "Съветът ще обсъди бюджета на града за следващата година",
        ],
        "el": ["Νέα του λιμανιού", "Το πρωί ήταν ήσυχα στο λιμάνι", "Το συμβούλιο συζητά τον προϋπολογισμό της πόλης"],
        "he": ["חדשות הנמל", "בבוקר היה שקט בנמל", "המועצה תדון בתקציב העיר לשנה הבאה"],
        "ar": ["أخبار الميناء", "كان الصباح هادئا في الميناء", "يناقش المجلس ميزانية المدينة للعام القادم"],
        "th": ["ข่าวท่าเรือ", "เช้านี้ที่ท่าเรือเงียบมาก", "สภาจะพิจารณางบประมาณของเมืองสำหรับปีหน้าและการก่อสร้างถนน"],
        "zh-cn": ["港口新闻", "早上的港口非常安静", "市议会将讨论明年的城市预算和新的道路建设计划"],
        "zh-tw": ["港口新聞", "早上的港口非常安靜", "市議會將討論明年的城市預算和新的道路建設計畫"],
        "ja": ["港のニュース", "朝の港はとても静かだった", "市議会は来年の予算と新しい道路について話し合います"],
        "ko": ["항구 소식", "아침 항구는 아주 조용했다", "시의회가 내년 예산과 새로운 도로 건설을 논의한다"],
        "pl": [
            "Wiadomości z portu", "Rano w porcie było zupełnie cicho, więc wszyscy poszli spać",
            "Rada omówi budżet miasta na przyszły rok, żeby wreszcie dokończyć drogę przez las i łąkę",
        ],
        "cs": [
            "Zprávy z přístavu", "Ráno bylo v přístavu úplné ticho, a tak šli všichni domů",
            "Zastupitelé budou příští týden jednat o rozpočtu města, aby se konečně dostavěla silnice přes řeku",
        ],
        "hu": [
            "Kikötői hírek", "Reggel csönd volt a kikötőben, ezért mindenki hazament",
            "A képviselők jövő héten tárgyalják a város költségvetését, hogy végre elkészüljön az új út a folyón túl",
        ],
        "tr": [
            "Liman haberleri", "Sabah limanda çok sessizdi, bu yüzden herkes eve gitti",
            "Belediye meclisi gelecek yılın bütçesini görüşecek, böylece ırmağın ötesindeki yeni yol da bitirilmiş olacak",
        ],
    ]

    @Test(
        "The encodings that feeds without a label are in",
        arguments: [
            ("ru", "CP1251", "windows-1251"), ("ru", "KOI8-R", "koi8-r"), ("ru", "CP866", "ibm866"),
            ("ru", "ISO-8859-5", "iso-8859-5"), ("uk", "CP1251", "windows-1251"), ("uk", "KOI8-U", "koi8-u"),
            ("bg", "CP1251", "windows-1251"), ("el", "ISO-8859-7", "iso-8859-7"), ("he", "CP1255", "windows-1255"),
            ("ar", "CP1256", "windows-1256"), ("th", "CP874", "tis-620"), ("zh-cn", "GB18030", "gb18030"),
            ("zh-tw", "BIG5", "big5"), ("ja", "CP932", "shift_jis"), ("ja", "EUC-JP", "euc-jp"),
            ("ko", "CP949", "euc-kr"), ("pl", "CP1250", "windows-1250"), ("pl", "ISO-8859-2", "iso-8859-2"),
            ("cs", "CP1250", "windows-1250"), ("cs", "ISO-8859-2", "iso-8859-2"),
            ("hu", "ISO-8859-2", "iso-8859-2"), ("tr", "ISO-8859-9", "iso-8859-9"),
        ])
    func detected(language: String, name: String, label: String) throws {
        let titles = try #require(Self.texts[language])
        for head in ["<?xml version=\"1.0\"?>", "", "<?xml version=\"1.0\" encoding=\"none\"?>"] {
            for step in [1, 4096] {
                let feed = try feed(encoded(document(titles, head: head), name), step: step)
                #expect(feed.title == titles[0])
                #expect(feed.articles.map(\.title) == Array(titles.dropFirst()))
                #expect(feed.encoding == label)
                #expect(feed.warnings.contains { $0.hasSuffix("it was detected as \(label).") })
                #expect(feed.warningClasses.contains(.encoding))
            }
        }
    }

    @Test(
        "Texts in windows-1252 stay that",
        arguments: [
            ["Nouvelles du port", "Le café de la rade était fermé à l’aube", "Le conseil débattra du budget de l’été"],
            [
                "Neues vom Hafen", "Früh war es still, „fast zu still“",
                "Der Rat berät über Straßen und Brücken für nächstes Jahr",
            ],
            [
                "Harbour news", "A “quiet” morning – it’s naïve to expect more",
                "The council’s budget: £5m for the café…",
            ],
            [
                "Nieuws uit de haven", "Eén café was open, één dicht",
                "De raad bespreekt de financiële situatie van één wijk",
            ],
            [
                "Noticias del puerto", "El niño llegó mañana a la estación",
                "El consejo discutirá el presupuesto del año próximo",
            ],
            [
                "Notizie dal porto", "Perché è così? La città non lo sa più",
                "Il consiglio discuterà il bilancio, però più tardi",
            ],
            [
                "Nytt från hamnen", "På morgonen var det tyst i hamnen",
                "Rådet behandlar budgeten för nästa år på måndag",
            ],
            ["Café", "É", "à"],
        ])
    func western(titles: [String]) throws {
        let feed = try feed(encoded(document(titles), "CP1252"))
        #expect(feed.title == titles[0])
        #expect(feed.articles.map(\.title) == Array(titles.dropFirst()))
        #expect(feed.encoding == "windows-1252")
    }

    @Test("Of a word or two nobody knows, and the document is read as windows-1252")
    func short() throws {
        for (text, name) in [("Мир", "CP1251"), ("你好", "GB18030"), ("日本", "EUC-JP"), ("Łódź", "CP1250")] {
            let feed = try feed(encoded(document([text]), name))
            #expect(feed.encoding == "windows-1252")
            #expect(!feed.warnings.isEmpty)
        }
    }

    @Test("A label that is known is no reason to look, and UTF-8 with a few broken bytes is UTF-8")
    func labelled() throws {
        let titles = try #require(Self.texts["ru"])
        let declared = try feed(encoded(document(titles, head: "<?xml version=\"1.0\" encoding=\"utf-8\"?>"), "CP1251"))
        #expect(declared.encoding == "windows-1252")
        let broken = try feed(Array(document(titles).utf8) + [0x3c, 0x21, 0x2d, 0x2d, 0xff, 0xe9, 0x2d, 0x2d, 0x3e])
        #expect(broken.title == titles[0])
        #expect(broken.encoding == "utf-8")
    }

    @Test("What is not ASCII may come late, and the pieces make no difference", arguments: [3900, 5000, 60_000])
    func late(filler: Int) throws {
        let titles = try #require(Self.texts["ru"])
        let comment = "<!--" + String(repeating: "x", count: filler) + "-->"
        for step in [7, 4095, 4096, 65_536, 200_000] {
            let feed = try feed(encoded(document(titles, head: comment), "KOI8-R"), step: step)
            #expect(feed.articles.map(\.title) == Array(titles.dropFirst()))
            #expect(feed.encoding == "koi8-r")
        }
    }
}
