/// Writes JSON to bytes, member by member, in the order of the calls.
///
/// It puts the commas; that keys and values alternate and that what was begun is ended is up to the caller. Text comes
/// out valid and on one line: everything below U+0020, U+007F–U+009F, the separators U+2028 and U+2029 and what turns the
/// direction of text (U+202A–U+202E, U+2066–U+2069) are escaped (security.md §8).
package struct JSONWriter: ~Copyable {
    private var output: ByteBuffer
    private var needsComma = false

    package init(capacity: Int = 0) {
        output = ByteBuffer(capacity: capacity)
    }

    /// So many bytes have been written so far.
    package var count: Int { output.count }

    /// Copies what has been written so far.
    package var bytes: [UInt8] { output.bytes }

    /// Ends the writing, and returns what has been written.
    package consuming func finish() -> [UInt8] { bytes }

    /// Hands over what has been written, and goes on behind it in the same memory.
    package mutating func drain(to body: (UnsafeRawBufferPointer) throws -> Void) rethrows {
        try output.withBytes(body)
        output.removeAll()
    }

    /// Starts anew, keeping the memory.
    package mutating func removeAll() {
        output.removeAll()
        needsComma = false
    }

    /// Begins an object, as a value; keys and values follow.
    package mutating func beginObject() { begin(UInt8(ascii: "{")) }
    /// Ends the object that was begun last.
    package mutating func endObject() { end(UInt8(ascii: "}")) }
    /// Begins an array, as a value; values follow.
    package mutating func beginArray() { begin(UInt8(ascii: "[")) }
    /// Ends the array that was begun last.
    package mutating func endArray() { end(UInt8(ascii: "]")) }

    /// Writes a key that needs no escaping.
    package mutating func key(_ key: StaticString) {
        let length = key.utf8CodeUnitCount
        output.reserve(length + 4)
        separate()
        output.put(UInt8(ascii: "\""))
        output.put(UnsafeBufferPointer(start: key.utf8Start, count: length))
        output.put(UInt8(ascii: "\""))
        output.put(UInt8(ascii: ":"))
        needsComma = false
    }

    /// Writes a key, escaped where it has to be.
    package mutating func key(_ key: String) {
        string(key)
        output.reserve(1)
        output.put(UInt8(ascii: ":"))
        needsComma = false
    }

    /// Writes a string, escaped where it has to be.
    package mutating func string(_ text: String) {
        var text = text
        text.withUTF8 { string(utf8: $0) }
    }

    /// Writes a string that the caller knows to be valid UTF-8, escaped where it has to be.
    package mutating func string(utf8: UnsafeBufferPointer<UInt8>) {
        output.reserve(2)
        separate()
        output.put(UInt8(ascii: "\""))
        var start = 0
        while let base = utf8.baseAddress, start < utf8.count {
            let (index, length) = JSONEscaping.next(in: utf8, from: start)
            output.reserve(index - start + JSONEscaping.longestEscape)
            output.put(UnsafeBufferPointer(start: base + start, count: index - start))
            if length > 0 { output.advance(JSONEscaping.write(base + index, length: length, to: output.end)) }
            start = index + length
        }
        output.reserve(1)
        output.put(UInt8(ascii: "\""))
        needsComma = true
    }

    /// Writes a string of 16 hexadecimal digits in lower case for each of two numbers.
    package mutating func string(hex high: UInt64, _ low: UInt64) {
        output.reserve(35)
        separate()
        output.put(UInt8(ascii: "\""))
        output.append(hex: high)
        output.append(hex: low)
        output.put(UInt8(ascii: "\""))
        needsComma = true
    }

    /// Writes a whole number.
    package mutating func integer(_ value: Int) {
        output.reserve(22)
        separate()
        if value < 0 { output.put(UInt8(ascii: "-")) }
        output.put(decimal: UInt64(value.magnitude))
        needsComma = true
    }

    /// Writes a whole number of any size.
    package mutating func integer(_ value: some BinaryInteger) {
        raw(String(value))
    }

    /// Writes a number, or null where JSON has none for it (infinite, not a number).
    package mutating func number(_ value: Double) {
        raw(value.isFinite ? "\(value)" : "null")
    }

    /// Writes `true` or `false`.
    package mutating func bool(_ value: Bool) {
        raw(value ? "true" : "false")
    }

    /// Writes `null`.
    package mutating func null() {
        raw("null")
    }

    /// Writes a value that is JSON already.
    package mutating func raw(_ json: [UInt8]) {
        json.withUnsafeBufferPointer { raw($0) }
    }

    /// Writes a value that is JSON already.
    package mutating func raw(_ json: String) {
        var json = json
        json.withUTF8 { raw($0) }
    }

    private mutating func raw(_ json: UnsafeBufferPointer<UInt8>) {
        output.reserve(json.count + 1)
        separate()
        output.put(json)
        needsComma = true
    }

    private mutating func begin(_ bracket: UInt8) {
        output.reserve(2)
        separate()
        output.put(bracket)
        needsComma = false
    }

    private mutating func end(_ bracket: UInt8) {
        output.reserve(1)
        output.put(bracket)
        needsComma = true
    }

    @inline(__always)
    private mutating func separate() {
        if needsComma { output.put(UInt8(ascii: ",")) }
    }
}

extension JSONWriter {
    /// Writes a member, unless its value is nil.
    package mutating func member(_ key: StaticString, _ text: String?) {
        guard let text else { return }
        self.key(key)
        string(text)
    }

    /// Writes a member, unless its value is nil.
    package mutating func member(_ key: StaticString, _ value: Int?) {
        guard let value else { return }
        self.key(key)
        integer(value)
    }

    /// Writes a member, unless its value is nil.
    package mutating func member(_ key: StaticString, _ value: (some BinaryInteger)?) {
        guard let value else { return }
        self.key(key)
        integer(value)
    }

    /// Writes a member, unless its value is nil.
    package mutating func member(_ key: StaticString, _ value: Double?) {
        guard let value else { return }
        self.key(key)
        number(value)
    }

    /// Writes a member with an array of strings, unless that is empty.
    package mutating func member(_ key: StaticString, _ texts: [String]) {
        if texts.isEmpty { return }
        self.key(key)
        beginArray()
        for text in texts { string(text) }
        endArray()
    }

    /// Writes the member only where it is true.
    package mutating func flag(_ key: StaticString, _ value: Bool) {
        guard value else { return }
        self.key(key)
        bool(true)
    }
}
