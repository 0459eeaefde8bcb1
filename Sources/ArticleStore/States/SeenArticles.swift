import Digest
package import FeedModel
import Locking

/// Which articles the feeds' documents have, and when those that have gone from them were last seen there
/// (identity.md §8): `state/seen` with a block for each feed, and `state/gone` with an entry for each article.
///
/// A feed's block has the number of its block of `PollHistory`. Documents wait in memory until `write`, which the caller
/// sees to. Nothing is synced and nothing depends on it: what is lost or damaged is not shown.
package final class SeenArticles: Sendable {
    private let directory: StoreDirectory
    private let files: FileSystem
    private let report: @Sendable (StoreEvent) -> Void
    private let waiting = Locked(Waiting())
    private let output = Locked(Output())

    /// Articles that may wait, where the disk is slower than the polls.
    static let mostWaiting = 1 << 18

    private struct Waiting {
        var documents: [Document] = []
        var articles = 0
    }

    private struct Document {
        var block: UInt32
        var new: SeenBlock
        /// What the state was of before, and when that was last known to be so.
        var previous: (document: UInt64, time: Timestamp)?
    }

    private struct Output {
        var blocks: OpenFile?
        var gone: GoneLog?
        /// Said once, and tried again with each `write`.
        var hasFailed = false
    }

    /// - Parameters:
    ///   - path: the store's folder, which is there.
    ///   - report: told once when nothing can be written; the polls go on.
    package convenience init(
        directory path: String, report: @escaping @Sendable (StoreEvent) -> Void
    ) throws(StoreError) {
        try self.init(directory: path, files: FileSystem(), report: report)
    }

    init(
        directory path: String, files: FileSystem, report: @escaping @Sendable (StoreEvent) -> Void
    ) throws(StoreError) {
        guard let directory = try StoreDirectory(existing: path) else {
            throw .system("opening the store", path, errno: 2)
        }
        self.directory = directory
        self.files = files
        self.report = report
    }

    /// Keeps what a whole document has, once its articles are stored.
    ///
    /// - Parameters:
    ///   - state: as the document has left it.
    ///   - previous: as it was before.
    package func note(_ articles: SeenSet, of state: FeedState, after previous: FeedState) {
        guard let block = state.schedule.historyBlock, let body = state.bodyHash, let time = state.lastSuccess,
            articles.count <= SeenBlock.mostArticles
        else { return }
        let new = SeenBlock(
            feed: SeenBlock.hash(state.feed), document: body.low, time: time, articles: articles)
        var document = Document(block: block, new: new)
        if let body = previous.bodyHash, let time = previous.lastSuccess { document.previous = (body.low, time) }
        waiting.withLock { waiting in
            // The next document is compared with the last that was written.
            if waiting.articles > Self.mostWaiting { return }
            waiting.documents.append(document)
            waiting.articles += articles.count
        }
    }

    /// Writes what waits. What the disk does not take is gone.
    package func write() {
        let documents = waiting.withLock { waiting in
            defer { waiting = Waiting() }
            return waiting.documents
        }
        if documents.isEmpty { return }
        output.withLock { output in
            do throws(StoreError) {
                try write(documents, &output)
                output.hasFailed = false
            } catch {
                // With the entries that wait in it: the next documents make them again.
                output.gone = nil
                if !output.hasFailed { report(.seenNotWritten(error)) }
                output.hasFailed = true
            }
        }
    }

    /// The entries of all documents at once, and then the blocks: where these are lost with it, the next documents make
    /// the entries again.
    private func write(_ documents: [Document], _ output: inout Output) throws(StoreError) {
        let file = try blocks(&output)
        var blocks: [UInt32: (new: SeenBlock, isSame: Bool)] = [:]
        for document in documents {
            let before = blocks[document.block]
            let isBefore = before?.new.feed == document.new.feed
            let old =
                isBefore ? before?.new : try SeenBlock.read(document.block, of: document.new.feed, from: file)
            var new = document.new
            let change = try change(of: document, from: old, &output)
            new.articles = change.articles
            blocks[document.block] = (new, change.isNone && (before?.isSame ?? true))
        }
        try output.gone?.write(files)
        for (number, block) in blocks {
            let bytes = block.new.bytesOnDisk
            let length = block.isSame ? SeenBlock.headerSize : bytes.count
            try file.write(Array(bytes[..<length]), at: SeenBlock.offset(number), files)
        }
    }

    /// What has become of the document before; what went from it is put down.
    private func change(
        of document: Document, from old: SeenBlock?, _ output: inout Output
    ) throws(StoreError) -> SeenSet.Change {
        let change = document.new.articles.change(from: old?.articles)
        if let old, !change.gone.isEmpty {
            // As long as the state was of that document, answers that nothing is new have told of it too.
            let isLast = document.previous?.document == old.document
            let lastSeen = isLast ? max(old.time, document.previous?.time ?? old.time) : old.time
            if output.gone == nil {
                output.gone = try GoneLog(directory.openFile(directory.goneFile, in: directory.states, files))
            }
            try output.gone?.add(change.gone, feed: document.new.feed, lastSeen: lastSeen, files)
        }
        return change
    }

    private func blocks(_ output: inout Output) throws(StoreError) -> OpenFile {
        if let file = output.blocks { return file }
        let file = try directory.openFile(directory.seenFile, in: directory.states, files)
        output.blocks = file
        return file
    }
}
