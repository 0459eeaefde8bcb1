import Digest
import FeedModel
import JSONText
import Testing

@testable import ArticleStore

@Suite struct RecordLineTests {
    private func hex(_ digits: [UInt8]) -> UInt64? {
        digits.withUnsafeBytes { bytes in
            var scan = BackwardScan(bytes)
            return scan.takeHex64()
        }
    }

    @Test("The scan from a line's end reads sixteen hexadecimal digits as a number")
    func numbers() {
        for text in ["0000000000000000", "0123456789abcdef", "ffffffffffffffff", "9f86d081884c7d65"] {
            #expect(hex(Array(text.utf8)) == UInt64(text, radix: 16))
        }
        #expect(hex(Array("0123456789abcde".utf8)) == nil)
    }

    @Test("The scan from a line's end takes no other byte for a digit, wherever it stands")
    func otherBytes() {
        for place in 0..<16 {
            for byte in UInt8.min...UInt8.max {
                for digit in "0f".utf8 {
                    var digits = [UInt8](repeating: digit, count: 16)
                    digits[place] = byte
                    let isDigit = (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte)
                    let expected = isDigit ? UInt64(String(decoding: digits, as: UTF8.self), radix: 16) : nil
                    if hex(digits) != expected { Issue.record("\(byte) at \(place)") }
                }
            }
        }
    }

    private func written(_ members: IndexMembers) -> [UInt8] {
        var bytes = ByteBuffer()
        members.append(to: &bytes)
        return bytes.bytes
    }

    private func read(_ bytes: [UInt8]) -> IndexMembers? {
        bytes.withUnsafeBytes { bytes in
            var scan = BackwardScan(bytes)
            guard let members = IndexMembers(&scan), scan.end == 0 else { return nil }
            return members
        }
    }

    @Test(
        "The envelope's members for the index are read as they were written", arguments: [0, 1, 2, 16],
        [0, 1, 25, 255] as [UInt8])
    func indexMembers(keys: Int, silent: UInt8) throws {
        for modified in [nil, 0, -1, 1_764_000_000_000, -62_135_596_800_000] as [Int64?] {
            var members = IndexMembers()
            members.modified = modified.map { Timestamp(milliseconds: $0) }
            members.recentChanges = silent
            members.keys = (0..<keys).map { Hash128(high: UInt64($0) << 60 | 7, low: .max - UInt64($0)) }
            if members.isEmpty { continue }
            let bytes = written(members)
            #expect(bytes.count <= IndexMembers.maximumLength)
            #expect(read(bytes) == members)
            // It is JSON, too.
            _ = try JSONParser.parse(Array("{".utf8) + bytes + Array("}".utf8))
        }
    }

    @Test("What a record supersedes is read where it stands before what the store writes, and nowhere else")
    func supersedes() throws {
        let fixture = StoreFixture()
        let store = try fixture.open()
        func seq(_ members: String, changing change: (String) -> String = { $0 }) throws -> UInt64? {
            var record = StoreFixture.record(store.lastSeq + 1)
            record.prefix = Array(#"{"id":"1","title":"\"supersedes\":7","_newswire":{\#(members)"#.utf8)
            let state = StoreFixture.state()
            _ = try store.commit([FeedCommit(feed: StoreFixture.feed, records: [record], state: state)])
            let line = try #require(try StoreReader(directory: fixture.path).line(seq: store.lastSeq))
            let text = change(String(decoding: line, as: UTF8.self))
            return Array(text.utf8).withUnsafeBytes { RecordEnvelope($0)?.supersedes }
        }
        let doubtful = #""clock_doubtful":true,"commit""#
        #expect(try seq(#""a":1,"supersedes":5"#) == 5)
        #expect(try seq(#""a":1,"supersedes":5"#) { $0.replacing(#""commit""#, with: doubtful) } == 5)
        #expect(try seq(#""supersedes":5,"a":1"#) == nil)
        #expect(try seq(#""a":1"#) == nil)
        #expect(try seq("") == nil)
    }

    @Test(
        "The envelope takes nothing else for its members for the index",
        arguments: [
            #""index":{"keys":[]}"#, #""index":{"keys":["0123"]}"#, #""index":{"silent":256}"#, #""index":{}"#,
            #""index":{"modified":9223372036854775808}"#, #""index":{"silent":1,"modified":2}"#,
            #""other":{"silent":1}"#,
            #""index":{"silent":1]}"#, "}", "",
        ])
    func otherMembers(text: String) {
        #expect(read(Array(text.utf8)) == nil)
    }
}
