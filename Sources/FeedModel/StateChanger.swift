internal import JSONText

/// `StateChanger` reads from an object of JSON what `StateComparer` writes: of a field that is not in the object nothing changes,
/// and one that is `null` there is gone.
struct StateChanger: StateCoder {
    private let json: JSONMembers
    /// Whether all required fields are there still.
    private(set) var isWhole = true

    init(_ json: JSONMembers) {
        self.json = json
    }

    mutating func field<Value: StateValue>(_ key: StaticString, _ value: inout Value?) {
        if let piece = json[key] { value = Value(json: piece) }
    }

    mutating func field<Value: StateValue>(_ key: StaticString, _ value: inout Value, absent: Value) {
        if let piece = json[key] { value = Value(json: piece) ?? absent }
    }

    mutating func field<Value: StateValue>(required key: StaticString, _ value: inout Value) {
        guard let piece = json[key] else { return }
        if let found = Value(json: piece) { value = found } else { isWhole = false }
    }

    mutating func field<Value: StateValue>(own key: StaticString, _ value: inout Value?) {}

    mutating func object<Part: StatePart>(_ key: StaticString, _ part: inout Part?) {
        guard json[key] != nil else { return }
        var reader = StateReader(json)
        reader.object(key, &part)
    }

    mutating func members<Part: StatePart>(of part: inout Part?) {
        guard var changed = part else {
            // One that was not there has no other fields.
            var reader = StateReader(json)
            return reader.members(of: &part)
        }
        let outer = isWhole
        isWhole = true
        changed.visit(&self)
        part = isWhole ? changed : nil
        isWhole = outer
    }
}
