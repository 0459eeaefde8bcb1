package import Digest
package import FeedModel
import Locking

/// What is known of articles, and what keeps the index fit to tell it.
extension ArticleStore {
    /// Tells what is known of an article, also of one that an alias leads to: then with that article's `uid`.
    ///
    /// Costs one read of the index, whatever the number of articles.
    package func known(_ uid: ArticleIdentifier) throws(StoreError) -> KnownArticle? {
        try known(key: uid.key)
    }

    /// Tells what is known of the article that has a further key. Costs one read of the index.
    package func known(key: Hash128) throws(StoreError) -> KnownArticle? {
        do throws(StoreError) {
            return try index.find(key)
        } catch {
            guard error.isDamagedIndex else { throw error }
            // Another thread may have been here first.
            try mendIndex(because: error.reason) { (try? index.find(key)) == nil }
            return try index.find(key)
        }
    }

    /// Tells which record has said last what a further key means; nil where none has. Costs one read of the index.
    package func record(key: Hash128) throws(StoreError) -> UInt64? {
        do throws(StoreError) {
            return try index.record(key)
        } catch {
            guard error.isDamagedIndex else { throw error }
            try mendIndex(because: error.reason) { (try? index.record(key)) == nil }
            return try index.record(key)
        }
    }

    /// Tells whether the index is so large that much of it may be on the disk alone.
    package var readsAhead: Bool { index.readsAhead }

    /// Begins to read what `known` needs for the keys, all at the same time, and does not wait for it.
    package func prepare(_ keys: [Hash128]) { index.prefetch(keys) }

    /// Makes the index again from the articles. Commits go on meanwhile; who asks for what the damaged part had, waits.
    ///
    /// - Parameter isNeeded: asked once nobody else is at it.
    private func mendIndex(because reason: String, if isNeeded: () -> Bool) throws(StoreError) {
        try upkeep.withLock { _ throws(StoreError) in
            guard isNeeded() else { return }
            defer { writer.withLock { $0.isMending = false } }
            do throws(StoreError) {
                let position = writer.withLock { writer in
                    writer.damage = writer.damage ?? reason
                    writer.isMending = true
                    return writer.appender.position
                }
                let rebuild = IndexRebuild(directory, options.files, ReadingProgress(options.progress))
                let (rebuilt, records) = try rebuild.run(upTo: position)
                try writer.withLock { writer throws(StoreError) in
                    // What was stored meanwhile.
                    try rebuild.add(from: position, upTo: writer.appender.position, to: rebuilt)
                    try index.adopt(rebuilt)
                    writer.damage = nil
                }
                report(.indexRebuilt(reason: reason, records: records))
            } catch {
                // Nothing is polled until it can be made: what is known could not be told from what is new.
                disk.record(error, of: .index)
                throw error
            }
        }
    }

    /// Makes the index again where a commit has found it damaged.
    func mendIndexIfDamaged() throws(StoreError) {
        guard let reason = writer.withLock({ $0.isClosed || $0.isMending ? nil : $0.damage }) else { return }
        try mendIndex(because: reason) { writer.withLock { $0.damage != nil } }
    }

    /// Runs what moves identities from one place to another.
    func moving<Value>(_ body: () throws(StoreError) -> Value) throws(StoreError) -> Value {
        try upkeep.withLock { _ throws(StoreError) in try body() }
    }

    /// - Parameter damage: what is wrong with the index, if something is.
    /// - Returns: whether the disk took it.
    @discardableResult
    func tryIndexing(_ damage: inout String?) -> Bool {
        do throws(StoreError) {
            try writeIndex(&damage)
            return true
        } catch {
            disk.record(error, of: .index)
            return false
        }
    }

    /// Puts into the index what waits for it. Where it is damaged that waits on in memory, until it is made again.
    func writeIndex(_ damage: inout String?) throws(StoreError) {
        if damage != nil { return }
        let failure: StoreError?
        do throws(StoreError) {
            failure = try index.writeWaiting()
        } catch {
            guard error.isDamagedIndex else { throw error }
            damage = error.reason
            return
        }
        if let failure { throw failure }
    }

    /// - Returns: whether the disk took it.
    @discardableResult
    func checkpoint(_ writer: inout Writer) -> Bool {
        do throws(StoreError) {
            try writeCheckpoint(&writer)
            return true
        } catch {
            disk.record(error, of: .index)
            return false
        }
    }

    /// Puts into the index what waits for it, and how far it is complete with that. One that is damaged is left as it is.
    func writeCheckpoint(_ writer: inout Writer) throws(StoreError) {
        try writeIndex(&writer.damage)
        if writer.damage != nil { return }
        try index.checkpoint(writer.appender.position)
        writer.checkpoint = writer.appender.appended
    }
}
