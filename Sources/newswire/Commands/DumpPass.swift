internal import ArticleStore
internal import FeedModel
internal import Glibc
internal import JSONText

/// Goes through the store from where the last pass ended, and prints what is asked for.
struct DumpPass {
    /// Made anew between two passes, where the configuration has changed.
    var filter: CurrentFilter
    let limit: UInt64?
    private(set) var printed: UInt64 = 0
    /// The last record that was looked at, or printed where a limit ended the dump.
    private(set) var lastSeen: UInt64
    /// Which records were the last of a pass, as far as `lastSeen`.
    private(set) var trail: ReadingTrail
    /// The number behind which the dump began.
    private let first: UInt64
    private(set) var isOver: Bool
    private var damages = 0
    /// Of so many that were printed it is not known whether they match.
    private var undecided = 0
    /// The place of the last damage that was told of: a follower passes it again and again.
    private var lastDamage: (segment: String, offset: UInt64)?

    /// So many damaged places are told one by one; the others are counted.
    private static let toldDamages = 10

    /// - Parameter trail: of the records that its reader has had before.
    init(filter: CurrentFilter, limit: UInt64?, after seq: UInt64, trail: ReadingTrail = ReadingTrail()) {
        self.filter = filter
        self.limit = limit
        lastSeen = seq
        first = seq
        self.trail = trail
        self.trail.goBack(to: seq)
        isOver = limit == 0
    }

    /// - Parameters:
    ///   - end: the last record to look at.
    ///   - batch: the most records to look at.
    /// - Returns: whether there may be more.
    mutating func run(
        _ reader: StoreReader, through end: UInt64, to printer: inout ArticlePrinter, batch: Int = .max
    ) throws -> Bool {
        if isOver { return false }
        let start = lastSeen
        var looked = 0
        let filter = filter.filter
        var recent = RecentMarks()
        defer { trail.pass(recent) }
        try filter.fullText?.begin(after: start, in: reader)
        try reader.read(
            after: start,
            damage: { tell($0) },
            removed: { range in
                if start > 0 { Self.tell(removed: range) }
            },
            body: { record in
                if record.envelope.seq > end { return false }
                if filter.ends(at: record.envelope) {
                    isOver = true
                    return false
                }
                filter.fullText?.look(at: record.envelope.seq)
                if let taken = try filter.given(record, in: reader) {
                    try printer.print(taken)
                    printed += 1
                    if taken.isUndecided { undecided += 1 }
                }
                lastSeen = record.envelope.seq
                recent.pass(record.envelope)
                isOver = limit.map { printed >= $0 } ?? false
                looked += 1
                return !isOver && looked < batch
            })
        return !isOver && looked == batch
    }

    /// Goes on from another place.
    mutating func move(to seq: UInt64) {
        lastSeen = seq
        trail.goBack(to: seq)
    }

    /// Goes back where the store has not all that was printed of it: an older copy was put in its place, and the
    /// numbers behind it are other records'.
    ///
    /// - Returns: where to; nil where it has all.
    mutating func goBack(in reader: StoreReader) throws(StoreError) -> UInt64? {
        guard case .back(let seq) = try reader.place(after: trail, orElse: first), seq < lastSeen else { return nil }
        StandardError.write(
            "newswire: record \(lastSeen) of the store is not the one that was seen in it: an older copy was put in its"
                + " place; going on behind \(seq), the last that is known to be the same")
        move(to: seq)
        return seq
    }

    private mutating func tell(_ damage: StoreDamage) {
        if let last = lastDamage, (damage.segment, damage.offset) <= last { return }
        lastDamage = (damage.segment, damage.offset)
        damages += 1
        if damages <= Self.toldDamages { StandardError.write("newswire: \(damage); it is left out") }
    }

    private static func tell(removed: ClosedRange<UInt64>) {
        StandardError.write(
            "newswire: records \(removed.lowerBound) to \(removed.upperBound) are not there any more (retention removes"
                + " old ones); going on behind them")
    }

    /// What was not told one by one.
    func finish() {
        if undecided > 0 { StandardError.write("newswire: \(MatchText.undecided(undecided, "printed"))") }
        guard damages > Self.toldDamages else { return }
        StandardError.write("newswire: \(damages - Self.toldDamages) more damaged places were left out")
    }
}

extension ArticleWatch {
    enum Reason {
        case mayHaveChanged
        case readerGone
    }

    /// Waits for the store to change, or for the reader of standard output to go: articles are seen within a second,
    /// also where the kernel does not tell.
    func wait(output: Int32 = STDOUT_FILENO) -> Reason {
        var descriptors = [
            pollfd(fd: output, events: 0, revents: 0), pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
        ]
        let count = poll(&descriptors, 2, 500)
        let isGone = count > 0 && descriptors[0].revents & Int16(POLLERR | POLLHUP | POLLNVAL) != 0
        return isGone ? .readerGone : .mayHaveChanged
    }
}
