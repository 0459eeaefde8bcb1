extension BidirectionalCollection {
    /// The part that is left without the elements at either end that are noise.
    @inlinable package func trimming(where isNoise: (Element) -> Bool) -> SubSequence {
        var (start, end) = (startIndex, endIndex)
        while start < end, isNoise(self[start]) { formIndex(after: &start) }
        while start < end {
            let last = index(before: end)
            guard isNoise(self[last]) else { break }
            end = last
        }
        return self[start..<end]
    }
}
