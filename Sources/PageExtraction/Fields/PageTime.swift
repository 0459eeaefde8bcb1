package import FeedModel

/// `PageTime` is a time as a page tells it: the instant, and the zone that it was told in.
package struct PageTime: Hashable, Sendable {
    package var instant: Timestamp
    /// Minutes east of Greenwich; 0 where the page named no zone, and UTC was assumed.
    package var offset: Int

    package init(instant: Timestamp, offset: Int = 0) {
        self.instant = instant
        self.offset = offset
    }

    /// The instant as the clocks of that zone show it, taken for UTC: its day is the page's own.
    var local: Timestamp { instant.adding(seconds: offset * 60) }
}

extension PageTime: CustomStringConvertible {
    /// The time in RFC 3339, in its own zone: `2019-05-20T09:30:00+02:00`.
    package var description: String {
        let text = local.description
        guard offset != 0 else { return text }
        let minutes = abs(offset)
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return text.dropLast() + (offset < 0 ? "-" : "+") + two(minutes / 60) + ":" + two(minutes % 60)
    }
}
