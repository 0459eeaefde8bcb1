import Digest
package import FeedModel
import Locking

/// `ArticleStore` is the one writer of a store: of the articles, and of what is known of them and of the feeds, on
/// disk.
///
/// A store is a folder. `articles` holds the records, lines of text in segments; `index` what is needed to tell known
/// articles from new ones, made from the segments and made again where it is missing or wrong; `state` the feeds' states;
/// `cursors` the consumers'. docs/store.md describes all of it.
///
/// May be used by any thread. `commit` takes as long as the disk needs for one fdatasync; the questions do not wait for
/// it.
///
/// # Invariants
///
/// They hold whatever the disk does, whatever stands in the folder, and wherever the process ends. What the store does in
/// its own order is stated by `precondition`s that name them; what others have done to the folder is a `StoreError` or a
/// `StoreDamage` and never trips one. Tests are named by them.
///
/// - **I1** One process writes: the one that holds `writer.lock`, from before it looks at the articles until `close`.
/// - **I2** Each record's number is one more than that of the record before, and its chain leads on from that record's, in
///   all segments. A number that a reader beside the writer has seen is never given to another record.
/// - **I3** A commit is stored whole or not at all. Where it throws, no record, number or state of it is left, and nothing
///   is appended before all that it left in the files is taken back.
/// - **I4** A record counts once it is durable: its line by fdatasync, its segment's name by fsync of the folder. Only then
///   does `commit` return, and do `lastSeq`, the index, the published end and the feeds' states speak of it.
/// - **I5** The published end is never ahead of what is durable, and never goes back while the writer lives.
/// - **I6** The index speaks of durable records only. Up to the record that its header names it is complete and durable,
///   and that record is never an earlier one than before.
/// - **I7** A feed's state is written after the articles that it speaks of are durable.
/// - **I8** What was durable is not changed and not cut off. Writing goes on behind the last durable record or in a new
///   segment; damage is told and left as it is.
/// - **I9** Segments are removed oldest first, each after what the index needs of it is durable in `identities`.
/// - **I10** A cursor moves while its mover holds the lock of all cursors, durably, and no further than what its consumer
///   has had. Only a person, or the writer that opens a store which ends before it, moves it back.
/// - **I11** Everything but `articles`, `identities` and `cursors` may be lost: no article is, and none is stored twice.
///
/// # In a fleet
///
/// A fleet's store (`format` says 2) is a copy of the fleet's log, and all of I1 to I11 hold of it. It differs in this:
///
/// - **I2** A record's number is the one that it has in the log. What is not in the log yet has none, and is not written.
/// - **I3** What is written at once is whole entries, one or several. One that a crash has cut short is kept as far as it
///   is whole, and the log fills in the rest.
/// - **I8** Behind the last place that is known to be durable, the end is cut off at the first line that is not whole, also
///   where others have become durable behind it since: the log has them. A person may have a copy cut back that is ahead of
///   the log or beside it (`cutBack`); what is cut off is set aside first.
/// - **I12** `fleet` names the last entry of which articles and states are durable here. It may be behind, never ahead.
///
/// # States
///
///                         +-----------------e-----------------+
///                         |                                   v
///     opening ---a---> writing ---b---> repairing ---c---> refusing
///                       |  ^                                |  |
///                       |  +---------------d----------------+  |
///                       +---f---> closed <---f-----------------+
///
/// | state | means | told by |
/// |---|---|---|
/// | opening | the lock is held, the articles' end is looked for, the index brought up to it | `StoreOpening` |
/// | writing | what is committed is stored | none of those below |
/// | repairing | a failed append may have left something in the files | `SegmentAppender.needsRepair` |
/// | refusing | the disk has not taken something: nobody should fetch what could not be kept | `trouble` |
/// | closed | `commit` and all that writes articles throw | `Writer.isClosed` |
///
/// - **a** `open`, once `StoreOpening.run` has returned; where it throws, the lock is given up.
/// - **b** `SegmentAppender.append`, which `commit` calls, where a write or an fdatasync fails.
/// - **c** The same call: it tries to repair, and `commit` throws whether that went well or not. Where it did not, the next
///   append or `SegmentAppender.tryDisk` repairs before anything is written.
/// - **d** `recoverFromTrouble`, which whoever polls calls now and then; or a `commit` of which the disk takes everything.
/// - **e** `commit`, `writeStates` or the mending of the index, where the index, a state or the published end was not
///   written: the articles are stored, and what is missing waits in memory.
/// - **f** `close`.
package final class ArticleStore: Sendable {
    struct Writer {
        var appender: SegmentAppender
        var isClosed = false
        /// The last record that readers have been told of (I5).
        var published: UInt64
        /// How much the appender had appended when the index was last made durable.
        var checkpoint: UInt64 = 0
        /// What is wrong with the index, until it is made again.
        var damage: String?
        /// Whether somebody is making the index again, so that nobody else need see to that.
        var isMending = false
        /// Goes when the store is closed, and the store's lock with it.
        var lock: WriterLock?
        /// Nil where the store is no fleet's.
        var fleet: FleetStanding?
    }

    let directory: StoreDirectory
    let options: StoreOptions
    let report: @Sendable (StoreEvent) -> Void
    let writer: Locked<Writer>
    /// This lock is held while the index is made again, and while identities move from a segment to where retention
    /// keeps them, so that whoever makes the index finds each of them once. Who needs the writer as well takes this
    /// lock first.
    let upkeep = Locked<Void>(())
    let index: ArticleIndex
    let states: FeedStates
    /// The number of the last durable record. It stands apart from the writer, whose lock is held while the disk
    /// writes.
    let last: Locked<UInt64>
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
            writer: Writer(
                appender: appender, published: opened.recovered.position.seq, lock: opening.lock,
                fleet: opened.fleet),
            index: opened.index, states: opened.states)
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

    /// Makes the folder of the store of events if it is missing; it belongs to whom this one does.
    ///
    /// - Returns: its path.
    package func makeEventsFolder() throws(StoreError) -> String {
        try directory.makeFolder(directory.events, options.files)
        return directory.events
    }

    /// Returns where the store at a path has its events, whether or not there are any.
    package static func eventsFolder(of path: String) -> String { "\(path)/events" }

    /// Reads a record's line with its line feed, and checks it; nil where there is none of that number.
    package func article(seq: UInt64) throws(StoreError) -> [UInt8]? {
        try StoreReader(directory: directory.path).line(seq: seq)
    }

    /// The number is that of the last durable record, 0 before the first.
    package var lastSeq: UInt64 { last.withLock { $0 } }

    /// The path of the folder that the store is in.
    package var path: String { directory.path }

    /// Returns the state that the last poll has left a feed in; nil for one that was never polled. Waits for no disk.
    package func state(of feed: FeedIdentifier) -> FeedState? { states[feed] }

    /// Returns the same state as it lies in memory.
    package func packedState(of feed: FeedIdentifier) -> PackedFeedState? { states.packed(feed) }

    /// Tells what decides when a feed is polled; nil for a feed that was never polled. Waits for no disk.
    ///
    /// - Parameter url: the feed's as configured.
    package func outlook(of feed: FeedIdentifier, at url: String) -> FeedOutlook? { states.outlook(of: feed, at: url) }

    /// Calls `body` with each feed's state, one at a time and in no order.
    package func forEachState(_ body: (FeedIdentifier, PackedFeedState) -> Void) { states.forEach(body) }

    /// Tells why the disk does not take what is to be written; nil while it does. Nothing should be fetched meanwhile,
    /// because it could not be kept.
    package var trouble: StoreError? { disk.current }

    /// The URLs are those by which configured feeds are recognised, with their ids: first all feeds' own, then where
    /// they redirect to.
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
    package func stage(_ state: FeedState) -> Bool { states.stage(state) }

    /// Writes the states that wait for it. Where the disk does not take them they go on waiting, and `trouble` says why.
    package func writeStates() {
        do throws(StoreError) {
            try states.write()
        } catch {
            disk.record(error, of: .states)
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
                try writer.fleet?.place.write(in: directory, options.files)
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

    /// The failure of whoever would write articles of his own into a fleet's store.
    var ofFleet: StoreError { .ofFleet(directory.path) }

    var closed: StoreError {
        StoreError(.closed, "writing to", directory.path, "the store was closed", advice: "open it again")
    }
}
