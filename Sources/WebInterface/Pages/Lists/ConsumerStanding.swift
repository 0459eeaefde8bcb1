internal import ArticleStore
internal import FeedModel

/// `ConsumerStanding` is how far a consumer is, as far as the disk tells.
struct ConsumerStanding: Sendable {
    var name: String
    /// It reads events, and not articles.
    var isOfEvents: Bool
    /// Nil where it cannot be read.
    var cursor: UInt64?
    /// Why it cannot be read.
    var trouble: String?
    /// Records that it has not had.
    var waiting: UInt64
    /// When the oldest of them was stored.
    var oldestWaiting: Timestamp?
    var movedAt: Timestamp?
    var failure: DeliveryFailure?
    /// The cursor stands behind the end of the store: another store was put in its place.
    var isAhead = false

    /// All consumers of a store, of its articles first.
    static func all(of store: String) throws(StoreError) -> [ConsumerStanding] {
        try all(in: store, isOfEvents: false) + all(in: ArticleStore.eventsFolder(of: store), isOfEvents: true)
    }

    private static func all(in directory: String, isOfEvents: Bool) throws(StoreError) -> [ConsumerStanding] {
        guard let reader = try StoreReader.ifThere(directory: directory) else { return [] }
        let cursors = try Cursors(directory: directory)
        let last = try reader.lastSeq()
        var standings: [ConsumerStanding] = []
        for cursor in try cursors.list() {
            var standing = ConsumerStanding(
                name: cursor.name, isOfEvents: isOfEvents, cursor: cursor.seq,
                trouble: cursor.trouble.map { "\($0.reason); \($0.advice)" }, waiting: 0,
                movedAt: try cursors.moved(cursor.name), failure: cursors.failure(of: cursor.name))
            if let seq = cursor.seq, seq < last {
                standing.waiting = last - seq
                standing.oldestWaiting = try reader.firstTime(after: seq)
            }
            standing.isAhead = cursor.seq.map { $0 > last } ?? false
            standings.append(standing)
        }
        return standings
    }
}

extension StoreReader {
    /// When the first record behind a number was stored.
    fileprivate func firstTime(after seq: UInt64) throws(StoreError) -> Timestamp? {
        var time: Timestamp?
        do {
            try read(after: seq, damage: { _ in }) { slice in
                time = slice.envelope.storedAt
                return false
            }
        } catch let error as StoreError {
            throw error
        } catch {
            // Cannot happen because the closure throws nothing.
        }
        return time
    }
}
