internal import JSONText

/// `StateDifference` is what has changed in a feed's state, as a line of JSON that a fleet's machines hand on
/// (docs/spec/fleet.md §3): an object that begins with `feed` and has the members that differ, `null` for one that is gone.
///
/// Differences that follow one another make every machine's state the same, whatever else each knows. `history_block` is each
/// machine's own and never in the line; the machine that has made the difference remembers it beside.
package struct StateDifference: Sendable, Equatable {
    package let feed: FeedIdentifier
    /// Without a line feed.
    package let line: [UInt8]
    /// The block that the feed has on this machine, where that is known.
    private var historyBlock: UInt32?

    /// - Parameter old: nil for a feed of which nothing is known.
    /// - Returns: nil where nothing differs.
    package init?(from old: FeedState?, to new: FeedState) {
        feed = new.feed
        historyBlock = new.schedule.historyBlock
        let after = Self.shared(new)
        guard let old else {
            line = after
            return
        }
        let before = Self.shared(old)
        if before == after { return nil }
        line = Self.difference(before, after)
    }

    private init(feed: FeedIdentifier, line: [UInt8], historyBlock: UInt32?) {
        self.feed = feed
        self.line = line
        self.historyBlock = historyBlock
    }

    /// Reads a line of the log, of which nothing is believed; nil where it is none.
    package init?(line: some Collection<UInt8>) {
        let line = Array(line)
        let feed = line.withUnsafeBytes { JSONMembers($0)?["feed"]?.string }
        guard let feed else { return nil }
        self.init(feed: FeedIdentifier(feed), line: line, historyBlock: nil)
    }

    /// Returns the state that the difference makes of one; nil where what comes of it is no state.
    ///
    /// - Parameter old: nil for a feed of which nothing is known.
    package func applied(to old: FeedState?) -> FeedState? {
        // Of members that are there twice the last one counts.
        let text = old.map { Self.object($0).dropLast() + [UInt8(ascii: ",")] + line.dropFirst() } ?? line
        var state = text.withUnsafeBytes { bytes in JSONMembers(bytes).flatMap { FeedState($0) } }
        state?.schedule.historyBlock = old?.schedule.historyBlock ?? historyBlock
        return state
    }

    /// Returns the difference that does at once what this one and then another do.
    package func followed(by later: StateDifference) -> StateDifference {
        let joined = line.withUnsafeBytes { old in
            later.line.withUnsafeBytes { new -> [UInt8] in
                guard let old = JSONMembers(old), let new = JSONMembers(new) else { return later.line }
                var members = Members()
                old.forEach { name, value in
                    members.add(name, new.text(of: name) ?? value)
                }
                new.forEach { name, value in
                    if old.text(of: name) == nil { members.add(name, value) }
                }
                return members.object
            }
        }
        return StateDifference(feed: feed, line: joined, historyBlock: later.historyBlock ?? historyBlock)
    }

    private static func object(_ state: FeedState) -> [UInt8] {
        var json = JSONWriter(capacity: 1024)
        state.write(to: &json)
        return json.finish()
    }

    /// The state as far as it is not this machine's own.
    private static func shared(_ state: FeedState) -> [UInt8] {
        var state = state
        state.schedule.historyBlock = nil
        return object(state)
    }

    private static func difference(_ before: [UInt8], _ after: [UInt8]) -> [UInt8] {
        before.withUnsafeBytes { before in
            after.withUnsafeBytes { bytes -> [UInt8] in
                // Never nil: both were written a moment ago.
                guard let before = JSONMembers(before), let after = JSONMembers(bytes) else { return Array(bytes) }
                var members = Members()
                var isFirst = true
                after.forEach { name, value in
                    let isSame = before.text(of: name).map { $0.elementsEqual(value) } ?? false
                    // The first is the feed's id.
                    if isFirst || !isSame { members.add(name, value) }
                    isFirst = false
                }
                before.forEach { name, _ in
                    if after.text(of: name) == nil { members.add(name, nil) }
                }
                return members.object
            }
        }
    }

    /// Puts an object together of members as they are written.
    private struct Members {
        private var bytes = [UInt8(ascii: "{")]

        /// - Parameters:
        ///   - name: without its quotes.
        ///   - value: nil for `null`.
        mutating func add(_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer?) {
            if bytes.count > 1 { bytes.append(UInt8(ascii: ",")) }
            bytes.append(UInt8(ascii: "\""))
            bytes.append(contentsOf: name)
            bytes.append(UInt8(ascii: "\""))
            bytes.append(UInt8(ascii: ":"))
            if let value { bytes.append(contentsOf: value) } else { bytes.append(contentsOf: "null".utf8) }
        }

        var object: [UInt8] { bytes + [UInt8(ascii: "}")] }
    }
}
