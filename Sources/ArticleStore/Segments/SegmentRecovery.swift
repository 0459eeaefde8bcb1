import FeedModel

/// What a writer does with the articles before it writes: finds their end, and cuts off what a crash left behind it.
///
/// Cut off is only what was never reported as stored: an unfinished line at the end of the last segment, and whatever is
/// not whole behind the published end (`DurableEnd`). Anything else that is wrong stays as it is and is reported.
struct SegmentRecovery {
    let directory: StoreDirectory
    let files: FileSystem
    let progress: ReadingProgress
    let report: (StoreEvent) -> Void

    struct Result {
        /// Where the next record goes.
        var position: StorePosition
        /// The last segment ends in damage: leave it alone and start another.
        var needsNewSegment = false
        var records: UInt64 = 0
    }

    enum Failure: Error {
        case store(StoreError)
        case index(IndexFile.Failure)
    }

    /// Goes through all records behind the start of `walk`.
    ///
    /// - Parameters:
    ///   - durable: the end that was published, nil where that is not known.
    ///   - apply: gets every whole record.
    func run(
        _ segments: [Segment], walk: RecordWalk, durable: DurableEnd?,
        apply: (RecordEnvelope) throws(IndexFile.Failure) -> Void
    ) throws(Failure) -> Result {
        var result = Result(position: walk.position)
        let start = walk.position
        for (index, segment) in segments.enumerated() where segment.firstSeq >= start.segment {
            let isLast = index == segments.count - 1
            do throws(Failure) {
                try recover(
                    segment, from: segment.firstSeq == start.segment ? start.offset : 0, isLast: isLast, walk: walk,
                    durable: durable, &result, apply)
            } catch {
                throw error
            }
        }
        return result
    }

    private func recover(
        _ segment: Segment, from offset: UInt64, isLast: Bool, walk: RecordWalk, durable: DurableEnd?,
        _ result: inout Result, _ apply: (RecordEnvelope) throws(IndexFile.Failure) -> Void
    ) throws(Failure) {
        let file = try store { () throws(StoreError) in
            guard isLast else { return try OpenFile.reading(segment.path) }
            return try directory.openFile(segment.path, in: directory.articles, files)
        }
        guard let file else { return }
        var scanner = LineScanner(file, from: offset)
        var cut: UInt64?
        // Damage that is the torn tail unless a whole record follows; only where the published end is not known.
        var undecided: [StoreDamage] = []
        var damagedLines: UInt64 = 0
        while cut == nil, let line = try store({ () throws(StoreError) in try scanner.nextLine() }) {
            progress.add(line.length)
            switch walk.check(line, in: segment) {
            case .record(let envelope, let damage):
                for damage in undecided { report(.damage(damage)) }
                undecided = []
                damagedLines = 0
                if let damage { report(.damage(damage)) }
                result.records += 1
                do throws(IndexFile.Failure) { try apply(envelope) } catch { throw .index(error) }
            case .damage(let damage):
                if isLast, !line.isEnded {
                    cut = undecided.first?.offset ?? line.offset
                } else if !isLast || damage.kind == .order {
                    report(.damage(damage))
                    damagedLines += 1
                } else if let durable {
                    let isDurable =
                        segment.firstSeq < durable.segment
                        || (segment.firstSeq == durable.segment && line.offset < durable.offset)
                    if isDurable {
                        report(.damage(damage))
                        damagedLines += 1
                    } else {
                        cut = line.offset
                    }
                } else {
                    undecided.append(damage)
                }
            }
        }
        cut = cut ?? undecided.first?.offset
        result.position = walk.position
        guard isLast else { return }
        try store { () throws(StoreError) in
            try finish(file, segment, cut: cut, damagedLines: damagedLines, durable: durable, &result)
        }
    }

    private func finish(
        _ file: OpenFile, _ segment: Segment, cut: UInt64?, damagedLines: UInt64, durable: DurableEnd?,
        _ result: inout Result
    ) throws(StoreError) {
        var size = try file.size()
        if let cut, cut < size {
            try file.truncate(to: cut, files)
            report(.tornTailRemoved(segment: segment.path, offset: cut, bytes: size - cut))
            size = cut
        }
        if size == 0 {
            guard files.remove(segment.path) == 0 else { throw .system("removing the empty", segment.path) }
            try directory.syncFolder(directory.articles, files)
            return
        }
        // What a killed writer left whole is kept, and has to be durable before anything builds on it.
        try file.syncData(files)
        guard result.position.segment != segment.firstSeq || result.position.offset != size else { return }
        result.needsNewSegment = true
        // The numbers of damaged records are not given again.
        let (guess, overflow) = max(result.position.seq, segment.firstSeq - 1).addingReportingOverflow(damagedLines)
        result.position.seq = max(overflow ? result.position.seq : guess, durable?.seq ?? 0)
    }

    private func store<Value>(_ body: () throws(StoreError) -> Value) throws(Failure) -> Value {
        do throws(StoreError) { return try body() } catch { throw .store(error) }
    }
}
