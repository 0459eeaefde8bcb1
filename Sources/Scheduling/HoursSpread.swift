package import FeedModel

extension PollingHours {
    /// Returns the time itself where a feed may be polled then, else one soon after the next window begins: not all feeds
    /// come with its first second.
    ///
    /// - Parameters:
    ///   - feed: a hash of the feed's id.
    ///   - interval: in seconds.
    package func next(from time: Timestamp, feed: UInt64, interval: Int) -> Timestamp {
        if contains(time) { return time }
        let begin = next(from: time)
        let spread = Jitter.milliseconds(feed: feed, due: begin, interval: max(interval, 600))
        let placed = begin.adding(milliseconds: spread)
        return contains(placed) ? placed : begin
    }
}
