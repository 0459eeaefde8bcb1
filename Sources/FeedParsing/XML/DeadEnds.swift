/// Places in a document from which no end of a tag is in reach.
///
/// A tag that is longer than any may be is text, and so are the tags that begin inside it, one after another: each would be
/// looked at to the same end. How the rest of a tag is read depends on nothing but where its next attribute begins, so
/// that it is enough to remember those places: who comes to one of them needs to look no further.
struct DeadEnds {
    /// The place of the first bit.
    private var start = 0
    private var bits: [UInt64] = []

    /// Whether there can be any from a place of the document on.
    func mayHold(from place: Int) -> Bool { place < start + 64 * bits.count }

    func contains(_ place: Int) -> Bool {
        let word = (place - start) >> 6
        guard place >= start, word < bits.count else { return false }
        return bits[word] & 1 << UInt64((place - start) & 63) != 0
    }

    /// Forgets what lies before a place.
    mutating func begin(at place: Int) {
        if mayHold(from: place) { return }
        start = place
        bits.removeAll(keepingCapacity: true)
    }

    mutating func insert(_ place: Int) {
        let word = (place - start) >> 6
        guard place >= start else { return }
        while bits.count <= word { bits.append(0) }
        bits[word] |= 1 << UInt64((place - start) & 63)
    }
}
