import Digest
import FeedModel
import Glibc
import TestSupport
import Testing

@testable import ArticleStore

/// contract.md §5: an index that is made anew says what the one before said.
@Suite struct IndexBuilderTests {
    let fixture = StoreFixture()

    /// Articles with updates, keys that go over from one to another, and aliases that take others' places.
    private func entries(_ count: UInt64, seed: UInt64) -> [ArticleIndex.Entry] {
        var random = SeededGenerator(seed: seed)
        return (1...count).map { seq in
            let number = UInt64.random(in: 1...max(count / 2, 1), using: &random)
            let kind = [RecordKind.new, .update, .duplicate, .alias].randomElement(using: &random) ?? .new
            let known = KnownArticle(
                uid: StoreFixture.uid(number), seq: seq, version: UInt32(seq), contentHash: Hash128(high: seq, low: 1),
                modified: nil, recentChanges: UInt8(seq % 7))
            let keys = (0..<UInt64.random(in: 0...3, using: &random)).map { _ in
                let other = UInt64.random(in: 1...count, using: &random)
                return Bool.random(using: &random) ? StoreFixture.uid(other).key : Hash128(high: other, low: other)
            }
            return ArticleIndex.Entry(kind: kind, known: known, keys: keys)
        }
    }

    private func contents(_ index: ArticleIndex, _ entries: [ArticleIndex.Entry]) throws -> [KnownArticle?] {
        try entries.flatMap { [$0.known.uid.key] + $0.keys }.map { try index.find($0) }
    }

    @Test(
        "An index that is built at once says the same as one to which the records were added one by one",
        arguments: [(0, 1000), (1, 1000), (400, 1000), (400, 1), (3000, 2)] as [(UInt64, Int)], [1, 2, 3] as [UInt64])
    func same(_ size: (count: UInt64, pieceChanges: Int), seed: UInt64) throws {
        try fixture.open().close()
        let directory = try #require(try StoreDirectory(existing: fixture.path))
        let entries = size.count == 0 ? [] : entries(size.count, seed: seed)
        let table = try IndexFile(
            creating: "\(directory.indexFile).other", in: directory, capacity: 4 * IndexFile.smallestCapacity,
            salt: IndexHeader.newSalt(),
            StoreFixture.files)
        let expected = ArticleIndex(table, in: directory, StoreFixture.files)
        let builder = IndexBuilder(directory, StoreFixture.files, .init { _, _ in }, pieceChanges: size.pieceChanges)
        for entry in entries {
            expected.add([entry])
            #expect(try expected.writeWaiting() == nil)
            try builder.add(entry)
        }
        let built = try builder.finish()
        #expect(try contents(built, entries) == contents(expected, entries))
        #expect(built.waitingCount == 0)
        #expect(built.size.count <= expected.size.count)
        let names = try fileNames(in: directory.index).sorted()
        #expect(names == ["known", "known.new", "known.other"], "what was put down on the way is gone")
    }

    @Test("Keys whose hashes begin alike do not crowd one place of the index builder's memory", .timeLimit(.minutes(1)))
    func manyOfOneRegion() throws {
        let salt = Hash128(high: 1, low: 2)
        // With the salt's own high half a key's hash is its low half.
        let keys = (1...200_000 as ClosedRange<UInt64>).map { number in
            Hash128(high: salt.high, low: 0x5a << 56 | (number &* 0x9e37_79b9_7f4a_7c15) >> 8)
        }
        #expect(keys.allSatisfy { IndexHeader.hash(of: $0, salt) >> 56 == 0x5a })
        var waiting = WaitingEntries(salt: salt, sharedBits: 8)
        for key in keys {
            waiting.add(IndexChange(key: key, content: .link(to: StoreFixture.uid(1), seq: 1)))
        }
        #expect(waiting.count == keys.count)
        let hashes = waiting.inOrder().map { IndexHeader.hash(of: waiting.change($0).key, salt) }
        #expect(hashes == hashes.sorted() && hashes.count == keys.count)
    }

    @Test("A disk that does not take a new index, or gives back other bytes, is an error and leaves no index")
    func failing() throws {
        try fixture.open().close()
        let directory = try #require(try StoreDirectory(existing: fixture.path))
        let entries = entries(100, seed: 1)

        var full = StoreFixture.files
        full.write = { _, _, _ in
            errno = ENOSPC
            return -1
        }
        let stopped = IndexBuilder(directory, full, .init { _, _ in }, pieceChanges: 1)
        #expect(throws: StoreError.self) { for entry in entries { try stopped.add(entry) } }

        var lying = StoreFixture.files
        let write = lying.write
        lying.write = { descriptor, bytes, offset in
            if bytes.count != 65 { return write(descriptor, bytes, offset) }
            return [UInt8](repeating: 1, count: 65).withUnsafeBytes { write(descriptor, $0, offset) }
        }
        let deceived = IndexBuilder(directory, lying, .init { _, _ in }, pieceChanges: 1)
        for entry in entries { try deceived.add(entry) }
        #expect {
            _ = try deceived.finish()
        } throws: { error in
            (error as? StoreError)?.code == .damagedIndex
        }
    }

    @Test("An index that has grown, or was made anew, names the file by where it is when it is damaged")
    func pathAfterMoving() throws {
        try fixture.open().close()
        let directory = try #require(try StoreDirectory(existing: fixture.path))
        let entries = entries(700, seed: 1)
        let table = try IndexFile(
            creating: directory.indexFile, in: directory, capacity: IndexFile.smallestCapacity,
            salt: IndexHeader.newSalt(), StoreFixture.files)
        let grown = ArticleIndex(table, in: directory, StoreFixture.files)
        grown.add(entries)
        #expect(try grown.writeWaiting() == nil)
        #expect(grown.size.capacity > IndexFile.smallestCapacity)
        let builder = IndexBuilder(directory, StoreFixture.files, .init { _, _ in })
        for entry in entries { try builder.add(entry) }
        for index in [grown, try builder.finish()] {
            if index !== grown { try index.install() }
            #expect(truncate(directory.indexFile, off_t(IndexHeader.size)) == 0)
            #expect {
                _ = try index.find(entries[0].known.uid.key)
            } throws: { error in
                (error as? StoreError)?.path == directory.indexFile
            }
        }
    }
}
