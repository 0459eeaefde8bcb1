import FeedModel
import Testing

@testable import newswire

@Suite("Lists for people: contract.md §1.7")
struct ListOutputTests {
    @Test(
        "The width of text is that of a terminal: two columns for wide characters and emoji, none for marks",
        arguments: [
            ("abc", 3), ("", 0), ("防衛省", 6), ("한국", 4), ("ｶﾅ", 2), ("Ａ", 2), ("e\u{301}", 1), ("é", 1), ("שָׁלוֹם", 4),
            ("👩‍🚀", 2), ("🇯🇵", 2), ("❤️", 2), ("☺", 1), ("a\u{200b}b", 2), ("𠀀", 2), ("「", 2), ("–…", 2),
        ])
    func width(text: String, width: Int) {
        #expect(DisplayWidth.of(text) == width)
    }

    @Test("Text is cut between characters, and never to more columns than there are")
    func cut() {
        #expect(DisplayWidth.cut("防衛省の報道", to: 7) == "防衛省…")
        #expect(DisplayWidth.cut("防衛省の報道", to: 6) == "防衛…")
        #expect(DisplayWidth.cut("e\u{301}e\u{301}e\u{301}", to: 2) == "e\u{301}…")
        #expect(DisplayWidth.cut("👩‍🚀👩‍🚀", to: 3) == "👩‍🚀…")
        #expect(DisplayWidth.cut("short", to: 5) == "short")
        for width in 1...12 {
            for text in ["aé防b衛👩‍🚀c省", "מהדורה עברית", "e\u{301}\u{302}\u{303}xyz"] {
                #expect(DisplayWidth.of(DisplayWidth.fitted(text, to: width, isTerminal: true)) == width)
            }
        }
    }

    @Test(
        "On a terminal a mark behind text from right to left keeps what follows in its place, elsewhere there is none")
    func direction() {
        #expect(DisplayWidth.fitted("אב", to: 4, isTerminal: true) == "אב\u{200e}  ")
        #expect(DisplayWidth.fitted("אב", to: 4, isTerminal: false) == "אב  ")
        #expect(DisplayWidth.fitted("ab", to: 4, isTerminal: true) == "ab  ")
    }

    private func table() -> TextTable {
        var table = TextTable([
            .init(title: "STATE"), .init(title: "FEED", least: 6), .init(title: "TITLE", least: 5, isOptional: true),
            .init(title: "N", isNumber: true, isOptional: true),
        ])
        table.add(["ok", "one", "防衛省", "3"])
        table.add(["failing", "a-long-feed-name", "T\u{1b}[31m\nx", "12"], details: ["https://a.org/", "it fails so"])
        return table
    }

    @Test(
        "A table has a header, columns as wide as needed, details below the second, and nothing that steers a terminal")
    func whole() {
        #expect(
            table().lines(width: nil) == [
                "STATE    FEED              TITLE           N",
                "ok       one               防衛省          3",
                "failing  a-long-feed-name  T\\u{1b}[31m x  12",
                "         https://a.org/",
                "         it fails so",
            ])
    }

    @Test("A table fits any terminal: the widest columns give way first, then those that are least needed go")
    func fitting() {
        for width in 1...60 {
            for line in table().lines(width: width) {
                #expect(DisplayWidth.of(line) <= width, "\(width): \(line)")
            }
        }
        #expect(table().lines(width: 36)[2] == "failing  a-long-fe…  T\\u{1b}[31…  12")
        #expect(table().lines(width: 24)[0] == "STATE    FEED          N")
        #expect(table().lines(width: 17)[2] == "failing  a-long-…")
        #expect(table().lines(width: 30).suffix(2) == ["         https://a.org/", "         it fails so"][...])
        #expect(table().lines(width: 21).suffix(2) == [" https://a.org/", " it fails so"][...])
        #expect(table().lines(width: 12).suffix(2) == ["https://a.o…", "it fails so"][...])
    }

    @Test("Details are wrapped between words")
    func wrapping() {
        let url = "https://example.org/a/very/long/path"
        #expect(
            DisplayWidth.wrapped("it fails \(url) again and again", to: 14) == ["it fails", url, "again and", "again"])
    }

    @Test("Times are said by how far they are away, and in UTC where that is asked for")
    func times() {
        let now = Timestamp(year: 2026, month: 11, day: 29)
        let times = TimeText(now: now, isUTC: false)
        func time(_ seconds: Int64) -> Timestamp { Timestamp(seconds: now.seconds + seconds) }
        #expect(times.until(time(485)) == "in 8 min 5 s" && times.until(time(-5)) == "due")
        #expect(times.until(time(36_061)) == "in 10 h" && times.until(time(3720)) == "in 1 h 2 min")
        #expect(times.ago(time(-30)) == "30 s ago" && times.ago(time(30)) == "0 s ago")
        let utc = TimeText(now: now, isUTC: true)
        #expect(utc.until(time(60)) == "2026-11-29T00:01Z" && utc.since(time(-60)) == "since 2026-11-28T23:59Z")
        #expect(TimeText.shortest("2026-11-29 14:02", now: "2026-11-29 15:00") == "14:02")
        #expect(TimeText.shortest("2026-11-28 14:02", now: "2026-11-29 15:00") == "11-28 14:02")
        #expect(TimeText.shortest("2025-11-29 14:02", now: "2026-11-29 15:00") == "2025-11-29 14:02")
    }

    @Test("A brief article is one line that fits, and with its URL nothing of it is cut")
    func brief() throws {
        let line =
            #"{"id":"1","url":"https://a.org/1","title":"防衛省 of the north and more of it\n\u001b[31m","date_published":"#
            + #""2026-11-29T09:30:00Z","_newswire":{"seq":1,"feed":"northern-news-of-the-world","kind":"new"}}"#
        let record = try #require(StoredRecord(line: Array(line.utf8)))
        func shown(urls: Bool, width: Int?) -> String {
            var bytes: [UInt8] = []
            BriefFormat(urls: urls, width: width).append(record, to: &bytes)
            return String(decoding: bytes.dropFirst(16), as: UTF8.self)
        }
        #expect(shown(urls: false, width: 60) == "  northern-news-of-th…  防衛省 of the north…\n")
        #expect(shown(urls: false, width: 40) == "  norther…  防衛省 of t…\n")
        for width in 1...90 {
            var bytes: [UInt8] = []
            BriefFormat(urls: false, width: width).append(record, to: &bytes)
            let line = String(decoding: bytes.dropLast(), as: UTF8.self)
            #expect(DisplayWidth.of(line) <= width, "\(width): \(line)")
        }
        let whole = "  northern-news-of-th…  防衛省 of the north and more of it \\u{1b}[31m"
        #expect(shown(urls: false, width: nil) == "\(whole)\n")
        #expect(shown(urls: true, width: 60) == "\(whole)  https://a.org/1\n")
    }
}
