/// Names at places of one text, each once.
///
/// A tag has few attributes, which are compared with each other; of those that have many the names are hashed, because
/// comparing all with all would cost more than reading them.
struct NameSet {
    private var names: [Range<Int>] = []
    /// One more than the number of a name, or 0. Empty as long as there are few.
    private var slots: [UInt16] = []

    /// So many are compared with each other.
    private static let few = 8
    /// Chosen anew by each process, so that nobody can write names that have one hash.
    private static let seed = UInt32.random(in: 0 ... .max)

    var count: Int { names.count }

    /// - Parameter name: its place in `text`.
    /// - Returns: false where the name was there.
    mutating func insert(_ name: Range<Int>, in text: UnsafeBufferPointer<UInt8>) -> Bool {
        if names.count < Self.few {
            for other in names where Self.isSame(other, name, text) { return false }
            names.append(name)
            return true
        }
        if 2 * names.count >= slots.count { grow(text) }
        let slot = slot(of: name, text)
        if slots[slot] != 0 { return false }
        names.append(name)
        slots[slot] = UInt16(names.count)
        return true
    }

    private mutating func grow(_ text: UnsafeBufferPointer<UInt8>) {
        slots = [UInt16](repeating: 0, count: max(64, 4 * slots.count))
        for number in names.indices { slots[slot(of: names[number], text)] = UInt16(number + 1) }
    }

    /// Where the name is, or has to go.
    private func slot(of name: Range<Int>, _ text: UnsafeBufferPointer<UInt8>) -> Int {
        var hash = Self.seed
        for index in name { hash = (hash ^ UInt32(text[index])) &* 0x0100_0193 }
        var slot = Int(hash ^ hash >> 15) & (slots.count - 1)
        while slots[slot] != 0, !Self.isSame(names[Int(slots[slot]) - 1], name, text) {
            slot = (slot + 1) & (slots.count - 1)
        }
        return slot
    }

    private static func isSame(_ left: Range<Int>, _ right: Range<Int>, _ text: UnsafeBufferPointer<UInt8>) -> Bool {
        guard left.count == right.count else { return false }
        for offset in 0..<left.count where text[left.lowerBound + offset] != text[right.lowerBound + offset] {
            return false
        }
        return true
    }
}
