package import JSONText

/// `StateTranscriber` writes a state as JSON as it lies packed, field by field, without making the state of it.
struct StateTranscriber: StateCoder, ~Copyable {
    private var packed: StateUnpacker
    private var json: JSONWriter

    /// - Parameters:
    ///   - packed: the bytes of a state, which are there as long as this is.
    ///   - json: in an object that was begun.
    init(_ packed: StateUnpacker, to json: consuming JSONWriter) {
        self.packed = packed
        self.json = json
    }

    consuming func finish() -> JSONWriter { json }

    mutating func field<Value: StateValue>(_ key: StaticString, _ value: inout Value?) {
        if packed.flag() { field(required: key, as: Value.self) }
    }

    mutating func field<Value: StateValue>(_ key: StaticString, _ value: inout Value, absent: Value) {
        var found = Value(from: &packed)
        json.field(key, &found, absent: absent)
    }

    mutating func field<Value: StateValue>(required key: StaticString, _ value: inout Value) {
        field(required: key, as: Value.self)
    }

    private mutating func field<Value: StateValue>(required key: StaticString, as type: Value.Type) {
        json.key(key)
        type.move(from: &packed, to: &json)
    }

    mutating func object<Part: StatePart>(_ key: StaticString, _ part: inout Part?) {
        guard packed.flag() else { return }
        json.key(key)
        json.beginObject()
        var fields = Part()
        fields.visit(&self)
        json.endObject()
    }

    mutating func members<Part: StatePart>(of part: inout Part?) {
        guard packed.flag() else { return }
        var fields = Part()
        fields.visit(&self)
    }
}

extension PackedFeedState {
    /// Writes the feed's id and the members of its state, as `FeedState.write` does, into an object that was begun. Others may
    /// follow.
    package func writeMembers(of feed: FeedIdentifier, to json: inout JSONWriter) {
        json.member("feed", feed.text)
        bytes.withUnsafeBytes { bytes in
            var taken = JSONWriter()
            swap(&taken, &json)
            var transcriber = StateTranscriber(StateUnpacker(bytes), to: taken)
            // Is handed from field to field, and says nothing.
            var state = FeedState(feed: feed, url: "")
            state.visit(&transcriber)
            json = transcriber.finish()
        }
    }
}
