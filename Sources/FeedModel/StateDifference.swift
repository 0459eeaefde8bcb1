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

    /// - Parameters:
    ///   - old: nil for a feed of which nothing is known.
    ///   - packed: the new one, where it was packed already.
    /// - Returns: nil where nothing differs.
    package init?(from old: PackedFeedState?, to new: FeedState, packed: PackedFeedState? = nil) {
        feed = new.feed
        historyBlock = new.schedule.historyBlock
        guard let old else {
            line = Self.whole(new)
            return
        }
        let packed = packed ?? PackedFeedState(new)
        guard let line = StateComparer.difference(of: feed, from: old, to: packed) else { return nil }
        self.line = line
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
    package func applied(to old: PackedFeedState?) -> PackedFeedState? {
        let merged = old.flatMap { old in
            line.withUnsafeBytes { bytes in
                JSONMembers(bytes).flatMap { StateMerger.merged($0, into: old, addsOwn: historyBlock != nil) }
            }
        }
        return merged ?? unpackedAndApplied(to: old?.state(of: feed)).map { PackedFeedState($0) }
    }

    /// The same with any difference, and with a state that is made for it.
    func unpackedAndApplied(to old: FeedState?) -> FeedState? {
        var state = line.withUnsafeBytes { bytes in
            JSONMembers(bytes).flatMap { members in old.map { $0.changed(by: members) } ?? FeedState(members) }
        }
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

    /// All of a state but what is this machine's own.
    private static func whole(_ state: FeedState) -> [UInt8] {
        var state = state
        state.schedule.historyBlock = nil
        var json = JSONWriter(capacity: 1024)
        state.write(to: &json)
        return json.finish()
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
