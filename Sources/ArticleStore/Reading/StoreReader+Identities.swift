package import FeedModel

/// Where the records of an article are, told by the index. Where that cannot tell, because it is missing or wrong or
/// being written, the records themselves are looked through.
extension StoreReader {
    /// Slots that a writer is just writing are read again.
    private static let attempts = 4

    /// What is known of an article; also of one that an alias leads to, then with that article's `uid`.
    package func known(_ uid: ArticleIdentifier) throws(StoreError) -> KnownArticle? {
        for _ in 0..<Self.attempts {
            guard let index = try index() else { break }
            do throws(IndexFile.Failure) {
                switch try index.find(uid.key)?.content {
                case .article(let known): return known
                case .link(let target, _):
                    guard case .article(let known) = try index.find(target.key)?.content else { return nil }
                    return known
                case nil: return nil
                }
            } catch {
                if case .system(let error) = error { throw error }
            }
        }
        return try newest { $0 == uid }.values.first
    }

    /// The articles whose identity begins with a text, at most `limit` of them.
    ///
    /// Goes through the whole index, or where there is none through all records.
    package func identifiers(
        startingWith start: String, limit: Int
    ) throws(StoreError) -> [ArticleIdentifier] {
        if let index = try index() {
            var found: [ArticleIdentifier] = []
            do throws(IndexFile.Failure) {
                try index.forEach { (_, slot) throws(IndexFile.Failure) in
                    guard case .article(let known) = slot.content, found.count < limit,
                        known.uid.description.hasPrefix(start)
                    else { return }
                    found.append(known.uid)
                }
                return found
            } catch {
                // Where a writer is just writing, the records tell as well.
                if case .system(let error) = error { throw error }
            }
        }
        return Array(try newest { $0.description.hasPrefix(start) }.keys.prefix(limit))
    }

    /// The records of one article up to number `seq`, oldest first: looks at the end of every line.
    package func records(of uid: ArticleIdentifier, upTo seq: UInt64) throws(StoreError) -> [UInt64] {
        var found: [UInt64] = []
        try scan { envelope in
            if envelope.seq > seq { return false }
            if envelope.kind != .alias, envelope.uid == uid { found.append(envelope.seq) }
            return true
        }
        return found
    }

    private func index() throws(StoreError) -> IndexFile? {
        try IndexFile(existing: directory.indexFile, writable: false, in: directory, FileSystem())
    }

    private func newest(
        _ isWanted: (ArticleIdentifier) -> Bool
    ) throws(StoreError) -> [ArticleIdentifier: KnownArticle] {
        var found: [ArticleIdentifier: KnownArticle] = [:]
        try scan { envelope in
            guard envelope.kind != .alias, let uid = envelope.uid, isWanted(uid), let hash = envelope.contentHash else {
                return true
            }
            let members = envelope.indexMembers
            found[uid] = KnownArticle(
                uid: uid, seq: envelope.seq, version: envelope.version, contentHash: hash, modified: members.modified,
                silentChanges: members.silentChanges)
            return true
        }
        return found
    }

    private func scan(_ body: (RecordEnvelope) -> Bool) throws(StoreError) {
        do {
            try read(after: 0, damage: { _ in }) { body($0.envelope) }
        } catch let error as StoreError {
            throw error
        } catch {
            // Cannot happen because the closure throws nothing.
        }
    }
}
