internal import ArticleStore
internal import CShims
internal import FeedModel
internal import Locking

/// `IndexKeeper` brings the files of the index up to the store. It belongs to one thread; what it has done is in the
/// catalogue for all others.
///
/// Each step is short, and leaves files that are right whenever the process ends:
///
/// 1. What retention has removed goes: whole files, when their last record is gone.
/// 2. What was stored since is put to the last file.
/// 3. A file that has all of its records is sealed, its words merged a little at a time.
/// 4. What is missing is read, the newest first, in runs of `runLength` records.
struct IndexKeeper: ~Copyable {
    private let folder: String
    private let store: String
    private let options: SearchOptions
    private let catalogue: Locked<SearchCatalogue>
    private let report: (String) -> Void
    /// Files that are written, two at most: the last one, and the one in which something is missing.
    private var writers: [SearchSpan: SearchFileWriter] = [:]
    private var check: SealedCheck
    /// The files were held against the store as it is.
    private var isReconciled = false
    /// Something was written since `rest`.
    private var hasWorked = false

    init(
        folder: String, store: String, options: SearchOptions, catalogue: Locked<SearchCatalogue>,
        report: @escaping (String) -> Void
    ) {
        self.folder = folder
        self.store = store
        self.options = options
        self.catalogue = catalogue
        self.report = report
        check = SealedCheck(pieceBytes: options.pieceBytes)
    }

    /// Does the next thing that is to be done; false where nothing is.
    mutating func step() throws(SearchFailure) -> Bool {
        let looked = try look()
        try openRest()
        remakeDamaged()
        guard let (reader, first, last) = looked else {
            catalogue.withLock { ($0.firstSeq, $0.lastSeq) = (0, 0) }
            return false
        }
        if let through = catalogue.withLock({ $0.entries.last?.extent.through }), through > last {
            isReconciled = false
        }
        catalogue.withLock { ($0.firstSeq, $0.lastSeq) = (first, last) }
        if !isReconciled {
            try reconcile(reader, first: first, last: last)
            isReconciled = true
        }
        expire(before: first)
        if try follow(reader, first: first, last: last) { return true }
        // Before the next one is filled: what is open takes memory and a log each.
        if try sealNext(first: first) { return true }
        return try fill(reader, first: first)
    }

    /// Reads a piece of a sealed file whose turn it is, to see whether it is as it was written; for when nothing else is to be
    /// done. A file that is not is removed, and made again by `step`.
    ///
    /// - Returns: false where it is no file's turn.
    mutating func checkSealed(now: Timestamp) -> Bool {
        let sealed = catalogue.withLock { $0.entries.map(\.file).filter(\.isSealed) }
        switch check.step(sealed, now: now) {
        case .nothing: return false
        case .fine: break
        case .damaged(let file, let reason):
            report("\(reason): \(file.path) is made again")
            remove(file.span)
        case .failed(let failure): report("a file of the index is not looked at: \(failure)")
        }
        return true
    }

    /// Forgets what is only there to be quicker, when nothing is to be done for a while.
    mutating func rest() {
        guard hasWorked else { return }
        hasWorked = false
        for writer in writers.values { writer.rest() }
        newswire_give_memory_back()
    }

    // MARK: - The store

    private func look() throws(SearchFailure) -> (StoreReader, first: UInt64, last: UInt64)? {
        do throws(StoreError) {
            guard let reader = try StoreReader.ifThere(directory: store) else { return nil }
            let last = try reader.lastSeq()
            guard last > 0, let first = try reader.firstSeq(), first <= last else { return nil }
            return (reader, first, last)
        } catch {
            throw .store(error)
        }
    }

    /// Removes the files that are not of this store: another copy may have been put in its place, which has other records
    /// under the same numbers.
    private mutating func reconcile(_ reader: StoreReader, first: UInt64, last: UInt64) throws(SearchFailure) {
        for entry in catalogue.withLock({ $0.entries }) {
            let extent = entry.extent
            // What retention has removed cannot be compared, nor what is damaged.
            if extent.through < first { continue }
            if extent.through > last {
                report("the index has articles that the store has not: \(entry.file.path) is made again")
                remove(extent.span)
            } else if let chain = try chain(of: extent.markSeq, reader), chain != extent.chain {
                report("the index is of other articles than the store has: \(entry.file.path) is made again")
                remove(extent.span)
            }
        }
    }

    private func chain(of seq: UInt64, _ reader: StoreReader) throws(SearchFailure) -> String? {
        do throws(StoreError) {
            return try reader.line(seq: seq)?.withUnsafeBytes { line in
                RecordEnvelope(line).map { String(decoding: $0.chainDigits, as: UTF8.self) }
            }
        } catch {
            throw .store(error)
        }
    }

    // MARK: - Files

    /// Opens what the system did not let be opened before.
    private mutating func openRest() throws(SearchFailure) {
        for file in catalogue.withLock({ $0.unopened }) {
            do throws(SearchFailure) {
                let extent = try file.extent()
                catalogue.withLock { catalogue in
                    catalogue.unopened.removeAll { $0.span == file.span }
                    catalogue.take(file, extent)
                }
            } catch {
                if error.isRefusal { throw error }
                remove(file.span)
            }
        }
    }

    private mutating func remakeDamaged() {
        for span in catalogue.withLock({ $0.damaged }) {
            report("a file of the index is damaged, and made again: \(span.digits)")
            remove(span)
        }
    }

    private mutating func expire(before first: UInt64) {
        for entry in catalogue.withLock({ $0.entries }) where entry.extent.through < first {
            remove(entry.extent.span)
        }
    }

    private mutating func remove(_ span: SearchSpan) {
        writers[span] = nil
        let entry = catalogue.withLock { catalogue in
            let entry = catalogue.entries.first { $0.extent.span == span }
            catalogue.remove(span)
            return entry
        }
        entry?.file.remove()
        SearchFile(span, isSealed: false, in: folder).remove()
        SearchFile(span, isSealed: true, in: folder).remove()
    }

    private mutating func writer(of span: SearchSpan) throws(SearchFailure) -> SearchFileWriter {
        if let writer = writers[span] { return writer }
        let writer: SearchFileWriter
        do throws(SearchFailure) {
            writer = try SearchFileWriter(span: span, in: folder)
        } catch  where error.code == .damaged {
            report("\(error)")
            remove(span)
            writer = try SearchFileWriter(span: span, in: folder)
        }
        writers[span] = writer
        return writer
    }

    // MARK: - What is to be done

    /// Takes in what was stored behind the last record of the index, or the newest records where it has none.
    private mutating func follow(_ reader: StoreReader, first: UInt64, last: UInt64) throws(SearchFailure) -> Bool {
        guard let newest = catalogue.withLock({ $0.entries.last?.extent }), newest.through + 1 >= first else {
            let span = SearchSpan(of: last, length: options.spanLength)
            let from = max(first, span.first, last >= options.runLength ? last - options.runLength + 1 : 1)
            return try run(reader, span, from: from, through: last, joining: nil)
        }
        guard newest.through < last else { return false }
        let from = newest.through + 1
        let span = SearchSpan(of: from, length: options.spanLength)
        let through = min(last, span.last, newest.through + options.runLength)
        return try run(reader, span, from: from, through: through, joining: newest)
    }

    /// Takes in the newest records that are missing before those that are there.
    private mutating func fill(_ reader: StoreReader, first: UInt64) throws(SearchFailure) -> Bool {
        guard let gap = catalogue.withLock({ $0.newestGap(first: first) }) else { return false }
        let span = SearchSpan(of: gap.upperBound, length: options.spanLength)
        let length = min(options.runLength, UInt64(gap.count))
        let from = max(gap.upperBound - length + 1, span.first)
        return try run(reader, span, from: from, through: gap.upperBound, joining: nil)
    }

    /// Reads a run of records and writes it.
    ///
    /// - Parameter before: the extent to whose end the run joins on, whose last record is looked at once more: it tells
    ///   whether the store is still the one that was read before.
    private mutating func run(
        _ reader: StoreReader, _ span: SearchSpan, from: UInt64, through: UInt64, joining before: SearchExtent?
    ) throws(SearchFailure) -> Bool {
        var run = RunOfRecords()
        do {
            let start = before.map { max($0.markSeq, 1) - 1 } ?? from - 1
            try reader.read(after: start, damage: { _ in }) { slice in
                guard slice.envelope.seq <= through else { return false }
                if let before, slice.envelope.seq == before.markSeq {
                    run.isOther = !slice.envelope.chainDigits.elementsEqual(before.chain.utf8)
                    return !run.isOther
                }
                if slice.envelope.seq >= from { run.add(slice) }
                return slice.envelope.seq < through
            }
        } catch {
            throw .store(error)
        }
        if run.isOther {
            isReconciled = false
            return true
        }
        do throws(SearchFailure) {
            let writer = try writer(of: span)
            hasWorked = true
            var extent = run.extent(of: span, from: from, through: through)
            if let known = writer.extent, !extent.join(known) {
                // What the file lacks in between it cannot say. It has been beside the store for long, and is made again.
                remove(span)
                return true
            }
            try writer.add(run.records, extent: extent, reader)
            publish(span, extent, isSealed: false)
        } catch {
            writers[span] = nil
            if error.code == .damaged { remove(span) }
            throw error
        }
        return true
    }

    private func publish(_ span: SearchSpan, _ extent: SearchExtent, isSealed: Bool) {
        let folder = folder
        catalogue.withLock { catalogue in
            let known = catalogue.entries.first { $0.extent.span == span && $0.file.isSealed == isSealed }
            let file = known?.file ?? SearchFile(span, isSealed: isSealed, in: folder)
            catalogue.put(SearchCatalogue.Entry(file: file, extent: extent))
        }
    }

    /// Seals a file that has all of its records.
    private mutating func sealNext(first: UInt64) throws(SearchFailure) -> Bool {
        let full = catalogue.withLock { catalogue in
            catalogue.entries.last { entry in
                !entry.file.isSealed && entry.extent.through == entry.extent.span.last
                    && entry.extent.from <= max(entry.extent.span.first, first)
            }
        }
        guard let full else { return false }
        hasWorked = true
        do throws(SearchFailure) {
            let writer = try writer(of: full.extent.span)
            if try writer.merge() { return true }
            try writer.seal(in: folder)
        } catch {
            writers[full.extent.span] = nil
            if error.code == .damaged { remove(full.extent.span) }
            throw error
        }
        publish(full.extent.span, full.extent, isSealed: true)
        writers[full.extent.span] = nil
        full.file.remove()
        return true
    }
}
