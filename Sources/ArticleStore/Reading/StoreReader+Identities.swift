internal import Digest
package import FeedModel

/// The index tells where the records of an article are. Where it cannot, because it is missing or wrong or just being
/// written, the records themselves are looked through.
extension StoreReader {
    /// How often the index is read, because a slot may be met while a writer writes it.
    private static let attempts = 4

    /// Tells what is known of an article; also of one that an alias leads to, then with that article's `uid`.
    package func known(_ uid: ArticleIdentifier) throws(StoreError) -> KnownArticle? {
        for _ in 0..<Self.attempts {
            guard let index = try openedIndex() else { break }
            do throws(StoreError) {
                switch try content(uid.key, index) {
                case .article(let known): return known
                case .link(let target, _):
                    guard case .article(let known) = try content(target.key, index) else { return nil }
                    return known
                case nil: return nil
                }
            } catch {
                guard error.isDamagedIndex else { throw error }
            }
        }
        return try newest(after: 0) { $0 == uid }.values.first
    }

    /// Finds what the index says, as changed by the records behind those that it is complete with.
    private func content(_ key: Hash128, _ index: IndexFile) throws(StoreError) -> IndexSlot.Content? {
        var content = try index.find(key)?.content
        try scan(after: index.header.complete.seq) { envelope in
            ArticleIndex.Entry(envelope)?.forEachChange { change in
                if change.key == key, let new = change.applied(to: content) { content = new }
            }
            return true
        }
        return content
    }

    /// Finds the articles whose identity begins with a text, at most `limit` of them.
    ///
    /// Goes through the whole index, or where there is none through all records.
    package func identifiers(
        startingWith start: String, limit: Int
    ) throws(StoreError) -> [ArticleIdentifier] {
        var found = Set<ArticleIdentifier>()
        var complete: UInt64 = 0
        if let index = try openedIndex() {
            do throws(StoreError) {
                try index.forEach { (_, slot) throws(StoreError) in
                    guard case .article(let known) = slot.content, found.count < limit,
                        known.uid.description.hasPrefix(start)
                    else { return }
                    found.insert(known.uid)
                }
                complete = index.header.complete.seq
            } catch {
                // Where a writer is just writing, the records tell as well.
                guard error.isDamagedIndex else { throw error }
            }
        }
        found.formUnion(try newest(after: complete) { $0.description.hasPrefix(start) }.keys)
        return Array(found.sorted { $0.description < $1.description }.prefix(limit))
    }

    /// Finds the records of one article up to number `seq`, oldest first. Looks at the end of every line.
    package func records(of uid: ArticleIdentifier, upTo seq: UInt64) throws(StoreError) -> [UInt64] {
        var found: [UInt64] = []
        try scan(after: 0) { envelope in
            if envelope.seq > seq { return false }
            if envelope.kind.isVersion, envelope.uid == uid { found.append(envelope.seq) }
            return true
        }
        return found
    }

    /// Opens the index; nil where there is none, or where it is of other articles because an older copy was put in
    /// their place.
    func openedIndex() throws(StoreError) -> IndexFile? {
        guard let index = try IndexFile(existing: directory.indexFile, writable: false, in: directory, FileSystem()),
            try index.header.complete.isPlace(in: try Segment.all(in: directory))
        else { return nil }
        return index
    }

    private func newest(
        after seq: UInt64, _ isWanted: (ArticleIdentifier) -> Bool
    ) throws(StoreError) -> [ArticleIdentifier: KnownArticle] {
        var found: [ArticleIdentifier: KnownArticle] = [:]
        try scan(after: seq) { envelope in
            if envelope.kind.isVersion, let entry = ArticleIndex.Entry(envelope), isWanted(entry.known.uid) {
                found[entry.known.uid] = entry.known
            }
            return true
        }
        return found
    }

    func scan(after seq: UInt64, _ body: (RecordEnvelope) -> Bool) throws(StoreError) {
        do {
            try read(after: seq, damage: { _ in }) { body($0.envelope) }
        } catch let error as StoreError {
            throw error
        } catch {
            // Cannot happen because the closure throws nothing.
        }
    }
}
