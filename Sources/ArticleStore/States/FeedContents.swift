import Digest
package import FeedModel
import JSONText
import Locking

/// `FeedContents` keeps which articles the feeds' documents have, and when those that have gone from them were last
/// seen there (identity.md §8), in `state/contents`: a block for each feed (`ContentsBlock`).
///
/// A feed's block has the number of its block of `PollHistory`. Documents wait in memory until `write`, which the caller
/// sees to. Nothing is synced and nothing depends on it: a block that is lost or damaged is told of, and begins anew with
/// the feed's next document. May be used by any thread.
package final class FeedContents: Sendable {
    private let directory: StoreDirectory
    private let files: FileSystem
    private let report: @Sendable (StoreEvent) -> Void
    private let waiting = Locked(Waiting())
    private let output = Locked(Output())

    /// How many articles may wait, where the disk is slower than the polls.
    static let mostWaiting = 1 << 18

    private struct Waiting {
        var documents: [Document] = []
        var articles = 0
    }

    private struct Document {
        var number: UInt32
        var block: ContentsBlock
        /// The document before, by half of its hash, and when the feed was last known to have it.
        var previous: (document: UInt64, time: Timestamp)?
    }

    private struct Output {
        var file: OpenFile?
        /// Whether the disk has not taken the last documents: that is said once, and tried again with each `write`.
        var hasFailed = false
    }

    /// Prepares to write, and removes the two files in which an earlier newswire kept this.
    ///
    /// - Parameters:
    ///   - path: the store's folder, which is there.
    ///   - report: told what a person should know; the polls go on. Called by the thread that calls `write`.
    /// - Throws: where there is no such folder.
    package convenience init(
        directory path: String, report: @escaping @Sendable (StoreEvent) -> Void
    ) throws(StoreError) {
        try self.init(directory: path, files: FileSystem(), report: report)
    }

    init(
        directory path: String, files: FileSystem, report: @escaping @Sendable (StoreEvent) -> Void
    ) throws(StoreError) {
        directory = try StoreDirectory.there(path)
        self.files = files
        self.report = report
        let removed = directory.formerContentsFiles.filter { files.remove($0) == 0 }
        if !removed.isEmpty { report(.formerContentsRemoved(paths: removed)) }
    }

    /// Stages which articles a whole document has, once they are stored.
    ///
    /// - Parameters:
    ///   - state: as the document has left it.
    ///   - previous: as it was before.
    package func stage(_ articles: [ArticleIdentifier], of state: FeedState, after previous: FeedState) {
        guard let number = state.schedule.historyBlock, let body = state.bodyHash, let time = state.lastSuccess,
            articles.count <= ContentsBlock.mostArticles
        else { return }
        let block = ContentsBlock(
            feed: ContentsBlock.hash(state.feed), document: body.low, time: time, articles: articles)
        var document = Document(number: number, block: block)
        if let body = previous.bodyHash, let time = previous.lastSuccess { document.previous = (body.low, time) }
        waiting.withLock { waiting in
            // The next document is compared with the last that was written.
            if waiting.articles > Self.mostWaiting { return }
            waiting.documents.append(document)
            waiting.articles += articles.count
        }
    }

    /// Writes what waits. What the disk does not take is forgotten.
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
                if !output.hasFailed { report(.contentsNotWritten(error)) }
                output.hasFailed = true
            }
        }
    }

    private func write(_ documents: [Document], _ output: inout Output) throws(StoreError) {
        let file = try file(&output)
        var blocks: [UInt32: (new: ContentsBlock, isSame: Bool)] = [:]
        var damaged = 0
        for document in documents {
            var new = document.block
            var (old, isSame): (ContentsBlock?, Bool) = (nil, true)
            if let before = blocks[document.number], before.new.feed == new.feed {
                (old, isSame) = before
            } else {
                // A place that the disk cannot read concerns no other feed.
                switch (try? ContentsBlock.read(document.number, of: new.feed, from: file)) ?? .damaged {
                case .block(let block): old = block
                case .none: break
                case .damaged: damaged += 1
                }
            }
            if let old {
                // As long as the state was of that document, answers that nothing is new have told of it too.
                let isLast = document.previous?.document == old.document
                let lastSeen = isLast ? max(old.time, document.previous?.time ?? old.time) : old.time
                isSame = new.follow(old, lastSeen: lastSeen) && isSame
            } else {
                isSame = false
            }
            blocks[document.number] = (new, isSame)
        }
        if damaged > 0 { report(.contentsForgotten(path: file.path, feeds: damaged)) }
        for (number, block) in blocks {
            let bytes = block.new.bytes
            let length = block.isSame ? ContentsBlock.headerSize : bytes.count
            try file.write(Array(bytes[..<length]), at: ContentsBlock.offset(number), files)
        }
    }

    private func file(_ output: inout Output) throws(StoreError) -> OpenFile {
        if let file = output.file { return file }
        let file = try directory.openFile(directory.contentsFile, in: directory.states, files)
        output.file = file
        return file
    }
}

/// `Sighting` says whether an article is still in its feed's document, as far as that has been kept (`FeedContents`).
package struct Sighting: Sendable, Equatable {
    /// Whether the feed's last whole document has the article.
    package var isInDocument: Bool
    /// When the document that this is told of was last read, or said not to have changed.
    package var documentTime: Timestamp
    /// When the article was last in the document; nil where that is not remembered.
    package var lastSeen: Timestamp?
}

extension StoreReader {
    /// A block that is just being written is read again.
    private static let attempts = 4

    /// Tells whether an article is still in its feed's document, read from the disk.
    ///
    /// - Parameter stored: when it was last stored: a document from before says nothing of it.
    /// - Returns: nil where nothing is known.
    package func sighting(
        of uid: ArticleIdentifier, in feed: FeedIdentifier, stored: Timestamp?
    ) throws(StoreError) -> Sighting? {
        guard let state = try state(of: feed), let number = state.schedule.historyBlock,
            let file = try OpenFile.reading(directory.contentsFile)
        else { return nil }
        let hash = ContentsBlock.hash(feed)
        var found = ContentsBlock.Reading.damaged
        for _ in 0..<Self.attempts where found == .damaged {
            found = try ContentsBlock.read(number, of: hash, from: file)
        }
        guard case .block(let block) = found else { return nil }
        var time = block.time
        if state.bodyHash?.low == block.document, let confirmed = state.lastSuccess { time = max(time, confirmed) }
        if block.has(uid) { return Sighting(isInDocument: true, documentTime: time, lastSeen: time) }
        if let stored, time.seconds < stored.seconds { return nil }
        return Sighting(isInDocument: false, documentTime: time, lastSeen: block.lastSeen(uid))
    }

    /// Reads a feed's state from the file. Of other feeds' lines no more is looked at than their beginning.
    private func state(of feed: FeedIdentifier) throws(StoreError) -> FeedState? {
        guard let file = try OpenFile.reading(directory.stateFile) else { return nil }
        let opening = Array(#"{"feed":"#.utf8) + RecordWriter.json(feed.text)
        var state: FeedState?
        var scanner = LineScanner(file, from: 0)
        while let line = try scanner.nextLine() {
            guard line.isEnded, line.bytes.starts(with: opening), FeedStates.isWhole(line.bytes),
                let json = JSONMembers(line.bytes)
            else { continue }
            state = FeedState(json) ?? state
        }
        return state
    }
}
