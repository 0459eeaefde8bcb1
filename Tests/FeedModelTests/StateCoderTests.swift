import Digest
import JSONText
import Testing

@testable import FeedModel

/// Gives each field that it comes to a value which is not its usual one, and notes the keys.
private struct FillingCoder: StateCoder {
    private(set) var keys: [String] = []

    private static let samples = [
        "7", "true", #""2026-11-02T00:00:00Z""#, "\"\(Hash128(high: 1 << 60, low: 3).hex)\"", #""retry_after""#,
        #""host""#,
        "[\(Array(repeating: "3600", count: 20).joined(separator: ","))]", #"["Monday"]"#,
    ]

    /// Returns the first sample that such a field can have.
    private func sample<Value: StateValue>(otherThan usual: Value?) -> Value {
        for text in Self.samples {
            let line = Array(#"{"value":\#(text)}"#.utf8)
            let value = line.withUnsafeBytes { JSONMembers($0)?["value"].flatMap { Value(json: $0) } }
            if let value, value != usual { return value }
        }
        fatalError("there is a sample for each type of a field")
    }

    mutating func field<Value: StateValue>(_ key: StaticString, _ value: inout Value?) {
        keys.append("\(key)")
        value = sample(otherThan: value)
    }

    mutating func field<Value: StateValue>(_ key: StaticString, _ value: inout Value, absent: Value) {
        keys.append("\(key)")
        value = sample(otherThan: absent)
    }

    mutating func field<Value: StateValue>(required key: StaticString, _ value: inout Value) {
        keys.append("\(key)")
        value = sample(otherThan: value)
    }

    mutating func object<Part: StatePart>(_ key: StaticString, _ part: inout Part?) {
        keys.append("\(key)")
        members(of: &part)
    }

    mutating func members<Part: StatePart>(of part: inout Part?) {
        var filled = Part()
        filled.visit(&self)
        part = filled
    }
}

@Suite("The list of a feed state's fields")
struct StateCoderTests {
    private static let filled: (state: FeedState, keys: [String]) = {
        var state = FeedState(feed: FeedIdentifier("f"), url: "")
        var coder = FillingCoder()
        state.visit(&coder)
        // It holds a week, and the samples have more days.
        state.recentBlocks = state.recentBlocks?.bounded
        return (state, coder.keys)
    }()

    /// The stored properties of a value and of all that it is made of, by their paths.
    private func properties(of value: Any, _ path: String = "") -> [String: String] {
        let mirror = Mirror(reflecting: value)
        guard mirror.displayStyle == .struct || mirror.displayStyle == .optional, !mirror.children.isEmpty,
            !(value is String)
        else { return [path: "\(value)"] }
        var found: [String: String] = [:]
        for child in mirror.children {
            found.merge(properties(of: child.value, "\(path).\(child.label ?? "")")) { $1 }
        }
        return found
    }

    @Test("FeedState.visit comes to every stored property of a state and of its parts")
    func everyProperty() {
        let usual = properties(of: FeedState(feed: FeedIdentifier("f"), url: ""))
        let filled = properties(of: Self.filled.state)
        #expect(filled.count > 50)
        let untouched = filled.filter { usual[$0.key] == $0.value }.keys
        #expect(untouched.sorted() == [".feed.text"])
    }

    @Test("Every field that FeedState.visit comes to has a key of its own and is written to the file under it")
    func everyKeyIsWritten() throws {
        var json = JSONWriter()
        Self.filled.state.write(to: &json)
        let written = try JSONParser.parse(json.finish()).value
        var keys: [String] = []
        for member in written.object ?? [] {
            keys.append(member.key)
            keys += (member.value.object ?? []).map(\.key)
        }
        #expect(keys == ["feed"] + Self.filled.keys)
        #expect(Set(keys).count == keys.count)
    }

    @Test("Every field that FeedState.visit comes to is read from the file, and from memory")
    func everyFieldComesBack() {
        var json = JSONWriter()
        Self.filled.state.write(to: &json)
        let read = json.finish().withUnsafeBytes { JSONMembers($0).flatMap { FeedState($0) } }
        #expect(read == Self.filled.state)
        #expect(PackedFeedState(Self.filled.state).state(of: Self.filled.state.feed) == Self.filled.state)
    }
}
