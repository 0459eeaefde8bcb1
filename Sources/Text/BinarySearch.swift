extension RandomAccessCollection {
    /// Returns the first place whose element is not in front, by binary search.
    ///
    /// - Parameter isInFront: true for all elements before that place and for none from it on.
    @inlinable package func partitionPoint(where isInFront: (Element) -> Bool) -> Index {
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

    /// Finds an element with that key, in a collection that is sorted by its keys; nil where there is none.
    @inlinable package func binarySearch<Key: Comparable>(_ key: Key, by keyOf: (Element) -> Key) -> Element? {
        let place = partitionPoint { keyOf($0) < key }
        return place < endIndex && keyOf(self[place]) == key ? self[place] : nil
    }
}
