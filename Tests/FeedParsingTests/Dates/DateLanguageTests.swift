import FeedModel
import Testing

@testable import FeedParsing

/// identity.md §10: months by their names in many languages, and no date where they do not say which month it is.
@Suite struct DateLanguageTests {
    @Test(
        "months are read as publishers of many countries write them",
        arguments: [
            // Finnish, Estonian, Latvian, Lithuanian
            ("Ke, 05 Lok 2025 11:34:37 +0000", "2025-10-05T11:34:37Z"), ("Pe, 05 Jou 2025", "2025-12-05T00:00:00Z"),
            ("to 5. kesäkuuta 2025 klo 10.30", "2025-06-05T10:30:00Z"), ("5. marraskuuta 2025", "2025-11-05T00:00:00Z"),
            ("maanantai 3. marras 2025", "2025-11-03T00:00:00Z"), ("5. HEINÄKUU 2025", "2025-07-05T00:00:00Z"),
            ("5. kesakuuta 2025", "2025-06-05T00:00:00Z"), ("neljapäev, 5. juuni 2025", "2025-06-05T00:00:00Z"),
            ("5. veebr 2025", "2025-02-05T00:00:00Z"), ("05 dets 2025", "2025-12-05T00:00:00Z"),
            ("ceturtdiena, 2025. gada 5. jūnijs", "2025-06-05T00:00:00Z"), ("5. marts 2025", "2025-03-05T00:00:00Z"),
            ("Ce, 05 Jūl 2025 10:00:00 +0300", "2025-07-05T07:00:00Z"),
            ("2025 m. birželio 5 d.", "2025-06-05T00:00:00Z"),
            ("2025 m. rugsėjo 5 d., 10:30", "2025-09-05T10:30:00Z"), ("05 rugp 2025", "2025-08-05T00:00:00Z"),
            // Czech, Slovak, Slovenian, Croatian, Serbian, Macedonian, Bulgarian
            ("5. června 2025", "2025-06-05T00:00:00Z"), ("5. července 2025 10:30", "2025-07-05T10:30:00Z"),
            ("čt, 05 čvn 2025", "2025-06-05T00:00:00Z"), ("05 kvě 2025", "2025-05-05T00:00:00Z"),
            ("5. zari 2025", "2025-09-05T00:00:00Z"), ("5. októbra 2025", "2025-10-05T00:00:00Z"),
            ("5. jún 2025", "2025-06-05T00:00:00Z"), ("četrtek, 5. junij 2025", "2025-06-05T00:00:00Z"),
            ("5. avgusta 2025", "2025-08-05T00:00:00Z"), ("5. lipnja 2025.", "2025-06-05T00:00:00Z"),
            ("čet, 05 svi 2025", "2025-05-05T00:00:00Z"), ("5. studenoga 2025. u 10:30", "2025-11-05T10:30:00Z"),
            ("5. oktobar 2025.", "2025-10-05T00:00:00Z"), ("чет, 05 јун 2025", "2025-06-05T00:00:00Z"),
            ("5. децембар 2025. 10:30", "2025-12-05T10:30:00Z"), ("5 октомври 2025 г.", "2025-10-05T00:00:00Z"),
            ("5 юни 2025 г., 10:30 ч.", "2025-06-05T10:30:00Z"), ("5 мај 2025", "2025-05-05T00:00:00Z"),
            // Ukrainian, Belarusian, Polish, Romanian, Hungarian, Greek, Turkish
            ("5 червня 2025 р.", "2025-06-05T00:00:00Z"), ("чт, 05 лип 2025", "2025-07-05T00:00:00Z"),
            ("сер, 05 трав 2025", "2025-05-05T00:00:00Z"), ("5 кастрычніка 2025", "2025-10-05T00:00:00Z"),
            ("czw., 5 cze 2025", "2025-06-05T00:00:00Z"), ("5 kwietnia 2025 r.", "2025-04-05T00:00:00Z"),
            ("joi, 5 iunie 2025, ora 10:30", "2025-06-05T10:30:00Z"), ("5 ian. 2025", "2025-01-05T00:00:00Z"),
            ("2025. június 5., vas", "2025-06-05T00:00:00Z"), ("5 Φεβ 2025", "2025-02-05T00:00:00Z"),
            ("ΠΈΜΠΤΗ 5 ΙΟΥΝΊΟΥ 2025", "2025-06-05T00:00:00Z"), ("5 Haziran 2025 Perşembe", "2025-06-05T00:00:00Z"),
            ("Paz, 05 Şub 2025", "2025-02-05T00:00:00Z"), ("5 AĞUSTOS 2025", "2025-08-05T00:00:00Z"),
            ("05 Oca 2025 10:30", "2025-01-05T10:30:00Z"),
            // Dutch, Swedish, Danish, Norwegian, Icelandic, Catalan, Galician, Indonesian, Malay, Austrian
            ("do, 05 mrt 2025", "2025-03-05T00:00:00Z"), ("donderdag 5 maart 2025", "2025-03-05T00:00:00Z"),
            ("den 5 maj 2025 kl. 10:30", "2025-05-05T10:30:00Z"), ("tors, 05 okt 2025", "2025-10-05T00:00:00Z"),
            ("5. marts 2025 kl. 10.30", "2025-03-05T10:30:00Z"), ("lør. 5. des. 2025", "2025-12-05T00:00:00Z"),
            ("5. júlí 2025", "2025-07-05T00:00:00Z"), ("dijous, 5 de juny de 2025", "2025-06-05T00:00:00Z"),
            ("5 d’agost de 2025", "2025-08-05T00:00:00Z"), ("xov, 5 xuño 2025", "2025-06-05T00:00:00Z"),
            ("Kamis, 5 Agustus 2025", "2025-08-05T00:00:00Z"), ("5 Ogos 2025", "2025-08-05T00:00:00Z"),
            ("5. Jänner 2025", "2025-01-05T00:00:00Z"), ("1er févr. 2025", "2025-02-01T00:00:00Z"),
            // Vietnamese, Thai
            ("ngày 5 tháng 6 năm 2025", "2025-06-05T00:00:00Z"), ("05 thg 6, 2025", "2025-06-05T00:00:00Z"),
            ("Thứ Năm, 5 tháng 6, 2025 10:30", "2025-06-05T10:30:00Z"), ("Thứ 5, 15/05/2025", "2025-05-15T00:00:00Z"),
            ("5 Th6 2025", "2025-06-05T00:00:00Z"), ("5 Tháng Tư, 2025", "2025-04-05T00:00:00Z"),
            ("5 Tháng Mười Một, 2025", "2025-11-05T00:00:00Z"), ("5 tháng năm năm 2025", "2025-05-05T00:00:00Z"),
            ("วันพฤหัสบดีที่ 5 มิถุนายน พ.ศ. 2568 เวลา 10:30 น.", "2025-06-05T10:30:00Z"),
            ("5 มิ.ย. 2568", "2025-06-05T00:00:00Z"), ("5 มิ.ย. 68", "2025-06-05T00:00:00Z"),
            ("5 ก.พ. 2025", "2025-02-05T00:00:00Z"), ("๕ มิถุนายน ๒๕๖๘", "2025-06-05T00:00:00Z"),
            ("29 ก.พ. 2567", "2024-02-29T00:00:00Z"),
            // Arabic, Persian, Hebrew, Hindi, Chinese
            ("الخميس، 5 يونيو 2025 - 10:30", "2025-06-05T10:30:00Z"), ("5 كانون الثاني 2025", "2025-01-05T00:00:00Z"),
            ("5 كانون الأول 2025", "2025-12-05T00:00:00Z"), ("5 تشرين الاول 2025", "2025-10-05T00:00:00Z"),
            ("5 حزيران/يونيو 2025", "2025-06-05T00:00:00Z"), ("٥ يونيو ٢٠٢٥ 3:14 م", "2025-06-05T15:14:00Z"),
            ("5 جويلية 2025", "2025-07-05T00:00:00Z"), ("5 أيّار 2025", "2025-05-05T00:00:00Z"),
            ("پنج‌شنبه ۵ ژوئن ۲۰۲۵", "2025-06-05T00:00:00Z"), ("5 مه 2025", "2025-05-05T00:00:00Z"),
            ("۵ ژانویهٔ ۲۰۲۵ ساعت ۱۰:۳۰", "2025-01-05T10:30:00Z"), ("۲۰۲۵-۰۶-۰۵T۱۰:۳۰:۰۰Z", "2025-06-05T10:30:00Z"),
            ("יום חמישי, 5 ביוני 2025", "2025-06-05T00:00:00Z"), ("5 ספט׳ 2025", "2025-09-05T00:00:00Z"),
            ("गुरुवार, 5 जून 2025", "2025-06-05T00:00:00Z"), ("५ फ़रवरी २०२५", "2025-02-05T00:00:00Z"),
            ("5 मई 2025", "2025-05-05T00:00:00Z"), ("星期四, 05 六月 2025 10:00:00 +0800", "2025-06-05T02:00:00Z"),
            ("令和7年6月5日", "2025-06-05T00:00:00Z"), ("民國114年6月5日", "2025-06-05T00:00:00Z"),
            ("25年6月5日", "2025-06-05T00:00:00Z"), ("２０２５年６月５日", "2025-06-05T00:00:00Z"),
            // Tuesdays, and words around the date that would be months elsewhere
            ("mar. 17/03/2026 - 10:14", "2026-03-17T10:14:00Z"), ("5 juin 2025, mar.", "2025-06-05T00:00:00Z"),
            ("5 juin 2025 par Jan", "2025-06-05T00:00:00Z"), ("marți, 03 martie 2026", "2026-03-03T00:00:00Z"),
            ("June 5 (Thursday), 2025", "2025-06-05T00:00:00Z"), ("March the 3rd, 2026", "2026-03-03T00:00:00Z"),
            ("03/2026", "2026-03-01T00:00:00Z"), ("03 - 2026", "2026-03-01T00:00:00Z"),
        ])
    func readable(text: String, expected: String) {
        #expect(FeedDate.parse(text)?.time.description == expected)
    }

    @Test(
        "a date whose month nobody knows, or that may be two, is none",
        arguments: [
            // Irish, Welsh, Georgian, Armenian, Kazakh, and no language at all
            "5 Meitheamh 2025", "05 Mehefin 2025", "5 ივნისი 2025", "05 հունիսի 2025", "2025 жылғы 5 маусым",
            "Ke, 05 Xyz 2025 11:34:37 +0000", "05Xyz2025", "05-xyz-2025", "Xyz 05, 2025", "Xyz 05 2025 10:00 GMT",
            "10:14 5 Xyz 2025", "5. xyz 25 kl 10", "5/6 xyz 2025", "5 ab 2025", "5 GMT 2025", "05 10:30 2025",
            // A Tuesday is no March
            "Mar, 05 Xyz 2025", "mar 5 xyz 2025 10:14",
            // Other calendars
            "5 تیر 1404", "15 خرداد ۱۴۰۴", "۱۴۰۴/۰۳/۱۵", "1404/03/15", "5 مهر 1404", "5 رمضان 1446", "5 סיון 5785",
            "12 ज्येष्ठ 2082", "令和元年6月5日", "7年6月5日", "5 มิ.ย. 25",
            // Several months
            "5 lip 2025", "5 srp 2025", "1 lis 2025", "1. listopada 2025", "5 červ 2025", "5 jui 2025", "5 rug 2025",
            "5 كانون 2025", "5 Jun Jul 2025", "Pon, 07 lip 2025", "To, 06 Mar 2025", "Fri, 05 lip 2025",
        ])
    func unreadable(text: String) {
        #expect(FeedDate.parse(text) == nil)
    }

    @Test(
        "what a word means in several languages, the name of the day or the language around it decides",
        arguments: [
            ("5 lip 2025", "pl", 7), ("5 lip 2025", "hr", 6), ("5 lip 2025", "hr_HR", 6), ("5 lip 2025", "PL-pl", 7),
            ("5 srp 2025", "cs", 8), ("5 srp 2025", "hr", 7), ("1 lis 2025", "cs", 11), ("1 lis 2025", "pl", 11),
            ("1 listopad 2025", "hr", 10), ("1. listopada 2025", "pl", 11), ("1. listopada 2025.", "hr-HR", 10),
            ("Sob, 05 lip 2025", nil, 7), ("Sub, 05 lip 2025", nil, 6), ("pt., 4 lip 2025", nil, 7),
            ("Pon, 07 lip 2025", "hr", 6), ("5 lip 2025, sub", nil, 6), ("út, 05 srp 2025", nil, 8),
            ("uto, 05 srp 2025", nil, 7), ("Sub, 05 lip 2025", "pl", 6),
            // The standards' English, unless the day is Finnish
            ("Pe, 07 Mar 2025", nil, 11), ("To, 06 Mar 2025", "fi", 11), ("To, 06 Mar 2025", "sv", 3),
            ("Fri, 07 Mar 2025", "fi", 3), ("07 Mar 2025", "fi", 3), ("lun, 03 mar 2025", nil, 3),
            ("Ke, 05 Jun 2025", "fi", 6),
        ])
    func decided(text: String, language: String?, month: Int) {
        #expect(FeedDate.parse(text, language: language)?.time.civilDay.month == month)
    }

    @Test(
        "another language than those that know the word decides nothing", arguments: ["de", "en", "xx", "", "polski"])
    func undecided(language: String) {
        #expect(FeedDate.parse("5 lip 2025", language: language) == nil)
    }

    @Test("each name of the tables is its month in its language, and with no language no other one")
    func tables() {
        for row in DateMonthNames.rows {
            let months = row.names.description.split(separator: ",")
            #expect(months.count == 12, "\(row.language)")
            for (index, names) in months.enumerated() {
                for name in names.split(whereSeparator: \.isWhitespace) {
                    let text = "5 \(name.replacing("_", with: " ")) 2025"
                    let date = FeedDate.parse(text, language: row.language.description)
                    #expect(date?.time.civilDay.month == index + 1, "\(row.language): \(text)")
                    let alone = FeedDate.parse(text)
                    #expect(alone == nil || alone?.time.civilDay.month == index + 1, "\(text)")
                }
            }
        }
    }

    @Test("each language with days has months, too")
    func days() {
        for row in DateDayNames.rows where row.language.utf8CodeUnitCount > 0 {
            #expect(DateNames.languages(tag: row.language.description) != 0, "\(row.language)")
        }
    }

    @Test("xml:lang, or the language of the item or of the feed before it, decides in a feed")
    func feeds() throws {
        let date = "<guid>1</guid><pubDate>5 lip 2025 10:00 GMT</pubDate>"
        #expect(try article(rss(item: date)).published == nil)
        #expect(try article(rss(item: date)).rawDates.map(\.text) == ["5 lip 2025 10:00 GMT"])
        let polish = try article(rss(item: date, channel: "<language>pl</language>"))
        #expect(polish.published?.description == "2025-07-05T10:00:00Z")
        #expect(polish.rawDates.isEmpty)
        let croatian = try article(rss(item: date, attributes: "xml:lang='hr'", channel: "<language>pl</language>"))
        #expect(croatian.published?.description == "2025-06-05T10:00:00Z")
        let entry = "<id>1</id><updated xml:lang='hr'>5 lip 2025</updated><published>5 lip 2025</published>"
        let mixed = try article(atom(entry: entry, attributes: "xml:lang='pl'"))
        #expect(mixed.modified?.description == "2025-06-05T00:00:00Z")
        #expect(mixed.published?.description == "2025-07-05T00:00:00Z")
        #expect(mixed.assumedUTC == ["date_modified", "date_published"])
    }

    @Test("the language of an item or of the feed decides in JSON")
    func json() throws {
        let version = "\"version\":\"https://jsonfeed.org/version/1.1\""
        func published(feed: String, item: String) throws -> String? {
            try article(
                "{\(version),\(feed)\"items\":[{\"id\":\"1\",\"date_published\":\"5 lip 2025\"\(item)}]}"
            ).published?.description
        }
        #expect(try published(feed: "", item: "") == nil)
        #expect(try published(feed: "\"language\":\"pl\",", item: "") == "2025-07-05T00:00:00Z")
        #expect(try published(feed: "\"language\":\"pl\",", item: ",\"language\":\"hr\"") == "2025-06-05T00:00:00Z")
    }
}
