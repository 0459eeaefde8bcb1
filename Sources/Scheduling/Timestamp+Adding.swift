package import FeedModel

extension Timestamp {
    /// Later, or earlier; the last or first instant there is where that is beyond it.
    package func adding(seconds: Int) -> Timestamp {
        adding(milliseconds: Int64(clamping: seconds).multiplied(by: 1000))
    }

    package func adding(milliseconds: Int64) -> Timestamp {
        let (sum, overflows) = self.milliseconds.addingReportingOverflow(milliseconds)
        return Timestamp(milliseconds: overflows ? (milliseconds < 0 ? .min : .max) : sum)
    }
}

extension Int64 {
    fileprivate func multiplied(by factor: Int64) -> Int64 {
        let (product, overflows) = multipliedReportingOverflow(by: factor)
        return overflows ? (self < 0 ? .min : .max) : product
    }
}
