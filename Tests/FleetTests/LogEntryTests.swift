import Fleet
import Testing

@Suite struct LogEntryTests {
    private static let header = #"{"log":1,"batch":"b-1","records":2,"states":1,"segments":[7]}"#

    private static func bytes(_ lines: String...) -> [UInt8] {
        lines.flatMap { Array($0.utf8) + [UInt8(ascii: "\n")] }
    }

    private static func line(_ text: String) -> ArraySlice<UInt8> { Array(text.utf8)[...] }

    private static func fault(of body: [UInt8]) -> LogEntryFault? {
        do throws(LogEntryFault) {
            _ = try LogEntry(body: body)
            return nil
        } catch {
            return error
        }
    }

    @Test func `an entry is a line that says what follows, lines of records and lines of states`() throws {
        let entry = LogEntry(
            batch: "b-1", records: [Self.line(#"{"seq":7}"#), Self.line(#"{"seq":8,"title":"Ä"}"#)],
            states: [Self.line(#"{"feed":"f"}"#)], segments: [7])
        let body = try entry.body()
        #expect(body == Self.bytes(Self.header, #"{"seq":7}"#, #"{"seq":8,"title":"Ä"}"#, #"{"feed":"f"}"#))
        #expect(try LogEntry(body: body) == entry)
    }

    @Test func `an entry of states alone, and an empty one, come back as they were`() throws {
        let states = LogEntry(batch: "b", states: [Self.line("{}")])
        #expect(try LogEntry(body: states.body()) == states)
        let empty = LogEntry(batch: "b")
        #expect(try LogEntry(body: empty.body()) == empty)
    }

    @Test(arguments: [
        (bytes(header, "{}", "{}"), LogEntryFault.header("counts 2 records and 1 states, of 2 lines")),
        (bytes(header, "{}", "{}", "{}", "{}"), .header("counts 2 records and 1 states, of 4 lines")),
        (Array(bytes(header, "{}", "{}", "{}").dropLast()), .header("is not followed by whole lines")),
        ([], .header("is not followed by whole lines")),
        (bytes(header, "{}", "", "{}"), .noObject(line: 3)),
        (bytes(header, "{}", "{} {", "{}"), .noObject(line: 3)),
        (bytes("{}"), .header("does not say what follows")),
        (bytes(#"{"log":2}"#), .version(2)),
        (bytes(#"{"log":1,"batch":"","records":0,"states":0,"segments":[]}"#), .header("does not say what follows")),
        (bytes(#"{"log":1,"batch":"b","records":-1,"states":1,"segments":[]}"#), .header("does not say what follows")),
        (
            bytes(#"{"log":1,"batch":"b","records":9223372036854775807,"states":9223372036854775807,"segments":[]}"#),
            .header("does not say what follows")
        ),
        (
            bytes(#"{"log":1,"batch":"b","records":2,"states":0,"segments":[2,2]}"#, "{}", "{}"),
            .header("has segments out of order")
        ),
        (bytes(#"{"log":1,"batch":"b","records":0,"states":0,"segments":[2]}"#), .header("does not say what follows")),
        (bytes(#"{"log":1,"batch":"b","records":1,"states":0,"segments":[]}"#) + [0x7b, 0xff, 0x7d, 0x0a], .notUTF8),
    ])
    func `a body that does not keep what its first line says is refused`(body: [UInt8], fault: LogEntryFault) {
        #expect(Self.fault(of: body) == fault)
    }

    @Test func `a line feed within a line never reaches the log`() {
        let entry = LogEntry(batch: "b", records: [Self.line("{}\n{}")])
        #expect(throws: LogEntryFault.header("counts 1 records and 0 states, of 2 lines")) { try entry.body() }
    }

    @Test func `a record has 16 MiB at most, and an entry 64`() throws {
        var line = [UInt8](repeating: UInt8(ascii: " "), count: 16 << 20)
        line[0] = UInt8(ascii: "{")
        line[line.count - 1] = UInt8(ascii: "}")
        let longest = line[...]
        #expect(try LogEntry(body: LogEntry(batch: "b", records: [longest]).body()).records.first?.count == 16 << 20)
        let longer = longest.dropLast() + [UInt8(ascii: " "), UInt8(ascii: "}")]
        #expect(throws: LogEntryFault.lineTooLong(line: 2, bytes: 16 << 20 + 1)) {
            try LogEntry(batch: "b", records: [longer]).body()
        }
        let four = LogEntry(batch: "b", records: [longest, longest, longest, longest])
        #expect(throws: LogEntryFault.self) { try four.body() }
        // What comes from outside is bounded before it is looked into.
        let body = [UInt8](repeating: UInt8(ascii: "\n"), count: 64 << 20 + 1)
        #expect(Self.fault(of: body) == .tooLarge(bytes: 64 << 20 + 1))
    }
}
