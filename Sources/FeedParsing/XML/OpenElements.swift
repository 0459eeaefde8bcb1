/// The names of the elements that are open, so that end tags which fit nothing do no harm.
///
/// Whatever the names, an element is opened and closed in a time that grows with its name alone: a document may close
/// what is not open as often as it likes.
struct OpenElements {
    private struct Level {
        /// Where its name begins in `names`.
        var start: Int
        var hash: UInt32
        /// One more than the next level outwards whose hash has the same remainder, or 0.
        var outer: UInt8
        /// How many of the elements around it have a colon in their names, and how many namespaces those declare.
        var colonsOutside: Int
        var declarationsOutside: Int
    }

    /// The names, one after another.
    private var names: [UInt8] = []
    private var levels: [Level] = []
    private let limit: Int
    /// For each remainder of a hash one more than the innermost level that has it, or 0: a name is looked for among those
    /// alone, because one process in ten has a seed by which a given name shares its remainder with one of 230.
    private var innermost = [UInt8](repeating: 0, count: buckets)
    private var colons = 0
    /// How many namespaces the open elements declare.
    private(set) var declarations = 0
    /// Elements below the limit, whose tags are passed over.
    private var beyond = 0
    /// Where the innermost item or entry is on the stack.
    private var item: Int?

    private static let buckets = 2048
    /// Chosen anew by each process, so that nobody can write names that have one hash.
    private static let seed = UInt32.random(in: 0 ... .max)

    /// - Parameter limit: below 256.
    init(limit: Int) {
        self.limit = min(limit, 255)
        levels.reserveCapacity(32)
        names.reserveCapacity(256)
    }

    var isEmpty: Bool { levels.isEmpty }

    /// Whether another element may begin.
    var hasRoom: Bool { levels.count < limit }

    /// Opens an element, if it is not too deep.
    ///
    /// - Parameter declarations: how many namespaces it declares.
    mutating func open(_ name: UnsafeBufferPointer<UInt8>, isEmpty: Bool, declarations: Int) -> Bool {
        guard levels.count < limit else {
            if !isEmpty { beyond += 1 }
            return false
        }
        if isEmpty { return true }
        if Self.isItem(name) { item = levels.count }
        let (hash, hasColon) = Self.hash(name)
        let bucket = Int(hash) % Self.buckets
        levels.append(
            Level(
                start: names.count, hash: hash, outer: innermost[bucket], colonsOutside: colons,
                declarationsOutside: self.declarations))
        innermost[bucket] = UInt8(levels.count)
        if hasColon { colons += 1 }
        self.declarations += declarations
        names.append(contentsOf: name)
        return true
    }

    /// Closes the innermost element, if it has that name; its end tag is the caller's.
    mutating func closeInnermost(_ name: UnsafeBufferPointer<UInt8>) -> Bool {
        guard beyond == 0, !levels.isEmpty, matches(levels.count - 1, name) else { return false }
        removeLast()
        return true
    }

    /// Closes the innermost element, if its end tag, and nothing else, stands at that place.
    ///
    /// - Returns: where the tag ends.
    mutating func closeInnermost(_ input: UnsafeBufferPointer<UInt8>, at index: Int) -> Int? {
        guard beyond == 0, let start = levels.last?.start else { return nil }
        let length = names.count &- start
        guard input.count &- index >= length &+ 3, input[index &+ 2 &+ length] == UInt8(ascii: ">") else { return nil }
        let isSame = names.withUnsafeBufferPointer { names in
            for offset in 0..<length where names[start &+ offset] != input[index &+ 2 &+ offset] { return false }
            return true
        }
        guard isSame else { return nil }
        removeLast()
        return index &+ length &+ 3
    }

    /// Closes an element and all that are open in it, and writes their end tags.
    ///
    /// - Returns: false where something was missing: it is not open (nothing happens then), or not the innermost.
    mutating func close(_ name: UnsafeBufferPointer<UInt8>, into output: inout [UInt8]) -> Bool {
        if beyond > 0 {
            beyond -= 1
            return true
        }
        if !levels.isEmpty, matches(levels.count - 1, name) {
            closeLast(into: &output)
            return true
        }
        let hash = Self.hash(name).hash
        var level = Int(innermost[Int(hash) % Self.buckets]) - 1
        while level >= 0, levels[level].hash != hash || !matches(level, name) { level = Int(levels[level].outer) - 1 }
        guard level >= 0 else { return false }
        while levels.count > level { closeLast(into: &output) }
        return false
    }

    mutating func closeAll(into output: inout [UInt8]) {
        beyond = 0
        while !levels.isEmpty { closeLast(into: &output) }
    }

    /// Whether an item begins in another one, whose end tag then is missing. What stands between them may only be plain
    /// fields, because extensions may hold entries of their own.
    func isInterrupted(by name: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let item, beyond == 0, Self.isItem(name), matches(item, name) else { return false }
        return item + 1 == levels.count || levels[item + 1].colonsOutside == colons
    }

    /// Closes the innermost item and all that are open in it, and writes their end tags.
    mutating func closeItem(into output: inout [UInt8]) {
        guard let item else { return }
        while levels.count > item { closeLast(into: &output) }
    }

    static func isItem(_ name: UnsafeBufferPointer<UInt8>) -> Bool {
        name.count == 4 && name[0] == UInt8(ascii: "i") && name.equals("item")
            || name.count == 5 && name[0] == UInt8(ascii: "e") && name.equals("entry")
    }

    /// FNV-1a.
    @inline(__always)
    private static func hash(_ name: UnsafeBufferPointer<UInt8>) -> (hash: UInt32, hasColon: Bool) {
        var hash = seed
        var hasColon = false
        for byte in name {
            if byte == UInt8(ascii: ":") { hasColon = true }
            hash = (hash ^ UInt32(byte)) &* 0x0100_0193
        }
        return (hash ^ hash >> 15, hasColon)
    }

    private func matches(_ level: Int, _ name: UnsafeBufferPointer<UInt8>) -> Bool {
        let start = levels[level].start
        let end = level + 1 < levels.count ? levels[level + 1].start : names.count
        guard end - start == name.count else { return false }
        return names.withUnsafeBufferPointer { names in
            for offset in 0..<name.count where names[start + offset] != name[offset] { return false }
            return true
        }
    }

    private mutating func closeLast(into output: inout [UInt8]) {
        guard let level = levels.last else { return }
        output.append(UInt8(ascii: "<"))
        output.append(UInt8(ascii: "/"))
        output.append(contentsOf: names[level.start...])
        output.append(UInt8(ascii: ">"))
        removeLast()
    }

    private mutating func removeLast() {
        guard let level = levels.popLast() else { return }
        innermost[Int(level.hash) % Self.buckets] = level.outer
        colons = level.colonsOutside
        declarations = level.declarationsOutside
        names.removeLast(names.count - level.start)
        if item == levels.count { item = nil }
    }
}

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
