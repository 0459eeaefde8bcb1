package import FeedModel

/// Retry-After (RFC 9110 §10.2.3, polling.md §8).
package enum RetryAfter {
    /// Seven days: whoever asks for more is asked again after that.
    package static let greatestSeconds = 7 * 86_400

    /// Seconds to wait, counted from the response; nil where the value is missing, garbage, negative or zero.
    ///
    /// - Parameters:
    ///   - date: the response's Date, which an HTTP date in the value is compared with.
    ///   - receivedAt: stands in for `date` where the response has none.
    package static func parse(_ value: String?, date: Timestamp?, receivedAt: Timestamp) -> Int? {
        guard let value else { return nil }
        let seconds: Int
        if let delay = DeltaSeconds.parse(value[...]) {
            seconds = delay
        } else if let until = HTTPDate.parse(value) {
            seconds = Int(clamping: until.seconds - (date ?? receivedAt).seconds)
        } else {
            return nil
        }
        return seconds > 0 ? min(seconds, greatestSeconds) : nil
    }
}
