import FeedModel
import Locking
import TestSupport

@testable import Archiving

/// A folder for an archive, a clock that stands until it is moved, and what the archive has said.
final class ArchiveFixture: Sendable {
    let directory = TemporaryDirectory()
    let calls = FaultyArchiveCalls()
    private let time = Locked(Timestamp(rfc3339: "2026-11-28T16:00:00Z") ?? Timestamp(seconds: 0))
    private let said = Locked<[ArchiveEvent]>([])

    var folder: ArchiveFolder { ArchiveFolder(path) }
    var path: String { directory.file("archive") }
    var now: @Sendable () -> Timestamp {
        { [time] in time.withLock { $0 } }
    }
    var report: @Sendable (ArchiveEvent) -> Void {
        { [said] event in said.withLock { $0.append(event) } }
    }
    var events: [ArchiveEvent] { said.withLock { $0 } }

    func pass(seconds: Int) { time.withLock { $0 = $0.adding(seconds: seconds) } }

    static let usual = ArchiveRules(
        rotateBytes: 1 << 20, rotateMilliseconds: 86_400_000, mostBytes: 1 << 30, keptSeconds: nil)

    static let about: WARCFields = {
        var fields = WARCFields()
        fields.add("software", "newswire/test")
        fields.add("format", "WARC File Format 1.1")
        return fields
    }()

    func writer(_ rules: ArchiveRules = usual) -> ArchiveWriter {
        ArchiveWriter(folder, rules, about: Self.about, calls: calls.calling, now: now, report: report)
    }

    /// A response with its metadata, packed, whose body cannot be packed to less.
    func page(_ number: Int, bytes: Int = 100) -> [UInt8] {
        var generator = SeededGenerator(seed: UInt64(number))
        let body = Array("page \(number) ".utf8) + (0..<bytes).map { _ in UInt8.random(in: 0...255, using: &generator) }
        let block = HTTPBlock(status: 200, fields: [("Content-Type", "text/html")], body: body)
        let response = WARCRecord(
            .response, at: now(), of: "https://example.org/\(number)", contentType: HTTPBlock.type, block: block.bytes,
            payload: body)
        var fields = WARCFields()
        fields.add("feed", "feed")
        fields.add("seq", "\(number)")
        var metadata = WARCRecord(.metadata, at: now(), contentType: WARCRecord.fieldsType, block: fields.bytes)
        metadata.header.add(WARCRecord.Name.refersTo, ifThere: response.id)
        return response.packed + metadata.packed
    }

    /// The number of the page at a place; nil where there is none.
    func number(at place: ArchivePlace) throws -> Int? {
        guard let record = try ArchiveReader.record(at: place, in: folder), let block = HTTPBlock(record.block) else {
            return nil
        }
        return Int(String(decoding: block.body.dropFirst(5).prefix { $0 != UInt8(ascii: " ") }, as: UTF8.self))
    }

    /// The numbers of all pages, in the order of the files, and how many places are damaged.
    func pages() throws -> (numbers: [Int], damaged: Int) {
        var (numbers, damaged) = ([Int](), 0)
        for file in try folder.files() {
            var reader = try ArchiveReader(file.name, in: folder)
            while let item = try reader.next() {
                switch item {
                case .record(let record, let offset):
                    if record.kind == .response {
                        let place = ArchivePlace(file: file.name, offset: offset)
                        if let number = try number(at: place) { numbers.append(number) }
                    }
                case .damage, .torn: damaged += 1
                }
            }
        }
        return (numbers, damaged)
    }

    var names: [String] { get throws { try folder.files().map(\.fileName) } }
}
