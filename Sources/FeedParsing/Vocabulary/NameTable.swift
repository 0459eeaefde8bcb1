/// Values by name, where the names are known when the program is written; letters of ASCII are compared without regard
/// to case.
///
/// A dictionary of strings would make a string of each name that is looked up, and hash it against adversaries: here the
/// names are fixed, so that nobody can make them collide.
struct NameTable<Value: Sendable>: Sendable {
    private let slots: [(name: StaticString, value: Value)?]
    private let mask: Int

    /// - Parameter entries: names in lower case, each once.
    init(_ entries: [(StaticString, Value)]) {
        var size = 8
        while size < entries.count * 2 { size *= 2 }
        var slots = [(name: StaticString, value: Value)?](repeating: nil, count: size)
        for (name, value) in entries {
            var slot = Self.hash(UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount)) & (size - 1)
            while slots[slot] != nil { slot = (slot + 1) & (size - 1) }
            slots[slot] = (name, value)
        }
        self.slots = slots
        mask = size - 1
    }

    subscript(name: UnsafeBufferPointer<UInt8>) -> Value? {
        var slot = Self.hash(name) & mask
        // At least half of the slots are empty.
        while let entry = slots[slot] {
            if entry.name.utf8CodeUnitCount == name.count, name.hasPrefixIgnoringCase(entry.name) { return entry.value }
            slot = (slot + 1) & mask
        }
        return nil
    }

    /// FNV-1a, without the difference between upper and lower case.
    private static func hash(_ name: UnsafeBufferPointer<UInt8>) -> Int {
        var hash: UInt32 = 0x811c_9dc5
        for byte in name {
            let letter = byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte
            hash = (hash ^ UInt32(letter)) &* 0x0100_0193
        }
        return Int(hash ^ hash >> 15)
    }
}
