/// `EditDistance` finds the name that somebody meant.
package enum EditDistance {
    /// Returns the candidate nearest to a mistyped name, or nil where none is near: more than half of it, and more than
    /// two letters, would have to change. It is the first of several equally near.
    package static func nearest(to name: String, among candidates: [String]) -> String? {
        // A name of that length is no slip of the finger, and the effort is quadratic.
        guard name.utf8.count <= 64 else { return nil }
        let folded = fold(name)
        var best: (candidate: String, distance: Int)?
        for candidate in candidates {
            let distance = distance(folded, fold(candidate))
            if distance <= max(2, min(name.utf8.count, candidate.utf8.count) / 2), distance < best?.distance ?? .max {
                best = (candidate, distance)
            }
        }
        return best?.candidate
    }

    private static func fold(_ name: String) -> [UInt8] {
        name.lowercased().utf8.map { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: " ") ? UInt8(ascii: "_") : $0 }
    }

    /// Insertions, deletions, replacements and swaps of neighbours that turn one text into the other.
    static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var beforeLast: [Int] = []
        var last = Array(0...right.count)
        for (row, character) in left.enumerated() {
            var current = [row + 1]
            for (column, other) in right.enumerated() {
                var cost = min(
                    last[column + 1] + 1, current[column] + 1, last[column] + (character == other ? 0 : 1))
                if row > 0, column > 0, character == right[column - 1], left[row - 1] == other {
                    cost = min(cost, beforeLast[column - 1] + 1)
                }
                current.append(cost)
            }
            beforeLast = last
            last = current
        }
        return last[right.count]
    }
}
