extension Timestamp {
    /// Returns a later or an earlier instant; the last or first one there is where that is beyond it.
    package func adding(seconds: Int) -> Timestamp {
        adding(milliseconds: Int64(clamping: seconds).multiplied(by: 1000))
    }

    /// Returns a later or an earlier instant; the last or first one there is where that is beyond it.
    package func adding(milliseconds: Int64) -> Timestamp {
        Timestamp(milliseconds: self.milliseconds.addingOrClamping(milliseconds))
    }
}

extension Int64 {
    /// Returns the sum, or the largest or smallest number there is where that is beyond it.
    package func addingOrClamping(_ other: Int64) -> Int64 {
        let (sum, overflows) = addingReportingOverflow(other)
        return overflows ? (other < 0 ? .min : .max) : sum
    }

    fileprivate func multiplied(by factor: Int64) -> Int64 {
        let (product, overflows) = multipliedReportingOverflow(by: factor)
        return overflows ? (self < 0 ? .min : .max) : product
    }
}
