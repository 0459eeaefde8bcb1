/// A consumer, and where its cursor stands.
package struct ConsumerCursor: Sendable, Equatable {
    package var name: String
    /// The last record that it has had; nil where that cannot be told.
    package var seq: UInt64?
    /// Why not.
    package var trouble: StoreError?
}

extension Cursors {
    /// As many files as the folder may hold: a member of the group can make any number of them.
    static let maximumFiles = 10_000

    /// All consumers by name. One whose cursor cannot be read is among them, whatever stands in its place.
    ///
    /// - Throws: where the folder cannot be listed, or holds more than 10 000 files.
    package func list() throws(StoreError) -> [ConsumerCursor] {
        var result: [ConsumerCursor] = []
        for name in try fileNames(in: directory.cursors, limit: Self.maximumFiles).sorted() where Self.isName(name) {
            do throws(StoreError) {
                if let seq = try read(name) { result.append(ConsumerCursor(name: name, seq: seq)) }
            } catch {
                result.append(ConsumerCursor(name: name, trouble: error))
            }
        }
        return result
    }

    /// Puts cursors that are beyond the last record back to it: the numbers behind it will be other records'. What cannot
    /// be read or moved is reported and passed over.
    func moveBack(to lastSeq: UInt64, report: (StoreEvent) -> Void) {
        do throws(StoreError) {
            for cursor in try list() {
                if let trouble = cursor.trouble { report(.cursorLeft(trouble)) }
                guard let seq = cursor.seq, seq > lastSeq else { continue }
                try moveBack(cursor.name, from: seq, to: lastSeq, report)
            }
        } catch {
            report(.cursorLeft(error))
        }
    }

    /// - Throws: where no cursor can be moved, because somebody holds the lock of all.
    private func moveBack(
        _ name: String, from seq: UInt64, to lastSeq: UInt64, _ report: (StoreEvent) -> Void
    ) throws(StoreError) {
        do throws(StoreError) {
            try advance(name, to: lastSeq)
            report(.cursorMovedBack(name: name, from: seq, to: lastSeq))
        } catch {
            if error.code == .inUse { throw error }
            report(.cursorLeft(error))
        }
    }
}
