package import Digest
package import FeedModel
import Locking

/// Storing, and going on after the disk has failed.
extension ArticleStore {
    /// Looks whether the disk takes again what is to be written, and writes what it has not taken.
    ///
    /// - Throws: why it still does not.
    package func recoverFromTrouble() throws(StoreError) {
        guard trouble != nil else { return }
        do throws(StoreError) {
            try writer.withLock { writer throws(StoreError) in
                if writer.isClosed { throw closed }
                try writer.appender.tryDisk()
                try states.flush()
                try publishEnd(&writer)
                try writeCheckpoint(&writer)
            }
            try mendIndexIfDamaged()
        } catch {
            disk.record(error, of: .articles)
            throw error
        }
        disk.end()
    }

    /// Stores the records of many polls and then the states that the polls left their feeds in.
    ///
    /// When this returns, all records but the refused ones are durable, numbered in the order given, known, and visible
    /// to readers. A later commit, or `close`, writes the index. Where it throws, nothing is: no record, no
    /// number, no state; the same may be committed again.
    /// States become durable with `flushStates` or by and by, and never before their articles.
    package func commit(_ batch: [FeedCommit]) throws(StoreError) -> CommitResult {
        try storing { writer, isComplete throws(StoreError) in
            let result = try commit(batch, &writer, &isComplete)
            return (result, count: result.count)
        }
    }

    /// Runs what stores articles, and takes in what the disk has done with them.
    ///
    /// - Parameter body: clears the flag where something beside the articles was not written; returns with its value how many
    ///   articles were.
    func storing<Value: Sendable>(
        _ body: (inout Writer, inout Bool) throws(StoreError) -> (Value, count: Int)
    ) throws(StoreError) -> Value {
        do throws(StoreError) {
            let (result, isComplete, isDamaged) = try writer.withLock { writer throws(StoreError) in
                var isComplete = true
                return (try body(&writer, &isComplete), isComplete, writer.damage != nil)
            }
            // The articles are stored; where it cannot be mended the disk's trouble says so.
            if isDamaged { try? mendIndexIfDamaged() }
            // A state fits where an article may not.
            if isComplete, result.count > 0 { disk.end() }
            return result.0
        } catch {
            if error.code == .inputOutput { disk.record(error, of: .articles) }
            throw error
        }
    }

    /// Renders records, and applies what came of that in a row.
    ///
    /// - Parameter isComplete: false where something beside the articles was not written.
    private func commit(
        _ batch: [FeedCommit], _ writer: inout Writer, _ isComplete: inout Bool
    ) throws(StoreError) -> CommitResult {
        if writer.isClosed { throw closed }
        if writer.fleet != nil { throw ofFleet }
        let first = writer.appender.position
        var result = CommitResult(firstSeq: first.seq + 1, count: 0)
        let items = items(of: batch, &result)
        if !items.isEmpty {
            let stamp = StoredStamp(time: storedAt, isDoubtful: options.isClockDoubtful())
            let appender = writer.appender
            try apply(items.count, entries(of: items, from: first.seq), &writer, &isComplete) {
                meanwhile throws(StoreError) in
                try appender.append(RecordRendering(items, stamp, options), meanwhile: meanwhile)
            }
            result.count = items.count
        }
        do throws(StoreError) {
            try states.put(batch.compactMap(\.state), lastSeq: writer.appender.position.seq)
        } catch {
            isComplete = false
            disk.record(error, of: .states)
        }
        return result
    }

    /// The second half of a commit: lines go to the disk, and once they are durable into the index and before the readers.
    ///
    /// - Parameters:
    ///   - count: how many lines there are.
    ///   - entries: what they mean for the index.
    ///   - isComplete: false where something beside the articles was not written.
    ///   - append: appends them, and does meanwhile what it is given.
    func apply(
        _ count: Int, _ entries: some Sequence<ArticleIndex.Entry>, _ writer: inout Writer, _ isComplete: inout Bool,
        append: (_ meanwhile: () -> Void) throws(StoreError) -> Void
    ) throws(StoreError) {
        precondition(writer.lock != nil, "I1: who writes holds the lock")
        let first = writer.appender.position
        guard first.seq <= StorePosition.highestSeq - UInt64(count) else {
            throw StoreError(
                .damaged, "writing to", directory.path, "its last record has the highest number that there is",
                advice: "look with 'newswire store verify' who has written it")
        }
        if index.isOverfull { tryIndexing(&writer.damage) }
        if index.isOverfull {
            throw StoreError(
                .inputOutput, "writing to", directory.indexFile, "the disk has not taken the index for too long",
                advice: "free some space there; nothing that was stored is lost")
        }
        var isIndexed = true
        // The disk is at work on the articles while the index gets those of commits before.
        var damage = writer.damage
        try append {
            if index.waitingCount >= options.indexLag || disk.has(.index) { isIndexed = tryIndexing(&damage) }
        }
        writer.damage = damage
        let position = writer.appender.position
        precondition(position.seq == first.seq + UInt64(count), "I2: each record takes one number")
        last.withLock { $0 = position.seq }
        index.add(entries)
        if writer.appender.appended - writer.checkpoint >= options.checkpointDistance {
            isIndexed = checkpoint(&writer) && isIndexed
        }
        if !isIndexed { isComplete = false }
        do throws(StoreError) {
            try publishEnd(&writer)
        } catch {
            isComplete = false
            disk.record(error, of: .end)
        }
    }

    /// Lets readers go as far as the articles are durable.
    private func publishEnd(_ writer: inout Writer) throws(StoreError) {
        let end = writer.appender.position
        precondition(end.seq >= writer.published, "I5: the published end does not go back")
        try DurableEnd(end).publish(in: directory, options.files)
        writer.published = end.seq
    }

    /// The records that lines can hold; the others are refused in the result.
    func items(of batch: [FeedCommit], _ result: inout CommitResult) -> [RecordRendering.Item] {
        var items: [RecordRendering.Item] = []
        items.reserveCapacity(batch.reduce(0) { $0 + $1.records.count })
        for commit in batch where !commit.records.isEmpty {
            let feedJSON = RecordWriter.json(commit.feed.text)
            for record in commit.records {
                if let reason = RecordWriter.refusal(of: record, feedJSON: feedJSON) {
                    result.refused.append(.init(feed: commit.feed, uid: record.uid, reason: reason))
                } else {
                    items.append(RecordRendering.Item(record: record, feedJSON: feedJSON))
                }
            }
        }
        return items
    }

    /// The clock's whole second, as 20 bytes whatever the clock says.
    var storedAt: [UInt8] {
        Timestamp(seconds: min(max(options.clock().seconds, 0), 253_402_300_799)).rfc3339
    }

    /// What records mean for the index that get the numbers behind `seq`.
    func entries(
        of items: [RecordRendering.Item], from seq: UInt64
    ) -> some Sequence<ArticleIndex.Entry> {
        items.lazy.enumerated().map { offset, item in
            let record = item.record
            return ArticleIndex.Entry(
                kind: record.kind,
                known: KnownArticle(
                    uid: record.uid, seq: seq + UInt64(offset) + 1, version: record.version,
                    contentHash: record.contentHash, modified: record.modified,
                    recentChanges: record.recentChanges, isHidden: record.standing.isHidden),
                keys: record.keys.count > PendingRecord.maximumKeys
                    ? Array(record.keys.prefix(PendingRecord.maximumKeys)) : record.keys)
        }
    }
}

/// `FeedCommit` is what one poll of one feed leaves: its new records in the order of the document, and the feed's state
/// after it.
package struct FeedCommit: Sendable {
    /// The feed that was polled.
    package var feed: FeedIdentifier
    /// The poll's new records, which get their numbers in this order.
    package var records: [PendingRecord]
    /// The feed's state after the poll; nil where the records come from none.
    package var state: FeedState?

    /// Makes the commit of one poll, which is not looked at before it is committed.
    package init(feed: FeedIdentifier, records: [PendingRecord], state: FeedState?) {
        self.feed = feed
        self.records = records
        self.state = state
    }
}

/// `CommitResult` is what a commit has stored. Everything in it is durable.
package struct CommitResult: Sendable, Equatable {
    /// The number of the first record; the others follow in the order given.
    package var firstSeq: UInt64
    /// How many records were stored.
    package var count: Int
    /// The records that cannot be stored, and have no number: too long for a line, or with a raw line feed in them.
    package var refused: [Refusal] = []

    /// `Refusal` is a record that no line can hold.
    package struct Refusal: Sendable, Equatable {
        /// The feed that the record came from.
        package var feed: FeedIdentifier
        /// The article's identity.
        package var uid: ArticleIdentifier
        /// Why no line can hold it.
        package var reason: String
    }
}

/// `PendingRecord` is a record that has no number yet.
package struct PendingRecord: Sendable {
    /// The line up to and inside `_newswire`, without a comma at its end: `{"id":"…",…,"_newswire":{"feed_url":"…"`.
    /// Valid JSON so far, without a raw line feed.
    package var prefix: [UInt8]
    /// The article's identity; of an alias, that of the article which its keys mean from here on.
    package var uid: ArticleIdentifier
    /// What the record is.
    package var kind: RecordKind
    /// The version of the article, from 1.
    package var version: UInt32
    /// Whether the article was in its feed already when that was first polled.
    package var isInitial: Bool
    /// The hash of the content (identity.md §8).
    package var contentHash: Hash128
    /// The publisher's date of change, where there is one.
    package var modified: Timestamp?
    /// How many edits in a row did not move that date.
    package var recentChanges: UInt8
    /// Whether rules let it through.
    package var standing = RecordStanding.passed
    /// Further keys under which the index finds the article; at most `maximumKeys` of them count.
    package var keys: [Hash128]

    /// How many further keys of a record count.
    package static let maximumKeys = 16

    /// A line of the record has no more bytes, whatever its feed's id.
    package var sizeLimit: Int { RecordWriter.lengthLimit(of: self, feedJSON: []) + RecordEnvelope.maximumFeedLength }

    /// Makes a record as a poll has it. Whether a line can hold it is looked at when it is committed.
    package init(
        prefix: [UInt8], uid: ArticleIdentifier, kind: RecordKind, version: UInt32, isInitial: Bool,
        contentHash: Hash128, modified: Timestamp? = nil, recentChanges: UInt8 = 0, keys: [Hash128] = []
    ) {
        self.prefix = prefix
        self.uid = uid
        self.kind = kind
        self.version = version
        self.isInitial = isInitial
        self.contentHash = contentHash
        self.modified = modified
        self.recentChanges = recentChanges
        self.keys = keys
    }
}
