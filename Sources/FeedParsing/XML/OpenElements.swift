/// The names of the elements that are open, so that end tags which fit nothing do no harm.
struct OpenElements {
    /// The names, one after another.
    private var names: [UInt8] = []
    private var starts: [Int] = []
    private let limit: Int
    /// Elements below the limit, whose tags are passed over.
    private var beyond = 0
    /// Where the innermost item or entry is on the stack.
    private var item: Int?

    init(limit: Int) {
        self.limit = limit
        starts.reserveCapacity(32)
        names.reserveCapacity(256)
    }

    var isEmpty: Bool { starts.isEmpty }

    /// Whether another element may begin.
    var hasRoom: Bool { starts.count < limit }

    /// Opens an element, if it is not too deep.
    mutating func open(_ name: UnsafeBufferPointer<UInt8>, isEmpty: Bool) -> Bool {
        guard starts.count < limit else {
            if !isEmpty { beyond += 1 }
            return false
        }
        if isEmpty { return true }
        if Self.isItem(name) { item = starts.count }
        starts.append(names.count)
        names.append(contentsOf: name)
        return true
    }

    /// Closes the innermost element, if it has that name; its end tag is the caller's.
    mutating func closeInnermost(_ name: UnsafeBufferPointer<UInt8>) -> Bool {
        guard beyond == 0, !starts.isEmpty, matches(starts.count - 1, name) else { return false }
        removeLast()
        return true
    }

    /// Closes the innermost element, if its end tag, and nothing else, stands at that place.
    ///
    /// - Returns: where the tag ends.
    mutating func closeInnermost(_ input: UnsafeBufferPointer<UInt8>, at index: Int) -> Int? {
        guard beyond == 0, let start = starts.last else { return nil }
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
        var level = starts.count - 1
        if level >= 0, matches(level, name) {
            closeLast(into: &output)
            return true
        }
        while level >= 0, !matches(level, name) { level -= 1 }
        guard level >= 0 else { return false }
        while starts.count > level { closeLast(into: &output) }
        return false
    }

    mutating func closeAll(into output: inout [UInt8]) {
        beyond = 0
        while !starts.isEmpty { closeLast(into: &output) }
    }

    /// Whether an item begins in another one, whose end tag then is missing. What stands between them may only be plain
    /// fields, because extensions may hold entries of their own.
    func isInterrupted(by name: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let item, beyond == 0, Self.isItem(name), matches(item, name) else { return false }
        let inner = item + 1 < starts.count ? names[starts[item + 1]...] : []
        return !inner.contains(UInt8(ascii: ":"))
    }

    /// Closes the innermost item and all that are open in it, and writes their end tags.
    mutating func closeItem(into output: inout [UInt8]) {
        guard let item else { return }
        while starts.count > item { closeLast(into: &output) }
    }

    static func isItem(_ name: UnsafeBufferPointer<UInt8>) -> Bool {
        name.count == 4 && name[0] == UInt8(ascii: "i") && name.equals("item")
            || name.count == 5 && name[0] == UInt8(ascii: "e") && name.equals("entry")
    }

    private func matches(_ level: Int, _ name: UnsafeBufferPointer<UInt8>) -> Bool {
        let start = starts[level]
        let end = level + 1 < starts.count ? starts[level + 1] : names.count
        guard end - start == name.count else { return false }
        return names.withUnsafeBufferPointer { names in
            for offset in 0..<name.count where names[start + offset] != name[offset] { return false }
            return true
        }
    }

    private mutating func closeLast(into output: inout [UInt8]) {
        guard let start = starts.last else { return }
        output.append(UInt8(ascii: "<"))
        output.append(UInt8(ascii: "/"))
        output.append(contentsOf: names[start...])
        output.append(UInt8(ascii: ">"))
        removeLast()
    }

    private mutating func removeLast() {
        guard let start = starts.popLast() else { return }
        names.removeLast(names.count - start)
        if item == starts.count { item = nil }
    }
}
