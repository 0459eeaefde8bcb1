import Digest
import FeedModel
import Locking

/// `StoreVerifier` reads every byte of a store and proves it whole: each line by its checksum, all of them by the
/// chain, their numbers unbroken, what retention has left, the index and the cursors against the articles.
///
/// Takes no lock; beside a writer it goes as far as what is published.
package struct StoreVerifier: Sendable {
    /// `Head` is a record's number and its chain in hexadecimal: who keeps the two can tell later that nothing before
    /// them was changed.
    package struct Head: Sendable, Equatable {
        /// The record's number.
        package var seq: UInt64
        /// The record's chain, 64 hexadecimal digits.
        package var chain: String

        /// `SEQ:HASH`, as `description` has it.
        package init?(_ text: String) {
            let parts = text.split(separator: ":", omittingEmptySubsequences: false)
            guard parts.count == 2, let seq = UInt64(parts[0]), parts[1].utf8.count == 64,
                let chain = Hex.bytes(parts[1].utf8)
            else { return nil }
            self.init(seq: seq, chain: chain)
        }

        init(seq: UInt64, chain: [UInt8]) {
            self.seq = seq
            self.chain = Hex.string(chain)
        }
    }

    /// `HeadAnswer` answers whether a head that was written down is still there.
    package enum HeadAnswer: Sendable, Equatable {
        case found
        /// The store ends before it.
        case beyondEnd
        /// Neither the record nor what retention leaves of it is there.
        case notThere
        /// Another record has its number.
        case different(chain: String)
    }

    private let reader: StoreReader
    private let head: Head?
    /// Of how many records at most memory is kept while the index is compared.
    var recordLimit = IndexSurvey.recordLimit

    /// Prepares to verify a store that is there. Nothing is read yet.
    ///
    /// - Parameters:
    ///   - path: the store's folder.
    ///   - head: to be looked for.
    package init(directory path: String, head: Head? = nil) throws(StoreError) {
        reader = try StoreReader(directory: path)
        self.head = head
    }

    /// Reads all of the store and tells what is wrong with it.
    ///
    /// - Parameters:
    ///   - workers: how many segments are read at the same time.
    ///   - progress: how many bytes are done, of how many; called now and then, by any of the workers.
    ///   - damage: each damaged place, in order; a thousand a segment at most.
    package func run(
        workers: Int = 2, progress: @escaping @Sendable (_ done: UInt64, _ total: UInt64) -> Void = { _, _ in },
        damage: @escaping (StoreDamage) -> Void
    ) async throws(StoreError) -> VerifierResult {
        let directory = reader.directory
        let index = try IndexFile(existing: directory.indexFile, writable: false, in: directory, FileSystem())
        let durable = try DurableEnd(in: directory)
        let extent = try reader.extent()
        let removed = try removed(before: extent)
        var comparison: IndexComparison?
        if let index {
            comparison = try await IndexComparison.reading(
                index, starts: (removed + extent.segments).map(\.firstSeq), recordLimit: recordLimit, workers: workers)
        }
        let checks = checks(removed, extent, comparison)
        var sum: UInt64 = 0
        for check in checks { sum += min(check.limit, try OpenFile.reading(check.segment.path)?.size() ?? 0) }
        let total = sum
        var joint = VerifierResult.Joint(segments: extent.segments, directory: directory, damage: damage)
        let done = Locked<UInt64>(0)
        let outcome = await Self.inOrder(checks, workers: workers) { check in
            Result { () throws(StoreError) in
                try check.run { bytes in
                    let sum = done.withLock { done in
                        done += bytes
                        return done
                    }
                    progress(sum, total)
                }
            }
        } take: { (check, report) throws(StoreError) in
            try joint.add(report, of: check)
        }
        try outcome.get()
        var result = joint.finish()
        result.unfinishedBytes += extent.unfinishedBytes
        if let durable, durable.seq > result.lastSeq { result.lostRecords = durable.seq - result.lastSeq }
        if let head { result.headAnswer = answer(head, joint) }
        // Beside a writer the index goes on; of a damaged line it knows more than can be read.
        if let comparison, !extent.isPublished, result.isWhole {
            result.indexErrors += comparison.superfluous + joint.superfluousEntries
        }
        try lookAtStatesAndCursors(&result)
        return result
    }

    /// What retention has left of segments.
    private func removed(before extent: StoreReader.Extent) throws(StoreError) -> [Segment] {
        let first = extent.segments.first?.firstSeq ?? .max
        // An extract of a segment that is still there is what a removal that was cut short has left.
        return try Segment.identities(in: reader.directory).filter { $0.firstSeq < first }
    }

    private func checks(
        _ removed: [Segment], _ extent: StoreReader.Extent, _ index: IndexComparison?
    ) -> [SegmentCheck] {
        let first = extent.segments.first?.firstSeq ?? .max
        return removed.map { segment in
            SegmentCheck(
                segment: segment, limit: .max, next: min(first, Segment.next(after: segment, in: removed)),
                isOpenEnd: false, index: index, headSeq: head?.seq,
                isExtract: true)
        }
            + extent.segments.indices.map { place in
                SegmentCheck(
                    segment: extent.segments[place], limit: extent.limit(of: place),
                    next: Segment.next(after: extent.segments[place], in: extent.segments),
                    isOpenEnd: place == extent.segments.count - 1 && !extent.isEndKnown, index: index,
                    headSeq: head?.seq)
            }
    }

    /// Runs work for each item, some at a time, and takes what comes of it in the order of the items.
    private static func inOrder<Report: Sendable>(
        _ checks: [SegmentCheck], workers: Int,
        run: @escaping @Sendable (SegmentCheck) -> Result<Report, StoreError>,
        take: (SegmentCheck, Report) throws(StoreError) -> Void
    ) async -> Result<Void, StoreError> {
        await withTaskGroup(of: (Int, Result<Report, StoreError>).self) { group in
            var next = 0
            func startNext() {
                guard next < checks.count else { return }
                let place = next
                let check = checks[place]
                group.addTask { (place, run(check)) }
                next += 1
            }
            for _ in 0..<max(1, workers) { startNext() }
            var waiting: [Int: Result<Report, StoreError>] = [:]
            var taken = 0
            while let (place, report) = await group.next() {
                waiting[place] = report
                while let report = waiting.removeValue(forKey: taken) {
                    do throws(StoreError) { try take(checks[taken], try report.get()) } catch { return .failure(error) }
                    taken += 1
                }
                startNext()
            }
            return .success(())
        }
    }

    private func answer(_ head: Head, _ joint: VerifierResult.Joint) -> HeadAnswer {
        if head.seq == 0 { return head.chain == Hex.string(RecordWriter.firstChain) ? .found : .notThere }
        if head.seq > joint.lastSeq { return .beyondEnd }
        guard let chain = joint.headChain ?? joint.chainBeforeFirst(head.seq) else { return .notThere }
        let there = Hex.string(chain)
        return there == head.chain ? .found : .different(chain: there)
    }

    private func lookAtStatesAndCursors(_ result: inout VerifierResult) throws(StoreError) {
        if let file = try OpenFile.reading(reader.directory.stateFile) {
            result.damagedStateLines = try FeedStates.read(file) { _, _ in }.damaged
        }
        // Consumers go on reading while the articles are verified.
        let last = max(result.lastSeq, try reader.lastSeq())
        for cursor in try Cursors(directory: reader.directory, FileSystem()).list()
        where cursor.seq.map({ $0 > last }) ?? true {
            result.wrongCursors.append(cursor.name)
        }
    }
}
