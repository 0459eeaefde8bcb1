package import Digest
internal import FeedModel

/// `KeyLookup` tells which record has said last what a further key means, of records that are no versions of an article: the
/// page of an article by the key of its page.
///
/// It reads the index once for each key, and the records behind those that the index is complete with once in all. Where
/// there is no index it goes through all records.
package struct KeyLookup: Sendable {
    private var index: IndexFile?
    /// What the records say that the index may not have.
    private var latest: [Hash128: UInt64] = [:]
    /// All records up to this number are known.
    package private(set) var seen: UInt64

    /// Knows nothing before `refresh`.
    package init(_ reader: StoreReader) throws(StoreError) {
        index = try reader.openedIndex()
        seen = index?.header.complete.seq ?? 0
    }

    /// Takes in what was stored since. The records are read to their end.
    package mutating func refresh(_ reader: StoreReader) throws(StoreError) {
        var (seen, latest) = (seen, latest)
        try reader.scan(after: seen) { envelope in
            seen = envelope.seq
            if envelope.kind == .fulltext {
                for key in envelope.indexMembers.keys { latest[key] = envelope.seq }
            }
            return true
        }
        (self.seen, self.latest) = (seen, latest)
    }

    /// Returns the number of the record; nil where there is none.
    package func record(key: Hash128) throws(StoreError) -> UInt64? {
        if let seq = latest[key] { return seq }
        guard let index else { return nil }
        do throws(StoreError) {
            guard case .link(_, let seq)? = try index.find(key)?.content else { return nil }
            return seq
        } catch {
            guard error.isDamagedIndex else { throw error }
            // A writer may be just writing it: for this key that counts as if there were none.
            return nil
        }
    }
}
