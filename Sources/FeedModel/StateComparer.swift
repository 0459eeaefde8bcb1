internal import JSONText

/// `StateComparer` writes what differs between two states of a feed as members of an object, `null` for what only the earlier
/// one has. It goes through both side by side, as they are packed.
///
/// Values are told apart by their bytes: two texts that Unicode takes for the same are not the same to a server.
struct StateComparer: StateCoder, ~Copyable {
    private var old: StateUnpacker
    private var new: StateUnpacker
    /// Whether the part whose fields come is there in the one, and in the other.
    private var isInOld = true
    private var isInNew = true
    private var json = JSONWriter(capacity: 512)
    private var isSame = true

    /// Returns the object, which begins with the feed's id; nil where nothing differs.
    static func difference(
        of feed: FeedIdentifier, from old: PackedFeedState, to new: PackedFeedState
    ) -> [UInt8]? {
        old.bytes.withUnsafeBytes { old in
            new.bytes.withUnsafeBytes { new in
                var comparer = StateComparer(StateUnpacker(old), StateUnpacker(new))
                return comparer.difference(of: feed)
            }
        }
    }

    private init(_ old: StateUnpacker, _ new: StateUnpacker) {
        self.old = old
        self.new = new
    }

    private mutating func difference(of feed: FeedIdentifier) -> [UInt8]? {
        // Is handed from field to field, and says nothing.
        var state = FeedState(feed: feed, url: "")
        json.beginObject()
        json.member("feed", feed.text)
        state.visit(&self)
        json.endObject()
        return isSame ? nil : json.bytes
    }

    mutating func field<Value: StateValue>(_ key: StaticString, _ value: inout Value?) {
        var begin = (old: old, new: new)
        if isInOld { old.skip(optional: Value.self) }
        if isInNew { new.skip(optional: Value.self) }
        if isEqual(since: (begin.old.offset, begin.new.offset)) { return }
        var (before, after): (Value?, Value?)
        if isInOld { begin.old.field(key, &before) }
        if isInNew { begin.new.field(key, &after) }
        write(key, after, wasThere: before != nil)
    }

    mutating func field<Value: StateValue>(_ key: StaticString, _ value: inout Value, absent: Value) {
        let begin = (old.offset, new.offset)
        var (before, after) = (absent, absent)
        if isInOld { old.field(key, &before, absent: absent) }
        if isInNew { new.field(key, &after, absent: absent) }
        if !isEqual(since: begin) { write(key, after == absent ? nil : after, wasThere: before != absent) }
    }

    mutating func field<Value: StateValue>(required key: StaticString, _ value: inout Value) {
        var begin = (old: old, new: new)
        if isInOld { Value.skip(in: &old) }
        if isInNew { Value.skip(in: &new) }
        if isEqual(since: (begin.old.offset, begin.new.offset)) { return }
        write(key, isInNew ? Value(from: &begin.new) : nil, wasThere: isInOld)
    }

    mutating func field<Value: StateValue>(own key: StaticString, _ value: inout Value?) {
        if isInOld { old.skip(optional: Value.self) }
        if isInNew { new.skip(optional: Value.self) }
    }

    mutating func object<Part: StatePart>(_ key: StaticString, _ part: inout Part?) {
        let begin = (old.offset, new.offset)
        var (before, after): (Part?, Part?)
        if isInOld { old.members(of: &before) }
        if isInNew { new.members(of: &after) }
        if isEqual(since: begin) { return }
        if after != nil {
            isSame = false
            json.object(key, &after)
        } else if before != nil {
            writeNull(key)
        }
    }

    mutating func members<Part: StatePart>(of part: inout Part?) {
        let outer = (isInOld, isInNew)
        if isInOld { isInOld = old.flag() }
        if isInNew { isInNew = new.flag() }
        var fields = Part()
        if isInOld || isInNew { fields.visit(&self) }
        (isInOld, isInNew) = outer
    }

    private func isEqual(since begin: (old: Int, new: Int)) -> Bool {
        let (before, after) = (old.bytes(since: begin.old), new.bytes(since: begin.new))
        return before.count == after.count && before.elementsEqual(after)
    }

    /// - Parameter value: nil where nothing is written of it.
    private mutating func write<Value: StateValue>(_ key: StaticString, _ value: Value?, wasThere: Bool) {
        if let value {
            isSame = false
            json.key(key)
            value.write(to: &json)
        } else if wasThere {
            writeNull(key)
        }
    }

    private mutating func writeNull(_ key: StaticString) {
        isSame = false
        json.key(key)
        json.null()
    }
}
