import Digest
import FeedModel
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
        do throws(StoreError) {
            let (result, isComplete, isDamaged) = try writer.withLock { writer throws(StoreError) in
                var isComplete = true
                return (try commit(batch, &writer, &isComplete), isComplete, writer.damage != nil)
            }
            // The articles are stored; where it cannot be mended the disk's trouble says so.
            if isDamaged { try? mendIndexIfDamaged() }
            // A state fits where an article may not.
            if isComplete, result.count > 0 { disk.end() }
            return result
        } catch {
            if error.code == .inputOutput { disk.record(error, of: .articles) }
            throw error
        }
    }

    /// - Parameter isComplete: false where something beside the articles was not written.
    private func commit(
        _ batch: [FeedCommit], _ writer: inout Writer, _ isComplete: inout Bool
    ) throws(StoreError) -> CommitResult {
        if writer.isClosed { throw closed }
        precondition(writer.lock != nil, "I1: who writes holds the lock")
        let first = writer.appender.position
        var result = CommitResult(firstSeq: first.seq + 1, count: 0)
        let items = items(of: batch, &result)
        if !items.isEmpty {
            guard first.seq <= StorePosition.highestSeq - UInt64(items.count) else {
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
            let stamp = StoredStamp(time: storedAt, isDoubtful: options.isClockDoubtful())
            var damage = writer.damage
            try writer.appender.append(items, stamp) {
                if index.waitingCount >= options.indexLag || disk.has(.index) { isIndexed = tryIndexing(&damage) }
            }
            writer.damage = damage
            result.count = items.count
            let position = writer.appender.position
            precondition(position.seq == first.seq + UInt64(items.count), "I2: each record takes one number")
            last.withLock { $0 = position.seq }
            addToIndex(items, from: first.seq)
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
        do throws(StoreError) {
            try states.put(batch.map(\.state), lastSeq: writer.appender.position.seq)
        } catch {
            isComplete = false
            disk.record(error, of: .states)
        }
        return result
    }

    /// Lets readers go as far as the articles are durable.
    private func publishEnd(_ writer: inout Writer) throws(StoreError) {
        let end = writer.appender.position
        precondition(end.seq >= writer.published, "I5: the published end does not go back")
        try DurableEnd(end).publish(in: directory, options.files)
        writer.published = end.seq
    }

    private func items(of batch: [FeedCommit], _ result: inout CommitResult) -> [SegmentAppender.Item] {
        var items: [SegmentAppender.Item] = []
        items.reserveCapacity(batch.reduce(0) { $0 + $1.records.count })
        for commit in batch where !commit.records.isEmpty {
            let feedJSON = RecordWriter.json(commit.feed.text)
            for record in commit.records {
                if let reason = RecordWriter.refusal(of: record, feedJSON: feedJSON) {
                    result.refused.append(.init(feed: commit.feed, uid: record.uid, reason: reason))
                } else {
                    items.append(SegmentAppender.Item(record: record, feedJSON: feedJSON))
                }
            }
        }
        return items
    }

    /// The clock's whole second, as 20 bytes whatever the clock says.
    private var storedAt: [UInt8] {
        Timestamp(seconds: min(max(options.clock().seconds, 0), 253_402_300_799)).rfc3339
    }

    private func addToIndex(_ items: [SegmentAppender.Item], from seq: UInt64) {
        index.add(
            items.lazy.enumerated().map { offset, item in
                let record = item.record
                return ArticleIndex.Entry(
                    kind: record.kind,
                    known: KnownArticle(
                        uid: record.uid, seq: seq + UInt64(offset) + 1, version: record.version,
                        contentHash: record.contentHash, modified: record.modified,
                        silentChanges: record.silentChanges),
                    keys: record.keys.count > PendingRecord.maximumKeys
                        ? Array(record.keys.prefix(PendingRecord.maximumKeys)) : record.keys)
            })
    }
}
