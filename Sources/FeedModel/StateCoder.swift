internal import Digest
internal import JSONText

/// `StateCoder` carries the fields of a feed's state to where they are kept, or back from there. There are eight: to
/// JSON (`JSONWriter`), from JSON (`StateReader`), into memory (`StatePacker`), out of memory (`StateUnpacker`) and from
/// memory to JSON (`StateTranscriber`), and for a fleet what differs to JSON (`StateComparer`), and from there into a state
/// (`StateChanger`) or into memory (`StateMerger`).
///
/// A part of the state lists its fields once, in `visit`, and every coder goes through that one list, in that order. So
/// a new field is a stored property and one line of a `visit`, and is then in the file, in memory and in the fleet.
protocol StateCoder: ~Copyable {
    /// Codes a field that may be missing: nil is not written, and what is missing or malformed in a file is read as
    /// nil.
    mutating func field<Value: StateValue>(_ key: StaticString, _ value: inout Value?)

    /// Codes a field that says nothing where it is `absent`: that is not written, and what is missing or malformed in a
    /// file is read as that.
    mutating func field<Value: StateValue>(_ key: StaticString, _ value: inout Value, absent: Value)

    /// Codes a field that its part cannot be without: where it is missing or malformed in a file, the part is nil.
    mutating func field<Value: StateValue>(required key: StaticString, _ value: inout Value)

    /// Codes a field that is this machine's own, of which the others of a fleet are not told; else as one that may be missing.
    mutating func field<Value: StateValue>(own key: StaticString, _ value: inout Value?)

    /// Codes a part that is an object of its own in a file.
    mutating func object<Part: StatePart>(_ key: StaticString, _ part: inout Part?)

    /// Codes a part whose fields stand among those of the state in a file.
    mutating func members<Part: StatePart>(of part: inout Part?)
}

extension StateCoder where Self: ~Copyable {
    mutating func field<Value: StateValue>(own key: StaticString, _ value: inout Value?) { field(key, &value) }
}

/// `StatePart` is a group of fields of a feed's state.
protocol StatePart {
    /// Makes the part that reading begins with, in which nothing is known yet.
    init()

    /// Hands each field to the coder, which reads or changes it in place. Writing coders change nothing.
    mutating func visit<Coder: StateCoder & ~Copyable>(_ coder: inout Coder)
}

extension JSONWriter: StateCoder {
    mutating func field<Value: StateValue>(_ key: StaticString, _ value: inout Value?) {
        guard let value else { return }
        self.key(key)
        value.write(to: &self)
    }

    mutating func field<Value: StateValue>(_ key: StaticString, _ value: inout Value, absent: Value) {
        if value != absent { field(required: key, &value) }
    }

    mutating func field<Value: StateValue>(required key: StaticString, _ value: inout Value) {
        self.key(key)
        value.write(to: &self)
    }

    mutating func object<Part: StatePart>(_ key: StaticString, _ part: inout Part?) {
        if part == nil { return }
        self.key(key)
        beginObject()
        part?.visit(&self)
        endObject()
    }

    mutating func members<Part: StatePart>(of part: inout Part?) { part?.visit(&self) }
}

/// `StateReader` reads fields from an object of JSON: each by its key, so that their order in the file does not matter.
struct StateReader: StateCoder {
    private let json: JSONMembers
    /// Whether all required fields were there so far.
    private(set) var isWhole = true

    init(_ json: JSONMembers) {
        self.json = json
    }

    mutating func field<Value: StateValue>(_ key: StaticString, _ value: inout Value?) {
        value = json[key].flatMap { Value(json: $0) }
    }

    mutating func field<Value: StateValue>(_ key: StaticString, _ value: inout Value, absent: Value) {
        value = json[key].flatMap { Value(json: $0) } ?? absent
    }

    mutating func field<Value: StateValue>(required key: StaticString, _ value: inout Value) {
        if let found = json[key].flatMap({ Value(json: $0) }) {
            value = found
        } else {
            isWhole = false
        }
    }

    mutating func object<Part: StatePart>(_ key: StaticString, _ part: inout Part?) {
        part = json[key]?.members.flatMap { members in
            var reader = StateReader(members)
            return reader.part()
        }
    }

    mutating func members<Part: StatePart>(of part: inout Part?) {
        let isWhole = isWhole
        self.isWhole = true
        part = self.part()
        self.isWhole = isWhole
    }

    private mutating func part<Part: StatePart>() -> Part? {
        var part = Part()
        part.visit(&self)
        return isWhole ? part : nil
    }
}
