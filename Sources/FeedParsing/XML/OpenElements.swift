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
        /// The innermost element up to this one that items stand in.
        var holder: UInt8
        /// It is an item in such an element.
        var isItem: Bool
        /// How many namespaces the elements around it declare.
        var declarationsOutside: Int
    }

    /// The names, one after another.
    private var names: [UInt8] = []
    private var levels: [Level] = []
    private let limit: Int
    /// For each remainder of a hash one more than the innermost level that has it, or 0: a name is looked for among those
    /// alone, because one process in ten has a seed by which a given name shares its remainder with one of 230.
    private var byRemainder = [UInt8](repeating: 0, count: buckets)
    /// How many namespaces the open elements declare.
    private(set) var declarations = 0
    /// Elements below the limit, whose tags are passed over.
    private var beyond = 0
    /// The element whose end tag is known to come, so that items in it are its own.
    private var sealed: Int?

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

    /// Where the innermost element is; nil where there is none, or its tag was passed over.
    var innermost: Int? { beyond == 0 && !levels.isEmpty ? levels.count - 1 : nil }

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
        let level = levels.count
        // Only what stands in an element that items stand in can be one itself, or an item.
        let isHeld = level == 0 || Int(levels[level - 1].holder) == level - 1
        let holds = level == 0 || isHeld && Self.holdsItems(name)
        let hash = Self.hash(name)
        let bucket = Int(hash) % Self.buckets
        levels.append(
            Level(
                start: names.count, hash: hash, outer: byRemainder[bucket],
                holder: holds ? UInt8(level) : levels[level - 1].holder, isItem: isHeld && isItem(name),
                declarationsOutside: self.declarations))
        byRemainder[bucket] = UInt8(levels.count)
        self.declarations += declarations
        names.append(contentsOf: name)
        return true
    }

    /// Closes the innermost element, if it has that name; its end tag is the caller's.
    mutating func closeInnermost(_ name: UnsafeBufferPointer<UInt8>) -> Bool {
        guard beyond == 0, !levels.isEmpty, isNamed(name, at: levels.count - 1) else { return false }
        removeLast()
        return true
    }

    /// Closes the innermost element, if its end tag, and nothing else, stands at that place.
    ///
    /// - Returns: where the tag ends.
    mutating func closeInnermost(_ input: UnsafeBufferPointer<UInt8>, at index: Int) -> Int? {
        guard let end = endsInnermost(input, at: index) else { return nil }
        removeLast()
        return end
    }

    /// Whether the end tag of the innermost element, and nothing else, stands at that place.
    ///
    /// - Returns: where the tag ends.
    @inline(__always)
    func endsInnermost(_ input: UnsafeBufferPointer<UInt8>, at index: Int) -> Int? {
        guard beyond == 0, let start = levels.last?.start else { return nil }
        let length = names.count &- start
        guard input.count &- index >= length &+ 3, input[index &+ 2 &+ length] == UInt8(ascii: ">"),
            input[index &+ 1] == UInt8(ascii: "/"), input[index] == UInt8(ascii: "<")
        else { return nil }
        let isSame = names.withUnsafeBufferPointer { names in
            for offset in 0..<length where names[start &+ offset] != input[index &+ 2 &+ offset] { return false }
            return true
        }
        return isSame ? index &+ length &+ 3 : nil
    }

    /// Closes an element and all that are open in it, and writes their end tags.
    ///
    /// - Returns: false where something was missing: it is not open (nothing happens then), or not the innermost.
    mutating func close(_ name: UnsafeBufferPointer<UInt8>, into output: inout [UInt8]) -> Bool {
        if beyond > 0 {
            beyond -= 1
            return true
        }
        if !levels.isEmpty, isNamed(name, at: levels.count - 1) {
            closeLast(into: &output)
            return true
        }
        let hash = Self.hash(name)
        var level = Int(byRemainder[Int(hash) % Self.buckets]) - 1
        while level >= 0, levels[level].hash != hash || !isNamed(name, at: level) {
            level = Int(levels[level].outer) - 1
        }
        guard level >= 0 else { return false }
        close(downTo: level, into: &output)
        return false
    }

    mutating func closeAll(into output: inout [UInt8]) {
        beyond = 0
        while !levels.isEmpty { closeLast(into: &output) }
    }

    /// What is open between an item that begins and the element that it has to stand in.
    struct Unfinished {
        /// The element that items stand in.
        var holder: Int
        /// The outermost element in it, to be closed with all that are open in it.
        var outermost: Int
        /// The outermost element that could hold the item by itself, if its end tag is still to come; nil where an item
        /// begins straight in another one.
        var doubtful: Int?
    }

    /// What an item that begins shows to have been left open, if anything.
    func unfinished(before name: UnsafeBufferPointer<UInt8>) -> Unfinished? {
        guard let last = levels.last, Int(last.holder) + 1 < levels.count, sealed == nil, beyond == 0, isItem(name)
        else { return nil }
        let holder = Int(last.holder)
        let first = holder + 1
        guard levels[first].isItem else { return Unfinished(holder: holder, outermost: first, doubtful: first) }
        // Of items by two names one is something else.
        guard isNamed(name, at: first) else { return nil }
        return Unfinished(
            holder: holder, outermost: first, doubtful: first + 1 < levels.count ? first + 1 : nil)
    }

    /// Says that the end tag of an open element is known to come.
    mutating func seal(_ level: Int) {
        sealed = level
    }

    /// Closes an element and all that are open in it, and writes their end tags.
    mutating func close(downTo level: Int, into output: inout [UInt8]) {
        while levels.count > level { closeLast(into: &output) }
    }

    func withName<Result>(at level: Int, _ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        names.withUnsafeBufferPointer { body(UnsafeBufferPointer(rebasing: $0[levels[level].start..<end(of: level)])) }
    }

    /// Whether an element is an item or entry: one without a prefix, with the root's, or with one that is only used so.
    func isItem(_ name: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let start = Self.itemName(name) else { return false }
        if start == 0 { return true }
        let prefix = UnsafeBufferPointer(rebasing: name[..<start])
        let usual: [StaticString] = ["rss:", "atom:", "a10:", "atom10:", "atom03:"]
        return usual.contains { $0.utf8CodeUnitCount == start && prefix.hasPrefixIgnoringCase($0) }
            || !levels.isEmpty && withName(at: 0) { $0.starts(with: prefix) }
    }

    /// Where the local name of what may be an item begins; nil where it is none, whatever its prefix.
    static func itemName(_ name: UnsafeBufferPointer<UInt8>) -> Int? {
        guard name.count >= 4 else { return nil }
        let start: Int
        switch name[name.count - 1] {
        case UInt8(ascii: "m"), UInt8(ascii: "M"):
            start = name.count - 4
            guard name.hasPrefixIgnoringCase("item", at: start) else { return nil }
        case UInt8(ascii: "y"), UInt8(ascii: "Y"):
            start = name.count - 5
            guard start >= 0, name.hasPrefixIgnoringCase("entry", at: start) else { return nil }
        default: return nil
        }
        return start == 0 || name[start - 1] == UInt8(ascii: ":") ? start : nil
    }

    /// Whether items stand in an element of that name.
    private static func holdsItems(_ name: UnsafeBufferPointer<UInt8>) -> Bool {
        let names: [StaticString] = ["rss", "rdf", "channel", "feed", "items"]
        return names.contains {
            let start = name.count - $0.utf8CodeUnitCount
            return start >= 0 && name.hasPrefixIgnoringCase($0, at: start)
                && (start == 0 || name[start - 1] == UInt8(ascii: ":"))
        }
    }

    /// FNV-1a.
    @inline(__always)
    private static func hash(_ name: UnsafeBufferPointer<UInt8>) -> UInt32 {
        var hash = seed
        for byte in name { hash = (hash ^ UInt32(byte)) &* 0x0100_0193 }
        return hash ^ hash >> 15
    }

    private func end(of level: Int) -> Int { level + 1 < levels.count ? levels[level + 1].start : names.count }

    func isNamed(_ name: UnsafeBufferPointer<UInt8>, at level: Int) -> Bool {
        let start = levels[level].start
        let end = end(of: level)
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
        byRemainder[Int(level.hash) % Self.buckets] = level.outer
        declarations = level.declarationsOutside
        names.removeLast(names.count - level.start)
        if sealed == levels.count { sealed = nil }
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
