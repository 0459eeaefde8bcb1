extension RandomAccessCollection {
    /// The first place whose element is not in front, by binary search.
    ///
    /// - Parameter isInFront: true for all elements before that place and for none from it on.
    func partitionPoint(where isInFront: (Element) -> Bool) -> Index {
        var (low, count) = (startIndex, count)
        while count > 0 {
            let half = count / 2
            let middle = index(low, offsetBy: half)
            if isInFront(self[middle]) {
                low = index(after: middle)
                count -= half + 1
            } else {
                count = half
            }
        }
        return low
    }
}

/// Which of the values are part of the longest row that is in order.
///
/// - Parameters:
///   - values: nil for what belongs to no row.
///   - mayFollow: whether the second may stand behind the first, in a row that has both.
func longestRow<Value>(_ values: [Value?], _ mayFollow: (Value, Value) -> Bool) -> [Bool] {
    // The last place of the best row of each length, and before each place the one before it in its row.
    var ends: [(value: Value, place: Int)] = []
    var before = [Int?](repeating: nil, count: values.count)
    for (place, value) in values.enumerated() {
        guard let value else { continue }
        let length = ends.partitionPoint { mayFollow($0.value, value) }
        before[place] = length > 0 ? ends[length - 1].place : nil
        if length == ends.count { ends.append((value, place)) } else { ends[length] = (value, place) }
    }
    var isInRow = [Bool](repeating: false, count: values.count)
    var place = ends.last?.place
    while let current = place {
        isInRow[current] = true
        place = before[current]
    }
    return isInRow
}
