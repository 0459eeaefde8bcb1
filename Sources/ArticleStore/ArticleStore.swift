import Digest
package import FeedModel
import Locking

/// The articles, what is known of them and of the feeds, on disk; this is the one writer of a store.
///
/// A store is a folder. `articles` holds the records, lines of text in segments; `index` what is needed to tell known
/// articles from new ones, made from the segments and made again where it is missing or wrong; `state` the feeds' states;
/// `cursors` the consumers'. docs/store.md describes all of it.
///
/// May be used by any thread. `commit` takes as long as the disk needs for one fdatasync; the questions do not wait for
/// it.
package final class ArticleStore: Sendable {
    struct Writer {
        var appender: SegmentAppender
        var isClosed = false
        /// How much the appender had appended when the index was last made durable.
        var checkpoint: UInt64 = 0
        /// What is wrong with the index, until it is made again.
        var damage: String?
        /// It is just being made again: nobody else need see to that.
        var isMending = false
        /// Goes when the store is closed, and the store's lock with it.
        var lock: WriterLock?
    }

    let directory: StoreDirectory
    let options: StoreOptions
    let report: @Sendable (StoreEvent) -> Void
    let writer: Locked<Writer>
    /// Held, always before the writer, while the index is made again, and while that is changed which it is made from
    /// beside the writer: identities are either in a segment or where retention has put them.
    let upkeep = Locked<Void>(())
    let index: ArticleIndex
    private let states: FeedStates
    /// Apart from the writer, which may be waiting for the disk.
    private let last: Locked<UInt64>
    let disk: DiskTrouble

    private init(
        _ directory: StoreDirectory, _ options: StoreOptions, _ report: @escaping @Sendable (StoreEvent) -> Void,
        writer: sending Writer, index: ArticleIndex, states: FeedStates
    ) {
        self.directory = directory
        self.options = options
        self.report = report
        last = Locked(writer.appender.position.seq)
        self.writer = Locked(writer)
        self.index = index
        self.states = states
        disk = DiskTrouble(report)
    }

    /// Opens the store, which is made where there is none, and gets it ready after a crash: the torn end of the last
    /// segment is cut off and the index brought up to the articles. Only what came after the index was last made durable
    /// is read.
    ///
    /// - Parameter report: told what a person should know; called on any thread.
    package static func open(
        at path: String, options: StoreOptions, report: @escaping @Sendable (StoreEvent) -> Void
    ) throws(StoreError) -> ArticleStore {
        let opening = try StoreOpening(at: path, options, report)
        let opened = try opening.run()
        let appender = try SegmentAppender(
            opened.recovered.position, needsNewSegment: opened.recovered.needsNewSegment, in: opening.directory,
            options)
        return ArticleStore(
            opening.directory, options, report,
            writer: Writer(appender: appender, lock: opening.lock), index: opened.index,
            states: opened.states)
    }

    /// Removes a sealed segment whose identities are durable elsewhere; durable when this returns, so that none goes before
    /// an older one.
    func remove(_ segment: Segment) throws(StoreError) {
        try writer.withLock { writer throws(StoreError) in
            if writer.isClosed { throw closed }
            // The index must not lean on a record that is gone, or all of it would be made again.
            if index.complete.segment <= segment.firstSeq { checkpoint(&writer) }
            guard options.files.remove(segment.path) == 0 else { throw .system("removing", segment.path) }
            try directory.syncFolder(directory.articles, options.files)
        }
    }

    /// A record's line with its line feed, checked; nil where there is none of that number.
    package func article(seq: UInt64) throws(StoreError) -> [UInt8]? {
        try StoreReader(directory: directory.path).line(seq: seq)
    }

    /// The number of the last record, 0 before the first.
    package var lastSeq: UInt64 { last.withLock { $0 } }

    /// The store's folder.
    package var path: String { directory.path }

    package func state(of feed: FeedIdentifier) -> FeedState? { states[feed] }

    /// What decides when a feed is polled.
    ///
    /// - Parameter url: the feed's as configured.
    package func outlook(of feed: FeedIdentifier, at url: String) -> FeedOutlook? { states.outlook(of: feed, at: url) }

    /// One at a time and in no order.
    package func forEachState(_ body: (FeedIdentifier, PackedFeedState) -> Void) { states.forEach(body) }

    /// Why the disk does not take what is to be written; nil while it does. Nothing should be fetched meanwhile: it could
    /// not be kept.
    package var trouble: StoreError? { disk.current }

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
                try DurableEnd(writer.appender.position).publish(in: directory, options.files)
                try writeCheckpoint(&writer)
            }
            try mendIndexIfDamaged()
        } catch {
            disk.note(error, of: .articles)
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
            if error.code == .inputOutput { disk.note(error, of: .articles) }
            throw error
        }
    }

    /// - Parameter isComplete: false where something beside the articles was not written.
    private func commit(
        _ batch: [FeedCommit], _ writer: inout Writer, _ isComplete: inout Bool
    ) throws(StoreError) -> CommitResult {
        if writer.isClosed { throw closed }
        let first = writer.appender.position
        var result = CommitResult(firstSeq: first.seq + 1, count: 0)
        let items = items(of: batch, &result)
        if !items.isEmpty {
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
            last.withLock { $0 = position.seq }
            addToIndex(items, from: first.seq)
            if writer.appender.appended - writer.checkpoint >= options.checkpointDistance {
                isIndexed = checkpoint(&writer) && isIndexed
            }
            if !isIndexed { isComplete = false }
            do throws(StoreError) {
                try DurableEnd(position).publish(in: directory, options.files)
            } catch {
                isComplete = false
                disk.note(error, of: .end)
            }
        }
        do throws(StoreError) {
            try states.put(batch.map(\.state), lastSeq: writer.appender.position.seq)
        } catch {
            isComplete = false
            disk.note(error, of: .states)
        }
        return result
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

    /// What the ids of configured feeds are recognised by, in no order but that all feeds' own URLs go before their
    /// redirects.
    package var knownFeeds: [(id: FeedIdentifier, url: String)] {
        var own: [(id: FeedIdentifier, url: String)] = []
        var moved = own
        forEachState { feed, state in
            let urls = state.knownURLs
            own.append((feed, urls[0]))
            for url in urls.dropFirst() { moved.append((feed, url)) }
        }
        return own + moved
    }

    /// Takes in the state that a poll without articles has left its feed in. It goes to the file with the next commit, or
    /// with `writeStates`, which the caller sees to.
    ///
    /// - Returns: whether it is the first that waits for that.
    package func note(_ state: FeedState) -> Bool { states.note(state) }

    /// Writes the states that wait for it. Where the disk does not take them they go on waiting, and `trouble` says why.
    package func writeStates() {
        do throws(StoreError) {
            try states.write()
        } catch {
            disk.note(error, of: .states)
        }
    }

    /// Makes the feeds' states durable.
    package func flushStates() throws(StoreError) { try states.flush() }

    /// Makes durable what is published of the end, so that nobody has to find out what was.
    private func flushEnd() throws(StoreError) {
        try directory.openFile(directory.endFile, in: directory.path, options.files).syncData(options.files)
    }

    /// Makes index and states durable and gives up the lock. What was committed needs none of it: a process may as well
    /// just end. Nothing can be committed afterwards.
    package func close() {
        writer.withLock { writer in
            if writer.isClosed { return }
            writer.isClosed = true
            checkpoint(&writer)
            do throws(StoreError) {
                try states.flush()
            } catch {
                report(.statesNotWritten(error))
            }
            do throws(StoreError) {
                try flushEnd()
            } catch {
                report(.endNotPublished(error))
            }
            writer.lock = nil
        }
    }

    private var closed: StoreError {
        StoreError(.closed, "writing to", directory.path, "the store was closed", advice: "open it again")
    }
}
