internal import ArticleStore

extension DumpSession {
    /// A consumer's cursor while a dump for it runs; no other may run meanwhile.
    final class Place {
        let name: String
        /// Where it stood, and stands.
        private(set) var cursor: UInt64?
        /// It stands beyond the store's end, and waits there.
        private(set) var isAhead = false
        private let acknowledges: Bool
        private let cursors: Cursors
        private let turn: ConsumerLock?

        init(_ consumer: Consumer, _ directory: String) throws(StoreError) {
            name = consumer.name
            acknowledges = consumer.acknowledges
            cursors = try Cursors(directory: directory)
            turn =
                acknowledges ? try cursors.lockForDump(consumer.name) : try cursors.lockForReading(consumer.name)
            cursor = try cursors.read(consumer.name)
        }

        func tellIfAhead(of reader: StoreReader) throws(StoreError) {
            let last = try reader.lastSeq()
            guard let cursor, cursor > last else { return }
            isAhead = true
            StandardError.write(
                "newswire: consumer \(name) has had all up to \(cursor), but the store ends at \(last);"
                    + " if it is the right store, `newswire ack \(name) SEQ` moves the cursor")
        }

        /// Moves the cursor on, after all up to there was written.
        ///
        /// - Returns: where somebody has put it by hand meanwhile; there it stays.
        func move(to seq: UInt64) throws(StoreError) -> UInt64? {
            guard acknowledges, seq > cursor ?? 0 else { return nil }
            if let moved = try cursors.advance(name, from: cursor, to: seq) {
                StandardError.write(
                    "newswire: the cursor of \(name) was moved to \(moved) meanwhile, and stays there")
                cursor = moved
                return moved
            }
            cursor = seq
            return nil
        }
    }
}
