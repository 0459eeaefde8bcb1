import FeedModel

/// What a writer does with the articles before it writes: finds their end, and cuts off what a crash left behind it.
///
/// Cut off is only what was never reported as stored (`SegmentTail`). Anything else that is wrong stays as it is and is
/// reported.
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

    /// Goes through all records behind the start of `walk`.
    ///
    /// - Parameters:
    ///   - segments: all there are.
    ///   - durable: the end that was published, nil where that is not known.
    ///   - apply: gets every whole record; what it throws ends the recovery.
    func run(
        _ segments: [Segment], walk: RecordWalk, durable: DurableEnd?,
        apply: (RecordEnvelope) throws(StoreError) -> Void
    ) throws(StoreError) -> Result {
        var result = Result(position: walk.position)
        let start = walk.position
        for (index, segment) in segments.enumerated() where segment.firstSeq >= start.segment {
            let isLast = index == segments.count - 1
            try recover(
                segment, of: segments, from: segment.firstSeq == start.segment ? start.offset : 0, isLast: isLast,
                walk: walk, durable: durable, &result, apply)
        }
        return result
    }

    private func recover(
        _ segment: Segment, of segments: [Segment], from offset: UInt64, isLast: Bool, walk: RecordWalk,
        durable: DurableEnd?, _ result: inout Result, _ apply: (RecordEnvelope) throws(StoreError) -> Void
    ) throws(StoreError) {
        let file =
            isLast
            ? try directory.openFile(segment.path, in: directory.articles, files) : try OpenFile.reading(segment.path)
        guard let file else { return }
        if isLast { try cutTail(of: file, segment, segments, durable) }
        let next = Segment.next(after: segment, in: segments)
        var records = RecordScanner(file, segment, from: offset, next: next, walk: walk)
        var damagedLines: UInt64 = 0
        while let item = try records.nextItem() {
            progress.add(item.line?.length ?? 0)
            switch item.outcome {
            case .record(let envelope, let damage):
                damagedLines = 0
                if let damage { report(.damage(damage)) }
                result.records += 1
                try apply(envelope)
            case .damage(let damage):
                report(.damage(damage))
                if damage.kind == .line { damagedLines += 1 }
            case .ahead: break
            }
        }
        result.position = walk.position
        guard isLast else { return }
        try finish(file, segment, damagedLines: damagedLines, durable: durable, &result)
    }

    /// Cuts off what was never stored, and keeps beside the segment whatever may be more than the rest of a line.
    private func cutTail(
        of file: OpenFile, _ segment: Segment, _ segments: [Segment], _ durable: DurableEnd?
    ) throws(StoreError) {
        guard let tail = try SegmentTail(of: segments, file, in: directory, published: durable), tail.end < tail.size
        else { return }
        let bytes = tail.size - tail.end
        if tail.isRestOfLine, tail.end >= tail.durable {
            try file.truncate(to: tail.end, files)
            return report(.tornTailRemoved(segment: segment.path, offset: tail.end, bytes: bytes))
        }
        let path = "\(segment.path.dropLast(".jsonl".utf8.count)).\(tail.end).cut"
        try directory.replace(path, in: directory.articles, temporary: "\(path).new", files) {
            copy throws(StoreError) in
            try copy.append(file, from: tail.end, upTo: tail.size, at: 0, files)
        }
        try file.truncate(to: tail.end, files)
        report(.tornTailSetAside(segment: segment.path, offset: tail.end, bytes: bytes, path: path))
    }

    private func finish(
        _ file: OpenFile, _ segment: Segment, damagedLines: UInt64, durable: DurableEnd?, _ result: inout Result
    ) throws(StoreError) {
        let size = try file.size()
        if size == 0 {
            guard files.remove(segment.path) == 0 else { throw .system("removing the empty", segment.path) }
            try directory.syncFolder(directory.articles, files)
            return
        }
        // What a killed writer left whole is kept, and has to be durable before anything builds on it.
        try file.syncData(files)
        guard
            result.position.segment != segment.firstSeq || result.position.offset != size
                || result.position.seq < segment.firstSeq
        else { return }
        result.needsNewSegment = true
        // The numbers of damaged records are not given again, and the next segment sorts behind this one whatever somebody
        // has called it (I8).
        let (guess, overflow) = max(result.position.seq, segment.firstSeq - 1).addingReportingOverflow(damagedLines)
        result.position.seq = max(overflow ? result.position.seq : guess, segment.firstSeq, durable?.seq ?? 0)
    }
}
