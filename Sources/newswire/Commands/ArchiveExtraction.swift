internal import Archiving
internal import ArticleStore
internal import Configuration
internal import FeedModel
internal import Ingestion
internal import JSONText

/// `newswire extract --archive`: kept pages are read by the rules of today, and compared with what the store has.
struct ArchiveExtraction {
    let common: CommonOptions
    /// As a person names them; none meaning all.
    let feeds: [String]
    let since: TimeArgument?
    let until: TimeArgument?
    let json: Bool
    let writes: Bool

    /// What has been seen so far.
    private struct Tally {
        var pages = 0
        var same = 0
        var superseded = 0
        var gone = 0
        var joined = 0
        var differing = 0
        var found = 0
        var lost = 0
        var stored = 0
        var damaged = 0

        mutating func count(_ verdict: PageReview.Verdict) {
            pages += 1
            switch verdict {
            case .same: same += 1
            case .superseded: superseded += 1
            case .gone: gone += 1
            case .joined: joined += 1
            case .differs: differing += 1
            case .found: found += 1
            case .lost: lost += 1
            }
        }

        var isSame: Bool { differing + found + lost == 0 }
    }

    func run() throws {
        let configuration = try writes ? common.load() : common.loadForStore()
        let directory = configuration.store.directory
        let reader = try CommandFailure.wrapping { () throws(StoreError) in try StoreReader(directory: directory) }
        let folder = configuration.archive.folder(store: directory)
        let now = SystemClock.now()
        var pages = KeptPages(in: folder)
        pages.since = since?.time(now: now)
        pages.until = until?.time(now: now)
        pages.feeds = Set(try StoredFeeds(configuration).resolve(feeds))
        let files = try Self.wrapping { () throws(ArchiveError) in try pages.files() }
        if files.isEmpty {
            StandardError.write(
                "newswire: no page is kept in \(folder) yet; keep_pages = true in [fulltext] keeps those that are fetched from "
                    + "then on")
            return
        }
        let sink = try sink(configuration)
        defer { sink.store?.close() }
        let tally = try read(pages, files, Self.settings(configuration), reader, sink)
        tell(tally)
        if tally.damaged > 0 {
            throw CommandFailure(
                .badInput,
                "reading the archive \(folder): \(tally.damaged) damaged place\(tally.damaged == 1 ? "" : "s"); put the files back "
                    + "from a copy")
        }
    }

    /// What the running service goes by: of the feeds whose pages it fetches.
    private static func settings(_ configuration: Configuration) throws -> [FeedIdentifier: PageSettings] {
        let states = try StoredFeeds(configuration).states()
        var settings: [FeedIdentifier: PageSettings] = [:]
        for feed in configuration.recognising(states.knownFeeds).feeds where feed.enabled && feed.pages.mode != .never {
            settings[feed.id] = feed.pages
        }
        return settings
    }

    /// - Parameter settings: of the pages of feeds.
    private func read(
        _ pages: KeptPages, _ files: [ArchivedFile], _ settings: [FeedIdentifier: PageSettings], _ reader: StoreReader,
        _ sink: Sink
    ) throws -> Tally {
        var tally = Tally()
        var output = StandardOutput()
        var batch = PageBatchForService(sink)
        let progress = ByteProgress("of the archive read")
        defer { progress.clear() }
        let total = files.reduce(0) { $0 + $1.bytes }
        var lookup = try CommandFailure.wrapping { () throws(StoreError) in try KeyLookup(reader) }
        try CommandFailure.wrapping { () throws(StoreError) in try lookup.refresh(reader) }
        var damaged = 0
        try pages.read(
            files,
            damage: { line in
                damaged += 1
                progress.clear()
                StandardError.write("newswire: \(SafeText.line(line))")
            },
            progress: { progress.show($0, of: total) }
        ) { page in
            let review = try CommandFailure.wrapping { () throws(StoreError) in
                try PageReview(page, reader) { key throws(StoreError) in
                    if let store = sink.store { return try store.record(key: key) }
                    return try lookup.record(key: key)
                }
            }
            let outcome = review.run(PageContent.reading) { settings[$0] ?? PageSettings() }
            tally.count(outcome.verdict)
            var line = PageDifferenceLine(page, outcome)
            if let pending = outcome.pending, let store = sink.store {
                line?.stored = try CommandFailure.wrapping { () throws(StoreError) in
                    let result = try store.commit([FeedCommit(feed: outcome.feed, records: [pending], state: nil)])
                    return result.refused.isEmpty ? result.firstSeq : nil
                }
            }
            guard let line else { return }
            progress.clear()
            if outcome.pending != nil, sink.configuration != nil { batch.add(line) } else { batch.addDone(line) }
            for line in try batch.take(isLast: false) {
                if line.stored != nil { tally.stored += 1 }
                try output.write(line: json ? line.json : line.text)
            }
        }
        for line in try batch.take(isLast: true) {
            if line.stored != nil { tally.stored += 1 }
            try output.write(line: json ? line.json : line.text)
        }
        try output.flush()
        tally.damaged = damaged
        return tally
    }

    /// Where what differs is stored: nowhere, by the running service, or in the store itself, whose lock is held then.
    struct Sink {
        /// Of the running service's store.
        var configuration: Configuration?
        var store: ArticleStore?
    }

    private func sink(_ configuration: Configuration) throws -> Sink {
        guard writes else { return Sink() }
        if try ServiceSession.open(configuration) != nil { return Sink(configuration: configuration) }
        let logger = common.logger(configuration)
        return Sink(
            store: try CommandFailure.wrapping { () throws(StoreError) in
                try IngestionSession.openStore(configuration.store, logger)
            })
    }

    private static func wrapping<Value>(_ work: () throws(ArchiveError) -> Value) throws(CommandFailure) -> Value {
        do throws(ArchiveError) {
            return try work()
        } catch {
            throw CommandFailure(.ioError, "\(error)")
        }
    }

    private func tell(_ tally: Tally) {
        func counted(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }
        var parts: [String] = []
        if tally.differing > 0 { parts.append("\(tally.differing) differ\(tally.differing == 1 ? "s" : "")") }
        if tally.found > 0 {
            parts.append("\(tally.found) ha\(tally.found == 1 ? "s" : "ve") an article that was not found before")
        }
        if tally.lost > 0 {
            parts.append(
                "\(tally.lost) ha\(tally.lost == 1 ? "s" : "ve") none any more, and stay\(tally.lost == 1 ? "s" : "") as stored"
            )
        }
        if tally.isSame { parts.append("nothing differs") }
        if writes, !tally.isSame { parts.append("\(counted(tally.stored, "record")) stored") }
        if tally.superseded > 0 { parts.append("\(tally.superseded) fetched again since") }
        if tally.gone > 0 { parts.append("\(tally.gone) of articles that are not in the store any more") }
        if tally.joined > 0 { parts.append("\(tally.joined) of articles of several pages, which are not read again") }
        StandardError.write("newswire: \(counted(tally.pages, "page")) read again: \(parts.joined(separator: ", "))")
    }
}

/// Lines that wait for the running service to store what they are of, so that they come in the order of the archive.
private struct PageBatchForService {
    private let configuration: Configuration?
    private var lines: [(line: PageDifferenceLine, isWanted: Bool)] = []

    /// Pages of one request.
    private static let most = 64

    init(_ sink: ArchiveExtraction.Sink) {
        configuration = sink.configuration
    }

    mutating func add(_ line: PageDifferenceLine) { lines.append((line, true)) }
    mutating func addDone(_ line: PageDifferenceLine) { lines.append((line, false)) }

    /// Returns lines with what has become of them.
    mutating func take(isLast: Bool) throws -> [PageDifferenceLine] {
        guard let configuration else {
            defer { lines = [] }
            return lines.map(\.line)
        }
        guard isLast || lines.count >= Self.most else { return [] }
        let places = lines.filter(\.isWanted).map(\.line.place)
        var stored: [String: UInt64] = [:]
        if !places.isEmpty {
            guard let service = try ServiceSession.open(configuration) else {
                throw CommandFailure(
                    .ioError,
                    "storing what differs: the service has ended meanwhile; what was printed is stored, run the command again for the rest"
                )
            }
            try service.ask(.reread(places: places, extractor: PageContent.extractor)) { answer in
                guard let place = answer["archive"]?.string else { return }
                stored[place] = answer["seq"]?.integer.flatMap { UInt64(exactly: $0) }
            }
        }
        defer { lines = [] }
        return lines.map { line, _ in
            var line = line
            line.stored = stored[line.place.description]
            return line
        }
    }
}
