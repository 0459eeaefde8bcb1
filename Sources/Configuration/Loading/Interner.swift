/// Gives the same value for equal ones, so that what many feeds have alike is in memory once.
struct Interner<Value: Hashable> {
    private var values: Set<Value> = []

    /// The first of the values so far that equal this one.
    mutating func interned(_ value: Value) -> Value {
        values.insert(value).memberAfterInsert
    }
}

/// A value in a box, so that many can hold it. Boxes are equal when their values are.
final class Shared<Value: Hashable & Sendable>: Hashable, Sendable {
    let value: Value

    init(_ value: Value) {
        self.value = value
    }

    static func == (left: Shared, right: Shared) -> Bool {
        left === right || left.value == right.value
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(value)
    }
}
