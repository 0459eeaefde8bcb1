import Digest
import FeedModel
import TestSupport
import Testing

@testable import ArticleStore

/// Stores that came from elsewhere: in part, from another machine, from another version.
@Suite struct CopiedStoreTests {
    private let fixture = StoreFixture()

    /// Thirty articles in segments of a few.
    private func filled() throws -> [Segment] {
        let store = try fixture.open(segmentSize: 1800)
        _ = try store.commit([StoreFixture.commit(1...30)])
        store.close()
        return try Segment.all(in: try #require(try StoreDirectory(existing: fixture.path)))
    }

    private var toldDamage: [StoreDamage] {
        fixture.noted.compactMap { event in
            if case .damage(let damage) = event { damage } else { nil }
        }
    }

    @Test("An index from a machine with the other byte order is made again from the articles")
    func otherByteOrder() throws {
        _ = try filled()
        var bytes = try #require(fixture.folder.read("store/index/known"))
        // All numbers of the header as the other machine would write them, its checksum too.
        for start in [16, 24, 32, 40, 48, 88, 96, 104, 112] { bytes[start..<start + 8].reverse() }
        let checksum = bytes.withUnsafeBytes { XXH3.hash64(UnsafeRawBufferPointer(rebasing: $0[..<120])) }
        withUnsafeBytes(of: checksum.bigEndian) { bytes.replaceSubrange(120..<128, with: $0) }
        fixture.folder.write(bytes, to: "store/index/known")
        let store = try fixture.open()
        #expect(fixture.noted == [.indexRebuilt(reason: "there was none", records: 30)])
        for number in 1...30 as ClosedRange<UInt64> {
            #expect(try store.known(StoreFixture.uid(number))?.seq == number)
        }
    }

    @Test("An index that was copied by half is made again from the articles", arguments: [0, 100, 4096, 5000])
    func halfAnIndex(_ size: Int) throws {
        _ = try filled()
        cut("\(fixture.path)/index/known", to: size)
        let store = try fixture.open()
        for number in 1...30 as ClosedRange<UInt64> {
            #expect(try store.known(StoreFixture.uid(number))?.seq == number)
        }
    }

    @Test("A segment that was not copied is reported when the store is opened, and by every reader")
    func missingSegment() async throws {
        let segments = try filled()
        for missing in segments.indices.dropLast() {
            let copy = StoreFixture(in: fixture.folder, name: "copy\(missing)")
            #expect(try await copyStore(to: copy, without: segments[missing]) == 0)
            let store = try copy.open()
            let gaps = copy.noted.compactMap { if case .damage(let damage) = $0 { damage.seq } else { nil } }
            #expect(gaps == [segments[missing + 1].firstSeq])
            store.close()
            let result = try await StoreVerifier(directory: copy.path).run { _ in }
            #expect(!result.isWhole)
        }
    }

    private func copyStore(to copy: StoreFixture, without segment: Segment) async throws -> Int32 {
        let ending = await ChildProcess("/bin/cp", ["-a", fixture.path, copy.path]).wait()
        unlinkIfThere(segment.path.replacing(fixture.path, with: copy.path))
        return ending.status
    }

    @Test("A last segment that was not copied is reported, consumers go back, and feeds are asked again")
    func missingEnd() throws {
        let segments = try filled()
        try Cursors(directory: fixture.path).advance("a", to: 30)
        let last = try #require(segments.last)
        unlinkIfThere(last.path)
        let store = try fixture.open()
        #expect(fixture.noted.contains(.recordsLost(after: last.firstSeq - 1, upTo: 30)))
        #expect(store.state(of: StoreFixture.feed)?.validators == nil)
        #expect(try Cursors(directory: fixture.path).read("a") == last.firstSeq - 1)
        #expect(try store.known(StoreFixture.uid(30)) == nil)
        #expect(try store.commit([StoreFixture.commit(last.firstSeq...30)]).count == Int(31 - last.firstSeq))
    }

    @Test("A segment that was copied by half is reported at the place where its lines end")
    func halfASegment() throws {
        let segments = try filled()
        let size = try #require(try OpenFile.reading(segments[1].path)?.size())
        cut(segments[1].path, to: Int(size) / 2)
        let (seqs, damage) = try fixture.read()
        #expect(seqs.suffix(3) == [28, 29, 30])
        #expect(damage.first?.kind == .line)
        #expect(damage.allSatisfy { $0.segment == segments[1].path || $0.segment == segments[2].path })
        _ = try fixture.open()
        #expect(!toldDamage.isEmpty)
    }

    @Test(
        "A folder of an older format is no store, one of a newer format is refused, and neither is touched",
        arguments: [
            ("newswire store 3\n", StoreError.Code.newerFormat), ("newswire store 10 x\n", .damaged),
            ("mail\n", .damaged),
        ])
    func formats(_ text: String, _ code: StoreError.Code) throws {
        _ = try filled()
        fixture.folder.write(text, to: "store/format")
        for attempt in [
            { _ = try fixture.open() }, { _ = try fixture.reader() }, { _ = try Cursors(directory: fixture.path) },
        ] {
            let error = #expect(throws: StoreError.self) { try attempt() }
            #expect(error?.code == code)
            #expect(error?.advice.isEmpty == false)
        }
        #expect(fixture.folder.text("store/format") == text)
    }
}
