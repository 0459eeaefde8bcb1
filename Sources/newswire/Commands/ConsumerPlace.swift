internal import ArticleStore

extension DumpSession {
    /// A consumer's cursor while a dump for it runs; no other may run meanwhile.
    final class Place {
        let name: String
        /// Where it stood, and stands.
        private(set) var cursor: UInt64?
        /// Which records the consumer has had, as far as is known.
        private(set) var trail = ReadingTrail()
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

        /// Finds out where the consumer goes on.
        func locate(in reader: StoreReader) throws(StoreError) {
            let (position, wentBackFrom) = try cursors.locate(name, in: reader)
            trail = position.trail
            if let wentBackFrom, let seq = position.seq {
                StandardError.write(
                    "newswire: record \(wentBackFrom) of the store is not the one that consumer \(name) has had: an older"
                        + " copy was put in its place; going on behind \(seq), the last that is known to be the same")
                if try goBack(to: seq, trail, in: reader) == nil { cursor = seq }
                return
            }
            cursor = position.seq
            let last = try reader.lastSeq()
            guard let cursor, cursor > last else { return }
            isAhead = true
            StandardError.write(
                "newswire: consumer \(name) has had all up to \(cursor), but the store ends at \(last);"
                    + " if it is the right store, `newswire ack \(name) SEQ` moves the cursor")
        }

        /// Moves the cursor on, after all up to there was written. Where somebody has put it elsewhere by hand meanwhile it
        /// stays there.
        func move(to pass: DumpPass, in reader: StoreReader) throws(StoreError) -> Cursors.Move {
            guard acknowledges, pass.lastSeen > cursor ?? 0 else { return .done }
            let move = try cursors.advance(name, from: cursor, to: pass.lastSeen, trail: pass.trail, in: reader)
            switch move {
            case .done: cursor = pass.lastSeen
            case .movedMeanwhile(let seq): tellMoved(to: seq)
            case .changedMeanwhile:
                StandardError.write(
                    "newswire: the store has changed under the dump, and record \(pass.lastSeen) is not the one that was"
                        + " printed; the cursor of \(name) stays at \(cursor ?? 0), and what is behind it comes again")
            }
            return move
        }

        /// Moves the cursor back to a record that the store has.
        ///
        /// - Returns: where somebody has put it by hand meanwhile; there it stays.
        func goBack(to seq: UInt64, _ trail: ReadingTrail, in reader: StoreReader) throws(StoreError) -> UInt64? {
            guard acknowledges, let old = cursor, seq < old else { return nil }
            switch try cursors.advance(name, from: old, to: seq, trail: trail, in: reader) {
            case .done: cursor = seq
            // The next look goes back again.
            case .changedMeanwhile: break
            case .movedMeanwhile(let moved):
                tellMoved(to: moved)
                return moved
            }
            return nil
        }

        private func tellMoved(to seq: UInt64) {
            StandardError.write("newswire: the cursor of \(name) was moved to \(seq) meanwhile, and stays there")
            cursor = seq
        }
    }
}
