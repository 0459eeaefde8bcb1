import Digest
import FeedModel
import TestSupport
import Testing

@testable import ArticleStore

/// contract.md §5: `store verify` finds whatever has become of whole segments and of lines in them.
@Suite struct SegmentDamageTests {
    let fixture = StoreFixture()

    /// The segments of a store of forty records, and what may be done to them.
    struct Segments {
        let fixture: StoreFixture
        let names: [String]

        func lines(_ segment: Int) -> [String] { fixture.lines(names[segment]) }

        func write(_ lines: [String], to segment: Int) {
            fixture.folder.write(lines.map { $0 + "\n" }.joined(), to: names[segment])
        }

        func append(_ text: String, to segment: Int) {
            fixture.folder.write((fixture.folder.text(names[segment]) ?? "") + text, to: names[segment])
        }

        func remove(_ segment: Int) { unlinkIfThere(fixture.folder.file(names[segment])) }

        /// Under the name of a segment that begins with another number.
        func copy(_ segment: Int, to number: String) {
            let name = "store/articles/" + String(repeating: "0", count: 20 - number.utf8.count) + number + ".jsonl"
            fixture.folder.write(fixture.folder.text(names[segment]) ?? "", to: name)
        }

        /// Changes a line and makes its checksum right again.
        func forge(_ line: Int, of segment: Int, _ change: (String) -> String) {
            var lines = lines(segment)
            let forged = Array(change(String(lines[line].dropLast(RecordLine.checksumMember - 1))).utf8)
            var checksum: [UInt8] = []
            Hex.append(forged.withUnsafeBytes { XXH3.hash64($0) }, to: &checksum)
            lines[line] =
                String(decoding: forged, as: UTF8.self) + #","xxh3":""# + String(decoding: checksum, as: UTF8.self)
                + #""}}"#
            write(lines, to: segment)
        }
    }

    struct Harm: Sendable, CustomTestStringConvertible {
        let testDescription: String
        /// What is told of it, in order.
        let told: [StoreDamage.Kind]
        /// Records that are known to have been there, at the end.
        var lost: UInt64 = 0
        let harm: @Sendable (Segments) -> Void
    }

    static let harms = [
        Harm(testDescription: "a segment is gone", told: [.gap]) { $0.remove(2) },
        Harm(testDescription: "two segments are gone", told: [.gap, .gap]) {
            $0.remove(1)
            $0.remove(3)
        },
        Harm(testDescription: "a segment is empty", told: [.gap]) { $0.write([], to: 2) },
        Harm(testDescription: "a segment lacks its first line", told: [.gap]) {
            $0.write(Array($0.lines(2).dropFirst()), to: 2)
        },
        Harm(testDescription: "a segment lacks its last line", told: [.gap]) {
            $0.write($0.lines(2).dropLast(), to: 2)
        },
        Harm(testDescription: "a segment is cut in its last line", told: [.line]) {
            $0.write($0.lines(2).dropLast(), to: 2)
            $0.append(String($0.lines(2)[0].prefix(100)), to: 2)
        },
        Harm(
            testDescription: "a segment is there twice, before its successor", told: .init(repeating: .order, count: 8)
        ) {
            $0.copy(1, to: "16")
        },
        Harm(testDescription: "a segment is there twice, at the end", told: .init(repeating: .order, count: 8)) {
            $0.copy(1, to: "41")
        },
        Harm(testDescription: "a line is there twice", told: [.order]) {
            let lines = $0.lines(1)
            $0.write([lines[0], lines[1], lines[1]] + lines[2...], to: 1)
        },
        Harm(testDescription: "an empty line", told: [.line]) {
            let lines = $0.lines(1)
            $0.write([lines[0], ""] + lines[1...], to: 1)
        },
        Harm(testDescription: "a line that is no record", told: [.line]) {
            let lines = $0.lines(1)
            $0.write([lines[0], "{}"] + lines[1...], to: 1)
        },
        Harm(testDescription: "a line that is longer than any record", told: [.line]) {
            let lines = $0.lines(1)
            $0.write([lines[0], String(repeating: "x", count: 17 << 20)] + lines[1...], to: 1)
        },
        Harm(testDescription: "zeros where the last line was", told: [], lost: 1) {
            let lines = $0.lines(4)
            $0.write(lines.dropLast(), to: 4)
            $0.append(String(repeating: "\0", count: (lines.last?.utf8.count ?? 0) + 1), to: 4)
        },
        Harm(testDescription: "an article that was changed with its checksum", told: [.chain]) {
            $0.forge(1, of: 1) { $0.replacing("Article", with: "Particle") }
        },
        Harm(testDescription: "a first line that was changed with its checksum", told: [.chain]) {
            $0.forge(0, of: 1) { $0.replacing("Article", with: "Particle") }
        },
        Harm(testDescription: "a last line that was changed with its checksum", told: [.chain]) {
            $0.forge($0.lines(1).count - 1, of: 1) { $0.replacing("Article", with: "Particle") }
        },
        Harm(testDescription: "a number that was changed with the checksum", told: [.order, .gap]) {
            $0.forge(1, of: 1) { $0.replacing(#""seq":1"#, with: #""seq":"#) }
        },
        Harm(testDescription: "a first line that does not name the chain before it", told: [.chain]) {
            $0.forge(0, of: 1) { $0.replacing(/,"prev":"[0-9a-f]*"/, with: "") }
        },
    ]

    private func filled() throws -> Segments {
        let store = try fixture.open(segmentSize: 4096)
        _ = try store.commit([StoreFixture.commit(1...40)])
        store.close()
        let names = try fileNames(in: "\(fixture.path)/articles").sorted().map { "store/articles/\($0)" }
        try #require(names.count == 5)
        return Segments(fixture: fixture, names: names)
    }

    @Test("store verify finds harm to a record and reports it by its kind", arguments: harms)
    func harm(_ harm: Harm) async throws {
        harm.harm(try filled())
        var damage: [StoreDamage] = []
        let result = try await StoreVerifier(directory: fixture.path).run { damage.append($0) }
        #expect(damage.map(\.kind) == harm.told)
        #expect(!result.isWhole)
        #expect(result.damages == UInt64(damage.count))
        #expect(result.lostRecords == harm.lost)
    }
}
