internal import JSONText

/// `StateMerger` does to a state as it lies packed what `StateChanger` does to the state: what a member says takes the place of
/// the field, and all else is copied. No state is made for that, as most changes are a few numbers and times.
///
/// Where more is to be done it gives up: a part comes or goes, or what comes is not to be kept as it is.
struct StateMerger: StateCoder, ~Copyable {
    private var old: StateUnpacker
    private let json: JSONMembers
    private var pack = StatePacker()
    /// Whether the part whose fields come is there.
    private var isThere = true
    /// Whether the fields that come are copied, whatever the members say.
    private var isCopying = false
    /// Whether all so far was a field in the place of another.
    private var isSimple = true
    /// Whether a field that is this machine's own is missing.
    private var lacksOwn = false

    /// Returns the state that comes of the members; nil where that takes more.
    ///
    /// - Parameter addsOwn: whether what is this machine's own is known, and to be put where it is missing.
    static func merged(_ json: JSONMembers, into old: PackedFeedState, addsOwn: Bool) -> PackedFeedState? {
        guard !FeedState.membersOfUnkept.contains(where: { json[$0] != nil }) else { return nil }
        return old.bytes.withUnsafeBytes { bytes in
            var merger = StateMerger(StateUnpacker(bytes), json)
            // Is handed from field to field, and says nothing.
            var state = FeedState(feed: FeedIdentifier(""), url: "")
            state.visit(&merger)
            guard merger.isSimple, !(addsOwn && merger.lacksOwn) else { return nil }
            return PackedFeedState(bytes: merger.pack.bytes)
        }
    }

    private init(_ old: StateUnpacker, _ json: JSONMembers) {
        self.old = old
        self.json = json
    }

    /// What the members say of a field; nil where that is nothing.
    private mutating func piece(_ key: StaticString) -> JSONPiece? {
        guard !isCopying, let piece = json[key] else { return nil }
        // A field of a part that was not there: it may be there from now on.
        if !isThere { isSimple = false }
        return piece
    }

    mutating func field<Value: StateValue>(_ key: StaticString, _ value: inout Value?) {
        let (piece, begin) = (piece(key), old.offset)
        guard isThere else { return }
        old.skip(optional: Value.self)
        guard let piece else { return pack.put(old.bytes(since: begin)) }
        var new = Value(json: piece)
        pack.field(key, &new)
    }

    mutating func field<Value: StateValue>(_ key: StaticString, _ value: inout Value, absent: Value) {
        let (piece, begin) = (piece(key), old.offset)
        guard isThere else { return }
        Value.skip(in: &old)
        guard let piece else { return pack.put(old.bytes(since: begin)) }
        var new = Value(json: piece) ?? absent
        pack.field(key, &new, absent: absent)
    }

    mutating func field<Value: StateValue>(required key: StaticString, _ value: inout Value) {
        let (piece, begin) = (piece(key), old.offset)
        guard isThere else { return }
        Value.skip(in: &old)
        guard let piece else { return pack.put(old.bytes(since: begin)) }
        // Its part goes with it.
        guard var new = Value(json: piece) else { return isSimple = false }
        pack.field(required: key, &new)
    }

    mutating func field<Value: StateValue>(own key: StaticString, _ value: inout Value?) {
        let begin = old.offset
        guard isThere else { return }
        old.skip(optional: Value.self)
        let bytes = old.bytes(since: begin)
        // What is missing is one byte that says so.
        if bytes.count == 1 { lacksOwn = true }
        pack.put(bytes)
    }

    mutating func object<Part: StatePart>(_ key: StaticString, _ part: inout Part?) {
        if piece(key) != nil { isSimple = false }
        let outer = isCopying
        isCopying = true
        members(of: &part)
        isCopying = outer
    }

    mutating func members<Part: StatePart>(of part: inout Part?) {
        let outer = isThere
        if isThere {
            isThere = old.flag()
            pack.put(isThere)
        }
        // Of one that is not there it is seen whether the members say something.
        var fields = Part()
        if isThere || !isCopying { fields.visit(&self) }
        isThere = outer
    }
}
