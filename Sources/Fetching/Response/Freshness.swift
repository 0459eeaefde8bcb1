package import FeedModel

/// How long a response says that it stays good (RFC 9111 §4.2, polling.md §3).
package struct Freshness: Sendable, Equatable {
    /// From max-age, or else Expires − Date; 0 where the server wants none of it reused.
    package var lifetimeSeconds: Int
    /// How old the response was when it had been received.
    package var ageSeconds: Int

    package init(lifetimeSeconds: Int, ageSeconds: Int) {
        self.lifetimeSeconds = lifetimeSeconds
        self.ageSeconds = ageSeconds
    }

    /// Reads the header of any response; nil where it says nothing of freshness.
    ///
    /// - Parameters:
    ///   - receivedAt: when the header had arrived.
    ///   - responseDelayMilliseconds: from the request to the header.
    package init?(_ headers: HeaderFields, receivedAt: Timestamp, responseDelayMilliseconds: Int) {
        let date = headers.first("Date").flatMap(HTTPDate.parse)
        let control = CacheControl(headers.all("Cache-Control"))
        if control.forbidsReuse {
            lifetimeSeconds = 0
        } else if let maxAge = control.maxAge {
            lifetimeSeconds = maxAge
        } else if let expires = headers.first("Expires") {
            let from = date ?? receivedAt
            let until = HTTPDate.parse(expires) ?? from
            lifetimeSeconds = Int(clamping: min(max(0, until.seconds - from.seconds), Int64(DeltaSeconds.greatest)))
        } else {
            return nil
        }
        let stated = headers.first("Age").flatMap { DeltaSeconds.parse($0[...]) } ?? 0
        var apparent = 0
        // A difference of a day or more is a wrong clock, not an age.
        if let date, date < receivedAt, receivedAt.seconds - date.seconds < 86_400 {
            apparent = Int(receivedAt.seconds - date.seconds)
        }
        ageSeconds = max(stated, apparent) + min(max(0, responseDelayMilliseconds / 1000), 86_400)
    }
}
