import FeedModel
import Logging
import Testing

@testable import newswire

@Suite("A log line, wherever it goes")
struct LogLineTests {
    private func line(
        _ message: String, _ metadata: Logger.Metadata = [:], level: Logger.Level = .warning
    ) -> LogLine {
        LogLine(time: Timestamp(seconds: 1_764_180_000), level: level, message: message, metadata: metadata)
    }

    @Test(
        "A log line in logfmt has time, level, message, and fields in the order of their keys, quoted where they need it"
    )
    func logfmt() {
        let shown = line("feed fails: it said \"no\"", ["url": "https://x.org/?a=b", "feed": "x", "empty": ""]).logfmt
        #expect(
            shown == #"time=2025-11-26T18:00:00Z level=warning msg="feed fails: it said \"no\"" empty="" feed=x"#
                + #" url="https://x.org/?a=b""#)
    }

    @Test(
        "security.md §8: nothing in a log event breaks its line or steers a terminal",
        arguments: [
            "a\nb", "a\r\nlevel=error", "\u{1b}]52;c;aGk=\u{7}", "\u{9b}31m", "a\u{2028}b", "\u{202e}gnp", "\u{7f}\0",
        ])
    func hostile(text: String) {
        let line = line(text, ["feed": "\(text)", "\(text)": "x"])
        let entry = String(decoding: line.journalEntry(of: "newswire").bytes, as: UTF8.self)
        for shown in [line.logfmt, line.text, line.prefixed, line.terminal(color: false)] {
            let scalars = shown.unicodeScalars
            #expect(
                !scalars.contains { $0.value < 0x20 || (0x7f..<0xa0).contains($0.value) }, "\(shown.debugDescription)")
            #expect(!scalars.contains { (0x2028...0x202e).contains($0.value) })
        }
        // Four entries more than MESSAGE, PRIORITY and SYSLOG_IDENTIFIER would be made up.
        #expect(entry.split(separator: "\n").count == 5)
        #expect(!entry.unicodeScalars.contains { $0 == "\u{1b}" || $0 == "\u{9b}" || $0 == "\0" })
    }

    @Test("On a terminal a log line has a label where something is wrong, in colour unless that is not wanted")
    func terminal() {
        #expect(line("late", level: .notice).terminal(color: true) == "late")
        #expect(line("late").terminal(color: true) == "\u{1b}[33mwarning:\u{1b}[0m late")
        #expect(line("late", ["a": "b"], level: .error).terminal(color: false) == "error: late a=b")
        #expect(line("late").terminal(color: false, clock: "14:02:09") == "14:02:09 warning: late")
        #expect(line("late", level: .notice).terminal(color: true, clock: "14:02:09") == "14:02:09 late")
        #expect(!Terminal.usesColor(environment: ["NO_COLOR": "1"], isTerminal: true))
        #expect(Terminal.usesColor(environment: ["NO_COLOR": ""], isTerminal: true))
        #expect(!Terminal.usesColor(environment: ["TERM": "dumb"], isTerminal: true))
    }

    @Test(
        "The journal gets the priorities of syslog(3)",
        arguments: [
            (Logger.Level.trace, 7), (.debug, 7), (.info, 6), (.notice, 5), (.warning, 4), (.error, 3), (.critical, 2),
        ])
    func priorities(level: Logger.Level, priority: Int) {
        let line = line("x", level: level)
        #expect(line.prefixed == "<\(priority)>x")
        #expect(
            String(decoding: line.journalEntry(of: "newswire").bytes, as: UTF8.self).contains(
                "\nPRIORITY=\(priority)\n"))
    }

    @Test("The journal gets each field of a log event under its name, and a message that says it all")
    func journal() {
        let entry = line("fails", ["feed": "x", "url": "https://x.org/", "status": "503", "class": "http"])
            .journalEntry(of: "newswire")
        #expect(
            String(decoding: entry.bytes, as: UTF8.self) == """
                MESSAGE=x: fails class=http status=503 url=https://x.org/
                PRIORITY=4
                SYSLOG_IDENTIFIER=newswire
                ERROR_CLASS=http
                FEED_ID=x
                STATUS=503
                URL=https://x.org/

                """)
    }

    @Test(
        "No key of a log event becomes a field that the journal refuses or takes for another",
        arguments: [
            ("first_seq", "FIRST_SEQ"), ("a-b.c", "A_B_C"), ("_x", "NEWSWIRE__X"), ("9", "NEWSWIRE_9"),
            ("message", "NEWSWIRE_MESSAGE"), ("priority", "NEWSWIRE_PRIORITY"), ("syslog_pid", "NEWSWIRE_SYSLOG_PID"),
            ("ä", "NEWSWIRE___"), ("", "NEWSWIRE_"),
        ])
    func names(key: String, name: String) {
        #expect(JournalEntry.fieldName(key) == name)
    }

    @Test("The journal gets a value of several lines behind its length")
    func severalLines() {
        var entry = JournalEntry()
        entry.append("A", "1\n2")
        entry.append("B", "3")
        #expect(entry.bytes == Array("A\n".utf8) + [3, 0, 0, 0, 0, 0, 0, 0] + Array("1\n2\nB=3\n".utf8))
    }

    @Test("A log line escapes a quote with a combining mark behind it like any other")
    func combiningMarks() {
        let shown = line("a \"\u{301} level=error b\\\u{301}", ["feed": "x \"\u{20dd} y=z"]).logfmt
        #expect(
            Array(shown.unicodeScalars)
                == Array(
                    ("time=2025-11-26T18:00:00Z level=warning msg=\"a \\\"\u{301} level=error b\\\\\u{301}\""
                        + " feed=\"x \\\"\u{20dd} y=z\"").unicodeScalars))
    }
}
