internal import ArticleStore
internal import FeedModel
internal import Ingestion

/// One `newswire dump`, from the opening of the store to the last move of a cursor (contract.md §4).
struct DumpSession {
    struct Consumer {
        var name: String
        /// Whether its cursor moves.
        var acknowledges: Bool
        /// Where it begins if it is new.
        var start: ConsumerStart?
    }

    let directory: String
    let filter: CurrentFilter
    let format: DumpFormat
    let sanitize: Bool
    /// Whether brief lines have URLs.
    let urls: Bool
    let limit: UInt64?
    /// The number behind which a dump without a consumer begins.
    let after: UInt64
    let since: Timestamp?
    /// Whether `since` was a span, which depends on the clock.
    let isSinceByClock: Bool
    /// The time at which a follower ends by itself.
    let until: Timestamp?
    /// Whether the consumer is one of a fleet, of which one machine has it.
    let isOfFleet: Bool
    let consumer: Consumer?

    /// A follower looks at so many records between two moves of its cursor.
    private static let batch = 4096

    func run(follow: Bool) throws {
        let watch = follow ? ArticleWatch(directory: directory) : nil
        guard let reader = try opened(watch) else { return }
        if consumer != nil, let since { try reader.checkReached(since, "dumping what was stored since") }
        let place = try consumer.map { try Place($0, directory, isOfFleet: isOfFleet, in: reader) }
        try place?.locate(in: reader)
        var filter = filter
        let start = try start(reader, place, &filter.filter)
        if let place, place.isNew, consumer?.start == nil {
            tellNew(place, try filter.filter.count(in: reader, after: start))
        }
        var pass = DumpPass(filter: filter, limit: limit, after: start, trail: place?.trail ?? ReadingTrail())
        var printer = ArticlePrinter(format, sanitize: sanitize, urls: urls, updated: try newest(reader))
        do {
            try printer.begin()
            if let watch {
                try self.follow(watch, &pass, &printer, place)
            } else {
                let end = try filter.end(of: reader)
                do throws(CurrentFilter.Failure) {
                    _ = try pass.filter.renew()
                } catch {
                    throw CommandFailure(error)
                }
                _ = try pass.run(reader, through: end, to: &printer)
            }
            try printer.end()
            try printer.synchronize(untilTaken: acknowledges)
        } catch OutputError.closed {
            if let place, acknowledges, !follow {
                StandardError.write(
                    "newswire: whoever read the articles went away before the last one; the cursor of \(place.name) stays at"
                        + " \(place.cursor ?? 0), and they come again")
            }
            throw OutputError.closed
        }
        pass.finish()
        if case .changedMeanwhile = try move(place, pass, reader) {
            throw CommandFailure(.inUse, "")
        }
        if let place, pass.printed == 0, !follow, Terminal.isErrorTerminal || format.isForPeople {
            StandardError.write(
                "newswire: nothing new for consumer \(place.name), which has had all up to \(pass.lastSeen)")
        }
    }

    /// Whether a cursor says that what was printed has been had.
    private var acknowledges: Bool { consumer?.acknowledges ?? false }

    /// Moves the cursor past what was looked at.
    ///
    /// By a clock that is ahead, all that a span leaves out would be taken as had: where nothing in the store is as
    /// young as the clock says, and nothing was printed, the cursor stays.
    private func move(_ place: Place?, _ pass: DumpPass, _ reader: StoreReader) throws -> Cursors.Move {
        guard let place else { return .done }
        if isSinceByClock, pass.printed == 0, try !reader.confirmsClock() { return .done }
        return try place.move(to: pass, in: reader)
    }

    private func tellNew(_ place: Place, _ count: UInt64) {
        guard count > 0 else { return }
        StandardError.write(
            "newswire: \(place.name) is a new consumer, and gets all that is stored: \(count)"
                + " article\(count == 1 ? "" : "s"); one that begins with --from now would get what comes next")
    }

    /// The store; a follower waits for one that is not there yet. Nil where nobody reads any more.
    private func opened(_ watch: ArticleWatch?) throws -> StoreReader? {
        guard let watch else { return try StoreReader(directory: directory) }
        while true {
            watch.arm()
            if let reader = try StoreReader.ifThere(directory: directory) { return reader }
            if watch.wait() == .readerGone { return nil }
        }
    }

    private func start(_ reader: StoreReader, _ place: Place?, _ filter: inout DumpFilter) throws -> UInt64 {
        let start = max(after, place?.cursor ?? 0)
        // Who asks for what is stored until a time to come believes what claims to be from then.
        let now = max(SystemClock.now(), until ?? Timestamp(seconds: 0))
        guard let since else {
            if until != nil { filter.times = try reader.storedTimes(now: now) }
            return start
        }
        let (first, times) = try reader.place(storedSince: Timestamp(seconds: since.seconds), now: now)
        filter.times = times
        return max(start, first > 0 ? first - 1 : 0)
    }

    /// The time at which the newest record was stored, which an Atom document gives as its own.
    private func newest(_ reader: StoreReader) throws -> Timestamp {
        guard format == .atom else { return SystemClock.now() }
        return try reader.lastStored() ?? SystemClock.now()
    }

    private func follow(
        _ watch: ArticleWatch, _ pass: inout DumpPass, _ printer: inout ArticlePrinter, _ place: Place?
    ) throws {
        var trouble = ""
        while true {
            watch.arm()
            var hasMore = false
            // The store may be away for a moment: moved, mounted anew, put back from a copy.
            if let reader = try StoreReader.ifThere(directory: directory) {
                if place?.isAhead != true, let seq = try pass.goBack(in: reader) {
                    if let moved = try place?.goBack(to: seq, pass.trail, in: reader) { pass.move(to: moved) }
                }
                let last = try reader.lastSeq()
                if last > 0, last < pass.lastSeen, place?.isAhead != true {
                    StandardError.write(
                        "newswire: the store ends at \(last), and \(pass.lastSeen) was seen in it: an older copy was put in"
                            + " its place; going on behind \(last)")
                    pass.move(to: last)
                }
                // Where it has shrunk meanwhile, the next look finds out.
                let end = try filter.end(of: reader)
                if end <= pass.lastSeen || isCurrent(&pass.filter, &trouble) {
                    hasMore = try pass.run(reader, through: end, to: &printer, batch: Self.batch)
                    try printer.synchronize(untilTaken: acknowledges)
                    if case .movedMeanwhile(let moved) = try move(place, pass, reader) { pass.move(to: moved) }
                }
            }
            if pass.isOver || until.map({ SystemClock.now() >= $0 }) == true && !hasMore { return }
            if !hasMore, watch.wait() == .readerGone { return }
        }
    }

    /// Whether records may be judged by the filter. What is in its way is told once.
    private func isCurrent(_ filter: inout CurrentFilter, _ trouble: inout String) -> Bool {
        do throws(CurrentFilter.Failure) {
            if try filter.renew() {
                trouble = ""
                StandardError.write(
                    "newswire: the configuration has changed, and articles are chosen by it as it is now")
            }
            return true
        } catch {
            if trouble != "\(error)" { StandardError.write("newswire: \(error)") }
            trouble = "\(error)"
            return false
        }
    }
}
