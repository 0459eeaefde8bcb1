/// `TermIndex` finds in one pass over a text which of the words of many queries stand in it.
///
/// Words are compared byte by byte: of hashes a publisher could choose two that collide.
struct TermIndex: Sendable {
    /// The number of a word, or of a beginning of words.
    typealias Number = Int32

    /// Words side by side, of which the last may be a beginning: where their numbers stand among `numbers`.
    ///
    /// It holds no array of its own, because of each article every term is asked for.
    struct Term: Sendable, Equatable {
        fileprivate let start: Int
        fileprivate let count: Int
    }

    private struct Slot: Sendable {
        /// Where its bytes stand; nothing there where `length` is 0.
        var start: UInt32 = 0
        var length: UInt32 = 0
        var tag: UInt32 = 0
        var number: Number = 0
    }

    /// By their first byte, the lengths that words have, a bit for each; the last bit is for all that are longer.
    private struct Shapes: Sendable {
        private var lengths = [UInt64](repeating: 0, count: 256)

        mutating func add(_ word: [UInt8]) { lengths[Int(word[0])] |= 1 << UInt64(min(word.count, 63)) }

        /// Whether there may be a word that begins with this byte and has this length.
        @inline(__always)
        func has(_ first: UInt8, _ length: Int) -> Bool {
            lengths[Int(first)] & 1 << UInt64(min(length, 63)) != 0
        }

        /// Whether there is a word that begins with this byte.
        @inline(__always)
        func has(_ first: UInt8) -> Bool { lengths[Int(first)] != 0 }
    }

    /// Words and beginnings share a table: a beginning has another tag than a word of the same bytes.
    private var slots: [Slot] = [Slot](repeating: Slot(), count: 16)
    private var bytes: [UInt8] = []
    private var used = 0
    /// The lengths that beginnings have, in ascending order.
    private var prefixLengths: [Int] = []
    /// Most words of a text begin like none of these, or are not as long: those are told without a hash.
    private var wordShapes = Shapes()
    private var prefixShapes = Shapes()
    /// By number, whether it is part of a longer term, so that its places have to be known.
    private(set) var isInPhrase: [Bool] = []

    /// The numbers of all terms, one after the other.
    fileprivate var numbers: [Number] = []

    /// How many numbers there are.
    var count: Int { isInPhrase.count }

    /// Takes a term in; equal words have equal numbers.
    mutating func add(_ term: WordsTerm) -> Term {
        let isPhrase = term.tokens.count > 1
        let start = numbers.count
        for index in term.tokens.indices {
            let isPrefix = term.isPrefix && index == term.tokens.count - 1
            let number = add(term.tokens[index], isPrefix: isPrefix)
            if isPhrase { isInPhrase[Int(number)] = true }
            numbers.append(number)
        }
        return Term(start: start, count: term.tokens.count)
    }

    private mutating func add(_ word: [UInt8], isPrefix: Bool) -> Number {
        if used * 4 >= slots.count { grow() }
        let tag = word.withUnsafeBufferPointer { Self.tag($0, isPrefix: isPrefix) }
        let place = word.withUnsafeBufferPointer { self.place(of: $0, tag) }
        if slots[place].length > 0 { return slots[place].number }
        let number = Number(isInPhrase.count)
        slots[place] = Slot(
            start: UInt32(bytes.count), length: UInt32(word.count), tag: tag, number: number)
        bytes += word
        isInPhrase.append(false)
        used += 1
        if isPrefix { prefixShapes.add(word) } else { wordShapes.add(word) }
        if isPrefix, !prefixLengths.contains(word.count) {
            prefixLengths.append(word.count)
            prefixLengths.sort()
        }
        return number
    }

    private mutating func grow() {
        let old = slots
        slots = [Slot](repeating: Slot(), count: old.count * 4)
        for slot in old where slot.length > 0 {
            var place = Int(slot.tag) & (slots.count - 1)
            while slots[place].length > 0 { place = (place + 1) & (slots.count - 1) }
            slots[place] = slot
        }
    }

    /// Calls `body` with the number of the word, which is not empty, where it is one, and of each beginning that it has.
    @inline(__always)
    func lookUp(_ word: UnsafeBufferPointer<UInt8>, _ body: (Number) -> Void) {
        let first = word[0]
        if wordShapes.has(first, word.count), let number = find(word, isPrefix: false) { body(number) }
        guard prefixShapes.has(first) else { return }
        for length in prefixLengths where prefixShapes.has(first, length) {
            if length > word.count { break }
            if let number = find(UnsafeBufferPointer(rebasing: word[..<length]), isPrefix: true) { body(number) }
        }
    }

    @inline(__always)
    private func find(_ word: UnsafeBufferPointer<UInt8>, isPrefix: Bool) -> Number? {
        let slot = slots[place(of: word, Self.tag(word, isPrefix: isPrefix))]
        return slot.length > 0 ? slot.number : nil
    }

    /// The place of a word, or the free one where it would stand. A quarter of all is used at most.
    @inline(__always)
    private func place(of word: UnsafeBufferPointer<UInt8>, _ tag: UInt32) -> Int {
        var place = Int(tag) & (slots.count - 1)
        while slots[place].length > 0 {
            let slot = slots[place]
            if slot.tag == tag, Int(slot.length) == word.count, isEqual(word, at: Int(slot.start)) { break }
            place = (place + 1) & (slots.count - 1)
        }
        return place
    }

    @inline(__always)
    private func isEqual(_ word: UnsafeBufferPointer<UInt8>, at start: Int) -> Bool {
        for index in 0..<word.count where word[index] != bytes[start + index] { return false }
        return true
    }

    /// A hash in whose highest bit words and beginnings differ.
    @inline(__always)
    private static func tag(_ word: UnsafeBufferPointer<UInt8>, isPrefix: Bool) -> UInt32 {
        let raw = UnsafeRawBufferPointer(word)
        var hash = UInt64(word.count) &* 0x9e37_79b9_7f4a_7c15
        var index = 0
        while index + 8 <= word.count {
            hash = (hash ^ raw.loadUnaligned(fromByteOffset: index, as: UInt64.self)) &* 0xff51_afd7_ed55_8ccd
            hash ^= hash >> 32
            index += 8
        }
        var rest: UInt64 = 0
        while index < word.count {
            rest = rest << 8 | UInt64(word[index])
            index += 1
        }
        hash = (hash ^ rest) &* 0xff51_afd7_ed55_8ccd
        hash ^= hash >> 32
        return UInt32(truncatingIfNeeded: hash) & 0x7fff_ffff | (isPrefix ? 0x8000_0000 : 0)
    }
}

/// What of the words of a `TermIndex` stands in a text.
///
/// It is a class so that to ask it, which is done for every term of every rule, copies nothing.
final class FoundTerms {
    private struct Hit {
        var position: UInt32
        var number: TermIndex.Number
        /// Where the word stands in the text.
        var start: UInt32
        var end: UInt32
    }

    /// Those of the index.
    private let numbers: [TermIndex.Number]
    /// By number, whether it was seen.
    private let seen: [Bool]
    /// The places of what has to be told side by side, in order.
    private let hits: [Hit]
    private let keepsPlaces: Bool

    /// - Parameters:
    ///   - pieces: the parts of the text, in UTF-8; words of two of them do not stand side by side.
    ///   - keepsPlaces: whether `place` will be asked, which takes 16 bytes for each word that was found.
    init(_ index: TermIndex, in text: [UInt8], pieces: [Range<Int>], keepsPlaces: Bool = false) {
        var seen = [Bool](repeating: false, count: index.count)
        var hits: [Hit] = []
        var position: UInt32 = 0
        text.withUnsafeBufferPointer { bytes in
            for piece in pieces {
                Tokenizer.scan(UnsafeBufferPointer(rebasing: bytes[piece])) { token, place in
                    index.lookUp(token) { number in
                        seen[Int(number)] = true
                        guard keepsPlaces || index.isInPhrase[Int(number)] else { return }
                        let start = UInt32(piece.lowerBound + place.lowerBound)
                        let end = UInt32(piece.lowerBound + place.upperBound)
                        hits.append(Hit(position: position, number: number, start: start, end: end))
                    }
                    position &+= 1
                }
                position &+= 1
            }
        }
        numbers = index.numbers
        self.seen = seen
        self.hits = hits
        self.keepsPlaces = keepsPlaces
    }

    /// Whether the words stand side by side.
    func contains(_ term: TermIndex.Term) -> Bool {
        guard seen[Int(numbers[term.start])] else { return false }
        return term.count == 1 || (hasAll(of: term) && range(of: term) != nil)
    }

    /// Whether one of the terms is there.
    func contains(oneOf terms: [TermIndex.Term]) -> Bool {
        for term in terms where contains(term) { return true }
        return false
    }

    /// Where they stand first in the text; only where places are kept.
    func place(of term: TermIndex.Term) -> Range<Int>? {
        guard keepsPlaces, hasAll(of: term), let range = range(of: term) else { return nil }
        return Int(hits[range.lowerBound].start)..<Int(hits[range.upperBound].end)
    }

    private func hasAll(of term: TermIndex.Term) -> Bool {
        (term.start..<term.start + term.count).allSatisfy { seen[Int(numbers[$0])] }
    }

    /// The first and the last of the hits that make it up.
    private func range(of term: TermIndex.Term) -> ClosedRange<Int>? {
        for first in hits.indices where hits[first].number == numbers[term.start] {
            var last = first
            var found = 1
            while found < term.count {
                let position = hits[first].position + UInt32(found)
                var next = last + 1
                // A word may be several beginnings at once.
                while next < hits.count, hits[next].position <= position,
                    hits[next].position < position || hits[next].number != numbers[term.start + found]
                {
                    next += 1
                }
                guard next < hits.count, hits[next].position == position else { break }
                last = next
                found += 1
            }
            if found == term.count { return first...last }
        }
        return nil
    }
}
