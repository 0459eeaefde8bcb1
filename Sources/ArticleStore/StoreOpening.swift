import FeedModel

/// The way from a folder to a store that can be written.
struct StoreOpening {
    let directory: StoreDirectory
    let lock: WriterLock
    private let options: StoreOptions
    private let report: @Sendable (StoreEvent) -> Void

    private var files: FileSystem { options.files }

    struct Opened {
        var recovered: SegmentRecovery.Result
        var index: ArticleIndex
        var states: FeedStates
        var fleet: FleetStanding?
    }

    /// Takes the lock. A store of a newer format is left untouched, and so is one that is not as the options want it.
    init(at path: String, _ options: StoreOptions, _ report: @escaping @Sendable (StoreEvent) -> Void)
        throws(StoreError)
    {
        if let existing = try StoreDirectory(existing: path) { try Self.checkFormat(existing, options) }
        directory = try StoreDirectory.opened(path, options.files)
        lock = try WriterLock(directory, options.files, report: report)
        self.options = options
        self.report = report
    }

    private static func checkFormat(_ directory: StoreDirectory, _ options: StoreOptions) throws(StoreError) {
        let format = try actualFormat(directory)
        if format == .fleet, !options.isOfFleet { throw .ofFleet(directory.path) }
        if format == .single, options.isOfFleet {
            throw StoreError(
                .otherFleet, "opening the store", directory.path, "it is no fleet's",
                advice: "let it become the fleet's with `newswire fleet init`, or copy the store of another machine")
        }
    }

    /// What the store is, also one that has lost its file `format`.
    private static func actualFormat(_ directory: StoreDirectory) throws(StoreError) -> StoreDirectory.Format {
        if let format = try directory.format() { return format }
        return try OpenFile.reading(directory.fleetFile) == nil ? .single : .fleet
    }

    func run() throws(StoreError) -> Opened {
        // It may have changed while the lock was waited for.
        try Self.checkFormat(directory, options)
        // What all machines say that they have goes from the log: a copy that another program made a moment ago has to be durable
        // before this one says so.
        if options.isOfFleet { try directory.syncAll(files) }
        try makeLayout()
        let place = options.isOfFleet ? try FleetPlace(in: directory) : nil
        let segments = try Segment.all(in: directory)
        let durable = try DurableEnd(in: directory)
        let (recovered, index) = try recover(segments, durable)
        if let last = durable?.seq, last > recovered.position.seq {
            report(.recordsLost(after: recovered.position.seq, upTo: last))
        }
        try lookForMissingSegments()
        // Behind a taken-over end nothing may be written before readers know of it.
        try publish(recovered.position, isNew: durable == nil)
        if index.complete != recovered.position, recovered.records > 0 {
            // A store that cannot write its index can still be read and, with room in memory, written.
            do throws(StoreError) {
                try index.checkpoint(recovered.position)
            } catch {
                report(.indexNotWritten(error))
            }
        }
        let lastSeq = recovered.position.seq
        let states = try FeedStates(in: directory, lastSeq: lastSeq, files, report: report)
        do throws(StoreError) {
            // Stores of an earlier newswire may have thousands of such files.
            _ = try IdentityFiles(directory, files).joinSome(before: segments.first?.firstSeq ?? .max)
        } catch {
            report(.identitiesNotJoined(error))
        }
        // Nobody holds up the start for long.
        Cursors(directory: directory, files, patience: .seconds(1)).moveBack(to: lastSeq, report: report)
        let fleet = try place.map { place throws(StoreError) in
            FleetStanding(place: place, lastTime: try recovered.position.lastTime(in: directory) ?? [])
        }
        return Opened(recovered: recovered, index: index, states: states, fleet: fleet)
    }

    /// As many seams between segments are looked at, the newest: each costs reading the end of a segment.
    private static let seams = 256

    /// A store that was copied by half is told of at once, and not only when all of it is read: what is missing there is
    /// known to the index, and would not be asked for again.
    private func lookForMissingSegments() throws(StoreError) {
        let segments = try Segment.all(in: directory)
        var last: UInt64?
        if segments.count <= Self.seams, let first = segments.first {
            let removed = try Segment.identities(in: directory).last { $0.firstSeq < first.firstSeq }
            last = try removed?.lastSeq() ?? 0
        }
        for segment in segments.suffix(Self.seams) {
            if let last, last + 1 < segment.firstSeq {
                report(
                    .damage(
                        StoreDamage(
                            kind: .gap, segment: segment.path, line: 1, offset: 0, seq: segment.firstSeq)))
            }
            last = segment == segments.last ? nil : try segment.lastSeq() ?? segment.firstSeq - 1
        }
    }

    private func makeLayout() throws(StoreError) {
        if try directory.format() == nil {
            do throws(StoreError) {
                try directory.write(Self.actualFormat(directory), files)
            } catch {
                throw StoreError(.cannotCreate, error.action, error.path, error.reason, advice: error.advice)
            }
        }
        for folder in [directory.articles, directory.cursors, directory.states, directory.index] {
            try directory.makeFolder(folder, files)
        }
    }

    private func publish(_ position: StorePosition, isNew: Bool) throws(StoreError) {
        try DurableEnd(position).publish(in: directory, files)
        guard isNew, let file = try OpenFile.reading(directory.endFile) else { return }
        // Once on disk it is only ever overwritten in place, within one sector.
        try file.sync(files)
        try directory.syncFolder(directory.path, files)
    }

    /// Recovers the segments, and brings the index there is up to them; or makes a new one.
    private func recover(
        _ segments: [Segment], _ durable: DurableEnd?
    ) throws(StoreError) -> (SegmentRecovery.Result, ArticleIndex) {
        let progress = ReadingProgress(options.progress)
        let recovery = SegmentRecovery(directory: directory, files: files, progress: progress, report: report)
        var reason = "there was none"
        if let table = try IndexFile(existing: directory.indexFile, writable: true, in: directory, files) {
            let index = ArticleIndex(table, in: directory, files)
            let start = table.header.complete
            if durable == nil {
                reason = "the published end of the articles is missing"
            } else if try !start.isPlace(in: segments) {
                reason = "it did not fit the articles"
            } else {
                let catchUp = IndexCatchUp(index)
                try progress.begin(segments.filter { $0.firstSeq >= start.segment }, from: start.offset)
                do throws(StoreError) {
                    let result = try recovery.run(
                        segments, walk: RecordWalk(from: start), durable: durable, apply: catchUp.add)
                    try catchUp.finish()
                    guard let last = durable?.seq, last > result.position.seq else {
                        return (result, index)
                    }
                    reason = "records are lost that it knew"
                } catch {
                    guard error.isDamagedIndex else { throw error }
                    reason = error.reason
                }
            }
        }
        return try rebuild(segments, durable, recovery, reason)
    }

    private func rebuild(
        _ segments: [Segment], _ durable: DurableEnd?, _ recovery: SegmentRecovery, _ reason: String
    ) throws(StoreError) -> (SegmentRecovery.Result, ArticleIndex) {
        let builder = try IndexRebuild(directory, files, recovery.progress).builder(for: segments)
        // The segments may have been cut a moment ago.
        let result = try recovery.run(
            try Segment.all(in: directory), walk: try walk(segments), durable: durable, apply: builder.add)
        let index = try IndexRebuild.finish(builder, directory)
        try index.checkpoint(result.position)
        try index.install()
        try directory.syncFolder(directory.index, files)
        if result.records > 0 { report(.indexRebuilt(reason: reason, records: result.records)) }
        return (result, index)
    }

    /// From the first record that there is; where no segment holds anything, from the last that retention knows of.
    private func walk(_ segments: [Segment]) throws(StoreError) -> RecordWalk {
        for segment in segments where try OpenFile.reading(segment.path)?.size() ?? 0 > 0 {
            return RecordWalk(fromFirstOf: segments)
        }
        guard let removed = try Segment.identities(in: directory).last,
            let file = try OpenFile.reading(removed.path),
            let last = try SegmentSearch(file, removed, limit: .max).lastPosition()
        else { return RecordWalk(fromFirstOf: segments) }
        return RecordWalk(from: last)
    }
}
