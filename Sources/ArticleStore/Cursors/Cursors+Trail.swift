import Glibc

/// A cursor's number says which record the consumer has had last; beside it stands which record that was.
///
/// `.NAME.trail` is what newswire itself looks at. Where it is missing, cannot be read, or speaks of another number than
/// the cursor, because somebody has moved that by hand, the number alone counts.
extension Cursors {
    /// `Position` is where a consumer stands, as its cursor and its trail say.
    package struct Position: Sendable, Equatable {
        /// The cursor's number; nil where there is no cursor.
        package var seq: UInt64?
        /// The trail says which records that one and some before it are; it is empty where nobody has written that
        /// down.
        package var trail = ReadingTrail()
    }

    /// `Move` says what has come of moving a cursor.
    package enum Move: Sendable, Equatable {
        case done
        /// Somebody has moved the cursor by hand, and meant it so.
        case movedMeanwhile(to: UInt64)
        /// The store has another record of that number than the one that was handed out, or none: the cursor stays.
        case changedMeanwhile
    }

    /// Tells where a consumer stands, as its two files say.
    ///
    /// - Throws: where the cursor cannot be read; never for its trail.
    package func position(of name: String) throws(StoreError) -> Position {
        var position = Position(seq: try read(name))
        if let trail = trail(of: name), let last = trail.last, last.seq == position.seq { position.trail = trail }
        return position
    }

    /// Tells where a consumer goes on, and from where it had to go back: where the store has another record than the one
    /// that it has had last, it goes on behind the newest that is the same.
    ///
    /// - Throws: where none is known to be the same: from where on it has not had the articles, a person has to say.
    package func locate(
        _ name: String, in reader: StoreReader
    ) throws(StoreError) -> (position: Position, wentBackFrom: UInt64?) {
        var position = try position(of: name)
        guard let last = position.trail.last, try reader.standing(of: last) == .other else { return (position, nil) }
        if let mark = try reader.newestSame(of: position.trail) {
            position.seq = mark.seq
            position.trail.goBack(to: mark.seq)
            return (position, last.seq)
        }
        throw StoreError(
            .damaged, "looking for the place of the consumer", name,
            "record \(last.seq) of the store is not the one that it has had: the store was put back from an older copy, or"
                + " is another one",
            advice: "find out what it has had of this store, and say so with `newswire ack \(name) SEQ`")
    }

    /// Moves the cursor behind the last record of the trail, if it still stands where it stood when the caller began, and
    /// the store still has that very record.
    ///
    /// It is looked for before and after the cursor is moved: a writer that opens the store meanwhile, and gives its number
    /// to another record, either finds the cursor moved, and moves it back, or is found.
    /// - Parameters:
    ///   - old: nil where there was no cursor.
    ///   - seq: where to; not compared with anything where the trail does not end there.
    package func advance(
        _ name: String, from old: UInt64?, to seq: UInt64, trail: ReadingTrail, in reader: StoreReader
    ) throws(StoreError) -> Move {
        precondition(trail.last.map { $0.seq <= seq } ?? true, "I10: a trail does not lead beyond its cursor")
        let mark = trail.last.flatMap { $0.seq == seq ? $0 : nil }
        var move: Move?
        let there = try advance(name, from: old, to: seq) { () throws(StoreError) in
            if let mark, try !isThere(mark, in: reader) {
                move = .changedMeanwhile
                return false
            }
            put(mark == nil ? ReadingTrail() : trail, of: name)
            return true
        } isStillRight: { () throws(StoreError) in
            guard let mark, try !isThere(mark, in: reader) else { return true }
            move = .changedMeanwhile
            return false
        }
        return move ?? there.map { .movedMeanwhile(to: $0) } ?? .done
    }

    /// Moves the cursor to a record by hand, forwards or back. Which record that is, is what the store says.
    package func set(_ name: String, to seq: UInt64, in reader: StoreReader) throws(StoreError) {
        let trail = try trail(at: seq, in: reader)
        try advance(name, to: seq)
        put(trail, of: name)
    }

    /// Makes a consumer that has had all up to a record, if there is none of that name: from then on retention waits for
    /// it, and it is listed, whatever comes of its first articles.
    ///
    /// - Returns: whether there was none.
    package func begin(_ name: String, at seq: UInt64, in reader: StoreReader) throws(StoreError) -> Bool {
        let trail = try trail(at: seq, in: reader)
        guard try create(name, at: seq) else { return false }
        put(trail, of: name)
        return true
    }

    /// Forgets a consumer. The file that is locked while one dumps for it stays: who removes it lets two at once.
    ///
    /// - Throws: also where somebody dumps for it.
    package func remove(_ name: String) throws(StoreError) {
        let turn = try lock(name)
        defer { withExtendedLifetime(turn) {} }
        try delete(name)
        removeTrail(of: name)
        try note(nil, of: name)
        try keep(nil, of: name)
    }

    private func trail(at seq: UInt64, in reader: StoreReader) throws(StoreError) -> ReadingTrail {
        var trail = ReadingTrail()
        if seq > 0, let mark = try reader.mark(of: seq) { trail.pass(mark) }
        return trail
    }

    private func isThere(_ mark: RecordMark, in reader: StoreReader) throws(StoreError) -> Bool {
        switch try reader.standing(of: mark) {
        case .same, .unknown: true
        case .other, .beyond: false
        }
    }

    private func trailFile(of name: String) -> String { "\(directory.cursors)/.\(name).trail" }

    private func trail(of name: String) -> ReadingTrail? {
        // The folder is others' to write to: no more counts than a trail has.
        guard let file = try? OpenFile.reading(trailFile(of: name), followsLinks: false),
            let bytes = try? file.read(32 << 10, at: 0)
        else { return nil }
        return ReadingTrail(String(decoding: bytes, as: UTF8.self))
    }

    /// Best effort, and not durable: without it the number counts, as it did before.
    private func put(_ trail: ReadingTrail, of name: String) {
        guard trail.last != nil else { return removeTrail(of: name) }
        do throws(StoreError) {
            try put(Array(trail.text.utf8), at: trailFile(of: name))
        } catch {
            removeTrail(of: name)
        }
    }

    /// Puts a file that is whole in the place of the one that is there, among the cursors; not durable.
    func put(_ bytes: [UInt8], at path: String) throws(StoreError) {
        let temporary = "\(path).new"
        _ = files.remove(temporary)
        do throws(StoreError) {
            let file = try directory.openFile(
                temporary, in: directory.cursors, flags: O_EXCL | O_NOFOLLOW | O_NONBLOCK, files)
            try file.write(bytes, at: 0, files)
            try directory.rename(temporary, to: path, files)
        } catch {
            _ = files.remove(temporary)
            throw error
        }
    }

    private func removeTrail(of name: String) { _ = files.remove(trailFile(of: name)) }
}
