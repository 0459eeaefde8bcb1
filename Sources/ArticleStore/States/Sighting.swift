import Digest
package import FeedModel
import JSONText

/// Whether an article is still in its feed's document, as far as that has been kept (`FeedContents`).
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

    /// A feed's state as the file has it; of the others no more is read than their names.
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
