import JSONText
import Testing

@Suite("Members of a JSON object are found without reading it all")
struct JSONMembersTests {
    private func value(_ text: String, _ body: (JSONMembers) -> String?) -> String? {
        Array(text.utf8).withUnsafeBytes { bytes in JSONMembers(bytes).map { body($0) ?? "absent" } }
    }

    @Test(
        "Members that are found singly are what the reader of whole documents finds",
        arguments: [
            #"{"a":"x"}"#, #"{ "a" : "x" , "b":[1,{"c":"}"}] }"#, #"{"b":"\"a\":1","a":"q\u00fc\n"}"#, #"{"a":-12}"#,
            #"{"a":1e3,"b":{}}"#, #"{"a":true}"#, #"{"a":null}"#, #"{}"#, #"{"a":1,"a":2}"#, #"{"a":"ü"}"#,
            #"{"a":123456789012345678}"#, #"{"a":1234567890123456789}"#, #"{"a":12345678901234567890}"#,
            #"{"a":[]}"#, #"{"a":["x", 2 ,[3]]}"#, #"{"a":{"b":{"c":4}}}"#,
        ])
    func same(_ text: String) throws {
        let whole = try JSONParser.parse(Array(text.utf8)).value["a"]
        #expect(value(text) { $0["a"]?.string } == whole?.string ?? "absent")
        #expect(value(text) { $0["a"]?.integer.map { "\($0)" } } == whole?.integer.map { "\($0)" } ?? "absent")
        #expect(value(text) { $0["a"]?.bool.map { "\($0)" } } == whole?.bool.map { "\($0)" } ?? "absent")
        let elements = whole?.array.map { $0.map { $0.integer ?? -1 } }
        #expect(
            value(text) { $0["a"]?.array.map { "\($0.map { $0.integer ?? -1 })" } } == elements.map { "\($0)" }
                ?? "absent")
        let inner = whole?["b"]?["c"]?.integer
        #expect(
            value(text) { $0["a"]?.members?["b"]?.members?["c"]?.integer.map { "\($0)" } } == inner.map { "\($0)" }
                ?? "absent")
    }

    @Test(
        "No members are found where there is no whole JSON object",
        arguments: [
            "", "[]", "3", "{", #"{"a"}"#, #"{"a":}"#, #"{"a":1"#, #"{"a":"x}"#, #"{"a":[1}"#, #"{"a" 1}"#, #"{a:1}"#,
            #"{"a":"\"#,
        ])
    func broken(_ text: String) {
        #expect(value(text) { _ in nil } == nil)
    }
}
